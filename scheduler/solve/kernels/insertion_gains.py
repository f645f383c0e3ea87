"""Compiled gains of open airings: value plus removed violation, for an incomplete timetable."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scheduler.arrays import Flags, Ints, Ints32, Reals
from scheduler.solve.kernels.jit import compiled


class Counted(NamedTuple):
    """The arrays for gains. The entries of airing a are first[a]:first[a + 1]."""

    first: Ints32  # (n + 1,)
    row: Ints32
    coefficient: Ints
    value: Ints  # (n,) viewer-minutes
    sides: Ints  # (r, 3) lower side, upper side, change of the activity per missed unit
    weight: Reals  # (r,) cost per missed unit
    rigid: Flags  # (r,) rows whose violation may not grow
    activity: Ints  # (r,) of the airings chosen so far


@compiled
def units_missed(activity: int, sides: Ints) -> float:
    """Violation in units, rounded up, of a row with these sides, (3,)."""
    return float(max(sides[0] - activity, activity - sides[1], 0) / sides[2])


@compiled
def gain_of(counted: Counted, airing: int) -> float:
    """Value plus weighted decrease of violations by one airing. −∞ if the violation of a rigid row would grow."""
    gain = float(counted.value[airing])
    for entry in range(counted.first[airing], counted.first[airing + 1]):
        row = counted.row[entry]
        have, sides = counted.activity[row], counted.sides[row]
        now = units_missed(have, sides)
        then = units_missed(have + counted.coefficient[entry], sides)
        if then > now and counted.rigid[row]:
            return -np.inf
        gain += (now - then) * counted.weight[row]
    return gain


@compiled
def gains(counted: Counted, still: Flags) -> Reals:
    """The gain of every airing in `still` (still open), (n,), −∞ for the others. Airings with gain −∞ are closed."""
    gain = np.full(len(counted.value), -np.inf)
    for airing in range(len(counted.value)):
        if still[airing]:
            gain[airing] = gain_of(counted, airing)
            still[airing] = gain[airing] > -np.inf
    return gain


def compile_gains() -> None:
    """Compile this code or load it from the cache, before the clock of a search starts."""
    first, row = np.array([0, 1], np.int32), np.zeros(1, np.int32)
    one, sides, flag = np.ones(1, np.int64), np.ones((1, 3), np.int64), np.ones(1, dtype=bool)
    counted = Counted(first, row, one, one, sides, np.ones(1), flag, one)
    gains(counted, flag)
    gain_of(counted, 0)
