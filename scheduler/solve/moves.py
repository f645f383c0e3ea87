"""Compiled moves of the annealing: empty stretches of a few intervals that share rows and fill each again.

A refill is a longest path over the interval's steps with what every airing would add now: its reward less the weighted
units by which rows would be missed more. Each airing is passed over with a small chance, as in the "blinks" of
Christiaens and Vanden Berghe (2020). The change as a whole is taken by Metropolis' rule, so rows may be missed for a
while.

All compiled code is in this file: Numba keeps it on disk per file, and looks no further to see whether it is stale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from scheduler.solve.ground import (
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
    Best,
    Ground,
    Ints,
    Path,
    Reals,
    State,
)

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

MOST_INTERVALS = 4
"""At most so many intervals are emptied in one move."""


def compiled(function: F) -> F:
    """Compile a function at its first call, keep the code on disk, and let other threads run beside it."""
    return cast("F", numba.njit(cache=True, nogil=True)(function))


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


@compiled
def draw_first(ground: Ground, rng: np.random.Generator, missed: Ints, odds: Reals) -> int:
    """The interval a move begins in: by its odds, a third of the time one that touches a row that is missed."""
    if len(missed) and rng.random() < 0.33:
        row = missed[int(rng.random() * len(missed))]
        first, last = ground.touch_first[row], ground.touch_first[row + 1]
        if last > first:
            return int(ground.interval[ground.touching[first + int(rng.random() * (last - first))]])
    return int(np.searchsorted(odds, rng.random() * odds[-1], side="right"))


@compiled
def draw_span(ground: Ground, state: State, interval: int, rng: np.random.Generator, span: Ints) -> None:
    """Write an interval and a stretch of it that cuts no chosen airing into `span`."""
    length = ground.length[interval]
    span[0], span[1], span[2] = interval, 0, length
    if rng.random() < 0.5:
        return
    begin = int(rng.random() * length)
    end = min(length, begin + 1 + int(rng.random() * length * 0.6))
    for step in range(length):
        candidate = state.at[interval, step]
        if candidate >= 0:
            after = step + ground.steps[candidate]
            if step < end and after > begin:
                begin, end = min(begin, step), max(end, after)
    span[1], span[2] = begin, end


@compiled
def draw_beside(ground: Ground, state: State, interval: int, rng: np.random.Generator) -> int:
    """An interval that shares a row with an airing chosen in this one."""
    chosen = state.at[interval][state.at[interval] >= 0]
    if len(chosen) == 0:
        return int(rng.random() * len(ground.length))
    candidate = chosen[int(rng.random() * len(chosen))]
    first, last = ground.row_first[candidate], ground.row_first[candidate + 1]
    if first == last:
        return int(rng.random() * len(ground.length))
    row = ground.row[first + int(rng.random() * (last - first))]
    first, last = ground.touch_first[row], ground.touch_first[row + 1]
    return int(ground.interval[ground.touching[first + int(rng.random() * (last - first))]])


@compiled
def draw_spans(ground: Ground, state: State, rng: np.random.Generator, missed: Ints, odds: Reals, spans: Ints) -> int:
    """Draw stretches of one to MOST_INTERVALS intervals that share rows into `spans`; say how many."""
    interval = draw_first(ground, rng, missed, odds)
    draw_span(ground, state, interval, rng, spans[0])
    used = 1
    for _ in range(MOST_INTERVALS - 1):
        if rng.random() >= 0.4:
            break
        interval = draw_beside(ground, state, interval, rng)
        if not np.any(spans[:used, 0] == interval):
            draw_span(ground, state, interval, rng, spans[used])
            used += 1
    return used


@compiled
def restore(ground: Ground, state: State, spans: Ints, out: Ints, count: int) -> None:
    """Put back what a move took out."""
    spare = np.empty(state.at.shape[1], dtype=np.int64)
    for at in range(len(spans)):
        empty(ground, state, spans[at], spare, 0)
    for at in range(count):
        put(ground, state, out[at], 1.0)


@compiled
def better(total: Reals, merit: Reals) -> bool:
    """Whether a state is better than a merit: rigid, then hard misses, then value less soft misses."""
    if total[RIGID_MISS] != merit[0]:
        return bool(total[RIGID_MISS] < merit[0])
    if abs(total[HARD_MISS] - merit[1]) > 0.5:
        return bool(total[HARD_MISS] < merit[1])
    return bool(total[SOFT_PENALTY] - total[VALUE] < merit[2] - 0.5)


@compiled
def keep(state: State, best: Best) -> None:
    """Note the state of now as the best."""
    best.at[:] = state.at
    best.merit[0], best.merit[1] = state.total[RIGID_MISS], state.total[HARD_MISS]
    best.merit[2] = state.total[SOFT_PENALTY] - state.total[VALUE]


@compiled
def anneal(
    ground: Ground,
    state: State,
    best: Best,
    rng: np.random.Generator,
    moves: int,
    temperature: Reals,
    missed: Ints,
    odds: Reals,
) -> int:
    """Make `moves` moves, keep the best that is met, and say how many moves were taken.

    `temperature` is per interval, (i,); `missed` are the rows to mend; `odds` are the intervals' cumulative odds, (i,).
    """
    path, todo = new_path(ground), np.zeros(3, dtype=np.int64)
    spans = np.zeros((MOST_INTERVALS, 3), dtype=np.int64)
    out = np.empty(MOST_INTERVALS * state.at.shape[1], dtype=np.int64)
    taken = 0
    for _ in range(moves):
        before = state.total[REWARD] - state.total[WEIGHTED]
        used, count = draw_spans(ground, state, rng, missed, odds, spans), 0
        for at in range(used):
            count = empty(ground, state, spans[at], out, count)
        barred = out[int(rng.random() * count)] if count and rng.random() < 0.5 else -1
        blink = 0.5 * rng.random() ** 3
        for at in range(used):
            todo[:] = spans[at]
            refill(ground, state, todo, barred, blink, rng, path)
        delta = state.total[REWARD] - state.total[WEIGHTED] - before
        if delta < 0 and rng.random() >= np.exp(delta / temperature[spans[0, 0]]):
            restore(ground, state, spans[:used], out, count)
            continue
        taken += 1
        if better(state.total, best.merit):
            keep(state, best)
    return taken
