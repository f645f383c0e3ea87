"""The horizon as a line of whole minutes, and the time that the clock of every zone shows at each of them.

The line begins with the first day that the rules need: a day in history.csv, or the first day of a period that is still
open. Days are counted from there; the horizon's first day has the number `planned_from`. The origin of minutes and grid
steps is 00:00 UTC two days before the first day, so that the line contains the first local midnight of every zone.
Clocks are read from the tzdata package, whatever database the host has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from scheduler.arrays import Ints, ranges
from scheduler.instance.model.periods import SPANS, span_label, span_of
from scheduler.moments import DAY, utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


MARGIN_DAYS = 2
"""Days on the line before and after the horizon's: offsets reach 14 hours, windows 6 hours past midnight."""


@lru_cache(maxsize=64)
def zone_clock(name: str) -> ZoneInfo:
    """The zone of an IANA name, from the tzdata package. Raises LookupError if there is none."""
    package = resources.files("tzdata") / "zoneinfo"
    path = package.joinpath(*name.split("/"))
    parts = name.split("/")
    plain = [part.replace("_", "").replace("-", "").replace("+", "") for part in parts]
    if len(name) > 80 or not all(part.isalnum() for part in plain):
        raise LookupError(name)
    if not path.is_file():
        raise LookupError(name)
    with path.open("rb") as stream:
        try:
            return ZoneInfo.from_file(stream, key=name)
        except ValueError:
            raise LookupError(name) from None


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """All IANA names that the tzdata package knows."""
    text = (resources.files("tzdata") / "zones").read_text(encoding="utf-8")
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class Clock:
    """The local time of one zone at every minute of the line."""

    day: Ints  # days since the line's first day, may be negative
    minute: Ints  # minutes since local midnight


