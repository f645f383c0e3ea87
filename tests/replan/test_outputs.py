"""The files of `parity replan`: its page, what a party may see, and what is proposed on channels of others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from scheduler.messages import msg
from scheduler.publication import read_words
from scheduler.report.language import Language
from scheduler.report.replanning import _line
from scheduler.report.statuses import status_word
from scheduler.results.message_record import MessageRecord
from scheduler.results.replan_file import ChangeRecord
from scheduler.rules import load
from tests.builders import content, kz, programme, rows_of, uz, window, write
from tests.planned import command
from tests.replan.cases import AFTER, BEFORE, PARITY, published_in

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "ZZSECRET"
OURS_SHORT = programme("ours", 30)
STRIP = "a strand loses a day"

SHARED: dict[str, Any] = {
    "channels": [kz(window("19:00", "20:00")), uz(window("19:00", "20:00"))],
    "programmes": [
        programme("ours", 30, episodes=2, title="OURS-TITLE"),
        programme("theirs", 30, episodes=2, origin="UZ", versions="uzb:original", appeal=1.7, title="THEIRS-TITLE"),
        programme(f"{SECRET}-film", 30, origin="RU", genre="film", appeal=2.2, title=f"{SECRET} title"),
        programme("spare", 30, origin="UZ", genre="film", versions="uzb:original", appeal=0.3, title="SPARE-TITLE"),
    ],
    "rules": [
        {"type": "quota", "id": f"{SECRET}-RULE", "select": {"genre": "film"}, "least_count": 1, "period": "horizon",
         "territories": ["KZ"]},
    ],
    "agreements": [{**PARITY, "measures": [{**PARITY["measures"][0], "tolerance": 0.5, "least": 30}]}],
    "days": 1,
}  # fmt: skip


@pytest.fixture
def news(tmp_path: Path) -> tuple[Path, Path]:
    """A film of neither side is withdrawn; a house rule of one side then needs another film."""
    path = published_in(tmp_path / "before", SHARED)
    left = [one for one in SHARED["programmes"] if SECRET not in one["programme"]]
    return write(tmp_path / "after", content(**{**SHARED, "programmes": left})), path


def test_a_party_sees_its_agreements_and_nothing_of_the_other_side(news, tmp_path):
    folder, path = news
    out = tmp_path / "out"
    code, said = command("replan", folder, "--published", path, "--for", "UZ", "--for", "KZ", "--out", out)
    assert code == 0, said
    page = (out / "replan.html").read_text(encoding="utf-8")
    assert f"{SECRET}-RULE" in page
    assert "weighted change" in page
    for party in ("UZ", "KZ"):
        names = f"replan-for-{party}.html", f"timetable-for-{party}.csv"
        shown = b"".join((out / name).read_bytes() for name in names)
        assert SECRET.encode() not in shown
        assert b"SPARE-TITLE" in shown
        assert b"for a reason of the other side" in shown
        assert b"weighted change" not in shown
        assert b"viewer" not in (out / names[0]).read_bytes()
        rows = rows_of(out / names[1])
        assert rows
        assert {row["agreement"] for row in rows} == {"P"}
        assert {row["expected_viewers"] for row in rows} == {""}
    assert command("replan", folder, "--published", path, "--for", "FR", "--out", tmp_path / "no")[0] == 2


@pytest.mark.parametrize(("language", "words"), [("kk", "не мәжбүр етті"), ("ru", "чем вызвано"), ("en", "slips by 1")])
def test_the_page_lists_every_change_in_the_readers_language(tmp_path, language, words):
    path = published_in(tmp_path / "before", BEFORE[STRIP])
    folder = write(tmp_path / "after", content(**{**BEFORE[STRIP], **AFTER[STRIP]}))
    code, _ = command("replan", folder, "--published", path, "--out", tmp_path / "out", "--lang", language)
    assert code == 0
    page = (tmp_path / "out" / "replan.html").read_text(encoding="utf-8")
    assert words in page
    assert f'<html lang="{language}">' in page
    assert "<script" not in page


def test_changes_on_channels_of_others_are_proposed_and_can_be_offered(tmp_path):
    case = "both sides give"
    path = published_in(tmp_path / "before", BEFORE[case])
    gone = [programme("instead", 30, episodes=2, appeal=0.5), *BEFORE[case]["programmes"][1:]]
    folder, out = write(tmp_path / "after", content(**{**BEFORE[case], "programmes": gone})), tmp_path / "out"
    code, said = command("replan", folder, "--published", path, "--side", "KZ", "--out", out)
    assert code == 0, said
    rows = rows_of(out / "proposed.csv")
    assert {row["channel"] for row in rows} == {"O.uz"}
    states = {"instead": "proposed", "ours": "withdrawn"}
    assert {row["programme"]: row["status"] for row in rows} == states
    code, said = command("offer", folder, out / "proposed.csv", "--to", "UZ", "--out", tmp_path / "offer")
    assert code == 0, said
    assert f"{len(rows)} airings" in said
    sheet = openpyxl.load_workbook(tmp_path / "offer" / "offer-UZ.xlsx").worksheets[0]
    cells = [dict(zip([one.value for one in sheet[2]], line, strict=True))
             for line in sheet.iter_rows(min_row=3, values_only=True)]  # fmt: skip
    back = [row for row in cells if row["status"] == "withdrawn"]
    assert len(back) == sum(row["status"] == "withdrawn" for row in rows)
    assert {row["answer"] for row in back} == {"–"}
    assert {row["answer"] for row in cells if row["status"] == "proposed"} == {""}
    code, said = command("answer", folder, out / "proposed.csv", tmp_path / "offer" / "offer-UZ.xlsx",
                         "--from", "UZ", "--out", tmp_path / "answer")  # fmt: skip
    assert code == 0, said
    instance = load(folder)
    assert {word.said for word in read_words(instance) if word.programme == "ours"} == {"withdrawn"}


@pytest.mark.parametrize("lang", ["en", "kk", "ru"])
def test_the_new_standing_and_the_status_before_are_said_apart(lang, tmp_path):
    instance = load(
        write(tmp_path, content([kz(window("19:00", "20:00")), uz(window("19:00", "20:00"))], [OURS_SHORT]))
    )
    language = Language(lang)
    one = ChangeRecord(
        number=1, change="moved", programme="ours", title="OURS", channel="O.uz", start_before="2026-12-07T14:00Z",
        start_after="2026-12-07T14:30Z", minutes_moved=30, episode_before=1, episode_after=1, days_to_air=0, viewers=0,
        weight=1, standing="proposed", status_before="proposed", cause="x", message=MessageRecord(key="it did not air"),
    )  # fmt: skip
    said = _line(one, instance, language, msg("it did not air"))
    assert said.count(f"({language.render(status_word('proposed'))})") <= 1
    assert not re.search(r"\w+ \(\w+\)$", said), said
