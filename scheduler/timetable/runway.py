"""When the series of a timetable end, and what follows them in their slots."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from scheduler.moments import WEEK
from scheduler.strands import exceptions_of, slots_before
from scheduler.timetable.regularity import WITHIN, SeriesRun, day_and_clock, runs_of_series

if TYPE_CHECKING:
    from scheduler.timetable.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Runway:
    """One series in a territory: its slot, after a change the later one, and the day on which it ends.

    Exceptions at locks are in no slot.
    """

    programme: str
    territory: str
    channel: str
    start: str  # the channel's clock
    weekdays: tuple[int, ...]  # on which it airs, Monday is 0; those before a horizon of less than a week, too
    last_episode: int  # last episode in the timetable
    episodes: int  # number of episodes of the series
    ends: date  # day of the last episode; after the horizon it is extrapolated over the weekdays
    successor: str | None  # programme that begins in the slot afterwards


def runway(timetable: Timetable) -> tuple[Runway, ...]:
    """Every series with a slot, sorted by channel and start. Empty if no title is placed."""
    instance = timetable.instance
    if not instance.placements:
        return ()
    series = {key: sorted(runs, key=lambda run: run.at) for key, runs in runs_of_series(timetable).items()}
    own = _without_exceptions(timetable, series)
    slots = {key: _last_slot(runs) for key, runs in own.items()}
    outside, found = _days_outside(timetable), []
    for key in sorted(series, key=lambda key: (slots[key], series[key][0].at)):
        programme, runs = instance.programmes[key[0]], series[key]
        place = runs[-1].content, runs[-1].channel
        channel, clock = slots[key]
        days = tuple(sorted({run.day.weekday() for run in own[key]} | outside.get((*key, channel, clock), set())))
        last = max(run.episode for run in runs)
        next_ = min(
            (
                (begin.at, other[0])
                for other, (begin, *_) in own.items()
                if other != key and begin.channel == channel and abs(begin.clock - clock) <= WITHIN
                if begin.at > runs[-1].at and set(days) & {run.day.weekday() for run in own[other]}
            ),
            default=None,
        )
        minute = (clock + instance.timeline.broadcast_start) % (24 * 60)
        found.append(
            Runway(
                programme=programme.programme,
                territory=key[1],
                channel=instance.channels[channel].id,
                start=f"{minute // 60:02d}:{minute % 60:02d}",
                weekdays=days,
                last_episode=last,
                episodes=programme.episodes,
                ends=_counted_on(
                    runs[-1], days, -(-(programme.episodes - last) // int(instance.placements.episodes[place]))
                ),
                successor=None if next_ is None else instance.programmes[next_[1]].programme,
            )
        )
    return tuple(found)


def _without_exceptions(
    timetable: Timetable, series: dict[tuple[int, str], list[SeriesRun]]
) -> dict[tuple[int, str], list[SeriesRun]]:
    """The first runs of each series that are not at locks, or all where there are no others."""
    instance = timetable.instance
    codes, locks = list(instance.file.territories), exceptions_of(instance)
    found = {}
    for key, runs in series.items():
        of = key[0], codes.index(key[1])
        at_locks = {
            (channel, *day_and_clock(instance, channel, minute))
            for channel, minute in (*locks.first.get(of, ()), *locks.either.get(of, ()))
        }
        found[key] = [run for run in runs if (run.channel, run.day, run.clock) not in at_locks] or runs
    return found


def _last_slot(runs: list[SeriesRun]) -> tuple[int, int]:
    """(channel, clock) of most first runs in the last calendar week, of those the one with most in all weeks."""
    monday = runs[-1].day - timedelta(days=runs[-1].day.weekday())
    every = Counter((run.channel, run.clock) for run in runs)
    last = Counter((run.channel, run.clock) for run in runs if run.day >= monday)
    return max(last, key=lambda slot: (last[slot], every[slot]))


def _days_outside(timetable: Timetable) -> dict[tuple[int, str, int, int], set[int]]:
    """By (programme, territory, channel, start): weekdays of a slot before the horizon that the horizon does not have.

    Empty if the horizon has a whole week.
    """
    instance, horizon = timetable.instance, timetable.instance.file.horizon
    if horizon.days >= WEEK:
        return {}
    codes, inside = list(instance.file.territories), {horizon.start.weekday() + day for day in range(horizon.days)}
    return {
        (programme, codes[code], slot.channel, slot.clock): set(slot.weekdays) - {day % WEEK for day in inside}
        for (programme, code), slot in slots_before(instance).items()
    }


def _counted_on(last: SeriesRun, days: tuple[int, ...], left: int) -> date:
    """The day of the last of `left` more places, one on each of the weekdays."""
    weeks, rest = divmod(max(left, 0), len(days))
    day = last.day + timedelta(days=7 * weeks)
    while rest:
        day += timedelta(days=1)
        rest -= day.weekday() in days
    return day
