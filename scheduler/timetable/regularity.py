"""How regular the series of a timetable are, counted from its first runs alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance import zone_clock

if TYPE_CHECKING:
    from scheduler.timetable.timetable import Timetable

WITHIN = 15
"""Minutes either way by which a start may be off a slot; as on the real channel that the figures are compared with."""

SERIES = 3
"""Where no title is placed, titles with at least this number of episodes count as series."""


@dataclass(frozen=True, slots=True)
class Regularity:
    """Shares from 0 to 1, none where there is nothing to count. A series is counted in each territory by itself."""

    series: int  # series with a first run, by territory
    airings: int  # their first runs
    one_channel: float | None  # of the airings, those of series that are on one channel
    next_on_channel: float | None  # of the steps to the next episode, those that stay on the channel
    days_in_slot: float | None  # of the days on which a series airs, those in its slot, ±15 minutes
    slot_kept: float | None  # of the steps to the next calendar week, those that keep channel and slot, ±15 minutes
    one_version: float | None = None  # of the airings, those of series in one version
    no_hole: float | None = None  # of the airings, those of series whose episodes follow each other in air order


@dataclass(frozen=True, slots=True)
class SeriesRun:
    """A first run of a series."""

    channel: int
    content: int
    episode: int
    day: date  # broadcast day
    clock: int  # minutes since it began

    @property
    def at(self) -> tuple[date, int]:
        """Its place in air order."""
        return self.day, self.clock


def regularity(timetable: Timetable) -> Regularity:
    """Count a timetable's placed series; where nothing is placed, its titles of three or more episodes."""
    runs = [sorted(group, key=lambda run: run.at) for group in runs_of_series(timetable).values()]
    airings = sum(len(group) for group in runs)
    whole = sum(len(group) for group in runs if len({run.channel for run in group}) == 1)
    spoken = sum(len(group) for group in runs if len({run.content for run in group}) == 1)
    whole_runs = sum(len(group) for group in runs if all(b.episode == a.episode + 1 for a, b in pairwise(group)))
    steps = [one.channel == other.channel for group in runs for one, other in pairwise(group)]
    days = [_days_in_slot(group) for group in runs]
    kept = [same for group in runs for same in _weeks_kept(group)]
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


def _share(part: int, whole: int) -> float | None:
    return round(float(Fraction(part, whole)), 4) if whole else None


def runs_of_series(timetable: Timetable) -> dict[tuple[int, str], list[SeriesRun]]:
    """First runs of series by (programme, territory)."""
    instance = timetable.instance
    placed, begin = bool(instance.placements), timedelta(minutes=instance.timeline.broadcast_start)
    found: dict[tuple[int, str], list[SeriesRun]] = {}
    for at in np.flatnonzero(timetable.first & ~timetable.anchor).tolist():
        programme, channel = int(timetable.programme[at]), int(timetable.channel[at])
        line = int(instance.placements.line[timetable.content[at], channel])
        if line < 0 if placed else instance.programmes[programme].episodes < SERIES:
            continue
        owner = instance.channels[channel]
        local = instance.timeline.moment(timetable.start[at]).astimezone(zone_clock(owner.zone)).replace(tzinfo=None)
        since = local - begin
        run = SeriesRun(
            channel,
            int(timetable.content[at]),
            int(timetable.episode[at]),
            since.date(),
            since.hour * 60 + since.minute,
        )
        found.setdefault((programme, owner.territory), []).append(run)
    return found


def _days_in_slot(runs: list[SeriesRun]) -> tuple[int, int]:
    """(days in the slot that holds most of them, days) of one series."""
    days = {run.day for run in runs}
    best = 0
    for one in runs:
        held = {run.day for run in runs if run.channel == one.channel and 0 <= run.clock - one.clock <= 2 * WITHIN}
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
