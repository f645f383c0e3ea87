"""One page for a minister, one for a partner: their figures, what they leave out, and their languages."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from datetime import date
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest

from scheduler import brief
from scheduler.brief import IncompleteCatalogueError, brief_language, minister_page, page_html, partner_page
from scheduler.brief import languages as languages_module
from scheduler.brief import sentences as say
from scheduler.brief.ledgers import ledger_block
from scheduler.brief.page import Page, PageTable
from scheduler.brief.sentences import KEYS
from scheduler.ledger import append, ledger_path, writing
from scheduler.publication import publish
from scheduler.report.tables import build_tables
from scheduler.rules import load
from scheduler.timetable import read_timetable
from tests.planned import command, timetable_at

ON = date(2026, 11, 30)
OURS = re.compile(r"gap|bound|solver|HiGHS|CP-SAT|viewer|penalty|price|шегі|граница|разрыв", re.IGNORECASE)


@pytest.fixture(scope="module")
def tables(planned):
    return build_tables(timetable_at(planned), planned / "out")


def text_of(page, code):
    whole = page_html(page, brief_language(code))
    return unescape(re.sub(r"<[^>]+>", "|", re.sub(r"<style>.*?</style>", "", whole)))


@pytest.mark.parametrize("code", ["kk", "ru", "en"])
def test_no_page_speaks_of_optimisation(tables, code):
    language = brief_language(code)
    for page in (minister_page(tables, language, ON, 14), partner_page(tables, language, "UZ", ON, 14)):
        assert not OURS.search(text_of(page, code))


def test_the_minister_sees_the_figures_of_the_report(tables):
    text = text_of(minister_page(tables, brief_language("en"), ON, 14), "en")
    (row,) = tables.parity[tables.parity["measure"] == "minutes"].to_dict("records")
    assert f"|Republic of Uzbekistan||minutes||week 50, 2026||{row['given']:g}||{row['received']:g}|" in text
    debtor, creditor = ("Kazakhstan", "Uzbekistan") if row["balance"] > 0 else ("Uzbekistan", "Kazakhstan")
    assert f"|Republic of {debtor}||Republic of {creditor}||{abs(row['balance']):g}|" in text
    share = next(row for row in tables.tightest.to_dict("records") if row["rule"] == "DOM")
    name = next(one.name for one in tables.instance.channels if one.id == share["channel"])
    assert f"|{name}||DOM||7 Dec 2026||{share['have']:g}||{share['need']:g}||{share['slack']:g}|" in text
    planned = int((~tables.timetable.anchor).sum())
    assert f"|draft||{planned}|" in text


def test_a_task_of_several_countries_is_one_row(tables):
    page = minister_page(tables, brief_language("en"), ON, 14)
    block = next(block for block in page.blocks if block.heading == say.DUE)
    assert len({(str(row[0]), str(row[1])) for row in block.rows}) == len(block.rows)
    planned = int((~tables.timetable.anchor).sum())
    row = next(row for row in block.rows if ";" in str(row[2]))
    shares = [int(number) for number in re.findall(r"\((\d+)\)", str(row[2]))]
    assert len(shares) > 1
    assert sum(shares) == row[3] == planned


def test_the_partner_sees_every_airing_of_its_agreements_with_both_clocks(tables):
    page = partner_page(tables, brief_language("en"), "UZ", ON, 14)
    shown: Counter[tuple[str, str, str]] = Counter()
    for block in page.blocks[:2]:
        for row in block.rows:
            shown[row[0], row[1].removesuffix(", 18+"), row[5][:5]] += len(row[4].parts)
    frame = tables.listing
    served = frame[~frame["anchor"].astype(bool) & frame["agreement"].str.contains("KZ-UZ")]
    names = {channel.id: channel.name for channel in tables.instance.channels}
    assert shown == Counter((names[one.channel], one.title, one.start_local[11:16]) for one in served.itertuples())
    assert page.signatures == ["Republic of Kazakhstan", "Republic of Uzbekistan"]


def ledger_rows(folder, lines, party=None):
    """The block of balances by the ledgers, with some lines booked in the ledger of KZ and UZ."""
    instance = load(folder)
    path = ledger_path(folder / instance.file.ledger, "KZ-UZ")
    path.parent.mkdir(exist_ok=True)
    common = {"agreement": "KZ-UZ", "measure": "minutes", "unit": "minutes", "period": "2026-W49"}
    with writing(path) as book:
        append(book, [{**common, **line, "quantity": Fraction(line["quantity"])} for line in lines])
    found = build_tables(read_timetable(instance, folder / "out" / "timetable.csv"))
    block = ledger_block(found, brief_language("en"), party)
    return found.parity, [[str(cell) for cell in row] for row in block.rows]


def test_the_ledger_says_who_owes_whom_confirmed_and_after_the_plan(planned, tmp_path):
    """KZ has taken 120 and given 90, so it owes 30; what the plan gives and takes comes on top."""
    folder = shutil.copytree(planned, tmp_path / "i")
    lines = [
        {"kind": "confirmed", "giver": "KZ", "taker": "UZ", "quantity": 120},
        {"kind": "confirmed", "giver": "UZ", "taker": "KZ", "quantity": 90},
        {"kind": "claimed", "giver": "UZ", "taker": "KZ", "quantity": 7, "airing_id": "x"},
    ]
    parity, (row,) = ledger_rows(folder, lines, "UZ")
    ours, theirs = "Republic of Kazakhstan", "Republic of Uzbekistan"
    assert row[:6] == [ours, theirs, "30", "minutes", "week 49, 2026", "7"]
    (planned_row,) = parity[parity["measure"] == "minutes"].to_dict("records")
    after = -30 - (planned_row["given"] - planned_row["received"])
    assert row[6] == ("0" if not after else f"{ours if after < 0 else theirs}: {abs(after):g}")
    assert ledger_block(build_tables(timetable_at(folder)), brief_language("en"), "CN").rows == []


def test_a_confirmed_period_is_left_out_of_the_plan(planned, tmp_path):
    folder = shutil.copytree(planned, tmp_path / "i")
    _, (row,) = ledger_rows(folder, [{"kind": "confirmed", "giver": "UZ", "taker": "KZ", "quantity": 5,
                                      "period": "2026-W50"}])  # fmt: skip
    assert row[:3] == ["Republic of Uzbekistan", "Republic of Kazakhstan", "5"]
    assert row[6] == "Republic of Uzbekistan: 5"


def test_changes_since_the_last_publication_are_shown(planned, tmp_path):
    folder = tmp_path / "i"
    shutil.copytree(planned, folder)
    instance = load(folder)
    table = read_timetable(instance, folder / "out" / "timetable.csv")
    language = brief_language("en")
    before = text_of(minister_page(build_tables(table), language, ON, 14), "en")
    assert "Nothing has been published yet." in before
    publish(instance, table, date(2026, 12, 31), [one.id for one in instance.channels], ON)
    same = text_of(minister_page(build_tables(table), language, ON, 14), "en")
    assert "Nothing has changed since the last publication." in same
    path = folder / "out" / "timetable.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    dropped = next(at for at, line in enumerate(lines) if ",u1," in line)
    path.write_text("".join(lines[:dropped] + lines[dropped + 1 :]), encoding="utf-8")
    after = minister_page(build_tables(read_timetable(instance, path)), language, ON, 14).blocks[-1]
    assert [str(row[0]) for row in after.rows] == ["cancelled"]


def test_a_language_without_a_whole_catalogue_is_refused(planned, monkeypatch):
    code, said = command("brief", planned, planned / "out" / "timetable.csv", "--lang", "uz")
    assert (code, said) == (2, "there is no catalogue of messages for 'uz'; a page can be written in kk, ru, en")

    class Empty:
        def gettext(self, key):
            return key

    monkeypatch.setattr(languages_module, "translations", lambda _: Empty())
    with pytest.raises(IncompleteCatalogueError, match=f"no translation for {len(KEYS)} of {len(KEYS)} sentences"):
        brief_language("ru")


def test_every_state_has_a_formal_name_in_every_language():
    path = Path(brief.__file__).parent / "names.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert all(row[code] for row in rows for code in ("code", "en", "ru", "kk"))
    known = {row["code"] for row in rows}
    for folder in (Path(__file__).parents[2] / "instances").iterdir():
        if (folder / "instance.yaml").is_file() and folder.name in ("toy", "central-asia-week", "silk-road-month"):
            assert set(load(folder).file.territories) <= known


@pytest.mark.parametrize(
    ("rows", "letters", "density"), [(20, 20, ""), (20, 200, "full"), (40, 20, "full"), (70, 20, "fuller")]
)
def test_a_page_with_many_or_long_rows_has_smaller_letters(rows, letters, density):
    block = PageTable(say.EXCHANGE, [say.COUNTRY], [["x" * letters]] * rows, say.NO_AIRINGS)
    text = page_html(Page(say.EXCHANGE, say.EXCHANGE, [block]), brief_language("kk"))
    assert f'<body class="{density}">' in text
