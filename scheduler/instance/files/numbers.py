"""Read a column of numbers with one number format that fits all its cells.

A number format is a decimal sign and the signs that group thousands. If two formats fit and give different numbers,
both readings are shown and the planner must choose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from scheduler.instance.signs import without_unseen
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scheduler.messages import Message

_PLAIN = re.compile(r"[-+]?\d+")
_GROUPED = re.compile(r"(?<![\d.,])(\d{1,3})((?:[ '’]\d{3})+)(?!\d)")
_WAYS = {
    ".": re.compile(r"([-+]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?"),
    ",": re.compile(r"([-+]?)(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of every cell of a column, as Python writes numbers. Cells that are not numbers stay unchanged.

    `doubt` has both readings of the first ambiguous cell. It is None if only one format fits.
    """

    numbers: Mapping[str, str]
    doubt: Message | None = None
    cell: str = ""


def read_numbers(cells: Iterable[str], fits: Callable[[str], bool], *, point_only: bool = False) -> Reading:
    """Read the cells of a column in the number format that fits all of them.

    Parameters
    ----------
    cells
        The cells as written.
    fits
        Whether a column accepts a number, as Python writes it (for example whole numbers in a range).
    point_only
        Only the decimal point is tried. Used for tables whose cells are separated by commas.
    """
    written = [cell for cell in dict.fromkeys(cells) if not _PLAIN.fullmatch(cell)]
    found: dict[str, dict[str, str]] = {}
    for sign in "." if point_only else ".,":
        read = {cell: _number(cell, sign) for cell in written}
        known = {cell: number for cell, number in read.items() if number is not None}
        if len(known) == len(written) and all(fits(number) for number in known.values()):
            found[sign] = known
    if not found:
        # No format fits all cells. Each cell is read by the simplest format that fits, so that wrong cells are
        # reported.
        numbers = {cell: _number(cell, ".") or (None if point_only else _number(cell, ",")) for cell in written}
        return Reading({cell: number for cell, number in numbers.items() if number is not None and fits(number)})
    first, *others = found.values()
    for other in others:
        differing = [cell for cell in written if Decimal(other[cell].rstrip("%")) != Decimal(first[cell].rstrip("%"))]
        if differing:
            cell = differing[0]
            one, two = _plain(first[cell]), _plain(other[cell])
            doubt = msg(
                "'{cell}' is {one} or {two}, and all cells of the column fit both; write {one} or {two}",
                cell=cell,
                one=one,
                two=two,
            )
            return Reading(first, doubt, cell)
    return Reading(first)


def _number(cell: str, decimal: str) -> str | None:
    """The number of a cell in one format, None if it is not a number. A percent sign is kept."""
    text = without_unseen(cell)
    percent = text.endswith("%")
    text = _GROUPED.sub(lambda found: found[1] + re.sub(r"\D", "", found[2]), text.removesuffix("%").strip())
    match = _WAYS[decimal].fullmatch(text)
    if match is None:
        return None
    sign, whole, rest = match.groups()
    number = sign.removeprefix("+") + re.sub(r"\D", "", whole) + (f".{rest}" if rest else "")
    return number + "%" * percent


def _plain(number: str) -> str:
    return f"{Decimal(number).normalize():f}" if not number.endswith("%") else number
