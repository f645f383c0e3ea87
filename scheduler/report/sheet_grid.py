"""A channel's weeks on one sheet: a column per day, rows by time, one merged cell per airing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.formats.sheet_mark import mark_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from scheduler.formats.sheet_mark import Placed
    from scheduler.report.grid_cells import Grid, GridCell
    from scheduler.report.language import Language
    from scheduler.report.sheet_formats import Formats

POINTS_PER_MINUTE = 0.55
TITLE_POINTS = 21
MARKED = 9
"""The hidden column that holds the sheet's mark."""
LEAST_POINTS, CALM_POINTS, MOST_POINTS = 11.5, 13.0, 70.0


def write_grids(sheet: Worksheet, weeks: Sequence[Grid], language: Language, formats: Formats) -> None:
    """Write the weeks one under the other, each on its own page. A note warns that edits to the sheet are not read."""
    written = _Written(sheet)
    note = language.say("shown_only_note", sheet=language.say("listing"))
    sheet.set_column(0, 0, 7)
    sheet.set_column(1, 7, 22)
    row, breaks = 0, []
    for grid in weeks:
        if row:
            breaks.append(row)
        sheet.set_row(row, TITLE_POINTS)
        written.text(row, 0, f"{grid.caption} ({grid.zone})", formats.title)
        written.text(row + 1, 0, language.say("time"), formats.head)
        for column, (_, day) in enumerate(grid.days, start=1):
            written.text(row + 1, column, day, formats.head)
        row = _write_rows(written, row + 2, grid, formats)
        written.text(row, 0, note, formats.note)
        row += 2
    sheet.write_comment(0, 0, note)
    sheet.write_string(0, MARKED, mark_of(written.texts), formats.note)
    sheet.set_column(MARKED, MARKED, None, None, {"hidden": True})
    sheet.set_h_pagebreaks(breaks)
    if len(weeks) == 1:
        sheet.freeze_panes(2, 1)
        sheet.repeat_rows(0, 1)


class _Written:
    """A sheet that remembers the texts written on it."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.texts: list[Placed] = []

    def text(self, row: int, column: int, text: str, look: Format) -> None:
        """Write a text."""
        self.sheet.write_string(row, column, text, look)
        self.texts.append((row, column, text))


def _write_rows(written: _Written, top: int, grid: Grid, formats: Formats) -> int:
    """Write the rows of one week, and return the first row after them."""
    sheet, column_of = written.sheet, _columns(grid)
    for at, row in enumerate(grid.rows):
        height = max(LEAST_POINTS, row.minutes * POINTS_PER_MINUTE) if row.busy else CALM_POINTS
        sheet.set_row(top + at, min(height, MOST_POINTS))
        hours, minutes = map(int, row.time.split(":"))
        sheet.write_number(top + at, 0, (hours * 60 + minutes) / 1440, formats.time_of_row)
        for cell in row.cells:
            _write_cell(written, top, column_of[id(cell)], cell, formats)
    return top + len(grid.rows)


def _columns(grid: Grid) -> dict[int, int]:
    """The column of every cell. The cells of a row fill the days that no earlier cell covers."""
    free = [0] * len(grid.days)
    found: dict[int, int] = {}
    for at, row in enumerate(grid.rows):
        open_days = (day for day, until in enumerate(free) if until <= at)
        for cell, day in zip(row.cells, list(open_days), strict=True):
            found[id(cell)] = day + 1
            free[day] = at + cell.span
    return found


def _write_cell(written: _Written, top: int, column: int, cell: GridCell, formats: Formats) -> None:
    if cell.kind == "empty":
        return
    text = cell.title if cell.kind == "fallback" else f"{cell.time} {cell.title} · {cell.detail}"
    look = formats.cell(cell.kind, cell.colour)
    first = top + cell.row
    if cell.span > 1:
        written.sheet.merge_range(first, column, first + cell.span - 1, column, "", look)
    written.text(first, column, text, look)
