"""A programme catalogue from CSV or a workbook into programmes.csv."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from scheduler.imports.anchors import table_text
from scheduler.imports.cells import cell_text, read_table
from scheduler.imports.columns import find_header
from scheduler.instance import Programme, read_csv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scheduler.imports.mending import Mending
    from scheduler.instance import Instance

COLUMNS = tuple(Programme.model_fields)
NEEDED = tuple(name for name, field in Programme.model_fields.items() if field.is_required())


def catalogue_text(
    instance: Instance, path: Path, mapped: Mapping[str, str], mending: Mending, sheet: str | None = None
) -> tuple[str, list[str], list[str]]:
    """programmes.csv with the table's programmes added; and the ids that are new, and those that are replaced."""
    table = read_table(path, sheet)
    header, columns = find_header(table, COLUMNS, mapped, NEEDED)
    found: dict[str, dict[str, str]] = {}
    for number in range(header + 1, len(table.rows)):
        cells = table.rows[number]
        row = {name: cell_text(cells[at]) for name, at in columns.items() if at < len(cells) and cell_text(cells[at])}
        if not row:
            continue
        try:
            Programme.model_validate(row)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                field = str(detail["loc"][0]) if detail["loc"] else "programme"
                place = table.place(number, columns.get(field, 0))
                said = detail["msg"].removeprefix("Value error, ")
                mending.mend(table.file, place, f"{field}: {said}", "the row is left out")
            continue
        if row["programme"] in found:
            place = table.place(number, columns["programme"])
            mending.mend(table.file, place, f"'{row['programme']}' stands twice", "the later row is left out")
            continue
        found[row["programme"]] = row
    if not found and not mending.problems:
        mending.fail(table.file, (header + 1, 1), "no row follows the header")
    there = read_csv(instance.folder / "programmes.csv", "programmes.csv", frozenset(COLUMNS), frozenset(NEEDED)).rows
    replaced = [row["programme"] for row in there if row["programme"] in found]
    rows = [found.get(row["programme"], row) for row in there]
    fresh = [row for name, row in found.items() if name not in set(replaced)]
    return table_text([*rows, *fresh], COLUMNS), [row["programme"] for row in fresh], replaced
