"""Find the column of each field in a table: by its head in four languages, or by the planner's mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.formats.listing import MARK
from scheduler.imports.cells import cell_text
from scheduler.instance import InputError, Problem, did_you_mean
from scheduler.instance.signs import as_read
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from scheduler.imports.cells import Table

SEARCHED = 20
"""The number of first rows in which the header is searched."""


MOST_SHOWN = 280
"""Most characters of the list of columns in a message."""


def find_header(
    table: Table,
    fields: Collection[str],
    mapped: Mapping[str, str],
    needed: Collection[str],
    words: Mapping[str, Sequence[str]] | None = None,
) -> tuple[int, dict[str, int]]:
    """Find the header of a table.

    Parameters
    ----------
    table
        The table. The header is searched in its first SEARCHED rows.
    fields
        The fields that may have a column.
    mapped
        The head of a field's column, as the planner gives it.
    needed
        The fields that must have a column.
    words
        Other heads of a field, in addition to its name.

    Returns
    -------
    tuple[int, dict[str, int]]
        The number of the header's row, and the number of each field's column, both from 0.

    Raises
    ------
    InputError
        A needed field has no column, or a mapping fits none.
    """
    best: tuple[int, dict[str, int]] = (0, {})
    for row, cells in enumerate(table.rows[:SEARCHED]):
        heads = [as_read(cell_text(cell)) for cell in cells]
        if heads and heads[0].startswith(MARK):
            continue
        found = _found(heads, fields, mapped, words or {})
        if len(found) > len(best[1]):
            best = row, found
    row, found = best
    problems = [*_wrong_maps(table, row, found, fields, mapped), *_wrong_heads(table, row, found, mapped, needed)]
    if problems:
        raise InputError(problems)
    return row, found


def beyond_header(table: Table, header: int) -> list[Problem]:
    """A problem for each row that has more cells than the header, for example because of a comma without quotes."""
    width = len(table.rows[header])
    return [
        Problem(
            table.file,
            *table.place(number, width),
            msg(
                "'{text}' is in no column: the row has {cells} cells, the header {header}; put a text that holds the"
                " separator in quotes",
                text=extra,
                cells=len(cells),
                header=width,
            ),
        )
        for number, cells in enumerate(table.rows[header + 1 :], header + 1)
        if (extra := " | ".join(filter(None, map(cell_text, cells[width:]))))
    ]


def _found(
    heads: list[str], fields: Collection[str], mapped: Mapping[str, str], words: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """The column of every field that a row of heads names. A mapped column belongs to no other field."""
    found = {field: heads.index(as_read(head)) for field, head in mapped.items() if as_read(head) in heads}
    taken = set(found.values())
    for field in fields:
        if field in mapped:
            continue
        names = [field, *words.get(field, ())]
        column = next((heads.index(name) for name in names if name in heads), None)
        if column is not None and (column not in taken or names[0] == heads[column]):
            found[field] = column
    return {field: column for field, column in found.items() if field in fields}


def _heads(table: Table, row: int) -> list[str]:
    """The text of each head of a row."""
    return [cell_text(cell) for cell in table.rows[row]] if table.rows else []


def _wrong_maps(
    table: Table, row: int, found: Mapping[str, int], fields: Collection[str], mapped: Mapping[str, str]
) -> list[Problem]:
    """What is wrong with `mapped`, head by field: no such field, or no such column."""
    shown = _heads(table, row)
    problems = [
        Problem(
            table.file,
            1,
            1,
            msg("there is no field '{field}' to map{hint}", field=field, hint=did_you_mean(field, fields)),
        )
        for field in mapped
        if field not in fields
    ]
    problems += [
        Problem(
            table.file,
            row + 1,
            1,
            msg(
                "there is no column '{head}' (for {field}){hint}",
                head=head,
                field=field,
                hint=did_you_mean(head, shown),
            ),
        )
        for field, head in mapped.items()
        if field in fields and field not in found
    ]
    return problems


def _wrong_heads(
    table: Table, row: int, found: Mapping[str, int], mapped: Mapping[str, str], needed: Collection[str]
) -> list[Problem]:
    """What is wrong with a row of heads: two columns of a field that was found, or none of a field that is needed."""
    shown = _heads(table, row)
    shown_as_read = [as_read(head) for head in shown]
    problems = [
        Problem(
            table.file,
            *table.place(row, shown_as_read.index(shown_as_read[at], at + 1)),
            msg(
                "the head '{head}' is there twice, and it is not certain which column is '{field}'; rename one",
                head=shown[at],
                field=field,
            ),
        )
        for field, at in found.items()
        if at < len(shown) and shown_as_read.count(shown_as_read[at]) > 1
    ]
    missing = [field for field in needed if field not in found and field not in mapped]
    listed = ", ".join(filter(None, shown))[:MOST_SHOWN]
    there = msg("; the columns are {columns}", columns=listed) if found and missing else ""
    problems += [
        Problem(
            table.file,
            row + 1,
            1,
            msg("no column is '{field}'; name it with --map {field}=HEAD{columns}", field=field, columns=there),
        )
        for field in missing
    ]
    return problems
