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
from scheduler.rules.after_horizon import cannot_continue, continued
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.subject import Subject
from scheduler.rules.slot_sequence import sequence_of, wrong_places
from scheduler.strands import places_after, week_before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.airings import Airings
    from scheduler.arrays import Ints
    from scheduler.instance import Instance
    from scheduler.messages import Message
    from scheduler.rules.after_horizon import Continued
    from scheduler.rules.expected_days import Expected
    from scheduler.rules.framework.base import Rule
    from scheduler.rules.framework.entries import Shown
    from scheduler.rules.framework.row_builder import Sheet
    from scheduler.strands import Bundles
    from scheduler.timetable import OnAir


def add_meetings(sheet: Sheet, airings: Airings, bundles: Bundles, of_bundle: Ints) -> None:
    """At every start t in the week after the horizon, on a channel:  Σ y_b ≤ 1  over bundles that continue at t.

    A row is written if one of its bundles has no place there a week before. Bundles that all have one overlap in the
    horizon. Times are those of the channel's clock.

    Parameters
    ----------
    of_bundle
        (b,) Column of each bundle.
    """
    timeline = airings.instance.timeline
    *series, unseen = places_after(airings, bundles)
    if not len(unseen):
        return

    bundle, channel, minute, minutes = (
        np.concatenate(part) for part in zip(series, week_before(airings, bundles), strict=True)
    )
    unseen = np.append(unseen, np.zeros(len(bundle) - len(unseen), dtype=bool))
    # In a short horizon a weekday of the last week may be up to a week before its first day.
    key = (channel * (timeline.days + 2 + WEEK) * DAY + minute) // timeline.grid
    starts, at, item = on_air_at_starts(key, minutes // timeline.grid)
    order = np.argsort(at, kind="stable")
    at, item = at[order], item[order]
    begins = np.append(np.flatnonzero(np.diff(at, prepend=-1)), len(at))
    group = bundles.group[bundle[item]]
    several = by_row(np.minimum, group, begins, 0) != by_row(np.maximum, group, begins, 0)
    needed = np.flatnonzero(several & by_row(np.maximum, unseen[item], begins, 0).astype(bool))
    names = [Aspect("after the horizon", f"series {one}") for one in starts[needed].tolist()]
    rows = sheet.rows(["horizon"] * len(names), Subject("own", "series"), names, upper=1, rigid=True)
    entry = np.isin(at, needed)
    pairs = np.unique(np.stack([np.searchsorted(needed, at[entry]), of_bundle[bundle[item[entry]]]]), axis=1)
    sheet.add(rows[pairs[0]], pairs[1])


@dataclass(frozen=True, slots=True)
class Later:
    """A series that continues after the horizon, other than an event that begins in it.

    `key` is (programme, territory), `slot` (channel, programme version, minutes since the broadcast day began). `days`
    are the days of the last week with the weekdays on which it continues.
    """

    key: tuple[int, int]
    slot: tuple[int, int, int]
    days: frozenset[date]


def _later(key: tuple[int, int], expected: Expected, kept: list[Shown]) -> list[Later]:
    """Where a series that keeps its slot continues in the week after the horizon.

    Nothing for events that begin in the horizon.

    Parameters
    ----------
    expected, kept
        Its expected days, and its first runs without locked ones.
    """
    if not kept:
        return []
    runs, slot = sequence_of(expected, kept)
    instance = runs.instance
    line = instance.placements.lines[int(instance.placements.line[slot[1], slot[0]])]
    if (line.kind == "event" and not runs.begun) or any(wrong_places(runs, slot, kept)):
        return []
    aired = sorted({one.day for one in kept})
    days = frozenset(day - timedelta(days=WEEK) for day in runs.week_after(slot, aired, len(kept)))
    return [Later(key, (*slot[:2], runs.start_on(slot, aired[-1])), days)]


def wrong_after_horizon(
    rule: Rule,
    on_air: OnAir,
    each: list[tuple[tuple[int, int], Expected, list[Shown]]],
    locked: frozenset[tuple[int, int, int]],
) -> Iterator[tuple[str, str, int, Message]]:
    """(territory, programme, number of days, text) of every series that cannot continue on some days after the horizon.

    Parameters
    ----------
    each
        The key of every series as in `Later`, its expected days, and its first runs without locked ones.
    locked
        (content, channel, minute) of first runs that are exceptions at locks.
    """
    events = [event for one in each for event in continued(*one)]
    yield from cannot_continue(rule, on_air, events, locked)
    yield from _meetings(on_air.instance, [series for one in each for series in _later(*one)], events)


def _meetings(
    instance: Instance, series: list[Later], events: list[Continued]
) -> Iterator[tuple[str, str, int, Message]]:
    """(territory, programme, number of days, text) of every series that meets another one after the horizon."""
    timeline = instance.timeline

    def times(slot: tuple[int, int, int], day: date) -> tuple[int, int]:
        """Begin and end by the channel's clock, minutes since the first broadcast day began."""
        channel, content, clock = slot
        steps = -(-int(instance.contents.minutes[content]) // timeline.grid)
        begin = (day - timeline.first_day).days * DAY + clock
        return begin, begin + int(instance.placements.episodes[content, channel]) * steps * timeline.grid

    taken: dict[int, list[tuple[tuple[int, int], int, int]]] = {}
    every = [(one.key, one.slot, one.days) for one in series] + [(one.key, one.slot, one.days) for one in events]
    for key, slot, days in every:
        taken.setdefault(slot[0], []).extend((key, *times(slot, day)) for day in days)
    for one in series:
        met = {
            day
            for day in one.days
            for begin, end in [times(one.slot, day)]
            if any(at < end and begin < last and of != one.key for of, at, last in taken[one.slot[0]])
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
