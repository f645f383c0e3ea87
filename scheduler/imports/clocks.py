"""Clock times in cells. A cell must match as a whole, and all numbers of a column are read in one format."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, TypeGuard

from scheduler.instance.model.field_types import MAX_CLOCK, clock_text
from scheduler.instance.signs import without_unseen
from scheduler.messages import Listed, RefusedError, msg

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.imports.cells import Cell

FIRST_SERIAL = date(1899, 12, 30)
"""Day 0 of a spreadsheet's serial numbers, for days after February 1900."""

FIRST_CLOCK = datetime(1899, 12, 31)
"""Day 0 of cells with a clock format that are read as dates: 25:30 is 1900-01-01 01:30."""

_CLOCK = r"(\d{1,2})(?:[:.]|\s?[hHч]\s?)(\d\d)(?:[:.](\d\d)(?:[.,]\d+)?)?"
_SINGLE = re.compile(_CLOCK)
_HALVES = re.compile(r"(\d{1,2})(?:[:.](\d\d))?(?:[:.](\d\d))?\s*([aApP])\.?\s?[mM]\.?")
_COMPACT = re.compile(r"([0-2]\d)([0-5]\d)")
_RANGE = re.compile(r"(?:с|c|от|from)?\s*(.{1,12}?)\s*(?:[-–—−~]|\bдо\b|\bto\b)\s*(.{1,12})", re.IGNORECASE)
_MOMENT = re.compile(
    r"(?:(\d{4})-(\d\d)-(\d\d)|(\d\d)\.(\d\d)\.(\d{4}))[T ]\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?"
    r"\s*(Z|UTC|[+-]\d\d:?\d\d)?"
)
_DURATION = re.compile(r"-?PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?")


class NotAClock(RefusedError):
    """A cell without an unambiguous clock time, with the reason."""


def no_clock(shown: object) -> NotAClock:
    """The problem that a cell is not a clock time."""
    return NotAClock(msg("'{cell}' is not a clock time such as 18:30 or 25:30", cell=str(shown)))


def no_whole_minute(shown: object) -> NotAClock:
    """The problem that a cell has seconds."""
    return NotAClock(msg("'{cell}' is not on a whole minute", cell=str(shown)))


NO_START = msg("there is no start")


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time: minutes since midnight (may be above 1440), and an end, a day or an offset if the cell has them."""

    minute: int
    end: int | None = None
    day: date | None = None
    offset: timedelta | None = None

    def moment(self) -> datetime | None:
        """The moment in UTC, if the cell has a day and an offset."""
        if self.day is None or self.offset is None:
            return None
        local = datetime.combine(self.day, time()) + timedelta(minutes=self.minute)
        return local.replace(tzinfo=timezone(self.offset)).astimezone(UTC)


def is_number(cell: Cell) -> TypeGuard[float]:
    """Whether a cell is a plain number."""
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def number_way(cells: Iterable[Cell]) -> str:
    """The format in which the plain numbers of a column are clock times: "fraction" of a day, "hh.mm" or "hhmm".

    It is the only format that fits all numbers. It is "" if there are no numbers, if no format fits, or if several
    formats fit and give different times.
    """
    numbers = list(dict.fromkeys(float(cell) for cell in cells if is_number(cell)))
    ways = [
        way for way in ("fraction", "hh.mm", "hhmm") if numbers and all(_by(way, one) is not None for one in numbers)
    ]
    if len(ways) > 1 and any(len({_by(way, one) for way in ways}) > 1 for one in numbers):
        return ""
    return ways[0] if ways else ""


def read_clock(cell: Cell, way: str = "") -> Clock:
    """The clock time of a cell. Plain numbers are read in the format `way`. Raises NotAClock."""
    if isinstance(cell, datetime):
        since = cell - FIRST_CLOCK
        if since < timedelta(days=3):  # a time of this or the next day, in a clock format
            return Clock(_in_day(_whole(since, cell), f"{cell:%Y-%m-%d %H:%M}"))
        return Clock(_whole(cell - datetime.combine(cell.date(), time()), cell), day=cell.date())
    if isinstance(cell, time):
        return Clock(_whole(timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second), cell))
    if isinstance(cell, timedelta):
        return Clock(_in_day(_whole(cell, cell), str(cell)))
    if is_number(cell):
        return Clock(_number(float(cell), way))
    return _text(str(cell))


def clean(text: str) -> str:
    """A cell's text without invisible characters and without the apostrophe that marks it as text."""
    if text.isascii() and text.isprintable() and text[:1] != "'":
        return text.strip()  # no invisible characters
    plain = without_unseen(unicodedata.normalize("NFKC", text))
    return plain[1:].strip() if plain[:1] in "'’ʼ" and plain[1:] else plain


