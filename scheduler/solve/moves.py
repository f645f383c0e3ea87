"""Compiled moves of the annealing: empty stretches of a few intervals that share rows and fill each again.

The change as a whole is taken by Metropolis' rule, so rows may be missed for a while.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scheduler.solve.filling import (
    HARD_MISS,
    REWARD,
    RIGID_MISS,
    SOFT_PENALTY,
    VALUE,
    WEIGHTED,
    Ground,
    Path,
    State,
    compiled,
    empty,
    put,
    refill,
)

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

MOST_INTERVALS = 4
"""At most so many intervals are emptied in one move."""


class Best(NamedTuple):
    """The best that was met: as `State.at`, and its merit (value less soft misses) and misses."""

    at: Ints
    merit: Reals  # (3,) rigid units, hard miss, −(value − soft penalty): less is better, in this order


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
        if delta < 0 and rng.random() >= np.exp(delta / temperature[spans[0, 0]]):
            restore(ground, state, spans[:used], out, count)
            continue
        taken += 1
        if better(state.total, best.merit):
            keep(state, best)
    return taken
