"""The charts of a workbook: what each agreement gives and receives, week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scheduler.report.sheet_formats import AROUND_ZERO

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from scheduler.report.language import Language
    from scheduler.report.tables import Tables

WEEK, GIVEN, RECEIVED, BALANCE = 3, 4, 5, 6
"""Columns of the table of weeks, from 0."""


def draw_weeks(book: Workbook, sheet: Worksheet, tables: Tables, language: Language, rows: tuple[int, int]) -> None:
    """Colour the balances of the table of weeks, and draw a chart for each agreement and measure.

    `rows` are the row of the table's title and the first row of the charts, from 0.
    """
    if tables.weeks.empty:
        return
    title, below = rows
    first = title + 2
    last = first + len(tables.weeks) - 1
    sheet.conditional_format(first, BALANCE, last, BALANCE, {"type": "3_color_scale", **AROUND_ZERO})
    groups = tables.weeks.groupby(["agreement", "measure"], sort=False)
    for number, ((agreement, measure), group) in enumerate(groups):
        chart = book.add_chart({"type": "column"})
        last = first + len(group) - 1
        for column, colour in ((GIVEN, "#0072B2"), (RECEIVED, "#D55E00")):
            series: dict[str, Any] = {
                "name": [sheet.get_name(), title + 1, column],
                "categories": [sheet.get_name(), first, WEEK, last, WEEK],
                "values": [sheet.get_name(), first, column, last, column],
                "fill": {"color": colour},
            }
            chart.add_series(series)
        first = last + 1
        name = f"{agreement}, {language.measure(str(measure))}"
        chart.set_title({"name": name, "name_font": {"size": 10}})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": 360, "height": 220})
        sheet.insert_chart(below + number // 3 * 12, number % 3 * 4, chart, {"description": name})
