"""Compiled moves of the annealing: some airings are taken out, and where they were is filled again.

Either stretches of a few intervals that share rows are emptied, or an airing is put in and all that it is in the way of
makes room. The change as a whole is taken by Metropolis' rule, so rows may be missed for a while.
"""

from __future__ import annotations

import numpy as np

from scheduler.solve.kernels.draws import (
    MOST_INTERVALS,
    draw_airing,
    draw_around,
    draw_blink,
    draw_first,
    draw_rival,
    draw_spans,
)
from scheduler.solve.kernels.filling import empty, new_path, put, refill
from scheduler.solve.kernels.ground import (
    BELOW,
    HARD_MISS,
    REWARD,
    RIGID_MISS,
    SOFT_PENALTY,
    VALUE,
    WEIGHTED,
    Best,
    Ground,
    Path,
    State,
)
from scheduler.solve.kernels.jit import Ints, Reals, compiled

FORCED = 0.6
"""In this share of the moves an airing is drawn and put in; in the others only what is taken out is drawn."""

COMPILED_WITH = "4f22d79e525b0dac"
"""Digest of the code in compiled.py, draws.py, filling.py and ground.py. Numba keeps what it compiles by the text of
one file, so it is this line that makes the moves be compiled anew where any of the others has changed."""


@compiled
def exchange(
    ground: Ground, state: State, rng: np.random.Generator, spans: Ints, used: int, out: Ints, path: Path
) -> int:
    """Empty the first `used` of `spans` and fill each again; note in `out` what was there, and say how much."""
    count, span = 0, np.empty(3, dtype=np.int64)
    for at in range(used):
        count = empty(ground, state, spans[at], out, count)
    barred = out[int(rng.random() * count)] if count and rng.random() < 0.5 else -1
    blink = draw_blink(rng)
    for at in range(used):
        span[:] = spans[at]
        refill(ground, state, span, barred, blink, rng, path)
    return count


@compiled
def force(
    ground: Ground, state: State, rng: np.random.Generator, candidate: int, spans: Ints, out: Ints, path: Path
) -> tuple[int, int]:
    """Put a candidate in, take out what it is in the way of, and fill again what that leaves.

    Of the airings that it shares a full narrow row with (runs of one title on several channels) one per row makes way.
    Says how many of `spans` were emptied, and how many airings `out` notes.
    """
    interval, begin = ground.interval[candidate], ground.offset[candidate]
    end = begin + ground.steps[candidate]
    draw_around(ground, state, interval, begin, end, rng, spans[0])
    used, count, span = 1, empty(ground, state, spans[0], out, 0), np.empty(3, dtype=np.int64)
    put(ground, state, candidate, 1.0)
    for entry in range(ground.row_first[candidate], ground.row_first[candidate + 1]):
        row = ground.row[entry]
        if used < MOST_INTERVALS and ground.narrow[row] and state.room[row, BELOW] < 0:
            rival = draw_rival(ground, state, row, rng, spans[:used])
            if rival >= 0:
                at = ground.offset[rival]
                draw_around(ground, state, ground.interval[rival], at, at + ground.steps[rival], rng, spans[used])
                count = empty(ground, state, spans[used], out, count)
                used += 1
    blink = draw_blink(rng)
    for at in range(1, used):
        span[:] = spans[at]
        refill(ground, state, span, -1, blink, rng, path)
    for first, last in ((spans[0, 1], begin), (end, spans[0, 2])):
        span[0], span[1], span[2] = interval, first, last
        refill(ground, state, span, -1, blink, rng, path)
    return used, count


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
    path = new_path(ground)
    spans = np.zeros((MOST_INTERVALS, 3), dtype=np.int64)
    out = np.empty(MOST_INTERVALS * state.at.shape[1], dtype=np.int64)
    taken = 0
    for _ in range(moves):
        before = state.total[REWARD] - state.total[WEIGHTED]
        interval = draw_first(ground, rng, missed, odds)
        drawn = draw_airing(ground, state, interval, rng) if rng.random() < FORCED else -1
        if drawn >= 0:
            used, count = force(ground, state, rng, drawn, spans, out, path)
        else:
            used = draw_spans(ground, state, interval, rng, spans)
            count = exchange(ground, state, rng, spans, used, out, path)
        delta = state.total[REWARD] - state.total[WEIGHTED] - before
        if delta < 0 and rng.random() >= np.exp(delta / temperature[spans[0, 0]]):
            restore(ground, state, spans[:used], out, count)
            continue
        taken += 1
        if better(state.total, best.merit):
            keep(state, best)
    return taken
