"""Repeats that use no run. A programme is shown again on its channel within a time that its rights state.

Its rights (`repeat_within_hours`) and its placement (`followers`) must both allow it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.moments import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.arrays import Ints
    from scheduler.instance.derived.placements import Placements
    from scheduler.instance.derived.timeline import Timeline
    from scheduler.instance.model.channel import Channel
    from scheduler.instance.model.programme import Programme

REPEAT = 64
"""An airing with run number REPEAT + k repeats a first run of k broadcast days before and uses no run."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Repeats that the rights of a programme allow: up to `most` of each run, at most `minutes` after its start."""

    minutes: int
    most: int

    @property
    def days(self) -> int:
        """The smallest number of broadcast days between two runs with which no run can be mistaken for a repeat."""
        return self.minutes // DAY + 2


def build_repeats(
    programmes: Sequence[Programme], placements: Placements, contents_programme: Ints
) -> dict[int, Repeats]:
    """Find the programmes, by index, whose rights allow repeats and that have followers on some channel.

    Parameters
    ----------
    contents_programme
        (contents,) Index of the programme of each content, −1 for anchors and fallbacks.
    """
    followed = np.array([bool(line.followers) for line in placements.lines] + [False])
    placed = np.flatnonzero(followed[placements.line].any(axis=1)) if placements.line.size else np.zeros(0, dtype=int)
    found = np.unique(contents_programme[placed])
    return {
        number: Repeats(hours * 60, programmes[number].repeats_per_run)
        for number in found.tolist()
        if (hours := programmes[number].repeat_within_hours) is not None
    }


def repeated_runs(runs: Sequence[tuple[int, int, int]], allowed: Repeats) -> list[int]:
    """Match repeats to runs: the index of the run that each airing repeats, −1 if it is a run itself.

    `runs` are the airings (episode, channel, start) of a programme in air order. An airing is a repeat if it is on the
    channel of the episode's last run, starts within `allowed.minutes` of that run's start, and that run has fewer than
    `allowed.most` repeats so far.
    """
    found: list[int] = []
    last: dict[tuple[int, int], int] = {}
    used: Counter[int] = Counter()
    for at, (episode, channel, start) in enumerate(runs):
        run = last.get((episode, channel), -1)
        if run >= 0 and 0 < start - runs[run][2] <= allowed.minutes and used[run] < allowed.most:
            used[run] += 1
            found.append(run)
        else:
            last[episode, channel] = at
            found.append(-1)
    return found


def minutes_by_day(timeline: Timeline, channel: Channel, start: int) -> Ints:
    """(days,) the minute of the line at which a channel's clock shows `start` on each broadcast day, −1 for never."""
    legal, minute = divmod((start - timeline.broadcast_start) % DAY + timeline.broadcast_start, DAY)
    clock = timeline.clock(channel.zone)
    at = np.array([timeline.local_minute(channel.zone, day + legal, minute) for day in range(timeline.days)])
    inside = at < timeline.minutes
    read = np.minimum(at, timeline.minutes - 1)
    exact = inside & (clock.minute[read] == minute) & (clock.day[read] == np.arange(timeline.days) + legal)
    return np.where(exact, at, -1)
