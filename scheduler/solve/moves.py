"""Compiled moves of the annealing: take airings out of a few intervals and fill each again by a longest path.

An *interval* is a stretch of a window between locked airings. A refill is a longest path over the interval's steps
with what every airing would add now: its value less the weighted units by which rows would be missed more. Each
airing is passed over with a small chance, as in the "blinks" of Christiaens and Vanden Berghe (2020); the change as a
whole is taken by Metropolis' rule, so rows may be missed for a while.
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
hard misses at their weights in the formulation, units missed of rigid rows."""

ABOVE, BELOW, STEP, WEIGHT = range(4)
"""The columns of `State.room`: what one row needs lies side by side."""

MOST_INTERVALS = 4
"""At most so many intervals are emptied in one move."""


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


class Best(NamedTuple):
    """The best that was met: as `State.at`, and its merit (value less soft misses) and misses."""

    at: Ints
    merit: Reals  # (3,) rigid units, hard miss, −(value − soft penalty): less is better, in this order


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
def draw_first(ground: Ground, rng: np.random.Generator, missed: Ints, odds: Reals) -> int:
    """The interval a move begins in: by its odds, a third of the time one that touches a row that is missed."""
    if len(missed) and rng.random() < 0.33:
        row = missed[int(rng.random() * len(missed))]
        first, last = ground.touch_first[row], ground.touch_first[row + 1]
        if last > first:
            return int(ground.interval[ground.touching[first + int(rng.random() * (last - first))]])
    return int(np.searchsorted(odds, rng.random() * odds[-1], side="right"))


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
    temperature: float,
    missed: Ints,
    odds: Reals,
) -> int:
    """Make `moves` moves at one temperature, keep the best that is met, and say how many moves were taken.

    `missed` are the rows to mend, `odds` the cumulative odds of the intervals, (i,).
    """
    longest = state.at.shape[1] + 1
    path, todo = Path(np.zeros(longest), np.full(longest, -1), np.zeros(longest)), np.zeros(3, dtype=np.int64)
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
        if delta < 0 and rng.random() >= np.exp(delta / temperature):
            restore(ground, state, spans[:used], out, count)
            continue
        taken += 1
        if better(state.total, best.merit):
            keep(state, best)
    return taken


@compiled
def fill(ground: Ground, state: State, candidates: Ints) -> None:
    """Choose candidates that do not overlap."""
    for at in range(len(candidates)):
        put(ground, state, candidates[at], 1.0)
