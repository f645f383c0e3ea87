"""One table of a report on a sheet: title, column heads, rows of real numbers, note."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from scheduler.report.language import Language
    from scheduler.report.sections import Section
    from scheduler.report.sheet_formats import Formats

WIDEST, NARROWEST = 60, 9
A4 = 9


def set_up_page(sheet: Worksheet, name: str) -> None:
    """Set A4 landscape, one page wide, with the instance's name and page numbers in the footer."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{name.replace('&', '&&')} · &A&R&P / &N")
    sheet.hide_gridlines(2)


def write_section(sheet: Worksheet, row: int, section: Section, language: Language, formats: Formats) -> int:
    """Write a section from a row on, and return the first row after it."""
    sheet.write_string(row, 0, section.title, formats.title)
    if not section.rows:
        sheet.write_string(row + 1, 0, section.empty, formats.note)
        return row + 2
    for column, title in enumerate(section.columns):
        sheet.write_string(row + 1, column, title.title, formats.head)
        longest = max(len(str(line.values[column] or "")) for line in section.rows)
        width = min(WIDEST, max(NARROWEST, longest + 2, len(title.title) * 0.7))
        sheet.set_column(column, column, max(width, _width(sheet, column)))
    for at, line in enumerate(section.rows, start=row + 2):
        for column, value in enumerate(line.values):
            kind = section.columns[column].kind
            if value is None:
                sheet.write_blank(at, column, None, formats.text)
            elif isinstance(value, str):
                shown = language.verdict(value) if kind == "verdict" else value
                sheet.write_string(at, column, shown, formats.verdict(value) if kind == "verdict" else formats.text)
            else:
                sheet.write_number(at, column, float(value), formats.number)
    after = row + 2 + len(section.rows)
    if section.note:
        sheet.write_string(after, 0, section.note, formats.note)
        after += 1
    return after


def _width(sheet: Worksheet, column: int) -> float:
    """The present width of a column; 0 if none is set."""
    info = sheet.col_info.get(column)
    return float(getattr(info, "width", 0) or 0) if info is not None else 0.0
