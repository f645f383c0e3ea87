"""The contents of a report are one list, which every format goes through."""

import html
import io
from inspect import getmembers, isfunction

import openpyxl
import pytest

from scheduler.report import change_sections, contents, ledger_sections, period_sections, regular_sections, sections
from scheduler.report.contents import ALL, PARTS, SECTIONS, Entry
from scheduler.report.html import html_report
from scheduler.report.language import Language
from scheduler.report.markdown import markdown_report
from scheduler.report.sections import Column, Row, Section, groups_by
from scheduler.report.tables import build_tables
from scheduler.report.text import text_report
from scheduler.report.workbook import workbook_report
from tests.planned import timetable_at


@pytest.fixture(scope="module")
def tables(planned):
    return build_tables(timetable_at(planned), planned / "out")


def test_every_table_of_a_report_is_in_the_list():
    modules = (sections, period_sections, regular_sections, ledger_sections, change_sections)
    named = {name for module in modules for name, _ in getmembers(module, isfunction) if name.endswith("_section")}
    assert {entry.table.__name__ for entry in SECTIONS} == named - {"_section"}


def test_entries_name_parts_and_every_table_has_its_own_name(tables):
    assert {entry.part for entry in SECTIONS} == {part.name for part in PARTS}
    names = [entry.table(tables, Language("en")).name for entry in SECTIONS]
    assert len(set(names)) == len(names)


def test_a_new_entry_is_shown_by_every_format(tables, monkeypatch):
    def table(_tables, _language):
        return Section("new", "A new table", "", (Column("Head"),), (Row(("in a cell",)),), "")

    monkeypatch.setattr(contents, "SECTIONS", (*SECTIONS, Entry("audience", table, ALL)))
    book = openpyxl.load_workbook(io.BytesIO(workbook_report(tables, "en")))
    cells = {cell.value for row in book["Audience"].iter_rows() for cell in row}
    assert {"A new table", "in a cell"} <= cells
    for text in (html.unescape(html_report(tables, "en")), markdown_report(tables, "en"), text_report(tables, "en")):
        assert "A new table" in text and "in a cell" in text


def test_a_table_is_left_out_by_the_formats_that_do_not_show_it(tables, monkeypatch):
    def table(_tables, _language):
        return Section("new", "A new table", "", (Column("Head"),), (), "no rows here")

    entry = Entry("audience", table, ALL, only_with_rows=frozenset({"html", "text"}))
    monkeypatch.setattr(contents, "SECTIONS", (*SECTIONS, entry))
    assert "no rows here" in markdown_report(tables, "en")
    assert "A new table" not in html_report(tables, "en") + text_report(tables, "en")


def test_the_values_of_a_column_head_its_rows_and_each_is_given_once():
    columns = (Column("Programme"), Column("Reason", "long"), Column("Place"), Column("Loses", "number"))
    rows = (
        Row(("a", "no rights", None, None), "A.kz"),
        Row(("b", "no room", "Monday", 5.0), "B.kz"),
        Row(("c", "no rights", "", None), "C.kz"),
    )
    groups = groups_by(Section("one", "Title", "a note", columns, rows, "nothing"), 1)
    assert [heading for heading, _ in groups] == ["no rights", "no room"]
    (_, first), (_, second) = groups
    assert [column.title for column in first.columns] == ["Programme"]  # the others are empty in the whole group
    assert [(row.values, row.channel) for row in first.rows] == [(("a",), "A.kz"), (("c",), "C.kz")]
    assert [row.values for row in second.rows] == [("b", "Monday", 5.0)]
    assert first.note == ""
