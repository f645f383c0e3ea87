"""Series in reports: how regular they are and when they end, the same figures in page, text and workbook."""

import io
from datetime import timedelta

import openpyxl
import pytest

from scheduler.generate import HIDDEN_FILE, GeneratorOptions, generate, suite
from scheduler.report.grid_cells import grids
from scheduler.report.html import html_report
from scheduler.report.language import Language
from scheduler.report.regular_sections import regularity_section, runway_section, strands_section, weekday_names
from scheduler.report.tables import build_tables
from scheduler.report.text import text_report
from scheduler.report.workbook import workbook_report
from scheduler.rules import load
from scheduler.timetable import read_timetable, regularity, runway
from tests.export.series_cases import FIRST, series_planned
from tests.planned import timetable_at


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("series")
    options = {**suite("smoke").options, "days": 14, "tightness": 0.9}
    generate(folder, GeneratorOptions.model_validate(options), 2)
    return build_tables(read_timetable(load(folder), folder / HIDDEN_FILE), folder)


@pytest.mark.parametrize("code", ["en", "kk", "ru"])
def test_page_and_workbook_show_every_series_with_its_end(tables, code):
    language = Language(code)
    page, book = html_report(tables, code), openpyxl.load_workbook(io.BytesIO(workbook_report(tables, code)))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    section = runway_section(tables, language)
    assert len(section.rows) == len(runway(tables.timetable)) > 5
    strands = strands_section(tables, language)
    assert len(strands.rows) > 5
    for row in (*section.rows, *strands.rows, *regularity_section(tables, language).rows):
        assert all(str(value) in page and str(value) in cells for value in row.values)


def test_the_figures_are_those_of_the_timetable_beside_the_real_channels(tables):
    rows = {row.values[0]: row.values[1:] for row in regularity_section(tables, Language("en")).rows}
    assert rows["Days of a series in its slot"] == ("100.00 %", "90.50 %")
    assert rows["First runs of series without a missing episode"] == ("100.00 %", "–")
    assert regularity(tables.timetable).no_hole == 1.0


@pytest.mark.parametrize(
    ("days", "said"),
    [(range(7), "Mon–Sun"), (range(5), "Mon–Fri"), ((5, 6), "Sat, Sun"), ((0, 1, 2, 4, 6), "Mon–Wed, Fri, Sun")],
)
def test_weekdays_in_a_row_are_a_span(days, said):
    assert weekday_names(days, Language("en")) == said


def test_the_end_of_a_series_is_in_weeks_after_the_plan(tables):
    last = tables.instance.file.horizon.start + timedelta(days=tables.instance.file.horizon.days - 1)
    shown = [row.values[6] for row in runway_section(tables, Language("en")).rows]
    days = [max(0, (one.ends - last).days) for one in runway(tables.timetable)]
    assert all(7 * (week - 1) < day <= 7 * week for week, day in zip(shown, days, strict=True) if day)
    longer = sum(week > 19 for week in shown)
    assert runway_section(tables, Language("en")).note.endswith(f"after this plan: {longer}.")


def test_figures_without_a_counterpart_are_explained(tables, tmp_path):
    assert "neither versions nor episode numbers" in regularity_section(tables, Language("en")).note
    assert "two calendar weeks" not in regularity_section(tables, Language("en")).note
    week = build_tables(series_planned(tmp_path, [("s", f"{FIRST}T19:30", "first")]))
    assert "two calendar weeks" in regularity_section(week, Language("en")).note


def test_the_text_has_both_sections(tables):
    said = text_report(tables)
    assert "Regularity of series" in said
    assert "When series end" in said
    assert "Series in their slots" in said
    titles = {item.programme: item.title for item in tables.instance.programmes}
    assert all(titles[one.programme] in said for one in runway(tables.timetable))


def test_a_strand_is_one_entry_with_its_changes_and_pauses(tmp_path):
    airings = [("s", f"{FIRST + timedelta(days=after)}T19:30", "first") for after in (0, 1, 3, 7, 10)]
    airings += [("s", f"{FIRST + timedelta(days=8)}T21:00", "first")]
    airings += [("s", f"{FIRST + timedelta(days=after)}T20:15", "first") for after in (14, 15)]
    airings += [("f", f"{FIRST + timedelta(days=after)}T22:00", "first") for after in (0, 14, 21)]
    tables = build_tables(series_planned(tmp_path, airings))
    rows = [row.values for row in strands_section(tables, Language("en")).rows]
    assert rows == [
        ("Q.kz", "19:30", "Mon, Tue, Thu", "S", "1–6", "first run", "Kazakh", "12 Oct 2026", "22 Oct 2026",
         "Tue 20 Oct at 21:00"),
        ("Q.kz", "20:15", "Mon, Tue", "S", "7–8", "first run", "Kazakh", "26 Oct 2026", "27 Oct 2026",
         "slot before: Q.kz 19:30"),
        ("Q.kz", "22:00", "Mon", "F", "1–3", "first run", "Kazakh", "12 Oct 2026", "2 Nov 2026",
         "no airing: Mon 19 Oct"),
    ]  # fmt: skip
    marked = [
        (cell.time, "⇄" in cell.detail)
        for grid in grids(tables, Language("en"))
        for row in grid.rows
        for cell in row.cells
        if cell.title == "S"
    ]
    assert sorted(time for time, off in marked if off) == ["20:15", "21:00"]
    assert len(marked) == 8


def test_where_there_is_no_series_there_is_no_section(planned):
    tables = build_tables(timetable_at(planned), planned / "out")
    assert ('id="regularity"' in html_report(tables, "en")) == (regularity(tables.timetable).series > 0)


def test_met_rows_of_placement_are_one_line_for_all_series(tables):
    """Missed ones stay lines of their own."""
    rows = tables.compliance[tables.compliance["rule"] == "placement"]
    lines = tables.tightest[tables.tightest["rule"] == "placement"]
    met = [one for one in lines.to_dict("records") if not one["missed"]]
    assert len({row["channel"] for row in met}) < len(rows) // 4
    assert sum(row["periods"] for row in lines.to_dict("records")) == len(rows)
    kinds = {(row["channel"], row["aspect"].code) for row in met}
    assert len(met) == len(kinds)
    assert all(not row["aspect"].name for row in met)
    assert all(row["aspect"].name for row in lines.to_dict("records") if row["missed"])


def test_titles_that_air_freely_several_times_are_said_not_to_count(tmp_path):
    airings = [(one, f"{FIRST}T{at}", "first") for one, at in (("s", "19:30"), ("f", "20:30"), ("f", "21:30"))]
    free = [{"select": {"programme": "f"}, "as": "free"}, {"as": "strand"}]
    mixed, placed = (
        build_tables(series_planned(tmp_path / name, airings, placement=lines))
        for name, lines in (("mixed", free), ("placed", free[1:]))
    )
    assert regularity_section(mixed, Language("en")).note.endswith("by territory, are not counted: 1.")
    assert "not counted" not in regularity_section(placed, Language("en")).note
