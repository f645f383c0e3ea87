"""Events that begin in the horizon and do not end in it: the days after it on which they continue.

The next horizon is not known. So the last week of the horizon stands for the days after it: each of them is judged by
the same weekday of that week. Days before the horizon are not judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.moments import DAY, WEEK
from scheduler.strands.bundles import place_minutes, start_clock
from scheduler.strands.ongoing import begun

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.strands.bundles import Bundles


def continuing(
    airings: Airings, part: tuple[Ints, Ints], clock: Ints, left: Ints, place: Ints, number: int, at: Ints
) -> Flags:
    """Which bundles of a line of events end in the horizon, began before it, or can continue on the days after it.

    They can if places are possible at their start on the same weekdays of the horizon's last week. Days that have aired
    are not judged.

    Parameters
    ----------
    part, clock, left, place
        As for `run_lengths.finishing`.
    number
        The line of `placement`.
    at
        (k,) The first airings of possible places.
    """
    length, airing = part
    kept = np.ones(len(length), dtype=bool)
    if not len(length):
        return kept
    head = airing[np.cumsum(length) - length]
    remaining = np.where(begun(airings, head), 0, left[head] - length)
    bundle, day = _days_of_last_week(airings, length, airing, remaining, place.shape[1], number)

    def place_on(of: Ints, days: Ints) -> Ints:
        slot = (airings.content[of] * len(airings.instance.channels) + airings.channel[of]) * DAY + clock[of]
        return np.asarray(slot * airings.instance.timeline.days + days)

    closed = ~np.isin(place_on(head[bundle], day), place_on(at, airings.broadcast_day[at]))
    closed &= day >= airings.instance.on_record.planned_from[airings.channel[head[bundle]]]
    kept[bundle[closed]] = False
    return kept


def week_before(airings: Airings, bundles: Bundles) -> tuple[Ints, Ints, Ints, Ints]:
    """(bundle, channel, first minute, minutes) of the places after the horizon of events that begin in it, (k,) each.

    A place is given by the same weekday and clock time in the horizon's last week: minutes since the first broadcast
    day began, by the channel's clock.
    """
    placements, clock = airings.instance.placements, start_clock(airings)
    found = [(np.zeros(0, dtype=np.int64),) * 2]
    head = bundles.airing[bundles.first[:-1]]
    line = placements.line[airings.content[head], airings.channel[head]]
    goes_on = (bundles.remaining > 0) & ~begun(airings, head)
    first_run = airings.run[bundles.airing] == 1
    owner = np.repeat(np.arange(len(bundles)), np.diff(bundles.first))
    for number in np.unique(line[goes_on & (line >= 0)]).tolist():
        if placements.lines[number].kind == "event":
            mine = goes_on & (line == number)
            entry = mine[owner] & first_run
            which, size = np.unique(owner[entry], return_counts=True)
            bundle, day = _days_of_last_week(
                airings,
                size,
                bundles.airing[entry],
                bundles.remaining[which],
                placements.lines[number].episodes_per_place,
                number,
            )
            found.append((which[bundle], day))
    bundle, day = (np.concatenate(part) for part in zip(*found, strict=True))
    owner = head[bundle]
    minutes = place_minutes(airings.instance, airings.content[owner], airings.channel[owner])
    return bundle, airings.channel[owner], day * DAY + clock[owner], minutes


def _days_of_last_week(
    airings: Airings, length: Ints, airing: Ints, remaining: Ints, episodes: int, number: int
) -> tuple[Ints, Ints]:
    """Pairs (bundle, broadcast day): the days of the last week that stand for the days on which a bundle continues.

    With f_0 < f_1 < … the weekdays of a day set as days after the horizon's end, place number p after the horizon is on
    day f_p, which stands for day f_p − 7 of the last week; further weeks repeat these days. Every day set of the line
    counts that contains all days of the bundle.

    Parameters
    ----------
    length, airing
        (length of each bundle, concatenated first runs of all bundles).
    remaining
        (b,) Number of episodes of each bundle's series after the bundle.
    episodes
        Number of episodes in a place.
    number
        The line of `placement`.
    """
    instance, timeline = airings.instance, airings.instance.timeline
    pairs = [np.zeros((2, 0), dtype=np.int64)]
    if not len(length):
        return pairs[0][0], pairs[0][1]
    first_weekday = timeline.first_day.weekday()
    first = np.cumsum(length) - length
    weekday = (airings.broadcast_day[airing] + first_weekday) % WEEK
    aired_on = np.bitwise_or.reduceat(1 << weekday, first)
    places = -(-np.maximum(remaining, 0) // episodes)
    for days in instance.placements.weekdays(number):
        fits = (aired_on & ~sum(1 << day for day in days)) == 0
        after = np.sort((np.array(sorted(days)) - first_weekday - timeline.days) % WEEK)
        for position, later in enumerate(after.tolist()):
            bundle = np.flatnonzero(fits & (places > position))
            pairs.append(np.stack([bundle, np.full(len(bundle), timeline.days - WEEK + later)]))
    bundle, day = np.unique(np.concatenate(pairs, axis=1), axis=1)
    judged = day >= timeline.planned_from
    return bundle[judged], day[judged]
