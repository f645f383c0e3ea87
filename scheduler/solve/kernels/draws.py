"""Compiled: which stretches of intervals a move empties, and which airing it puts in, drawn by lot."""

from __future__ import annotations

import numpy as np

from scheduler.solve.kernels.ground import Ground, State
from scheduler.solve.kernels.jit import Ints, Reals, compiled

COMPILED_WITH = "e1f294b2b42c7152"
"""Digest of the code in compiled.py and ground.py. Numba keeps what it compiles by the text of one file, so it is this
line that makes this file be compiled anew where the others have changed."""

MOST_INTERVALS = 4
"""At most so many intervals are emptied in one move."""

DRAWN = 3
"""So many airings are drawn, and the one that counts most per step is put in."""


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
def draw_around(
    ground: Ground, state: State, interval: int, begin: int, end: int, rng: np.random.Generator, span: Ints
) -> None:
    """Write an interval into `span`: the whole, or as often the steps begin:end and all of what is chosen there."""
    length = ground.length[interval]
    whole = rng.random() < 0.5
    span[0], span[1], span[2] = interval, 0 if whole else begin, length if whole else end
    if whole:
        return
    for step in range(length):
        candidate = state.at[interval, step]
        if candidate >= 0:
            after = step + ground.steps[candidate]
            if step < span[2] and after > span[1]:
                span[1], span[2] = min(span[1], step), max(span[2], after)


@compiled
def draw_span(ground: Ground, state: State, interval: int, rng: np.random.Generator, span: Ints) -> None:
    """Write an interval or a stretch of it into `span`."""
    length = ground.length[interval]
    begin = int(rng.random() * length)
    end = min(length, begin + 1 + int(rng.random() * length * 0.6))
    draw_around(ground, state, interval, begin, end, rng, span)


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
def draw_spans(ground: Ground, state: State, interval: int, rng: np.random.Generator, spans: Ints) -> int:
    """Draw stretches of an interval and of up to MOST_INTERVALS − 1 that share rows into `spans`; say how many."""
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
def draw_blink(rng: np.random.Generator) -> float:
    """The chance by which airings are passed over in a move: mostly small."""
    return float(0.5 * rng.random() ** 3)


@compiled
def draw_airing(ground: Ground, state: State, interval: int, rng: np.random.Generator) -> int:
    """A candidate of an interval, the best of a few that are drawn; −1 where that is chosen already."""
    first, last = ground.first[interval, 0], ground.first[interval, ground.length[interval]]
    drawn = -1
    for _ in range(DRAWN if last > first else 0):
        other = first + int(rng.random() * (last - first))
        if drawn < 0 or state.reward[other] * ground.steps[drawn] > state.reward[drawn] * ground.steps[other]:
            drawn = other
    return drawn if drawn >= 0 and state.at[interval, ground.offset[drawn]] != drawn else -1


@compiled
def draw_rival(ground: Ground, state: State, row: int, rng: np.random.Generator, spans: Ints) -> int:
    """A chosen airing that touches a row, in none of the intervals of `spans`; −1 where there is none."""
    first, count = ground.touch_first[row], ground.touch_first[row + 1] - ground.touch_first[row]
    begin = int(rng.random() * count)
    for past in range(count):
        candidate = ground.touching[first + (begin + past) % count]
        interval = ground.interval[candidate]
        if state.at[interval, ground.offset[candidate]] == candidate and not np.any(spans[:, 0] == interval):
            return int(candidate)
    return -1
