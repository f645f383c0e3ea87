"""A table of a report as lines for a terminal or a mail."""

from __future__ import annotations

import textwrap
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.report.language import Language
    from scheduler.report.sections import Column, Section, Value


WIDTH = 118


def section_lines(section: Section, language: Language) -> list[str]:
    """The title, the table with its columns in line, and the note; what is said instead where there are no rows."""
    return [section.title, "─" * _width(section.title), *table_lines(section, language)]


def table_lines(section: Section, language: Language) -> list[str]:
    """The table with its columns in line, numbers to the right, and the note under it."""
    if not section.rows:
        return [section.empty]
    cells = [[cell(value, column, language) for value, column in zip(row.values, section.columns, strict=True)]
             for row in section.rows]  # fmt: skip
    table = [[column.title for column in section.columns], *cells]
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    lines = [_line(row, widths, section.columns) for row in table]
    return [*lines, *textwrap.wrap(section.note, WIDTH)]


def cell(value: Value, column: Column, language: Language) -> str:
    """A value as text: numbers and verdicts as the language writes them, a dash where there is none."""
    if value is None:
        return "–"
    if column.kind == "verdict":
        return language.verdict(str(value))
    return value if isinstance(value, str) else language.number(value)


def _line(row: list[str], widths: list[int], columns: tuple[Column, ...]) -> str:
    """One row: numbers to the right, the rest to the left."""
    padded = []
    for text, width, column in zip(row, widths, columns, strict=True):
        blank = " " * (width - _width(text))
        padded.append(blank + text if column.kind == "number" else text + blank)
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(unicodedata.combining(sign) > 0 for sign in text)
