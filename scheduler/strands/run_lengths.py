"""How long a series that begins continues: after the horizon it is on all days of its day set until its rights end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.moments import DAY, WEEK
from scheduler.strands.ongoing import begun
from scheduler.strands.slot_changes import last_places

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance


def finishing(
    airings: Airings, part: tuple[Ints, Ints], clock: Ints, left: Ints, days: frozenset[int], place: Ints
) -> Flags:
    """Which bundles of a day set are of series that have begun before or can end in their rights after the horizon.

    Of n days from the first one after the horizon to the last one of the rights, ⌊(n − f + 6) / 7⌋ have a weekday that
    comes f days after the first.

    Parameters
    ----------
    part
        (length of each bundle, concatenated airings of all bundles).
    clock
        (n,) Start of each airing, minutes since the broadcast day began.
    left
        (n,) Number of episodes of each airing's series without a first run.
    days
        Weekdays of the day set, Monday is 0.
    place
        (n, k) The airings of the place that begins with each airing, −1 if there is none.
    """
    length, airing = part
    if not len(length):
        return np.zeros(0, dtype=bool)
    head = airing[np.cumsum(length) - length]
    count = days_after(airings, part, clock, place)
    weekday = weekday_after(airings)
    free = sum(np.maximum((count - (day - weekday) % WEEK + WEEK - 1) // WEEK, 0) for day in days)
    return np.asarray(begun(airings, head) | (free * place.shape[1] >= left[head] - length), dtype=bool)


def lasting(
    airings: Airings,
    part: tuple[Ints, Ints],
    clock: Ints,
    left: Ints,
    days: frozenset[int],
    place: Ints,
    weeks: int,
) -> Flags:
    """Which bundles of a day set are of series that have begun before or run for some weeks at least.

    The weeks, Monday to Sunday, are counted from that of the first place to that of the last one, in the horizon or
    after it. With the weekdays of the day set f_0 < f_1 < … days after the horizon's end, m of them in a week, place
    number p after the horizon is on day 7·⌊p / m⌋ + f_(p mod m), p = 0, 1, …

    Parameters
    ----------
    part, clock, left, days, place
        As for `finishing`.
    weeks
        Least number of weeks.
    """
    length, airing = part
    if not len(length):
        return np.zeros(0, dtype=bool)
    timeline = airings.instance.timeline
    first = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(length)])
    head = airing[first[:-1]]
    end = airings.broadcast_day[last_places(airings, first, airing)]
    after = np.sort((np.array(sorted(days)) - weekday_after(airings)) % WEEK)
    count = days_after(airings, part, clock, place)
    free = np.asarray(np.maximum((count[:, None] - after + WEEK - 1) // WEEK, 0).sum(axis=1))
    places = np.minimum(free, -(-np.maximum(left[head] - length, 0) // place.shape[1]))
    last = places - 1
    later = timeline.days + WEEK * (last // len(after)) + after[last % len(after)]
    end = np.where(places > 0, later, end)
    first_weekday = timeline.first_day.weekday()
    run = (end + first_weekday) // WEEK - (airings.broadcast_day[head] + first_weekday) // WEEK + 1
    return np.asarray(begun(airings, head) | (run >= weeks), dtype=bool)


def days_after(airings: Airings, part: tuple[Ints, Ints], clock: Ints, place: Ints) -> Ints:
    """(b,) the broadcast days after the horizon on which the rights allow a whole place in each bundle's last slot."""
    length, airing = part
    first = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(length)])
    head = last_places(airings, first, airing)
    steps = (place.shape[1] - 1) * airings.column("steps")[head] * airings.instance.timeline.grid
    return days_of_rights(
        airings.instance, airings.programme[head], clock[head] + steps + airings.column("minutes")[head]
    )


def days_of_rights(instance: Instance, programme: Ints, end: Ints) -> Ints:
    """(k,) The broadcast days after the horizon on which the rights of programmes allow a place.

    `end` is the end of each place, minutes since the broadcast day began.
    """
    timeline, never = instance.timeline, 10**6
    ends = [(p.rights_to - timeline.first_day).days if p.rights_to else never for p in instance.programmes]
    later = (timeline.broadcast_start + end - 1) // DAY
    return np.asarray(np.maximum(np.array(ends)[programme] - later - timeline.days + 1, 0))


def weekday_after(airings: Airings) -> int:
    """The weekday of the first day after the horizon."""
    timeline = airings.instance.timeline
    return int(timeline.first_day.weekday() + timeline.days) % WEEK
