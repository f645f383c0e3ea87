"""The required repeats of a series, computed from its first runs. No code is shared with the bundles."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from scheduler.instance.derived.timeline import moment_on_clock
from scheduler.moments import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.instance import Instance
    from scheduler.instance.model.placement import Follower
    from scheduler.rules.open_days import OpenDays


@dataclass(frozen=True, slots=True)
class FirstRun:
    """A first run of a series on its channel, with its repeats before the horizon."""

    start: int
    day: date
    episode: int
    repeats: int = 0


def repeats_asked_for(
    instance: Instance, open_days: OpenDays, channel: int, content: int, runs: Iterable[FirstRun]
) -> set[tuple[int, int]]:
    """(minute of the line, episode) of every required repeat of the first runs in one slot.

    Parameters
    ----------
    channel, content
        Indices of the channel and of the programme version.
    runs
        First runs of the content on the channel.
    """
    number = int(instance.placements.line[content, channel])
    if number < 0:
        return set()
    line = instance.placements.lines[number]
    rights = instance.repeats.get(int(instance.contents.programme[content]))
    if rights is None:
        return set()
    length = -(-int(instance.contents.minutes[content]) // instance.timeline.grid) * instance.timeline.grid
    found: set[tuple[int, int]] = set()
    used: Counter[int] = Counter()
    in_order = sorted(runs, key=lambda run: run.start)
    used.update({run.start: run.repeats for run in in_order})
    for follower in line.followers:
        blocks: dict[date, list[FirstRun]] = {}
        for run in in_order:
            later = follower.days_after(run.day.weekday())
            if later is not None:
                blocks.setdefault(run.day + timedelta(days=later), []).append(run)
        for day, block in blocks.items():
            begin = _start_on(instance, channel, follower, day)
            starts = [] if begin is None else [begin + place * length for place in range(len(block))]
            fits = bool(starts) and all(
                0 < start - run.start <= rights.minutes and used[run.start] < rights.most
                for start, run in zip(starts, block, strict=True)
            )
            if fits and open_days.all_open(channel, content, starts):
                found.update((start, run.episode) for start, run in zip(starts, block, strict=True))
                used.update({run.start: 1 for run in block})
    return found


def _start_on(instance: Instance, channel: int, follower: Follower, day: date) -> int | None:
    """The minute of the line at which a follower starts on a broadcast day. None if the clock skips this time."""
    timeline, zone = instance.timeline, instance.channels[channel].zone
    legal = day + timedelta(days=int(follower.start % DAY < timeline.broadcast_start))
    at = timeline.minute_of(moment_on_clock(zone, legal, follower.start % DAY))
    if not 0 <= at < timeline.minutes:
        return None
    clock = timeline.clock(zone)
    return at if int(clock.minute[at]) == follower.start % DAY else None
