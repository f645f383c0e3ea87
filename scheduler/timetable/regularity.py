"""How regular the series of a timetable are, counted from its first runs alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance import zone_clock
from scheduler.strands import slots_before

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.timetable.timetable import Timetable

WITHIN = 15
"""Largest distance in minutes of a start from its slot, which is one of the starts of the series.

The figures of the real channel used for comparison allow the same.
"""

SERIES = 3
"""If no title is placed, titles with at least this number of episodes count as series."""


@dataclass(frozen=True, slots=True)
class Regularity:
    """Shares from 0 to 1, None if there is nothing to count. A series counts separately in each territory."""

    series: int  # series with a first run, by territory
    airings: int  # their first runs
    one_channel: float | None  # share of the airings that belong to series on one channel
    next_on_channel: float | None  # share of the steps to the next episode that stay on the channel
    days_in_slot: float | None  # share of the days with an airing that are in the slot, ±15 minutes
    slot_kept: float | None  # share of the steps to the next calendar week that keep the slot, ±15 minutes; also from
    # the week before the horizon, if series are placed
    one_version: float | None = None  # share of the airings that belong to series in one version
    no_hole: float | None = None  # share of the airings that belong to series without a missing episode


@dataclass(frozen=True, slots=True)
class SeriesRun:
    """A first run of a series."""

    channel: int
    content: int
    episode: int
    day: date  # broadcast day
    clock: int  # minutes since the broadcast day began

    @property
    def at(self) -> tuple[date, int]:
        """The key for sorting in air order."""
        return self.day, self.clock


def regularity(timetable: Timetable) -> Regularity:
    """The shares of a timetable's placed series. If no title is placed, titles of three or more episodes count."""
    series = {key: sorted(group, key=lambda run: run.at) for key, group in runs_of_series(timetable).items()}
    runs = [*series.values()]
    airings = sum(len(group) for group in runs)
    whole = sum(len(group) for group in runs if len({run.channel for run in group}) == 1)
    spoken = sum(len(group) for group in runs if len({run.content for run in group}) == 1)
    whole_runs = sum(len(group) for group in runs if all(b.episode == a.episode + 1 for a, b in pairwise(group)))
    steps = [one.channel == other.channel for group in runs for one, other in pairwise(group)]
    days = [_days_in_slot(group) for group in runs]
    kept = [same for group in runs for same in _weeks_kept(group)] + _kept_from_before(timetable, series)
    return Regularity(
        series=len(runs),
        airings=airings,
        one_channel=_share(whole, airings),
        next_on_channel=_share(sum(steps), len(steps)),
        days_in_slot=_share(sum(inside for inside, _ in days), sum(count for _, count in days)),
        slot_kept=_share(sum(kept), len(kept)),
        one_version=_share(spoken, airings),
        no_hole=_share(whole_runs, airings),
    )


def repeated_freely(timetable: Timetable) -> int:
    """The titles with several first runs in a territory that are not placed, by territory. No share counts them."""
    instance = timetable.instance
    at = np.flatnonzero(timetable.first & ~timetable.anchor)
    at = at[instance.placements.line[timetable.content[at], timetable.channel[at]] < 0]
    codes = list(instance.file.territories)
    of_channel = np.array([codes.index(channel.territory) for channel in instance.channels], dtype=np.int64)
    _, runs = np.unique(timetable.programme[at] * len(codes) + of_channel[timetable.channel[at]], return_counts=True)
    return int((runs > 1).sum())


def _share(part: int, whole: int) -> float | None:
    return round(float(Fraction(part, whole)), 4) if whole else None


def runs_of_series(timetable: Timetable) -> dict[tuple[int, str], list[SeriesRun]]:
    """First runs of series by (programme, territory)."""
    instance = timetable.instance
    placed = bool(instance.placements)
    found: dict[tuple[int, str], list[SeriesRun]] = {}
    for at in np.flatnonzero(timetable.first & ~timetable.anchor).tolist():
        programme, channel = int(timetable.programme[at]), int(timetable.channel[at])
        line = int(instance.placements.line[timetable.content[at], channel])
        if line < 0 if placed else instance.programmes[programme].episodes < SERIES:
            continue
        owner = instance.channels[channel]
        day, clock = day_and_clock(instance, channel, int(timetable.start[at]))
        run = SeriesRun(channel, int(timetable.content[at]), int(timetable.episode[at]), day, clock)
        found.setdefault((programme, owner.territory), []).append(run)
    return found


def day_and_clock(instance: Instance, channel: int, minute: int) -> tuple[date, int]:
    """The broadcast day on a channel of a minute of the line, and the minutes since that day began."""
    local = (
        instance.timeline.moment(minute).astimezone(zone_clock(instance.channels[channel].zone)).replace(tzinfo=None)
    )
    since = local - timedelta(minutes=instance.timeline.broadcast_start)
    return since.date(), since.hour * 60 + since.minute


def _days_in_slot(runs: list[SeriesRun]) -> tuple[int, int]:
    """(number of days in the slot that contains most of them, number of days) of one series."""
    days = {run.day for run in runs}
    best = 0
    for one in runs:
        held = {run.day for run in runs if run.channel == one.channel and abs(run.clock - one.clock) <= WITHIN}
        best = max(best, len(held))
    return best, len(days)


def _weeks_kept(runs: list[SeriesRun]) -> list[bool]:
    """For each calendar week after one in which the series aired: whether its first slot is that of the week before."""
    first: dict[date, SeriesRun] = {}
    for run in runs:
        first.setdefault(run.day - timedelta(days=run.day.weekday()), run)
    pairs = ((run, first.get(week + timedelta(days=7))) for week, run in first.items())
    return [
        run.channel == later.channel and abs(run.clock - later.clock) <= WITHIN
        for run, later in pairs
        if later is not None
    ]


def _kept_from_before(timetable: Timetable, series: dict[tuple[int, str], list[SeriesRun]]) -> list[bool]:
    """For each series that aired before the horizon: whether its first slot in a later week is that one."""
    instance = timetable.instance
    if not instance.placements:
        return []
    codes, last = list(instance.file.territories), instance.file.horizon.start - timedelta(days=1)
    ends = last + timedelta(days=6 - last.weekday())  # of the calendar week before the horizon, or in which it begins
    found = []
    for (programme, code), slot in slots_before(instance).items():
        runs = series.get((programme, codes[code]), [])
        if runs and runs[0].day > ends:
            found.append(runs[0].channel == slot.channel and abs(runs[0].clock - slot.clock) <= WITHIN)
    return found
