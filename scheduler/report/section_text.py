"""A table of a report as lines for a terminal or a mail."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from scheduler.text_tables import aligned_lines, width_of

if TYPE_CHECKING:
    from scheduler.report.language import Language
    from scheduler.report.sections import Column, Section, Value


WIDTH = 118
LARGE = 100_000
"""From here on a table gives numbers without decimals."""


def section_lines(section: Section, language: Language) -> list[str]:
    """The title, the aligned table and the note; without rows the section's sentence for an empty table."""
    return [section.title, "─" * width_of(section.title), *table_lines(section, language)]


def table_lines(section: Section, language: Language) -> list[str]:
    """The table in aligned columns, numbers to the right, and the note under it."""
    if not section.rows:
        return [section.empty]
    cells = [[cell(value, column, language) for value, column in zip(row.values, section.columns, strict=True)]
             for row in section.rows]  # fmt: skip
    head, right = [column.title for column in section.columns], [column.kind == "number" for column in section.columns]
    lines = aligned_lines(head, cells, right)
    return [*lines, *textwrap.wrap(section.note, WIDTH)]


def cell(value: Value, column: Column, language: Language) -> str:
    """A value as text: numbers and verdicts as the language writes them, a dash for None."""
    if value is None:
        return "–"
    if column.kind == "verdict":
        return language.verdict(str(value))
    if isinstance(value, str):
        return value
    return language.number(value, 0 if abs(value) >= LARGE else 1)
