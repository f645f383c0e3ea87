"""An edited workbook: every edit of the listing is taken or reported, and an hour that occurs twice is two hours."""

import datetime as dt
import shutil

import openpyxl
import pytest

from scheduler.airings import build_airings
from scheduler.export import select
from scheduler.export.ics import ics_text
from scheduler.imports import Findings, read_workbook
from scheduler.report.tables import build_tables
from scheduler.report.workbook import workbook_report
from scheduler.rules import load, rules_of
from scheduler.timetable import timetable_csv, timetable_of
from tests.builders import anchor, channel, content, programme, window, write
from tests.planned import command, timetable_at


def edited(planned, tmp_path, **cells):
    """(exit code, what is said, the instance folder) after an edit of the first airing that is no anchor."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook_report(build_tables(timetable_at(planned)), "en"))
    book = openpyxl.load_workbook(path)
    sheet = book["Listing"]
    heads = {cell.value.removeprefix("parity-listing:"): cell.column for cell in sheet[1]}
    row = next(row for row in range(3, 99) if not sheet.cell(row, heads["anchor"]).value)
    for name, change in cells.items():
        cell = sheet.cell(row, heads[name])
        cell.value = change(cell.value) if callable(change) else change
        if isinstance(cell.value, float | int) and name in ("start", "date"):
            cell.number_format = "General"
    book.save(path)
    folder = tmp_path / "copy"
    if not folder.exists():
        shutil.copytree(planned, folder)
        shutil.rmtree(folder / "out")
    code, said = command("import", "timetable", path, "--into", folder, "--force")
    return code, said, folder


def fraction(clock):
    return (clock.hour * 60 + clock.minute) / 1440


def serial(day):
    day = day.date() if isinstance(day, dt.datetime) else day
    return (day - dt.date(1899, 12, 30)).days


@pytest.mark.parametrize(
    "cells",
    [
        {"date": lambda day: f"{day:%d.%m.%Y}"},
        {"date": serial, "start": lambda clock: f"{clock:%H:%M}"},
        {"start": lambda clock: f"{clock:%I:%M %p}"},
        {"start": lambda clock: f"{clock:%H:%M}\u200b"},
    ],
)
def test_the_same_times_in_other_words_are_the_same_timetable(planned, tmp_path, cells):
    code, said, folder = edited(planned, tmp_path, **cells)
    assert code == 0, said
    assert (folder / "timetable.csv").read_text() == timetable_csv(timetable_at(planned))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"start": 0.15}, "'0.15' is a number that may be 03:36"),
        ({"start": "118:30"}, "'118:30' is not a clock time"),
        ({"date": "07/08/2026"}, "'07/08/2026' is 2026-07-08 or 2026-08-07"),
        ({"end": dt.time(23, 50)}, "an airing is as long as its programme"),
        ({"genre": "comedy"}, "genre is 'comedy', but follows from the rest of the row"),
        ({"origin": "TR"}, "origin is 'TR', but follows"),
        ({"start": "19:10"}, "does not begin on the grid"),
    ],
)
def test_an_edit_that_is_not_taken_is_reported_with_its_cell(planned, tmp_path, cells, said):
    code, told, folder = edited(planned, tmp_path, **cells)
    assert code == 2
    assert any(line.startswith("book.xlsx[Listing]:3:") and said in line for line in told.splitlines()), told
    assert not (folder / "timetable.csv").exists()


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_an_edited_grid_sheet_is_a_warning_and_an_untouched_one_is_none(planned, tmp_path, lang):
    """A planner types over a programme on a channel's own sheet, which only shows the timetable."""
    path, folder = tmp_path / "book.xlsx", tmp_path / "copy"
    path.write_bytes(workbook_report(build_tables(timetable_at(planned)), lang))
    shutil.copytree(planned, folder)
    book = openpyxl.load_workbook(path)
    at = next(number for number, name in enumerate(book.sheetnames) if "parity-grid" in str(book[name]["J1"].value))
    sheet = book.worksheets[at]
    listing = {"en": "Listing", "ru": "Список", "kk": "Тізім"}[lang]
    assert listing in sheet["A1"].comment.text
    book.save(path)
    code, said = command("import", "timetable", path, "--into", folder, "--force")
    assert (code, "this sheet was edited" in said) == (0, False), said
    cell = next(cell for row in sheet.iter_rows(min_row=3, min_col=2) for cell in row if cell.value)
    cell.value = "19:00 Another film"
    book.save(path)
    code, said = command("import", "timetable", path, "--into", folder, "--force")
    assert code == 0, said
    assert f"book.xlsx[{sheet.title}]:1:1: warning: this sheet was edited" in said, said


