"""The content on screen at every minute. Every rule is checked from this.

Every minute of every window and anchor is one entry. Its local time is computed by pandas from the zone database. The
rows of the formulation count by intervals of the line and share no code with this module, so that each can reveal a
mistake of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.instance import zone_clock
from scheduler.timetable.timetable import nothing_planned, with_record

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.timetable.timetable import Timetable

QUARTER = 15
"""Minutes between the moments at which clocks may change."""

_LABELS: dict[str, Callable[[pd.Timestamp], str]] = {
    "hour": lambda at: f"{at:%Y-%m-%d %H}-{at.hour + 1:02d}",
    "6h": lambda at: f"{at:%Y-%m-%d} {at.hour // 6 * 6:02d}-{at.hour // 6 * 6 + 6:02d}",
    "day": lambda at: f"{at:%Y-%m-%d}",
    "broadcast_day": lambda at: f"{at:%Y-%m-%d}",
    "week": lambda at: f"{at:%G-W%V}",
    "month": lambda at: f"{at:%Y-%m}",
    "quarter": lambda at: f"{at.year}-Q{at.quarter}",
    "half_year": lambda at: f"{at.year}-H{1 + (at.month > 6)}",
    "year": lambda at: f"{at:%Y}",
    "horizon": lambda at: "horizon",
}
_BUCKETS: dict[str, str] = {"hour": "h", "6h": "6h"}  # all other periods: by day


Ranges = Mapping[str, tuple[date, date]]
"""First and last day of the periods that an instance names."""


def period_name(period: str, moment: pd.Timestamp, named: Ranges) -> str:
    """The name of the period that contains a moment. Empty if the moment is outside a named period."""
    if period in named:
        first, last = named[period]
        return period if first <= moment.date() <= last else ""
    return _LABELS[period](moment)


def last_day(period: str, moment: pd.Timestamp, named: Ranges) -> pd.Timestamp:
    """The last day of the period that contains a moment. A broadcast day ends on the next calendar day."""
    if period in named:
        return pd.Timestamp(named[period][1])
    day = moment.normalize()
    match period:
        case "broadcast_day":
            return day + pd.Timedelta(days=1)
        case "week" | "month" | "quarter" | "year":
            frequency = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}[period]
            return day.to_period(frequency).end_time.normalize()
        case "half_year":
            return pd.Timestamp(day.year, 6, 30) if day.month < 7 else pd.Timestamp(day.year, 12, 31)
    return day


@dataclass(frozen=True, eq=False)
class Moments:
    """Parallel arrays of minutes or starts, each with its channel, content, run and local time."""

    channel: Ints
    content: Ints
    entry: Ints  # index into the timetable, −1 for fallback
    first: Flags
    rerun: Flags  # fallback without a run is neither a first run nor a rerun
    at: Ints  # minute of the line
    past: Flags  # has aired: on record, or an anchor or fallback of a day before the plan
    local: pd.Series[pd.Timestamp]  # local time on the channel's clock, without zone
    viewers: Ints  # per minute
    first_day: date  # of the line
    days: int
    planned_from: date  # first day of the horizon
    broadcast_start: int
    named: Ranges
    _periods: dict[str, pd.Series[str]] = field(default_factory=dict, repr=False)
    _codes: dict[str, tuple[Ints, list[str]]] = field(default_factory=dict, repr=False)

    def of_run(self, run: str | None) -> Flags:
        """Flags of the first runs ("first") or of the reruns ("rerun"). With None all flags are set."""
        return {"first": self.first, "rerun": self.rerun}.get(run or "", np.ones(len(self.first), dtype=bool))

    def only(self, which: Flags) -> Moments:
        """The entries whose flag is set.

        Parameters
        ----------
        which
            (entries,) The flags.
        """
        names = ("channel", "content", "entry", "first", "rerun", "at", "past", "viewers")
        kept = {name: getattr(self, name)[which] for name in names}
        local = self.local[which].reset_index(drop=True)
        return replace(self, **kept, local=local, _periods={}, _codes={})

    @cached_property
    def clock(self) -> Ints:
        """Minutes since local midnight."""
        reading: Ints = (self.local.dt.hour * 60 + self.local.dt.minute).to_numpy().astype(np.int64)
        return reading

    def within(self, hours: tuple[int, int] | None, first: date | None, last: date | None) -> Flags:
        """Flags of the entries within clock hours and legal dates.

        Hours are a half-open interval in minutes since midnight, which may pass midnight. If no day of the horizon is
        among the dates, no flag is set.
        """
        horizon = pd.Timestamp(self.first_day), pd.Timestamp(self.first_day) + pd.Timedelta(days=self.days - 1)
        if (first is not None and pd.Timestamp(first) > horizon[1]) or (
            last is not None and pd.Timestamp(last) < horizon[0]
        ):
            return np.zeros(len(self.local), dtype=bool)
        minute = self.clock
        inside = np.ones(len(minute), dtype=bool)
        if hours is not None and hours[0] < hours[1]:
            inside &= (minute >= hours[0]) & (minute < hours[1])
        elif hours is not None:
            inside &= (minute >= hours[0]) | (minute < hours[1])
        if first is not None:
            inside &= (self.local >= pd.Timestamp(first)).to_numpy()
        if last is not None:
            inside &= (self.local < pd.Timestamp(last) + pd.Timedelta(days=1)).to_numpy()
        return inside

    def periods(self, period: str, *, closed: bool = False) -> pd.Series[str]:
        """The name of the period of each entry. Empty for days outside the line, and for periods that are over.

        With `closed`, periods that were over before the horizon have their names, too.
        """
        key = f"{period}, all" if closed else period
        if key not in self._periods:
            self._periods[key] = self._named(period, closed=closed)
        return self._periods[key]

    def coded_periods(self, period: str) -> tuple[Ints, list[str]]:
        """The period of each entry as an index into the sorted names of periods, and these names."""
        if period not in self._codes:
            codes, names = pd.factorize(self.periods(period).to_numpy(), sort=True)
            self._codes[period] = codes.astype(np.int64), [str(name) for name in names]
        return self._codes[period]

    def _named(self, period: str, *, closed: bool) -> pd.Series[str]:
        planned = pd.Timestamp(self.planned_from)
        if period == "horizon":
            named = np.where((self.local >= planned) | (self.planned_from == self.first_day), "horizon", "")
            return pd.Series(named, index=self.local.index, dtype=object)
        shift = pd.Timedelta(minutes=self.broadcast_start if period == "broadcast_day" else 0)
        at = (self.local - shift).dt.floor(_BUCKETS.get(period, "D"))
        codes, unique = pd.factorize(at)
        begin = pd.Timestamp(self.first_day)
        end = begin + pd.Timedelta(days=self.days)
        names = [period_name(period, moment, self.named) if begin <= moment < end else "" for moment in unique]
        if self.planned_from > self.first_day and not closed:
            over = [
                not name or last_day(period, at, self.named) < planned for name, at in zip(names, unique, strict=True)
            ]
            names = ["" if gone else name for name, gone in zip(names, over, strict=True)]
        return pd.Series(
            np.array(names, dtype=object)[codes] if len(codes) else [], index=self.local.index, dtype=object
        )


@dataclass(frozen=True, eq=False)
class OnAir:
    """A timetable with the content of every minute: planned airings, and past airings of history.csv."""

    plan: Timetable

    @cached_property
    def timetable(self) -> Timetable:
        """The timetable with the past airings."""
        return with_record(self.plan)

    @property
    def instance(self) -> Instance:
        """The instance that the timetable is for."""
        return self.plan.instance

    @cached_property
    def aired(self) -> OnAir:
        """Only the past: without planned airings and without future anchors and fallback."""
        return _Aired(nothing_planned(self.instance))

    @cached_property
    def minutes(self) -> Moments:
        """Every minute of airings, anchors and fallback."""
        parts = [self._channel_minutes(number) for number in range(len(self.instance.channels))]
        channel, at, content, entry, past = (np.concatenate(column) for column in zip(*parts, strict=True))
        contents, listed = self.instance.contents, entry >= 0
        called = self.timetable.first[entry] if len(self.timetable) else np.zeros(len(entry), dtype=bool)
        runs = np.where(listed, called, contents.first[content]), np.where(listed, ~called, contents.rerun[content])
        return self._moments(channel, at, content, entry, *runs, past.astype(bool))

    @cached_property
    def starts(self) -> Moments:
        """The start of every entry of the timetable, in its order."""
        table = self.timetable
        past = np.zeros(len(table), dtype=bool) if table.past is None else table.past
        runs = table.first, ~table.first
        return self._moments(table.channel, table.start, table.content, np.arange(len(table)), *runs, past)

    def _channel_minutes(self, number: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        instance, table = self.instance, self.timetable
        content = np.full(instance.timeline.minutes, -1, dtype=np.int64)
        entry = np.full(instance.timeline.minutes, -1, dtype=np.int64)
        past = np.zeros(instance.timeline.minutes, dtype=np.int64)
        windows, anchors = instance.windows, instance.dated_anchors
        for at in np.flatnonzero(windows.channel == number).tolist():
            span = slice(windows.start[at], windows.end[at])
            content[span], past[span] = windows.fallback[at], windows.past[at]
        for at in np.flatnonzero(anchors.channel == number).tolist():
            span = slice(anchors.start[at], anchors.end[at])
            content[span], past[span] = anchors.content[at], anchors.past[at]
        for at in np.flatnonzero(table.channel == number).tolist():
            span = slice(max(table.start[at], 0), max(table.start[at] + table.minutes[at], 0))
            content[span], entry[span] = table.content[at], at
        shown = np.flatnonzero(content >= 0)
        return np.full(len(shown), number), shown, content[shown], entry[shown], past[shown]

    def _moments(
        self, channel: Ints, at: Ints, content: Ints, entry: Ints, first: Flags, rerun: Flags, past: Flags
    ) -> Moments:
        instance, timeline = self.instance, self.instance.timeline
        local = pd.Series(_on_clocks(instance, channel, at), dtype="datetime64[us]")
        curve = instance.viewing.curve_of[channel, content]
        kind = local.dt.day_of_week.to_numpy(int).copy()
        for day, number in instance.viewing.dates.items():
            kind[(local.dt.normalize() == pd.Timestamp(day)).to_numpy()] = number
        base = instance.viewing.curve[curve, kind, local.dt.hour.to_numpy(int)]
        viewers = (base * instance.contents.appeal_milli[content] + 500) // 1000
        return Moments(
            channel=channel,
            content=content,
            entry=entry,
            first=first,
            rerun=rerun,
            at=at,
            past=past,
            local=local,
            viewers=viewers,
            first_day=timeline.first_day,
            days=timeline.days,
            planned_from=instance.file.horizon.start,
            broadcast_start=timeline.broadcast_start,
            named=timeline.named,
        )


def _on_clocks(instance: Instance, channel: Ints, at: Ints) -> npt.NDArray[np.datetime64]:
    """The local time of each minute `at` of the line on its channel's clock, (m,), in microseconds."""
    found = np.empty(len(at), dtype="datetime64[us]")
    if not len(at):
        return found
    # A zone's clock is read once for every quarter from the first minute to the last: many channels have the same zone,
    # and clocks change only on quarters of an hour.
    first, last = int(at.min()) // QUARTER, int(at.max()) // QUARTER
    begin = pd.Timestamp(instance.timeline.origin) + pd.Timedelta(minutes=first * QUARTER)
    utc = pd.date_range(begin, periods=last - first + 1, freq=f"{QUARTER}min")
    quarter, over = at // QUARTER - first, (at % QUARTER).astype("timedelta64[m]")
    zones = sorted({owner.zone for owner in instance.channels})
    number = np.array([zones.index(owner.zone) for owner in instance.channels], dtype=np.int64)[channel]
    for code, zone in enumerate(zones):
        mine = np.flatnonzero(number == code)
        if len(mine):
            local = utc.tz_convert(zone_clock(zone)).tz_localize(None).as_unit("us").to_numpy()
            found[mine] = local[quarter[mine]] + over[mine]
    return found


@dataclass(frozen=True, eq=False)
class _Aired(OnAir):
    """The past before the plan, from a timetable without planned airings."""

    @cached_property
    def minutes(self) -> Moments:
        """The past minutes."""
        every = OnAir(self.plan).minutes
        return every.only(every.past)
