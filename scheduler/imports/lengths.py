"""Lengths in cells, in whole minutes: 45, 0:45, 1:35:00, "52 мин", "1 ч 35 мин", a spreadsheet's duration."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from scheduler.imports.clocks import FIRST_CLOCK, clean, is_number
from scheduler.messages import Message, RefusedError, msg

if TYPE_CHECKING:
    from scheduler.imports.cells import Cell

LONGEST = 1440
_HOURS = r"(?:h|hrs?|hours?|ч|час\w*|сағ\w*|soat)\.?"
_MINUTES = r"(?:'|′|m|min|mins|minutes?|мин\w*|м|daq\w*)\.?"
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
_WORDS = re.compile(rf"(?:(\d{{1,2}})\s*{_HOURS})?\s*(?:(\d{{1,4}})\s*{_MINUTES})?", re.IGNORECASE)
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?")


def length_of(cell: Cell, number: str = "") -> int:
    """The length of a cell in minutes.

    Parameters
    ----------
    cell
        The cell as it was read.
    number
        The number of the cell's text in the number format of its column. Empty if it is not a number.

    Raises
    ------
    RefusedError
        It is not a length in whole minutes from 1 to 1440.
    """
    seconds, shown = _seconds(cell, number)
    if seconds is None:
        raise RefusedError(msg("expected a length in whole minutes such as 45 or 0:45, got '{cell}'", cell=shown))
    if seconds % 60:
        raise RefusedError(msg("'{cell}' is not a length in whole minutes", cell=shown))
    if not 60 <= seconds <= LONGEST * 60:
        raise RefusedError(too_long(shown, seconds // 60))
    return seconds // 60


def too_long(what: str, minutes: int) -> Message:
    """The problem that a length, or a programme, is not from 1 to 1440 minutes."""
    return msg("'{what}' is {minutes} minutes long; expected 1 to 1440", what=what, minutes=str(minutes))


def _seconds(cell: Cell, number: str) -> tuple[int | None, str]:
    """(seconds, text of the cell). The seconds are None if the cell is not a length."""
    if isinstance(cell, datetime):
        since = cell - FIRST_CLOCK
        return (round(since.total_seconds()) if since < timedelta(days=2) else None), f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, time):
        return cell.hour * 3600 + cell.minute * 60 + cell.second, f"{cell:%H:%M:%S}"
    if isinstance(cell, timedelta):
        return round(cell.total_seconds()), str(cell)
    if is_number(cell):
        return _of_number(float(cell))
    text = clean(str(cell))
    read = number or text
    if re.fullmatch(r"\d+(?:\.0*)?", read):
        return int(float(read)) * 60, text
    match = _CLOCK.fullmatch(text)
    if match is not None and int(match[2]) < 60 and int(match[3] or 0) < 60:
        return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0), text
    for pattern in (_WORDS, _DURATION):
        match = pattern.fullmatch(text)
        if match is not None and any(match.groups()):
            hours, minutes, *rest = (int(part or 0) for part in match.groups())
            return hours * 3600 + minutes * 60 + sum(rest), text
    return None, text


def _of_number(value: float) -> tuple[int | None, str]:
    """A plain number is whole minutes. A number below 1 is a duration of a spreadsheet, a fraction of a day."""
    shown = f"{value:g}"
    if value == int(value):
        return int(value) * 60, shown
    part = value * 1440
    if 0 < value < 1 and abs(part - round(part)) < 1e-3 and round(value, 2) != value:
        return round(part) * 60, shown
    return None, shown
