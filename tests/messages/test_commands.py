"""The output of all commands except import, check and solve has no English words in Kazakh and Russian."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pytest

from scheduler.account.booking import COLUMNS
from scheduler.imports.guide_text import GuideText
from scheduler.imports.guide_xml import parse
from scheduler.instance import InputError
from scheduler.instance.files.yaml_document import parse_yaml
from scheduler.parameters import ParamsError, params_from_toml
from scheduler.ratings.params import RatingsTables
from scheduler.report.language import Language
from scheduler.results.reading import read_result
from tests.builders import rows_of
from tests.planned import command
from tests.publication.cases import MARKER, planned_in
from tests.ratings.logs import as_csv, synthetic

TRANSLATED = ("kk", "ru")
TOY = Path(__file__).parents[2] / "instances" / "toy"
WORD = re.compile(r"(?<![\w`.'«/=-])[A-Za-z]{3,}(?![\w`.'»/=-])")


def english_in(text: str, *own: str) -> set[str]:
    """English words of a text. The words of `own`, of options and of files stay as they are."""
    return set(WORD.findall(text)) - {word for part in own for word in re.findall(r"\w+", part)}


def assert_translated(text: str, *own: str) -> None:
    assert re.search("[а-яәөүұқғңһіё]", text), text
    assert english_in(text, *own) == set(), text


def test_english_is_seen():
    assert english_in("кесте is written", "") == {"written"}


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(
    "text",
    ["a: \tb\n\tc: d", "a: [1, 2\nb: 3", "a: {b: 1\nc: 2", "a: 'x", "a: b: c", "a: \"\\q\"", "a: *b", "- a\nb: c",
     "? a\n  b\n c", "a: @b", "a: !x y", "%x\na: b", "a: 1\n---\nb: 2", "a: &b 1\nc: &b 2", "a: |x\n b", "x\x00",
     "a: & b", 'a: "\\x1"', "a: - b"],
)  # fmt: skip
def test_why_a_text_is_not_yaml(text, language):
    try:
        document = parse_yaml(text, "f.yaml")
        problems = document.problems
    except InputError as error:
        problems = error.problems
    for problem in problems:
        assert not isinstance(problem.text, str)
        assert_translated(Language(language).render(problem.text), "YAML UTF name")


def test_most_faults_of_yaml_have_a_reason():
    reasons = set()
    for text in ("a: [1, 2\nb: 3", "a: 'x", "a: b: c", "a: *b", "a: @b", "a: {b: 1\nc: 2"):
        with pytest.raises(InputError) as refused:
            parse_yaml(text, "f.yaml")
        reasons.add(str(refused.value.problems[0]).partition("YAML: ")[2])
    assert len(reasons) == 6
    assert "" not in reasons


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(
    "text",
    ["<tv><a></tv>", "<tv>", "<tv a='1' a='2'/>", "<tv/>x", "<tv>&foo;</tv>", "<tv><</tv>", " <?xml?>"],
)
def test_why_a_text_is_not_xml(text, language):
    with pytest.raises(InputError) as refused:
        parse(GuideText(text), "guide.xml")
    (problem,) = refused.value.problems
    assert_translated(Language(language).render(problem.text), "XML xml amp CDATA")


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("text", ["{", "[1]", '{"schema_version": 1}', '{"schema_version": 999}'])
def test_what_is_wrong_with_a_result(text, language, tmp_path):
    (tmp_path / "result.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_result(tmp_path / "result.json")
    for problem in refused.value.problems:
        assert_translated(Language(language).render(problem.text), "JSON UTF parity")


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(
    "text", ["[ratings]\npasses = 0\npases = 1\n[rating]\n", "passes\n", "[ratings]\npasses = 'x'\n"]
)
def test_what_is_wrong_with_parameters(text, language, tmp_path):
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError) as refused:
        params_from_toml(tmp_path / "p.toml", RatingsTables)
    said = Language(language).render(refused.value.text).replace(str(tmp_path), "")
    assert_translated(said, "method name value int_parsing toml passes pases ratings rating")


@pytest.mark.parametrize("language", TRANSLATED)
def test_upgrade(language, tmp_path):
    folder = Path(shutil.copytree(TOY, tmp_path / "toy"))
    text = (
        (folder / "instance.yaml")
        .read_text(encoding="utf-8")
        .replace("format: 2\n", "")
        .replace(", tolerance_of: sum", "")
    )
    (folder / "instance.yaml").write_text(text, encoding="utf-8")
    for code in (0, 0, 2):
        found, said = command("upgrade", folder, "--lang", language)
        assert found == code
        assert_translated(
            said.replace(str(folder), ""), "yaml old format tolerance_of tolerance instance agreements measures sum"
        )
        if "old" not in said:
            (folder / "instance.yaml").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def log():
    return as_csv(synthetic()[0])


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_page_of_ratings(log, language, tmp_path):
    folder = Path(shutil.copytree(TOY, tmp_path / "toy"))
    channel = re.search(r"^(\S+?),", (folder / "audience.csv").read_text().splitlines()[1])[1]
    (tmp_path / "log.csv").write_text(log, encoding="utf-8")
    asked = (tmp_path / "log.csv", "--into", folder, "--channel", channel, "--lang", language)
    page = tmp_path / "page.html"
    code, said = command("import", "ratings", *asked, "--windows", 2, "--page", page, "--dry-run")
    assert code == 0
    bare = html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", page.read_text(encoding="utf-8"), flags=re.DOTALL))
    own = log + (folder / "programmes.csv").read_text(encoding="utf-8") + f"mon fri sat sun {channel}"
    assert_translated(bare, own)
    assert_translated(said, own)
    code, refused = command("import", "ratings", *asked, "--quiet")
    assert code == 2
    assert_translated(refused.replace(str(tmp_path), ""), f"audience csv force {channel}")


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_wrong_with_a_ratings_log(language, tmp_path):
    folder = Path(shutil.copytree(TOY, tmp_path / "toy"))
    channel = re.search(r"^(\S+?),", (folder / "audience.csv").read_text().splitlines()[1])[1]
    for text in ("date,start,title,viewers,minutes\n31.02.2026,118:30,,many,long\n", "date,start,title,viewers\n",
                 "date,start,title,viewers,channel\n2026-01-01,18:00,A,0,b\n2026-01-02,18:00,A,0,c\n",
                 "date,start,title,viewers\n2026-01-01,18:00,A,0\n"):  # fmt: skip
        (tmp_path / "log.csv").write_text(text, encoding="utf-8")
        asked = ("import", "ratings", tmp_path / "log.csv", "--into", folder, "--channel", channel, "--lang", language)
        code, said = command(*asked)
        assert code == 2
        for line in said.strip().splitlines():
            assert_translated(line.replace(str(tmp_path), ""), text, "log csv channel THEIRS OURS")


@pytest.mark.parametrize("language", TRANSLATED)
def test_publications_and_answers(language, tmp_path):
    folder, table = planned_in(tmp_path)
    lang = ("--lang", language)

    def said(code, *words):
        found, text = command(*words, *lang)
        assert found == code, text
        own = "accepted refused other_start airing_id answer parity publish json force maybe none soon"
        assert_translated(text.replace(str(tmp_path), ""), own)

    until = ("--until", "2026-12-07", "--on", "2026-11-30")
    said(2, "notices", folder, "--since", 0, "--out", tmp_path / "none")
    said(0, "publish", folder, table, *until)
    said(0, "publish", folder, table, *until)
    said(0, "notices", folder, "--since", 1, "--out", tmp_path / "none")
    said(2, "notices", folder, "--since", 7, "--out", tmp_path / "none")
    said(0, "offer", folder, table, "--to", "UZ", "--out", tmp_path / "offer")
    said(2, "offer", folder, table, "--to", "UZ", "--out", tmp_path / "offer")
    answer = tmp_path / "answer.csv"
    for text in ("airing_id,answer,other_start\nnone,accepted,\n", "a,b\n1,2\n"):
        answer.write_text(text, encoding="utf-8")
        said(2, "answer", folder, table, answer, "--from", "UZ", "--out", tmp_path / "out")
    ids = [row["airing_id"] for row in rows_of(table) if row["channel"] == "O.uz"]
    answer.write_text(f"airing_id,answer,other_start\n{ids[0]},maybe,\n{ids[0]},,soon\n", encoding="utf-8")
    said(2, "answer", folder, table, answer, "--from", "UZ", "--out", tmp_path / "out")
    answer.write_text(f"airing_id,answer,other_start\n{ids[0]},refused,\n", encoding="utf-8")
    said(0, "answer", folder, table, answer, "--from", "UZ", "--out", tmp_path / "out")
    with (folder / "publications" / "0001.csv").open("a") as state:
        state.write("x\n")
    said(2, "notices", folder, "--since", 0, "--out", tmp_path / "none")
    (folder / "publications" / "publications.json").write_text("{}x", encoding="utf-8")
    said(2, "notices", folder, "--since", 0, "--out", tmp_path / "none")


@pytest.mark.parametrize("language", TRANSLATED)
def test_ledgers(language, tmp_path):
    folder, table = planned_in(tmp_path)
    book, lang = tmp_path / "ledger", ("--lang", language)

    def said(code, *words):
        found, text = command("ledger", words[0], folder, *words[1:], *lang)
        assert found == code, text
        own = "KZ UZ TJ head agreement minutes csv html MB hash soon ffff parity XX "
        for line in text.strip().splitlines():
            assert_translated(line.replace(str(tmp_path), ""), own, MARKER, *COLUMNS)

    named, at = ("--ledger", book, "--agreement", "KZ-UZ"), ("--ledger", book)
    said(0, "show", *at)
    said(0, "post", table, "--as", "confirmed", *at)
    said(0, "show", *at, "--limit", 1)
    said(0, "settle", *named, "--kind", "make_good", "--quantity", 30, "--period", "2026-W50", "--due", "2026-12-31")
    said(0, "show", *at)
    said(2, "settle", *named, "--giver", "XX", "--period", "2026-W50")
    said(2, "settle", *named, "--quantity", "soon", "--period", "2026-W50")
    said(2, "settle", *named, "--measure", "soon", "--period", "2026-W50")
    said(2, "show", *at, "--agreement", "KZ-XX")
    said(2, "check", *at, "--head", "ffff")
    said(1, "check", *named, "--head", "ffff")
    said(0, "settle", *named, "--kind", "closing", "--period", "2026-W50")
    said(2, "settle", *named, "--quantity", 1, "--period", "2026-W50")
    said(2, "match", tmp_path / "none.csv", table, "--agreement", "KZ-UZ", "--out", tmp_path / "act.html")
    text = (book / "KZ-UZ.csv").read_text(encoding="utf-8")
    for broken in (text.replace("confirmed", "claimed", 1), text[:-1], "a,b\n", text + "1,2\n"):
        (book / "KZ-UZ.csv").write_text(broken, encoding="utf-8")
        said(1, "check", *named)


@pytest.mark.parametrize("language", TRANSLATED)
def test_reconciliations(language, tmp_path):
    folder, table = planned_in(tmp_path)
    out, lang = tmp_path / "out", ("--lang", language)
    own = f"{MARKER} KZ UZ TJ aired csv discrepancies reconciliation history decisions " + table.read_text("utf-8")
    own += " certificate journal monitoring log"
    lines = table.read_text("utf-8").splitlines()
    (tmp_path / "log.csv").write_text("\n".join([lines[0], *lines[2:]]), encoding="utf-8")
    asked = ("reconcile", folder, table, tmp_path / "log.csv", "--out", out, *lang)
    code, said = command(*asked)
    assert code == 0, said
    assert_translated(said.replace(str(tmp_path), ""), own)
    page = (out / "reconciliation.md").read_text(encoding="utf-8")
    assert_translated(page, own + (folder / "instance.yaml").read_text(encoding="utf-8"))
    start = ("reconcile", folder, table)
    refused = (
        asked,
        (*start, *lang),
        (*start, "none.csv", "--out", out, *lang),
        (*asked, "--force", "--history", "--for", "UZ"),
        (*start, "--certificate", "c.xlsx", *lang),
    )
    for words in refused:
        code, said = command(*words)
        assert code == 2
        assert_translated(said.replace(str(tmp_path), ""), own, "force for out DIR FILE none")
    book = tmp_path / "decisions.csv"
    book.write_text("evidence,row,channel,aired,title,candidates,decision\nlog.csv,2,,,,,soon\n", encoding="utf-8")
    code, said = command(*asked, "--force", "--decisions", book)
    assert code == 2
    assert_translated(said.replace(str(tmp_path), ""), own, "decision unplanned soon")
