"""Series that continue after the horizon do not meet there, also where the last week does not show it.

Of a series that begins in the middle of the last week, or pauses in it, the last week has only some of the weekdays on
which it continues. Events that begin in the horizon are in `after_horizon`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import by_row, on_air_at_starts
from scheduler.messages import msg_n
from scheduler.moments import DAY, WEEK
from scheduler.rules.after_horizon import cannot_continue, continued, times_of_place
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.subject import Subject
from scheduler.rules.slot_sequence import change_price, sequence_of, wrong_places
from scheduler.strands import Exceptions, places_after, resting_places, week_before
from scheduler.strands.ongoing import begun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.airings import Airings
    from scheduler.arrays import Ints
    from scheduler.instance import Instance
    from scheduler.messages import Message
    from scheduler.rules.expected_days import Expected
    from scheduler.rules.framework.base import Rule
    from scheduler.rules.framework.entries import Shown
    from scheduler.rules.framework.row_builder import Sheet
    from scheduler.strands import Bundles
    from scheduler.timetable import OnAir


def add_meetings(sheet: Sheet, airings: Airings, bundles: Bundles, of_bundle: Ints) -> None:
    """At every start t in the week after the horizon, on a channel:  Σ y_b ≤ 1  over bundles that continue at t.

    A row is written if one of its bundles has no place there a week before. Bundles that all have one overlap in the
    horizon. If a series continues at t that has begun and can have no first run in the horizon, then Σ y_b ≤ 0 over the
    bundles of series that begin. Times are those of the channel's clock.

    Parameters
    ----------
    of_bundle
        (b,) Column of each bundle.
    """
    timeline = airings.instance.timeline
    rests = resting_places(airings, bundles)
    days = set((rests[1] // DAY - timeline.days + WEEK).tolist())
    bundle, series, unseen = places_after(airings, bundles, sum(1 << day for day in days))
    if not len(bundle) and not days:
        return
    event, *events = week_before(airings, bundles)
    places = zip(series, events, rests, strict=True)
    channel, minute, minutes = (np.concatenate(part) for part in places)
    bundle = np.concatenate([bundle, event, np.full(len(rests[0]), -1)])
    unseen = np.append(unseen, np.zeros(len(bundle) - len(unseen), dtype=bool))
    # In a short horizon a weekday of the last week may be up to a week before its first day.
    key = (channel * (timeline.days + 2 + WEEK) * DAY + minute) // timeline.grid
    starts, at, item = on_air_at_starts(key, minutes // timeline.grid)
    order = np.argsort(at, kind="stable")
    at, item = at[order], item[order]
    resting = np.unique(at[bundle[item] < 0])
    at, item = (part[bundle[item] >= 0] for part in (at, item))
    begins = ~begun(airings, bundles.airing[bundles.first[bundle[item]]]) & np.isin(at, resting)
    group, first = bundles.group[bundle[item]], np.searchsorted(at, np.arange(len(starts) + 1))
    several = by_row(np.minimum, group, first, 0) != by_row(np.maximum, group, first, 0)
    meet = np.flatnonzero(several & by_row(np.maximum, unseen[item], first, 0).astype(bool))
    for which, entry, upper, name in (
        (meet, np.isin(at, meet), 1, "series"),
        (np.unique(at[begins]), begins, 0, "resting series"),
    ):
        names = [Aspect("after the horizon", f"{name} {start}") for start in starts[which].tolist()]
        rows = sheet.rows(["horizon"] * len(names), Subject("own", name), names, upper=upper, rigid=True)
        pairs = np.unique(np.stack([np.searchsorted(which, at[entry]), of_bundle[bundle[item[entry]]]]), axis=1)
        sheet.add(rows[pairs[0]], pairs[1])


@dataclass(frozen=True, slots=True)
class Later:
    """A series that continues after the horizon.

    `key` is (programme, territory), `slot` (channel, programme version, minutes since the broadcast day began). `days`
    are the days of the last week with the weekdays on which it continues. A series `rests` if it can have no first run
    in the horizon. An `event` begins in the horizon; what airs at its place a week before is judged in `after_horizon`.
    """

    key: tuple[int, int]
    slot: tuple[int, int, int]
    days: frozenset[date]
    begun: bool = False
    rests: bool = False
    event: bool = False

    def excludes(self, other: Later) -> bool:
        """Whether another series may not be at its place."""
        return not other.begun if self.rests else not (other.rests or other.event)


def _later(key: tuple[int, int], expected: Expected, kept: list[Shown], exceptions: Exceptions) -> Iterator[Later]:
    """Where a series that keeps its slot continues in the week after the horizon. No event that begins in the horizon.

    Parameters
    ----------
    expected, kept
        Its expected days, and its first runs without locked ones.
    """
    if not kept:
        if key not in exceptions.first and key not in exceptions.either:
            yield from _resting(key, expected)
        return
    runs, slot = sequence_of(expected, kept)
    instance = runs.instance
    line = instance.placements.lines[int(instance.placements.line[slot[1], slot[0]])]
    if (line.kind == "event" and not runs.begun) or any(wrong_places(runs, slot, kept)):
        return
    aired = sorted({one.day for one in kept})
    last = *slot[:2], runs.start_on(slot, aired[-1])
    yield Later(key, last, _week_before(runs, last, runs.day_sets_of(slot, aired), len(kept)), runs.begun)


def _resting(key: tuple[int, int], runs: Expected) -> Iterator[Later]:
    """A series that has begun, keeps its slot, and has no open day there with any of its day sets."""
    if runs.before is None or not runs.begun or runs.left <= 0:
        return
    slot = runs.before.channel, runs.before.content, runs.before.clock
    if not runs.begins(*slot) and change_price(runs, slot) is None:
        days = _week_before(runs, slot, runs.day_sets(*slot[:2]), 0)
        yield Later(key, slot, days, begun=True, rests=True)


def _week_before(
    runs: Expected, slot: tuple[int, int, int], day_sets: list[frozenset[int]], count: int
) -> frozenset[date]:
    return frozenset(day - timedelta(days=WEEK) for day in runs.week_after(slot, day_sets, count))


def wrong_after_horizon(
    rule: Rule,
    on_air: OnAir,
    each: list[tuple[tuple[int, int], Expected, list[Shown]]],
    exceptions: Exceptions,
) -> Iterator[tuple[str, str, int, Message]]:
    """(territory, programme, number of days, text) of every series that cannot continue on some days after the horizon.

    Parameters
    ----------
    each
        The key of every series as in `Later`, its expected days, and its first runs without locked ones.
    """
    events = [event for one in each for event in continued(*one)]
    series = [series for one in each for series in _later(*one, exceptions)]
    series += [Later(one.key, one.slot, one.days, event=True) for one in events]
    found: dict[tuple[str, str], tuple[str, str, int, Message]] = {}
    for one in (
        *cannot_continue(rule, on_air, events, exceptions.airings["first"]),
        *_meetings(on_air.instance, series),
    ):
        if one[:2] not in found or one[2] > found[one[:2]][2]:
            found[one[:2]] = one
    yield from found.values()


def _meetings(instance: Instance, series: list[Later]) -> Iterator[tuple[str, str, int, Message]]:
    """(territory, programme, number of days, text) of every series that meets another one after the horizon.

    A series that rests excludes those that begin. An event that begins excludes other series.
    """
    taken: dict[int, list[tuple[Later, int, int]]] = {}
    for one in series:
        taken.setdefault(one.slot[0], []).extend((one, *times_of_place(instance, one.slot, day)) for day in one.days)
    for one in series:
        met = {
            day
            for day in one.days
            for begin, end in [times_of_place(instance, one.slot, day)]
            for other, at, last in taken[one.slot[0]]
            if at < end and begin < last and other.key != one.key and other.excludes(one)
        }
        programme, code = instance.programmes[one.key[0]], list(instance.file.territories)[one.key[1]]
        text = msg_n(
            "'{title}' in {territory} does not end in the horizon; on {count} day after it, another series that "
            "continues is at its place",
            "'{title}' in {territory} does not end in the horizon; on {count} days after it, other series that "
            "continue are at its places",
            title=programme.title,
            territory=code,
            count=len(met),
        )
        if met:
            yield code, programme.programme, len(met), text
