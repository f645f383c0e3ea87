"""Compiled: what open airings would add to the value and take off the misses of a timetable so far."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scheduler.arrays import Flags, Ints, Reals
from scheduler.solve.kernels.jit import compiled

Index = npt.NDArray[np.int32]


class Counted(NamedTuple):
    """What gains are counted from; airing a has the entries from `first[a]` to `first[a + 1]`."""

    first: Index  # (n + 1,)
    row: Index
    coefficient: Ints
    value: Ints  # (n,) viewer-minutes
    sides: Ints  # (r, 3) lower, upper, what one missed unit adds
    weight: Reals  # (r,) value lost per missed unit
    rigid: Flags  # (r,) rows that may not be missed more
    activity: Ints  # (r,) what is chosen so far


@compiled
def units_missed(activity: int, sides: Ints) -> float:
    """By how many units a row with these sides, (3,), is missed."""
    return float(max(sides[0] - activity, activity - sides[1], 0) / sides[2])


@compiled
def gain_of(counted: Counted, airing: int) -> float:
    """Value and weighted relief of one airing; −∞ where a rigid row would be missed more."""
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
    """The gain of every airing that is `still` open, (n,), −∞ for others; those that gain −∞ are closed."""
    gain = np.full(len(counted.value), -np.inf)
    for airing in range(len(counted.value)):
        if still[airing]:
            gain[airing] = gain_of(counted, airing)
            still[airing] = gain[airing] > -np.inf
    return gain


def compile_gains() -> None:
    """Compile this, or load what the disk keeps of it, so that it is done before a search's clock runs."""
    first, row = np.array([0, 1], np.int32), np.zeros(1, np.int32)
    one, sides, flag = np.ones(1, np.int64), np.ones((1, 3), np.int64), np.ones(1, dtype=bool)
    counted = Counted(first, row, one, one, sides, np.ones(1), flag, one)
    gains(counted, flag)
    gain_of(counted, 0)