def test_marks_that_are_taken_out_again_no_longer_lock(planned, tmp_path):
    code, said, folder = edited(planned, tmp_path, locked="yes")
    assert code == 0, said
    assert len(load(folder).locks) == 1
    code, said, _ = edited(planned, tmp_path)
    assert code == 0, said
    assert "locks.csv, with 1 locks, is removed" in said
    assert not (folder / "locks.csv").exists()


def two_hours(tmp_path):
    """A timetable of two airings at 23:15 of the night in which Almaty's clocks went back."""
    spec = content(
        [channel("Q.kz", "KZ", "Asia/Almaty", window("22:00", "24:00"))],
        [programme("a", 30, episodes=4)],
        anchors=[anchor("n", "Q.kz", "20:00", "20:30")],
        start="2024-02-29",
        grid=15,
    )
    instance = load(write(tmp_path / "i", spec))
    airings = build_airings(instance, rules_of(instance))
    starts = [instance.timeline.moment(minute) for minute in airings.start_minute.tolist()]
    clock = [f"{start:%H:%M}" for start in starts]
    chosen = airings.start_minute * 0 == 1
    for at, said in enumerate(clock):
        chosen[at] = said in ("17:15", "18:15") and airings.run[at] == 1
    assert chosen.sum() == 2
    return instance, timetable_of(airings, chosen)


def test_the_hour_that_comes_twice_comes_back_from_the_workbook(tmp_path):
    instance, table = two_hours(tmp_path)
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook_report(build_tables(table), "en"))
    findings = Findings()
    assert timetable_csv(read_workbook(instance, path, findings).read(instance)) == timetable_csv(table)
    assert findings.problems == []


def test_without_its_id_a_time_that_comes_twice_is_reported(tmp_path):
    instance, table = two_hours(tmp_path)
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook_report(build_tables(table), "en"))
    book = openpyxl.load_workbook(path)
    heads = {cell.value: cell.column for cell in book["Listing"][1]}
    for row in range(3, 6):
        book["Listing"].cell(row, heads["airing_id"]).value = None
    book.save(path)
    findings = Findings()
    read_workbook(instance, path, findings)
    told = [str(problem) for problem in findings.problems]
    assert len(told) == 2
    assert "23:15 comes twice on 2024-02-29 in Asia/Almaty, as 17:15Z or 18:15Z" in told[0]


def test_a_calendar_says_the_hour_that_comes_twice_in_utc(tmp_path):
    _, table = two_hours(tmp_path)
    starts = [line for line in ics_text(select(table)).splitlines() if line.startswith("DTSTART") and "2024" in line]
    assert "DTSTART:20240229T171500Z" in starts
    assert "DTSTART:20240229T181500Z" in starts
    assert any("TZID=Asia/Almaty:20240229T200000" in line for line in starts)


def test_a_workbook_with_only_anchors_is_read(tmp_path):
    """Anchors have no episode, so the column has no cell."""
    news = [anchor("news", "Q.kz", "21:00", "21:30")]
    windows = channel("Q.kz", "KZ", "Asia/Almaty", window("19:00", "20:00"))
    instance = load(write(tmp_path / "a", content([windows], [programme("s", 30)], anchors=news)))
    airings = build_airings(instance, rules_of(instance))
    nothing = timetable_of(airings, airings.run == 0)
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook_report(build_tables(nothing), "en"))
    assert timetable_csv(read_workbook(instance, path, Findings()).read(instance)) == timetable_csv(nothing)
