"""What changed: against an earlier plan of the same dates, against last week, and against what is published."""

from __future__ import annotations

import shutil

import openpyxl
import pandas as pd
import pytest

from scheduler.diff import changed_slots
from tests.builders import rows_of, write_rows
from tests.planned import command, timetable_at


def weeks_earlier(rows, weeks=1):
    """The rows of a timetable as they were some weeks before, each series that many episodes behind."""
    moved = []
    for row in rows:
        days = {
            name: (pd.Timestamp(row[name][:10]) - pd.Timedelta(weeks=weeks)).strftime("%Y-%m-%d") + row[name][10:]
            for name in ("broadcast_date", "start_local", "end_local", "start_utc", "end_utc")
        }
        moved.append({**row, **days, "episode": str(int(row["episode"] or 1) + weeks)})
    return moved


@pytest.fixture
def folder(planned, tmp_path):
    """The instance, of which a test may publish something."""
    return shutil.copytree(planned, tmp_path / "i")


def test_the_same_titles_in_the_same_slots_are_no_change(planned):
    rows = weeks_earlier(rows_of(planned / "out" / "timetable.csv"), 3)
    assert changed_slots(pd.DataFrame(rows), timetable_at(planned)).empty


def test_last_week_is_compared_slot_by_slot(planned):
    rows = [row for row in weeks_earlier(rows_of(planned / "out" / "timetable.csv")) if not row["anchor"]]
    first, *rest = rows
    gone = {**first, "programme": "gone", "title": "Gone"}
    elsewhere = {**rest[0], "start_local": rest[0]["start_local"][:11] + "05:10"}
    found = changed_slots(pd.DataFrame([gone, elsewhere, *rest[1:]]), timetable_at(planned))
    said = {(row["change"], row["programme"]): row for row in found.to_dict("records")}
    assert set(said) == {("dropped", "gone"), ("added", first["programme"]), ("moved", rest[0]["programme"])}
    moved = said["moved", rest[0]["programme"]]
    assert moved["start_before"] == elsewhere["start_local"]
    assert moved["start_after"][:10] > moved["start_before"][:10]


def test_the_page_and_the_text_say_what_changed(planned, tmp_path):
    table = planned / "out" / "timetable.csv"
    rows = weeks_earlier(rows_of(table))
    other = write_rows(tmp_path / "other.csv", [{**row, "programme": "gone", "title": "Gone title"} for row in rows])
    for form in ("text", "md", "html"):
        code, said = command("report", planned, table, "--format", form, "--against", other)
        assert code == 0
        assert "Gone title" in said
        assert "the week of 2026-11-30" in said or "30 Nov" in said
        assert "Gone title" not in command("report", planned, table, "--format", form)[1]
    same = command("report", planned, table, "--against", table)[1]
    assert "no change" in same
    book = tmp_path / "r.xlsx"
    assert command("report", planned, table, "--format", "xlsx", "--against", other, "--out", book)[0] == 0
    cells = {cell.value for row in openpyxl.load_workbook(book)["Changes"].iter_rows() for cell in row}
    assert "Gone title" in cells


def test_what_is_published_is_compared_without_being_asked_for(folder):
    table = folder / "out" / "timetable.csv"
    assert "Compared with" not in command("report", folder, table)[1]
    assert command("publish", folder, table, "--until", "2026-12-31", "--on", "2026-12-01")[0] == 0
    assert "no change" in command("report", folder, table)[1]
    rows = rows_of(table)
    left_out = next(row for row in rows if not row["anchor"])
    write_rows(table, [row for row in rows if row is not left_out])
    code, page = command("report", folder, table, "--format", "html")
    assert code == 0
    assert "publication 1 of" in page
    assert 'href="#changes"' in page
    assert "dropped" in page


def test_a_file_that_is_no_timetable_is_refused(planned, tmp_path):
    table, other = planned / "out" / "timetable.csv", tmp_path / "other.csv"
    other.write_text("broadcast_date,channel\n2026-11-30,Q.kz\n", encoding="utf-8")
    code, said = command("report", planned, table, "--against", other)
    assert code == 2
    assert "has no column anchor, duration_min" in said
    assert command("report", planned, table, "--against", tmp_path / "none.csv")[0] == 2
