"""The report as a workbook. It has plain values and no formulas, so that every program shows the same.

Text is always written as text: a cell that begins with = + - or @ never becomes a formula.
"""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import TYPE_CHECKING

import xlsxwriter

from scheduler.report.comparison import comparison_sections
from scheduler.report.contents import parts_of
from scheduler.report.facts import facts, parameters, span_of, verdicts
from scheduler.report.grid_cells import grids
from scheduler.report.language import Language
from scheduler.report.sheet_charts import draw_weeks
from scheduler.report.sheet_formats import Formats
from scheduler.report.sheet_grid import write_grids
from scheduler.report.sheet_listing import write_listing
from scheduler.report.sheet_section import set_up_page, write_section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from scheduler.report.comparison import Plan
    from scheduler.report.sections import Section
    from scheduler.report.tables import Tables

NAME_LENGTH = 31
FORBIDDEN = "[]:*?/\\'"
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


def workbook_report(tables: Tables, language_code: str, changes: pd.DataFrame | None = None) -> bytes:
    """The workbook in a language: kk, ru or en; `changes` are those since an earlier timetable."""
    language = Language(language_code)
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, OPTIONS)
    created = datetime.combine(tables.instance.file.horizon.start, time())
    book.set_properties({"title": tables.instance.file.name, "created": created})
    _Sheets(book, tables, language).write(changes)
    book.close()
    return stream.getvalue()


def comparison_workbook(plans: Sequence[Plan], language_code: str) -> bytes:
    """A workbook of several timetables side by side, a sheet for each table."""
    language = Language(language_code)
    day = plans[0].tables.instance.file.horizon.start
    return sections_workbook(language.say("comparison"), day, comparison_sections(plans, language), language)


def sections_workbook(title: str, created: date, sections: Sequence[Section], language: Language) -> bytes:
    """A workbook with a sheet for each table, and nothing else; `created` is the date in its properties."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, OPTIONS)
    book.set_properties({"title": title, "created": datetime.combine(created, time())})
    formats = Formats(book)
    for section in sections:
        sheet = book.add_worksheet(_sheet_name(section.title))
        set_up_page(sheet, title)
        write_section(sheet, 0, section, language, formats)
    book.close()
    return stream.getvalue()


def _sheet_name(title: str) -> str:
    return "".join("-" if sign in FORBIDDEN else sign for sign in title)[:NAME_LENGTH] or "-"


class _Sheets:
    """Writes the sheets one by one. Sheet names are unique, also if channels have similar names."""

    def __init__(self, book: Workbook, tables: Tables, language: Language) -> None:
        self._book, self._tables, self._language = book, tables, language
        self._formats = Formats(book)
        self._names: set[str] = set()

    def write(self, changes: pd.DataFrame | None) -> None:
        tables, language, say = self._tables, self._language, self._language.say
        self._summary(self._sheet(say("summary")))
        by_channel: dict[str, list[int]] = {}
        drawn = grids(tables, language)
        for at, grid in enumerate(drawn):
            by_channel.setdefault(grid.channel, []).append(at)
        for channel, places in by_channel.items():
            write_grids(self._sheet(channel), [drawn[at] for at in places], language, self._formats)
        write_listing(self._sheet(say("listing")), tables, language, self._formats)
        for part, shown in parts_of("xlsx", tables, language):
            sheet = self._sheet(say(part.heading))
            rows, after = self._stack(sheet, [one.section for one in shown])
            if part.name == "parity":
                draw_weeks(self._book, sheet, tables, language, (rows["parity_weeks"], after))
        self._changes(self._sheet(say("changes")), changes)
        self._parameters(self._sheet(say("parameters")))

    def _sheet(self, title: str) -> Worksheet:
        clean = _sheet_name(title)
        name, turn = clean, 2
        while name.lower() in self._names:
            name = f"{clean[: NAME_LENGTH - 4]} {turn}"
            turn += 1
        self._names.add(name.lower())
        sheet = self._book.add_worksheet(name)
        set_up_page(sheet, self._tables.instance.file.name)
        return sheet

    def _summary(self, sheet: Worksheet) -> None:
        tables, language, formats = self._tables, self._language, self._formats
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, 1, 20)
        sheet.set_column(2, 2, 22)
        sheet.write_string(0, 0, tables.instance.file.name, formats.title)
        sheet.write_string(1, 0, span_of(tables, language), formats.note)
        row = 3
        for verdict, text in verdicts(tables, language):
            sign = {"met": "✓", "missed": "✗", "unknown": "–"}[verdict]
            sheet.write_string(row, 0, f"{sign} {text}", formats.verdict(verdict))
            row += 1
        row += 1
        for fact in facts(tables, language):
            sheet.write_string(row, 0, fact.title, formats.label)
            if isinstance(fact.value, str):
                sheet.write_string(row, 1, fact.value, formats.text)
            else:
                sheet.write_number(row, 1, fact.value, formats.percent if fact.percent else formats.number)
            if fact.unit:
                sheet.write_string(row, 2, fact.unit, formats.note)
            row += 1

    def _stack(self, sheet: Worksheet, sections: list[Section]) -> tuple[dict[str, int], int]:
        """Write sections one under the other. Returns the row of each title, by name, and the first row after all."""
        rows, row = {}, 0
        for section in sections:
            rows[section.name] = row
            row = write_section(sheet, row, section, self._language, self._formats) + 1
        return rows, row

    def _changes(self, sheet: Worksheet, changes: pd.DataFrame | None) -> None:
        say, formats = self._language.say, self._formats
        sheet.write_string(0, 0, say("changes"), formats.title)
        if changes is None or changes.empty:
            sheet.write_string(1, 0, say("changes_none" if changes is None else "nothing"), formats.note)
            return
        heads = [say(key) for key in ("change", "programme", "title", "episode")]
        heads += [f"{say(when)}: {say(key)}" for when in ("before", "after") for key in ("channel", "start")]
        for column, head in enumerate([*heads, say("aspect")]):
            sheet.write_string(2, column, head, formats.head)
        sheet.set_column(0, 8, 20)
        for row, cells in enumerate(changes.to_numpy().tolist(), start=3):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, say(cell) if column == 0 else str(cell), formats.text)
        sheet.autofilter(2, 0, 2 + len(changes), 8)
        sheet.freeze_panes(3, 0)

    def _parameters(self, sheet: Worksheet) -> None:
        language, formats = self._language, self._formats
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 70)
        for column, key in enumerate(("parameter", "setting")):
            sheet.write_string(0, column, language.say(key), formats.head)
        for row, fact in enumerate(parameters(self._tables, language), start=1):
            sheet.write_string(row, 0, fact.title, formats.label)
            sheet.write_string(row, 1, fact.text(language), formats.text)
        sheet.write_string(row + 2, 0, language.say("recounted"), formats.note)
