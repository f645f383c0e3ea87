"""The part of a place that an airing fills, if a title airs several episodes in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Ints
    from scheduler.timetable import Timetable

WHOLE = 6
"""Parts of a place, so that 1/1, 1/2 and 1/3 of it (one, two or three episodes in a place) are whole numbers."""


def parts_of_candidates(airings: Airings) -> Ints:
    """(n,) the parts of a place that each airing fills. A locked airing fills a place, and so does a rerun."""
    episodes = airings.instance.longest_places[airings.content, airings.channel]
    shares = (airings.run == 1) & ~(airings.locked & ~airings.past)
    return np.where(shares, WHOLE // episodes, WHOLE)


def parts_of_entries(timetable: Timetable) -> list[int]:
    """The parts of a place that each entry of a timetable fills. An anchor fills a place."""
    instance = timetable.instance
    locks = {
        (instance.programme_index[lock.programme], instance.channel_index[lock.channel], lock.start_utc)
        for lock in instance.locks
        if not lock.anchor and lock.channel in instance.channel_index and lock.programme in instance.programme_index
    }
    found = []
    for at in range(len(timetable)):
        programme, channel = int(timetable.programme[at]), int(timetable.channel[at])
        moment = instance.timeline.moment(int(timetable.start[at]))
        past = timetable.past is not None and bool(timetable.past[at])
        whole = programme < 0 or not timetable.first[at] or (not past and (programme, channel, moment) in locks)
        episodes = 1 if whole else int(instance.longest_places[timetable.content[at], channel])
        found.append(WHOLE // episodes)
    return found