def _number(number: float, way: str) -> int:
    minutes = _by(way, number) if way else None
    if minutes is not None:
        return minutes
    readings = {word: _by(word, number) for word in ("fraction", "hh.mm", "hhmm")}
    ways = [
        msg("{clock} (as a part of the day)", clock=clock_text(value))
        if word == "fraction"
        else msg("{clock} (as hours and minutes)", clock=clock_text(value))
        for word, value in readings.items()
        if value is not None
    ]
    shown = f"{number:g}"
    if len(ways) > 1:
        readings_shown = Listed(tuple(ways), " or ")
        raise NotAClock(
            msg("'{cell}' is a number that may be {readings}; write it as 18:30", cell=shown, readings=readings_shown)
        )
    raise NotAClock(msg("'{cell}' is a number and no clock time such as 18:30 or 25:30", cell=shown))


def _by(way: str, number: float) -> int | None:
    """Minutes since midnight of a number in a format. None if it does not fit."""
    if way == "fraction":
        minutes = number * 1440
        near = round(minutes)
        return near if 0 <= number <= 1.25 and abs(minutes - near) < 1e-3 else None
    if way == "hhmm":
        whole = int(number)
        fits = number == whole and 100 <= whole <= 3000 and whole % 100 < 60
        return whole // 100 * 60 + whole % 100 if fits else None
    hundredths = round(number * 100)
    fits = abs(number * 100 - hundredths) < 1e-6 and 0 <= number <= 30 and hundredths % 100 < 60
    return hundredths // 100 * 60 + hundredths % 100 if fits else None


def _whole(since: timedelta, cell: object) -> int:
    """Whole minutes. Seconds are refused, but a rounding error of a spreadsheet up to half a second is accepted."""
    seconds = since.total_seconds()
    minutes = round(seconds / 60)
    if abs(seconds - minutes * 60) > 0.5:
        raise no_whole_minute(cell)
    return minutes


def _in_day(minutes: int, shown: str) -> int:
    if not 0 <= minutes <= MAX_CLOCK:
        raise no_clock(shown)
    return minutes


def _text(written: str) -> Clock:
    text = clean(written)
    moment = _MOMENT.fullmatch(text)
    if moment is not None:
        return _moment(moment, written)
    duration = _DURATION.fullmatch(text)
    if duration is not None and text[-1] in "HMS":
        hours, minutes, seconds = (int(part or 0) for part in duration.groups())
        return Clock(_in_day(_whole(timedelta(hours=hours, minutes=minutes, seconds=seconds), written), written))
    single = _single(text, written)
    if single is not None:
        return Clock(single)
    split = _RANGE.fullmatch(text)
    if split is not None:
        start, end = _single(split[1], written), _single(split[2], written)
        if start is not None and end is not None:
            return Clock(start, end)
    raise no_clock(written)


def _single(text: str, written: str) -> int | None:
    match = _SINGLE.fullmatch(text)
    if match is not None:
        return _checked(int(match[1]), int(match[2]), int(match[3] or 0), written)
    match = _HALVES.fullmatch(text)
    if match is not None:
        if not 1 <= int(match[1]) <= 12:
            raise NotAClock(msg("'{cell}' is not a clock time such as 11:15 PM", cell=written))
        hours = int(match[1]) % 12 + (12 if match[4] in "pP" else 0)
        return _checked(hours, int(match[2] or 0), int(match[3] or 0), written)
    match = _COMPACT.fullmatch(text)
    return int(match[1]) * 60 + int(match[2]) if match is not None else None


def _checked(hours: int, minutes: int, seconds: int, written: str) -> int:
    if minutes > 59 or seconds > 59:
        raise no_clock(written)
    if seconds:
        raise no_whole_minute(written)
    return _in_day(hours * 60 + minutes, written)


def _moment(match: re.Match[str], written: str) -> Clock:
    year, month, day = match.groups()[:3] if match[1] else match.groups()[5:2:-1]
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise NotAClock(msg("'{cell}' is no day of the calendar", cell=written)) from None
    if not 1900 <= found.year <= 2200:
        raise NotAClock(msg("'{cell}' lies outside the years 1900 to 2200", cell=written))
    minute = _checked(int(match[7]), int(match[8]), int(match[9] or 0), written)
    zone = match[10]
    if not zone:
        return Clock(minute, day=found)
    if zone in ("Z", "UTC"):
        return Clock(minute, day=found, offset=timedelta())
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    if ahead > timedelta(hours=14):
        raise NotAClock(msg("'{cell}' has no offset such as +05:00", cell=written))
    return Clock(minute, day=found, offset=-ahead if zone[0] == "-" else ahead)
