"""Events that continue after the horizon do not meet a series that airs there: rows over bundles, and the check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import on_air_at_starts
from scheduler.instance import Selector
from scheduler.messages import msg_n
from scheduler.moments import DAY, WEEK
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.entries import shown
from scheduler.rules.framework.subject import Subject
from scheduler.rules.slot_sequence import sequence_of, wrong_places
from scheduler.strands import week_before
from scheduler.strands.bundles import start_clock
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


def add_after_horizon(sheet: Sheet, airings: Airings, bundles: Bundles, of_bundle: Ints) -> None:
    """At every start t on a channel in the last week:  Σ y_b + Σ x_a ≤ 1.

    b are the bundles of events that continue after the horizon, a week later, at t. a are first runs in slots that air
    at t, except those of events that begin in the horizon. Times are those of the channel's clock.

    Parameters
    ----------
    of_bundle
        (b,) Column of each bundle.
    """
    instance, grid = airings.instance, airings.instance.timeline.grid
    bundle, channel, minute, minutes = week_before(airings, bundles)
    if not len(bundle):
        return
    kinds = np.array([one.kind for one in instance.placements.lines])
    line = instance.placements.line[airings.content, airings.channel]
    in_slot = np.zeros(len(airings), dtype=bool)
    in_slot[bundles.airing] = True
    first = np.flatnonzero((in_slot | airings.past) & (airings.run == 1) & (line >= 0))
    last_week = airings.broadcast_day[first] >= instance.timeline.days - WEEK - 1  # one may end on the day after
    first = first[last_week & ((kinds[line[first]] != "event") | begun(airings, first))]
    # Every airing and every place as steps on its channel's clock.
    column = np.concatenate([of_bundle[bundle], first])
    where = np.concatenate([channel, airings.channel[first]])
    begin = np.concatenate([minute, airings.broadcast_day[first] * DAY + start_clock(airings)[first]]) // grid
    steps = np.concatenate([minutes // grid, airings.column("steps")[first]])
    key = where * (instance.timeline.days + 2) * (DAY // grid) + begin
    starts, at, item = on_air_at_starts(key, steps)
    of_events = np.unique(at[item < len(bundle)])
    names = [Aspect("after the horizon", str(one)) for one in starts[of_events].tolist()]
    rows = sheet.rows(["horizon"] * len(names), Subject("own", "events"), names, upper=1, rigid=True)
    entry = np.isin(at, of_events)
    pairs = np.unique(np.stack([np.searchsorted(of_events, at[entry]), column[item[entry]]]), axis=1)
    sheet.add(rows[pairs[0]], pairs[1])


@dataclass(frozen=True, slots=True)
class Continued:
    """An event that begins in the horizon and does not end in it.

    `key` is (programme, territory), `slot` (channel, programme version, minutes since the broadcast day began). `days`
    are the days of the last week that stand for those on which it continues; on `closed` ones it could not air.
    """

    key: tuple[int, int]
    slot: tuple[int, int, int]
    days: frozenset[date]
    closed: frozenset[date]


def continued(key: tuple[int, int], expected: Expected, kept: list[Shown]) -> list[Continued]:
    """How an event that keeps its slot continues after the horizon; nothing for other series.

    Parameters
    ----------
    expected, kept
        Its expected days, and its first runs without locked ones.
    """
    if not kept or expected.begun or expected.left <= len(kept):
        return []
    runs, slot = sequence_of(expected, kept)
    instance, (channel, content, clock) = runs.instance, slot
    line, left = int(instance.placements.line[content, channel]), runs.left - len(kept)
    if instance.placements.lines[line].kind != "event" or any(wrong_places(runs, slot, kept)):
        return []
    horizon = instance.file.horizon
    after, aired = horizon.start + timedelta(days=horizon.days), {one.day.weekday() for one in kept}
    days: set[date] = set()
    for day_set in runs.day_sets(channel, content):
        if aired <= day_set:
            later = [after + timedelta(days=day) for day in range(WEEK)]
            places = [day for day in later if day.weekday() in day_set][: -(-left // runs.episodes(slot))]
            days |= {day - timedelta(days=WEEK) for day in places}
    judged = frozenset(day for day in days if day >= horizon.start)
    first = instance.timeline.first_day + timedelta(days=int(instance.on_record.planned_from[channel]))
    open_days = set(runs.days_of(channel, content, clock))
    return [Continued(key, slot, judged, frozenset(day for day in judged if day >= first and day not in open_days))]


def cannot_continue(
    rule: Rule, on_air: OnAir, events: list[Continued], locked: frozenset[tuple[int, int, int]]
) -> Iterator[tuple[str, str, int, Message]]:
    """(territory, programme, number of days, text) of every event that cannot continue on some days after the horizon.

    Parameters
    ----------
    locked
        (content, channel, minute) of first runs that are exceptions at locks.
    """
    if not events:
        return
    instance = on_air.instance
    placements, codes = instance.placements, list(instance.file.territories)
    # Only airings of the last week can be at the place of an event, or on the day before and end after midnight.
    begins = instance.file.horizon.start + timedelta(days=instance.file.horizon.days - WEEK - 1)
    in_slots = [
        one
        for one in shown(rule, on_air, range(len(instance.channels)), Selector(run="first"))
        if (line := int(placements.line[one.content, one.channel])) >= 0
        if placements.lines[line].kind != "event"
        or instance.past.last_episode(one.programme, instance.channels[one.channel].territory) > 0
        if one.day >= begins
        if one.past or (one.content, one.channel, one.start) not in locked
    ]
    for event, count in _days_taken(instance, events, in_slots):
        programme, code = instance.programmes[event.key[0]], codes[event.key[1]]
        text = msg_n(
            "'{title}' in {territory} does not end in the horizon and cannot continue on {count} day after it: a "
            "week before, another series is at its place, or nothing may air there",
            "'{title}' in {territory} does not end in the horizon and cannot continue on {count} days after it: a "
            "week before, another series is at its place, or nothing may air there",
            title=programme.title,
            territory=code,
            count=count,
        )
        if count:
            yield code, programme.programme, count, text


def times_of_place(
    instance: Instance, slot: tuple[int, int, int], day: date, episodes: int | None = None
) -> tuple[int, int]:
    """Begin and end of a place on a broadcast day by the channel's clock, minutes since the first broadcast day began.

    Parameters
    ----------
    slot
        As in `Continued`.
    episodes
        Number of episodes in the place, by default that of the slot.
    """
    (channel, content, clock), timeline = slot, instance.timeline
    steps = -(-int(instance.contents.minutes[content]) // timeline.grid)
    begin = (day - timeline.first_day).days * DAY + clock
    count = int(instance.placements.episodes[content, channel]) if episodes is None else episodes
    return begin, begin + count * steps * timeline.grid


def _days_taken(instance: Instance, events: list[Continued], firsts: list[Shown]) -> Iterator[tuple[Continued, int]]:
    """Each event with the number of its days that are closed or on which another series is at its place.

    `firsts` are first runs in slots, except those of events that begin in the horizon.
    """
    taken: dict[int, list[tuple[int, int, Continued | None]]] = {}
    for one in firsts:
        slot = one.channel, one.content, one.clock(instance.timeline.broadcast_start)
        taken.setdefault(one.channel, []).append((*times_of_place(instance, slot, one.day, 1), None))
    for event in events:
        spans = [times_of_place(instance, event.slot, day) for day in event.days]
        taken.setdefault(event.slot[0], []).extend((*span, event) for span in spans)
    for event in events:
        others = [(begin, end) for begin, end, of in taken[event.slot[0]] if of is not event]
        mine = {day: times_of_place(instance, event.slot, day) for day in event.days}
        met = {day for day, (begin, end) in mine.items() if any(at < end and begin < last for at, last in others)}
        yield event, len(met | event.closed)
