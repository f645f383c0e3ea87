"""Places that locks and live events hold: strands pause there. Where other titles do, repeats are not required."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints


def overlap_held_places(airings: Airings) -> Flags:
    """(n,) airings that overlap a place which another title holds on their channel.

    With H(c, t) the number of held places that occupy step t of channel c, and H_p(c, t) those that programme p holds,
    these are the airings of p with Σ H − H_p > 0 over their steps.
    """
    held = airings.instance.held_places
    found = np.zeros(len(airings), dtype=np.int64)
    if not held:
        return found > 0
    place = np.array(held, dtype=np.int64)
    found += _steps_held(airings, place, np.arange(len(airings)))
    for programme in np.unique(place[:, 0]).tolist():
        mine = np.flatnonzero(airings.programme == programme)
        found[mine] -= _steps_held(airings, place[place[:, 0] == programme], mine)
    return found > 0


def overlap_own_locks(airings: Airings) -> Flags:
    """(n,) airings that overlap the place of a lock of their own title. They are in no bundle."""
    found = np.zeros(len(airings), dtype=bool)
    place = np.array(airings.instance.lock_places, dtype=np.int64).reshape(-1, 4)
    for programme in np.unique(place[:, 0]).tolist():
        mine = np.flatnonzero(airings.programme == programme)
        found[mine] = _steps_held(airings, place[place[:, 0] == programme], mine) > 0
    return found


def _steps_held(airings: Airings, place: Ints, at: Ints) -> Ints:
    """(k,) over the steps of the airings `at`, the sum of the number of places that occupy each step.

    `place`: (h, 4) rows of `held_places`.
    """
    timeline, channels = airings.instance.timeline, len(airings.instance.channels)
    steps = -(-timeline.minutes // timeline.grid)
    change = np.zeros((channels, steps + 1), dtype=np.int64)
    first = np.clip(place[:, 2] // timeline.grid, 0, steps)
    last = np.clip(-(-place[:, 3] // timeline.grid), 0, steps)
    np.add.at(change, (place[:, 1], first), 1)
    np.add.at(change, (place[:, 1], last), -1)
    count = np.zeros((channels, steps + 1), dtype=np.int64)
    np.cumsum(np.cumsum(change, axis=1)[:, :-1], axis=1, out=count[:, 1:])
    begin = airings.column("start")[at]
    end = np.minimum(begin + airings.column("steps")[at], steps)
    return np.asarray(count[airings.channel[at], end] - count[airings.channel[at], np.minimum(begin, steps)])
