"""Bundles of series that change their start on a channel from a Monday on, and how many changes each bundle has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import ranges
from scheduler.moments import DAY, WEEK
from scheduler.strands.ongoing import slots_before

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.strands.bundles import Bundles

NEVER = -(10**6)


def changed_bundles(
    airings: Airings, at: Ints, clock: Ints, left: Ints, days: frozenset[int], place: Ints, opening: Flags
) -> tuple[Ints, Ints]:
    """(length of each bundle, airings of one after the other) of every change of start over one day set.

    A bundle has all open days of one start up to a week, from that week on those of another start of the same version
    on the same channel, at least one place of each. From S starts and W weeks come S·(S − 1)·W·(W − 1) / 2 at most.

    Parameters
    ----------
    at
        First airings of places.
    left
        (n,) episodes that the series of each airing has left.
    place
        (n, k) the airings of the place that begins with each airing.
    opening
        (n,) airings with whose slot a bundle may begin.
    """
    first_weekday = airings.instance.timeline.first_day.weekday()
    at = at[np.isin((airings.broadcast_day[at] + first_weekday) % WEEK, sorted(days))]
    owner = airings.content[at] * len(airings.instance.channels) + airings.channel[at]
    _, slot = np.unique(owner * DAY + clock[at], return_inverse=True)
    order = np.lexsort((airings.broadcast_day[at], slot))
    # One place per slot and day is kept. From here on the places are sorted by slot, then day.
    order = order[
        (np.diff(slot[order], prepend=-1) != 0) | (np.diff(airings.broadcast_day[at[order]], prepend=-9) != 0)
    ]
    at, owner, slot = at[order], owner[order], slot[order]
    week = (airings.broadcast_day[at] + first_weekday) // WEEK
    span = int(week.max(initial=0)) + 1
    moment = slot * span + week  # sorted, so that a slot's first place from a week on is found by bisection
    head = np.flatnonzero(np.diff(moment, prepend=-1) != 0)  # the first place of each slot in each week
    begin = head[opening[at[head]]]
    # Every opening is paired with every later Monday. `until` is the first place of its slot that is then left out.
    later = span - 1 - week[begin]
    begin = np.repeat(begin, later)
    monday = week[begin] + 1 + ranges(later)
    until = np.searchsorted(moment, slot[begin] * span + monday)
    # Every slot is paired with every Monday from which it still has a place.
    last = np.flatnonzero(np.diff(slot, append=-1) != 0)
    other = np.repeat(last, week[last] + 1)
    other_monday = ranges(week[last] + 1)
    order = np.argsort(owner[other] * span + other_monday, kind="stable")
    other, other_monday = other[order], other_monday[order]
    # Join both lists: the same version on the same channel and the same Monday, but another slot.
    key, wanted = owner[other] * span + other_monday, owner[begin] * span + monday
    lower = np.searchsorted(key, wanted)
    count = np.searchsorted(key, wanted, side="right") - lower
    pair = np.repeat(np.arange(len(begin)), count)
    found = np.repeat(lower, count) + ranges(count)
    differ = slot[other[found]] != slot[begin[pair]]
    pair, found = pair[differ], found[differ]
    # A bundle: `before` places from `first` on, then `after` places from `second` on, as far as episodes are left.
    first, before = begin[pair], until[pair] - begin[pair]
    second = np.searchsorted(moment, slot[other[found]] * span + other_monday[found])
    episodes = place.shape[1]
    after = other[found] + 1 - second
    most = np.minimum((before + after) * episodes, left[at[first]])
    both = most > before * episodes
    first, before, second, most = first[both], before[both], second[both], most[both]
    # Airing `within` of a bundle is in its place `within // episodes`. `step` counts places from the change on.
    within = ranges(most)
    step = within // episodes - np.repeat(before, most)
    where = np.where(step < 0, np.repeat(first + before, most), np.repeat(second, most)) + step
    return most, place[at[where], within % episodes]


def last_places(airings: Airings, first: Ints, airing: Ints) -> Ints:
    """(b,) the first airing on the last day of first runs of each bundle, whose airings begin at `first`."""
    size = np.diff(first)
    owner = np.repeat(np.arange(len(size)), size)
    day = np.where(airings.run[airing] == 1, airings.broadcast_day[airing], NEVER)
    last = np.full(len(size), NEVER, dtype=np.int64)
    np.maximum.at(last, owner, day)
    there = np.flatnonzero(day == last[owner])
    order = there[np.lexsort((airings.start_minute[airing[there]], owner[there]))]
    _, at = np.unique(owner[order], return_index=True)
    return np.asarray(airing[order[at]])


def slot_changes(airings: Airings, bundles: Bundles, clock: Ints) -> Ints:
    """(b,) the changes of slot in each bundle: from the slot before the horizon to its own, and in the horizon.

    `clock`: (n,) start of each airing, minutes since the broadcast day began.
    """
    instance = airings.instance
    head = bundles.airing[bundles.first[:-1]]
    moved = clock[last_places(airings, bundles.first, bundles.airing)] != clock[head]
    count: Ints = np.where(moved, 1, 0)
    key = bundles.group_key[bundles.group]
    for (programme, territory), slot in slots_before(instance).items():
        mine = (key == programme * len(instance.file.territories) + territory) & (airings.run[head] == 1)
        same = (airings.channel[head] == slot.channel) & (airings.content[head] == slot.content)
        count[mine & ~(same & (clock[head] == slot.clock))] += 1
    return count
