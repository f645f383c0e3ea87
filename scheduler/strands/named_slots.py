"""Places in the named slots of their channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.model.field_types import WEEKDAYS
from scheduler.moments import DAY
from scheduler.strands.bundles import start_clock

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.strands.bundles import Bundles


def free_places(airings: Airings, bundles: Bundles) -> Ints:
    """(b,) the number of places of each bundle that begin outside named slots."""
    size = np.diff(bundles.first)
    head = np.repeat(bundles.airing[bundles.first[:-1]], size)
    episodes = airings.instance.placements.episodes[airings.content[head], airings.channel[head]]
    day = airings.broadcast_day[bundles.airing]
    begins = np.diff(day, prepend=-1) != 0
    begins[bundles.first[:-1]] = True
    begins &= airings.run[bundles.airing] == 1
    free = begins & ~in_named_slots(airings, bundles.airing, episodes)
    return np.add.reduceat(free.astype(np.int64), bundles.first[:-1]) if len(bundles) else np.zeros(0, dtype=np.int64)


def in_named_slots(airings: Airings, at: Ints, episodes: Ints) -> Flags:
    """Which airings in `at` begin a place in a named slot of their channel, (k,).

    `episodes`: (k,) the number of episodes in each place.
    """
    instance, timeline = airings.instance, airings.instance.timeline
    clock, day = start_clock(airings)[at], airings.broadcast_day[at]
    weekday = (day + timeline.first_day.weekday()) % 7
    minutes = airings.column("minutes")[at]
    length = (episodes - 1) * airings.column("steps")[at] * timeline.grid + minutes
    found = np.zeros(len(at), dtype=bool)
    for number, channel in enumerate(instance.channels):
        for slot in channel.slots:
            fits = (airings.channel[at] == number) & (clock == (slot.start - timeline.broadcast_start) % DAY)
            fits &= np.isin(weekday, [WEEKDAYS.index(one) for one in slot.days])
            fits &= instance.contents.matches(slot.accept, channel.territory)[airings.content[at]]
            if slot.minutes is not None:
                fits &= length <= slot.minutes
            if slot.first is not None:
                fits &= day >= (slot.first - timeline.first_day).days
            if slot.last is not None:
                fits &= day <= (slot.last - timeline.first_day).days
            found |= fits
    return found