@dataclass(frozen=True, slots=True)
class Cells:
    """The line cut into disjoint segments. Each belongs to one period. Minutes outside all segments do not count."""

    start: Ints  # (s,) first minute
    end: Ints  # (s,) first minute after
    period: Ints  # (s,) index into labels
    labels: tuple[str, ...]

    def split(self, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
        """Cut intervals at the segments.

        Parameters
        ----------
        start, end
            Minutes of the line, half-open intervals.

        Returns
        -------
        interval, period, minutes
            For every non-empty piece: the index of its interval, the index of its period, and its length.
        """
        item, segment = self.pieces(start, end)
        minutes = np.minimum(end[item], self.end[segment]) - np.maximum(start[item], self.start[segment])
        return item, self.period[segment], minutes

    def pieces(self, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """(index of the interval, index of the segment) of every pair that shares at least one minute.

        `start` and `end` are minutes of the line, half-open intervals, (k,).
        """
        first = np.searchsorted(self.end, start, side="right")
        after = np.maximum(np.searchsorted(self.start, end, side="left"), first)
        count = after - first
        item = np.repeat(np.arange(len(start)), count)
        offset = ranges(count)
        return item, np.repeat(first, count) + offset

    def at(self, moment: Ints) -> Ints:
        """The index of the period of every moment, −1 if it is in none."""
        if not len(self.start):
            return np.full(len(moment), -1, dtype=np.int64)
        segment = np.searchsorted(self.end, moment, side="right")
        inside = segment < len(self.start)
        segment = np.minimum(segment, len(self.start) - 1)
        return np.where(inside & (self.start[segment] <= moment), self.period[segment], -1)


@dataclass(frozen=True)
class Timeline:
    """The line of minutes of one horizon. Hours and periods are those of a zone's local clock."""

    first_day: date  # of the line: the horizon's first day, or an earlier day of history.csv
    days: int  # from there to the end of the horizon
    grid: int  # minutes in a step
    broadcast_start: int  # minutes after midnight at which a broadcast day begins
    planned_from: int = 0  # number of the horizon's first day
    named: Mapping[str, tuple[date, date]] = field(default_factory=dict)  # first and last day, of the instance's own
    _clocks: dict[str, Clock] = field(default_factory=dict, compare=False, repr=False)
    _latest: dict[str, Ints] = field(default_factory=dict, compare=False, repr=False)  # latest time so far, by zone
    _spans: dict[str, list[tuple[int, int]]] = field(default_factory=dict, compare=False, repr=False)
    _minutes: dict[tuple[str, int, int], int] = field(default_factory=dict, compare=False, repr=False)  # by clock time
    _cells: dict[tuple[object, ...], Cells] = field(default_factory=dict, compare=False, repr=False)  # by arguments

    @property
    def origin(self) -> datetime:
        """The first minute of the line."""
        midnight = datetime(self.first_day.year, self.first_day.month, self.first_day.day, tzinfo=UTC)
        return midnight - timedelta(days=MARGIN_DAYS)

    @property
    def minutes(self) -> int:
        """The length of the line."""
        return (self.days + 2 * MARGIN_DAYS) * DAY

    def minute_of(self, moment: datetime) -> int:
        """Minutes from the origin to a moment. The result may be outside the line."""
        return int((moment - self.origin).total_seconds()) // 60

    def moment(self, minute: int) -> datetime:
        """The moment, in UTC, of a minute of the line."""
        return self.origin + timedelta(minutes=int(minute))

    def moment_text(self, minute: int) -> str:
        """The same as text, such as 2026-12-07T13:00Z."""
        return utc_text(self.moment(minute))

    def clock(self, zone: str) -> Clock:
        """The local time of a zone at every minute of the line."""
        if zone not in self._clocks:
            local = np.arange(self.minutes) + _offsets(zone, self.origin, self.minutes) - MARGIN_DAYS * DAY
            self._clocks[zone] = Clock(day=local // DAY, minute=local % DAY)
        return self._clocks[zone]

    def local_minute(self, zone: str, day: int, minute: int, *, second_pass: bool = False) -> int:
        """The first minute of the line at which a zone's clock shows a time of a day or a later one.

        `minute` is counted from local midnight and may be above 1440. If the clock is set back, an hour occurs twice:
        `second_pass` selects the second occurrence.
        """
        if second_pass:
            clock = self.clock(zone)
            at = np.flatnonzero(clock.day * DAY + clock.minute == day * DAY + minute)
            if len(at):
                return int(at[-1])
        if zone not in self._latest:
            clock = self.clock(zone)
            self._latest[zone] = np.maximum.accumulate(clock.day * DAY + clock.minute)
        key = zone, day, minute
        if key not in self._minutes:
            self._minutes[key] = int(np.searchsorted(self._latest[zone], day * DAY + minute))
        return self._minutes[key]

    def cells(
        self,
        zone: str,
        period: str,
        hours: tuple[int, int] | None = None,
        first: date | None = None,
        last: date | None = None,
        *,
        closed: bool = False,
    ) -> Cells:
        """The segments of all periods that end in the horizon or after it; with `closed` also of earlier ones.

        Only minutes within `hours` and the dates from `first` to `last` belong to a segment. Hours and dates are those
        of the legal day (00:00 to 24:00). The period `horizon` contains all planned minutes, other periods only the
        line's days. If nothing holds on any day of the line, there are no segments.
        """
        key = zone, period, hours, first, last, closed
        if key not in self._cells:
            self._cells[key] = self._cut(zone, period, hours, first, last, closed=closed)
        return self._cells[key]

    def _cut(
        self,
        zone: str,
        period: str,
        hours: tuple[int, int] | None,
        first: date | None,
        last: date | None,
        *,
        closed: bool,
    ) -> Cells:
        """Compute `cells`."""
        clock = self.clock(zone)
        counted = self._counted(clock, period, hours, first, last, closed=closed)
        key = np.where(counted, self._keys(clock, period), np.iinfo(np.int64).min)
        change = np.flatnonzero(np.diff(key)) + 1
        start = np.concatenate([[0], change])
        end = np.concatenate([change, [len(key)]])
        keep = counted[start]
        start, end = start[keep], end[keep]
        keys, index = np.unique(key[start], return_inverse=True)
        labels = tuple(self.label(period, int(value)) for value in keys)
        return Cells(start=start, end=end, period=index.astype(np.int64), labels=labels)

    def label(self, period: str, key: int) -> str:
        """The name of a period in messages and files: 2026-12-07, 2026-12-07 06-12, 2026-W50, horizon, ramadan."""
        if period == "horizon" or period in self.named:
            return period
        if period in SPANS:
            return span_label(period, self.first_day + timedelta(days=self._begins(period)[key][0]))
        per_day = {"hour": 24, "6h": 4}.get(period, 1)
        day = (self.first_day + timedelta(days=key // per_day)).isoformat()
        span = 24 // per_day
        begin = key % per_day * span
        return day if per_day == 1 else f"{day} {begin:02d}-{begin + span:02d}"

    def _counted(
        self,
        clock: Clock,
        period: str,
        hours: tuple[int, int] | None,
        first: date | None,
        last: date | None,
        *,
        closed: bool,
    ) -> npt.NDArray[np.bool_]:
        counted = np.full(self.minutes, self.holds(first, last))
        if period == "horizon":
            counted &= (clock.day >= self.planned_from) | (self.planned_from == 0)
        elif period in self.named:
            begins, ends = ((day - self.first_day).days for day in self.named[period])
            counted &= (clock.day >= max(begins, 0)) & (clock.day <= min(ends, self.days - 1))
            counted &= ends >= self.planned_from
        else:
            day = self._broadcast_day(clock) if period == "broadcast_day" else clock.day
            counted &= (day >= 0) & (day < self.days) & (closed | (clock.day >= self._open_from(period)))
        if hours is not None:
            begin, end = hours
            late, early = clock.minute >= begin, clock.minute < end
            counted &= (late & early) if begin < end else (late | early)
        if first is not None:
            counted &= clock.day >= (first - self.first_day).days
        if last is not None:
            counted &= clock.day <= (last - self.first_day).days
        return counted

    def holds(self, first: date | None, last: date | None) -> bool:
        """Whether a validity from the date `first` to the date `last` includes a day of the horizon."""
        begins = first is None or (first - self.first_day).days < self.days
        return begins and (last is None or last >= self.first_day)

    def _broadcast_day(self, clock: Clock) -> Ints:
        return clock.day - (clock.minute < self.broadcast_start)

    def _keys(self, clock: Clock, period: str) -> Ints:
        if period in self.named:
            return np.zeros(self.minutes, dtype=np.int64)
        match period:
            case "hour":
                return clock.day * 24 + clock.minute // 60
            case "6h":
                return clock.day * 4 + clock.minute // 360
            case "day":
                return clock.day
            case "broadcast_day":
                return self._broadcast_day(clock)
            case "horizon":
                return np.zeros(self.minutes, dtype=np.int64)
        begins = np.array([first for first, _ in self._begins(period)])
        return np.searchsorted(begins, clock.day, side="right") - 1

    def _open_from(self, period: str) -> int:
        """The first day of the first period that ends in the horizon or after it."""
        if self.planned_from == 0:
            return -MARGIN_DAYS
        if period == "broadcast_day":
            return self.planned_from - 1
        if period not in SPANS:
            return self.planned_from
        return next(first for first, last in self._begins(period) if last >= self.planned_from)

    def _begins(self, period: str) -> list[tuple[int, int]]:
        """(first day, last day) of every period that shares a day with the line, in order."""
        if period not in self._spans:
            end, day, found = self.first_day + timedelta(days=self.days), self.first_day, []
            while day < end:
                first, last = span_of(period, day)
                found.append(((first - self.first_day).days, (last - self.first_day).days))
                day = last + timedelta(days=1)
            self._spans[period] = found
        return self._spans[period]


@lru_cache(maxsize=4096)
def moment_on_clock(zone: str, day: date, minute: int, *, second_pass: bool = False) -> datetime:
    """The moment, in UTC, of a clock time on a day. `minute` may be above 1440.

    If the clock is set forward over this time, it is the first moment after the change.
    """
    local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    passes = [local.replace(tzinfo=zone_clock(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
    return passes[1] if second_pass and passes[0] < passes[1] else passes[0]


def day_reached(zones: Iterable[str], day: date, minutes: int) -> date:
    """The latest legal day, by the clocks of some zones, of what comes a number of minutes after the end of a day.

    A day on which clocks are put forward has 23 hours: 24 hours from its last minutes reach over the next midnight.
    """
    after = timedelta(days=1)
    return max(
        (moment_on_clock(zone, day + after, 0) + timedelta(minutes=minutes)).astimezone(zone_clock(zone)).date()
        for zone in zones
    )


def comes_twice(zone: str, day: date, minute: int) -> bool:
    """Whether a zone's clock shows a time of a day twice, because it is set back."""
    first, second = (moment_on_clock(zone, day, minute, second_pass=late) for late in (False, True))
    return first < second


def _offsets(zone: str, origin: datetime, minutes: int) -> Ints:
    """Offset from UTC, in minutes, at every minute of a line. Clocks change only on quarter hours."""
    clock = zone_clock(zone)
    quarters = range(0, minutes, 15)
    ahead = [(origin + timedelta(minutes=at)).astimezone(clock).utcoffset() for at in quarters]
    per_quarter = np.array([round(offset.total_seconds() / 60) if offset else 0 for offset in ahead])
    return np.repeat(per_quarter, 15)[:minutes].astype(np.int64)
