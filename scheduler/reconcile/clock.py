"""Times of evidence to the second: clock times, lengths, and moments with date and offset."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from scheduler.imports.cells import cell_text
from scheduler.imports.clocks import NotAClock, clean, read_clock
from scheduler.imports.lengths import length_of
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.imports.cells import Cell

DAY = 86_400
NIGHT = 30 * 3600
"""The latest clock time: times after midnight may be written as 25:30:10."""

_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d)(?:[.,:;]\d+)?)?")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,:;]\d+)?\s*(Z|[+-]\d\d:?\d\d)?")
_DECIMAL = re.compile(r"\d{1,4}[.,]\d+")
_PARTS = re.compile(r"(\d{1,3}):([0-5]?\d)(?::([0-5]?\d)(?:[.,:;]\d+)?)?")


def moment_of(cell: Cell) -> datetime | None:
    """The moment of a cell with date and time, with its offset if it has one. None if the cell has no date."""
    if isinstance(cell, datetime):
        return cell if cell.year > 1900 else None
    match = _MOMENT.fullmatch(clean(str(cell))) if isinstance(cell, str) else None
    return None if match is None else datetime.fromisoformat("".join((match[1], "T", match[2], match[3] or "")))


def clock_seconds(cell: Cell) -> float:
    """Seconds since midnight of a clock time, up to 30:00. Raises NotAClock with the reason."""
    found: float | None = None
    if isinstance(cell, datetime):
        cell = cell.time()
    if isinstance(cell, timedelta):
        found = cell.total_seconds()
    elif isinstance(cell, time):
        found = cell.hour * 3600 + cell.minute * 60 + cell.second
    elif isinstance(cell, float) and not isinstance(cell, bool) and 0 <= cell < 1.25:
        found = float(round(cell * DAY))
    elif (match := _CLOCK.fullmatch(clean(str(cell)))) is not None:
        found = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
    if found is None:
        return read_clock(cell).minute * 60.0
    if not 0 <= found < NIGHT:
        raise NotAClock(msg("'{cell}' is not a clock time from 0:00 to 29:59", cell=cell_text(cell)))
    return found


def lengths(cells: Iterable[Cell]) -> list[float | str]:
    """The seconds of every length. A blank cell gives NaN, an unreadable cell the reason as text.

    44:30 can be minutes and seconds, or hours and minutes. It is minutes and seconds if some cell of the column has
    three parts, or if no cell with two parts begins with a number below 7.
    """
    texts = [cell if not isinstance(cell, str) else clean(cell) for cell in cells]
    parts = [_PARTS.fullmatch(text) for text in texts if isinstance(text, str) and text]
    pairs = [match for match in parts if match is not None and match[3] is None]
    triples = any(match is not None and match[3] is not None for match in parts)
    in_minutes = triples or any(int(match[1]) >= 7 for match in pairs)
    return [_length(text, in_minutes=in_minutes) for text in texts]


def _length(cell: Cell, *, in_minutes: bool) -> float | str:
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, time):
        return cell.hour * 3600.0 + cell.minute * 60 + cell.second
    if isinstance(cell, datetime | date):
        return f"'{cell_text(cell)}' is a date; expected a length such as 0:44:30"
    if isinstance(cell, float) and 0 < cell < 1:
        return float(round(cell * DAY))
    if isinstance(cell, int | float):
        return cell * 60.0
    match = _PARTS.fullmatch(str(cell))
    if not cell:
        return float("nan")
    if match is not None and match[3] is not None:
        return int(match[1]) * 3600.0 + int(match[2]) * 60 + int(match[3])
    if match is not None:
        return (int(match[1]) * 60.0 + int(match[2])) * (1 if in_minutes else 60)
    if _DECIMAL.fullmatch(str(cell)):
        return float(str(cell).replace(",", ".")) * 60
    try:
        return length_of(cell) * 60.0
    except ValueError:
        return f"'{cell}' is not a length such as 0:44:30 or 44.5 minutes"
