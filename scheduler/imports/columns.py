"""Which column of a foreign table is which field: by name, or as a planner maps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.imports.cells import cell_text
from scheduler.instance import InputError, Problem, did_you_mean
from scheduler.report.sheet_listing import MARK

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from scheduler.imports.cells import Table

SEARCHED = 20
"""The header is looked for in the first so many rows."""


def find_header(
    table: Table,
    fields: Collection[str],
    mapped: Mapping[str, str],
    needed: Collection[str],
    aliases: Mapping[str, str] | None = None,
) -> tuple[int, dict[str, int]]:
    """The row of the header, and the column of every field. `mapped` is the head of a field, where it differs.

    `aliases` are heads that say a field where neither its name nor its map does.

    Raises InputError where no row holds the needed fields.
    """
    best: tuple[int, dict[str, int]] = (0, {})
    for row, cells in enumerate(table.rows[:SEARCHED]):
        heads = [cell_text(cell).casefold() for cell in cells]
        if heads and heads[0].startswith(MARK):
            continue
        found = {}
        for field in fields:
            names = [mapped[field]] if field in mapped else [field, (aliases or {}).get(field, field)]
            column = next((heads.index(name.casefold()) for name in names if name.casefold() in heads), None)
            if column is not None:
                found[field] = column
        if len(found) > len(best[1]):
            best = row, found
    row, found = best
    shown = [cell_text(cell) for cell in table.rows[row]] if table.rows else []
    problems = [
        Problem(table.file, 1, 1, f"there is no field '{field}' to map{did_you_mean(field, fields)}")
        for field in mapped
        if field not in fields
    ]
    problems += [
        Problem(table.file, row + 1, 1, f"there is no column '{head}' (for {field}){did_you_mean(head, shown)}")
        for field, head in mapped.items()
        if field in fields and field not in found
    ]
    missing = [field for field in needed if field not in found and field not in mapped]
    problems += [
        Problem(table.file, row + 1, 1, f"no column is '{field}'; name it with --map {field}=HEAD") for field in missing
    ]
    if problems:
        raise InputError(problems)
    return row, found
