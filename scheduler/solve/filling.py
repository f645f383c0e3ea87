"""Compiled: taking airings out of intervals and filling them again by a longest path.

An *interval* is a stretch of a window between locked airings. A refill is a longest path over the interval's steps
with what every airing would add now: its reward less the weighted units by which rows would be missed more. Each
airing is passed over with a small chance, as in the "blinks" of Christiaens and Vanden Berghe (2020).

Compiled code is kept per file: who changes this one touches moves.py too, or the old code runs on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

F = TypeVar("F", bound="Callable[..., Any]")


def compiled(function: F) -> F:
    """Compile a function at its first call, keep the code on disk, and let other threads run beside it."""
    return cast("F", numba.njit(cache=True, nogil=True)(function))


VALUE, WEIGHTED, SOFT_PENALTY, HARD_MISS, RIGID_MISS, REWARD = range(6)
"""Where `State.total` keeps what is chosen: its value, all misses at the weights of now, soft misses at their prices,
hard misses at their weights in the formulation, units missed of rigid rows, the rewards of now."""

ABOVE, BELOW, STEP, WEIGHT = range(4)
"""The columns of `State.room`: what one row needs lies side by side."""


class Ground(NamedTuple):
    """What does not change: candidate airings sorted by interval and first step, rows, and who touches what."""

    length: Ints  # (i,) steps of each interval
    first: Ints  # (i, longest + 2) candidates of an interval from each step on
    interval: Ints  # (c,)
    offset: Ints  # (c,) steps since the interval's begin
    steps: Ints  # (c,)
    value: Reals  # (c,) viewer-minutes
    row_first: Ints  # (c + 1,)
    row: npt.NDArray[np.int32]  # rows that each candidate touches
    coefficient: Reals
    touch_first: Ints  # (r + 1,)
    touching: Ints  # candidates that touch each row
    soft: Reals  # (r,) price of a missed unit, viewer-minutes
    hard: Reals  # (r,) weight of a missed unit
    rigid: Reals  # (r,) 1 or 0


class State(NamedTuple):
    """What is chosen and what every row has."""

    at: Ints  # (i, longest) the candidate that begins at each step of an interval, or −1
    room: Reals  # (r, 4) activity above lower, upper above activity, step of a missed unit, its weight as of now
    reward: Reals  # (c,) what a candidate counts, as of now
    total: Reals  # (5,)


class Path(NamedTuple):
    """Room for a longest path, by step."""

    onward: Reals  # (longest + 1,) what can still be gained
    pick: Ints  # the candidate that begins here, or −1
    promised: Reals  # what it adds


@compiled
def units_missed(above: float, below: float, step: float) -> float:
    """By how many units a row is missed, rounded up, that is so far above its lower and below its upper side."""
    if above < 0:
        return float(np.ceil(-above / step))
    if below < 0:
        return float(np.ceil(-below / step))
    return 0.0


@compiled
def put(ground: Ground, state: State, candidate: int, sign: float) -> None:
    """Choose a candidate (sign 1) or take it out (sign −1)."""
    total, room = state.total, state.room
    total[VALUE] += sign * ground.value[candidate]
    total[REWARD] += sign * state.reward[candidate]
    state.at[ground.interval[candidate], ground.offset[candidate]] = candidate if sign > 0 else -1
    for entry in range(ground.row_first[candidate], ground.row_first[candidate + 1]):
        row, more = ground.row[entry], sign * ground.coefficient[entry]
        above, below, step = room[row, ABOVE], room[row, BELOW], room[row, STEP]
        room[row, ABOVE], room[row, BELOW] = above + more, below - more
        units = units_missed(above + more, below - more, step) - units_missed(above, below, step)
        if units != 0.0:
            total[WEIGHTED] += room[row, WEIGHT] * units
            total[SOFT_PENALTY] += ground.soft[row] * units
            total[HARD_MISS] += ground.hard[row] * units
            total[RIGID_MISS] += ground.rigid[row] * units


@compiled
def gain(ground: Ground, state: State, candidate: int) -> float:
    """What choosing a candidate would add: its reward less the weighted misses it brings."""
    added, room = float(state.reward[candidate]), state.room
    for entry in range(ground.row_first[candidate], ground.row_first[candidate + 1]):
        row, more = ground.row[entry], ground.coefficient[entry]
        above, below = room[row, ABOVE], room[row, BELOW]
        if above >= 0 and below >= 0 and above + more >= 0 and below - more >= 0:
            continue
        step = room[row, STEP]
        units = units_missed(above + more, below - more, step) - units_missed(above, below, step)
        added -= room[row, WEIGHT] * units
    return added


@compiled
def empty(ground: Ground, state: State, span: Ints, out: Ints, count: int) -> int:
    """Take out what is chosen in a span, note it in `out` from `count` on, and say how many are noted."""
    for step in range(span[1], span[2]):
        candidate = state.at[span[0], step]
        if candidate >= 0:
            put(ground, state, candidate, -1.0)
            out[count] = candidate
            count += 1
    return count


@compiled
def fill(ground: Ground, state: State, candidates: Ints) -> None:
    """Choose candidates that do not overlap."""
    for at in range(len(candidates)):
        put(ground, state, candidates[at], 1.0)


@compiled
def longest_path(
    ground: Ground, state: State, span: Ints, barred: int, blink: float, rng: np.random.Generator, path: Path
) -> None:
    """Write the best filling of the empty steps span[1]:span[2] of interval span[0] that avoids `barred` to `path`."""
    interval, begin, end = span
    path.onward[end] = 0.0
    for step in range(end - 1, begin - 1, -1):
        path.onward[step] = path.onward[step + 1]
        path.pick[step] = -1
        for candidate in range(ground.first[interval, step], ground.first[interval, step + 1]):
            after = step + ground.steps[candidate]
            if after > end or candidate == barred or rng.random() < blink:
                continue
            promised = gain(ground, state, candidate)
            if promised + path.onward[after] > path.onward[step]:
                path.onward[step] = promised + path.onward[after]
                path.pick[step] = candidate
                path.promised[step] = promised


@compiled
def refill(
    ground: Ground, state: State, span: Ints, barred: int, blink: float, rng: np.random.Generator, path: Path
) -> None:
    """Fill a span along a longest path, sought anew where an airing adds far less once the ones before it are in.

    `span` is used up.
    """
    longest_path(ground, state, span, barred, blink, rng, path)
    while span[1] < span[2]:
        candidate = path.pick[span[1]]
        if candidate >= 0 and gain(ground, state, candidate) < 0.5 * path.promised[span[1]]:
            longest_path(ground, state, span, barred, blink, rng, path)
            candidate = path.pick[span[1]]
        if candidate >= 0:
            put(ground, state, candidate, 1.0)
            span[1] += ground.steps[candidate]
        else:
            span[1] += 1
