"""Compiled: what every open airing would add to the value and take off the misses of a timetable so far."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scheduler.solve.ground import Flags, Ints, Reals, compiled

Index = npt.NDArray[np.int32]


@compiled
def units_missed(activity: int, lower: int, upper: int, step: int) -> float:
    """By how many units a row is missed."""
    return float(max(lower - activity, activity - upper, 0) / step)


@compiled
def gains(
    first: Index,
    row: Index,
    coefficient: Ints,
    value: Ints,
    sides: Ints,
    weight: Reals,
    rigid: Flags,
    activity: Ints,
    still: Flags,
) -> Reals:
    """Value and weighted relief of every airing that is `still` open, (n,); −∞ for others.

    The entries of airing a are `row` and `coefficient` from `first[a]` to `first[a + 1]`; `sides` (r, 3) are lower,
    upper and what one missed unit adds. Airings by which a rigid row would be missed more are closed.
    """
    gain = np.full(len(value), -np.inf)
    for airing in range(len(value)):
        if not still[airing]:
            continue
        relief = 0.0
        for entry in range(first[airing], first[airing + 1]):
            touched = row[entry]
            have, lower, upper, step = activity[touched], sides[touched, 0], sides[touched, 1], sides[touched, 2]
            now = units_missed(have, lower, upper, step)
            then = units_missed(have + coefficient[entry], lower, upper, step)
            if then > now and rigid[touched]:
                still[airing] = False
                break
            relief += (now - then) * weight[touched]
        if still[airing]:
            gain[airing] = value[airing] + relief
    return gain


def compile_gains() -> None:
    """Compile this, or load what the disk keeps of it, so that it is done before a search's clock runs."""
    first, row = np.array([0, 1], np.int32), np.zeros(1, np.int32)
    one, sides, flag = np.ones(1, np.int64), np.ones((1, 3), np.int64), np.ones(1, dtype=bool)
    gains(first, row, one, one, sides, np.ones(1), flag, one, flag)
