"""Compiled: taking airings out of intervals and filling them again by a longest path.

A refill is a longest path over an interval's steps with what every airing would add now: its reward less the weighted
units by which rows would be missed more. Each airing is passed over with a small chance, as in the "blinks" of
Christiaens and Vanden Berghe (2020).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scheduler.solve.kernels.ground import (
    ABOVE,
    BELOW,
    HARD_MISS,
    REWARD,
    RIGID_MISS,
    SOFT_PENALTY,
    STEP,
    VALUE,
    WEIGHT,
    WEIGHTED,
    Ground,
    Path,
    State,
)
from scheduler.solve.kernels.jit import Ints, Reals, compiled

COMPILED_WITH = "e1f294b2b42c7152"
"""Digest of the code in compiled.py and ground.py. Numba keeps what it compiles by the text of one file, so it is this
line that makes this file be compiled anew where the others have changed."""


@compiled
def off(above: float, below: float) -> float:
    """By how much a row is missed that is so far above its lower and below its upper side."""
    return max(0.0, max(-above, -below))


@compiled
def put(ground: Ground, state: State, candidate: int, sign: float) -> None:
    """Choose a candidate (sign 1) or take it out (sign −1)."""
    total, room, row, coefficient = state.total, state.room, ground.row, ground.coefficient
    soft, hard, rigid = ground.soft, ground.hard, ground.rigid
    total[VALUE] += sign * ground.value[candidate]
    total[REWARD] += sign * state.reward[candidate]
    state.at[ground.interval[candidate], ground.offset[candidate]] = candidate if sign > 0 else -1
    for entry in range(ground.row_first[candidate], ground.row_first[candidate + 1]):
        touched, more = row[entry], sign * coefficient[entry]
        above, below = room[touched, ABOVE], room[touched, BELOW]
        room[touched, ABOVE], room[touched, BELOW] = above + more, below - more
        before, after = off(above, below), off(above + more, below - more)
        if before > 0 or after > 0:
            units = np.ceil(after / room[touched, STEP]) - np.ceil(before / room[touched, STEP])
            total[WEIGHTED] += room[touched, WEIGHT] * units
            total[SOFT_PENALTY] += soft[touched] * units
            total[HARD_MISS] += hard[touched] * units
            total[RIGID_MISS] += rigid[touched] * units


@compiled
def cost(room: Reals, row: npt.NDArray[np.int32], coefficient: Reals, first: int, last: int) -> float:
    """What the entries first:last of a candidate would add to the weighted misses."""
    added = 0.0
    for entry in range(first, last):
        touched, more = row[entry], coefficient[entry]
        above, below = room[touched, ABOVE], room[touched, BELOW]
        before, after = off(above, below), off(above + more, below - more)
        if before > 0 or after > 0:
            units = np.ceil(after / room[touched, STEP]) - np.ceil(before / room[touched, STEP])
            added += room[touched, WEIGHT] * units
    return added


@compiled
def gain(ground: Ground, state: State, candidate: int) -> float:
    """What choosing a candidate would add: its reward less the weighted misses it brings."""
    first, last = ground.row_first[candidate], ground.row_first[candidate + 1]
    return float(state.reward[candidate] - cost(state.room, ground.row, ground.coefficient, first, last))


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
def new_path(ground: Ground) -> Path:
    """Room for a longest path over any interval."""
    longest, kinds = ground.first.shape[1] - 1, 1 + ground.kind.max() if len(ground.kind) else 1
    return Path(np.zeros(longest), np.full(longest, -1), np.zeros(longest), np.zeros(kinds))


@compiled
def longest_path(
    ground: Ground, state: State, span: Ints, barred: int, blink: float, rng: np.random.Generator, path: Path
) -> None:
    """Write the best filling of the empty steps span[1]:span[2] of interval span[0] that avoids `barred` to `path`."""
    # arrays out of their tuples before the loop: in it that takes most of the time
    interval, begin, end = span
    room, reward, row, coefficient = state.room, state.reward, ground.row, ground.coefficient
    steps, kind, row_first, own_first = ground.steps, ground.kind, ground.row_first, ground.own_first
    onward, pick, promised, alike = path.onward, path.pick, path.promised, path.alike
    alike[:] = np.nan
    onward[end] = 0.0
    for step in range(end - 1, begin - 1, -1):
        onward[step], pick[step] = onward[step + 1], -1
        for candidate in range(ground.first[interval, step], ground.first[interval, step + 1]):
            after = step + steps[candidate]
            if after > end or candidate == barred or rng.random() < blink:
                continue
            own = own_first[candidate]
            if np.isnan(alike[kind[candidate]]):
                alike[kind[candidate]] = cost(room, row, coefficient, row_first[candidate], own)
            adds = reward[candidate] - alike[kind[candidate]]
            adds -= cost(room, row, coefficient, own, row_first[candidate + 1])
            if adds + onward[after] > onward[step]:
                onward[step], pick[step], promised[step] = adds + onward[after], candidate, adds


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
