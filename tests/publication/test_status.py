"""Every airing has a status, from draft to aired, and each command that speaks of it says the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openpyxl
import pytest

from scheduler.publication import statuses, unsettled
from scheduler.rules import load
from scheduler.timetable import read_timetable, timetable_frame
from tests.builders import rows_of, write_rows
from tests.planned import command
from tests.publication.cases import filled, planned_in

if TYPE_CHECKING:
    from pathlib import Path

ON = ("--on", "2026-11-20")


def by_id(folder: Path, path: Path, until: object = None) -> dict[str, str]:
    """The status of every airing by its id."""
    instance = load(folder)
    timetable = read_timetable(instance, path)
    frame = timetable_frame(timetable)
    found = statuses(instance, timetable, until)  # type: ignore[arg-type]
    return dict(zip(frame["airing_id"], found, strict=True))


@pytest.fixture
def offered(tmp_path: Path) -> tuple[Path, Path, Path]:
    folder, path = planned_in(tmp_path)
    code, said = command("offer", folder, path, "--to", "UZ", "--out", tmp_path / "offer", *ON)
    assert code == 0, said
    return folder, path, tmp_path / "offer" / "offer-UZ.xlsx"


def test_a_plan_is_a_draft_until_it_is_offered_and_then_proposed_on_the_channels_of_the_party(tmp_path):
    folder, path = planned_in(tmp_path)
    assert set(by_id(folder, path).values()) == {"draft"}
    assert not unsettled(load(folder), read_timetable(load(folder), path)).any()
    before = command("show", folder, path)[1]
    assert "draft" not in before
    assert command("offer", folder, path, "--to", "UZ", "--out", tmp_path / "offer", *ON)[0] == 0
    found = by_id(folder, path)
    sheet = openpyxl.load_workbook(tmp_path / "offer" / "offer-UZ.xlsx").worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[2]}
    rows = [
        {name: sheet.cell(row, heads[name]).value for name in ("airing_id", "channel")}
        for row in range(3, sheet.max_row + 1)
    ]
    asked = {row["airing_id"] for row in rows if row["channel"] == "O.uz"}
    assert asked
    assert {name for name, status in found.items() if status == "proposed"} == asked
    shared = {row["airing_id"] for row in rows} - asked
    assert {name for name, status in found.items() if status == "accepted"} == shared, "on our own channels"
    assert {status for name, status in found.items() if name not in asked | shared} == {"draft"}
    shown = command("show", folder, path, "--channel", "O.uz", "--lang", "ru")[1]
    assert "предложено" in shown
    entries = json.loads(command("show", folder, path, "--json")[1])
    listed = [entry["status"] for day in entries for entry in day["entries"] if entry["kind"] == "airing"]
    assert listed.count("proposed") == len(asked)
    assert {entry["status"] for day in entries for entry in day["entries"] if entry["kind"] != "airing"} == {""}


def test_an_answer_says_accepted_countered_and_refused(offered, tmp_path):
    folder, path, book = offered
    ids = filled(book, [("accepted", ""), ("", "20:00"), ("refused", "")])
    assert command("answer", folder, path, book, "--from", "UZ", "--out", tmp_path / "answer", *ON)[0] == 0
    found = by_id(folder, path)
    assert [found[one] for one in ids[:3]] == ["accepted", "countered", "refused"]
    assert {found[one] for one in ids[3:]} <= {"proposed"}
    words = rows_of(folder / "publications" / "words.csv")
    assert {word["on"] for word in words} == {"2026-11-20"}
    asked = [word for word in words if word["said"] == "accepted" and word["start_utc"].endswith("T15:00Z")]
    assert len(asked) == 1
    marked = unsettled(load(folder), read_timetable(load(folder), path))
    frame = timetable_frame(read_timetable(load(folder), path)).assign(free=marked)
    free = set(frame.loc[frame["free"], "airing_id"])
    assert set(ids[1:3]) <= free
    assert not free & {ids[0], *ids[3:]}


def test_what_was_accepted_stays_accepted_when_it_is_offered_again_and_the_sheet_says_so(offered, tmp_path):
    folder, path, book = offered
    ids = filled(book, [("accepted", ""), ("refused", "")])
    assert command("answer", folder, path, book, "--from", "UZ", "--out", tmp_path / "answer", *ON)[0] == 0
    said = (folder / "publications" / "words.csv").read_bytes()
    assert command("answer", folder, path, book, "--from", "UZ", "--out", tmp_path / "again", *ON)[0] == 0
    assert (folder / "publications" / "words.csv").read_bytes() == said
    assert command("offer", folder, path, "--to", "UZ", "--out", tmp_path / "second", "--lang", "kk", *ON)[0] == 0
    found = by_id(folder, path)
    assert [found[one] for one in ids[:2]] == ["accepted", "proposed"]
    sheet = openpyxl.load_workbook(tmp_path / "second" / "offer-UZ.xlsx").worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[2]}
    told = {
        sheet.cell(row, heads["airing_id"]).value: sheet.cell(row, heads["status"]).value
        for row in range(3, sheet.max_row + 1)
    }
    assert [told[one] for one in ids[:2]] == ["қабылданды", "ұсынылды"]


def test_published_frozen_and_aired_follow(offered, tmp_path):
    folder, path, book = offered
    ids = filled(book, [("refused", "")])
    assert command("answer", folder, path, book, "--from", "UZ", "--out", tmp_path / "answer", *ON)[0] == 0
    code, said = command("publish", folder, path, "--until", "2026-12-07", *ON)
    assert code == 0
    assert f"{ids[0]} has gone out, though its party has refused it" in said
    frame = timetable_frame(read_timetable(load(folder), path))
    first = frame.loc[(frame["anchor"] == "") & (frame["broadcast_date"] == "2026-12-07"), "airing_id"].tolist()
    found = by_id(folder, path)
    assert {found[one] for one in first} == {"published"}
    frozen = by_id(folder, path, load(folder).file.horizon.start.replace(day=8))
    assert {frozen[one] for one in first} == {"frozen"}
    rows = rows_of(path)
    aired = [row for row in rows if row["airing_id"] == first[0]]
    write_rows(folder / "history.csv", aired)
    assert by_id(folder, path)[first[0]] == "aired"


def test_a_replan_says_the_status_of_what_it_changes(tmp_path):
    folder, path = planned_in(tmp_path)
    assert command("publish", folder, path, "--until", "2026-12-08", *ON)[0] == 0
    text = (folder / "programmes.csv").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("theirs,")]
    (folder / "programmes.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    code, said = command("replan", folder, "--published", path, "--out", tmp_path / "again")
    assert code in (0, 1), said
    changes = json.loads((tmp_path / "again" / "replan.json").read_text(encoding="utf-8"))["changes"]
    dropped = [one for one in changes if one["change"] in ("dropped", "moved")]
    assert {one["status_before"] for one in dropped} <= {"published"}
    assert {one["status_before"] for one in changes if one["change"] == "added"} <= {""}
    assert not dropped or "before: published" in said


@pytest.mark.parametrize("damage", [("proposed", "perhaps"), ("2026-11-20", "soon")])
def test_a_damaged_record_is_named_with_its_line(offered, damage):
    folder, path, _ = offered
    words = folder / "publications" / "words.csv"
    words.write_text(words.read_text(encoding="utf-8").replace(*damage, 1), encoding="utf-8")
    code, said = command("show", folder, path)
    assert code == 2
    assert "publications/words.csv:2" in said


def test_a_record_that_is_no_text_is_refused(offered):
    folder, path, _ = offered
    (folder / "publications" / "words.csv").write_bytes(b"on,party\n\xff\xfe")
    code, said = command("show", folder, path)
    assert code == 2
    assert "publications/words.csv:1" in said
