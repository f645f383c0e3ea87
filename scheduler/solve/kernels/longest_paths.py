"""Compiled longest paths: the best pattern of every window.

Cells are sorted by window and first step: the cells of window w that start at step s are first[w, s]:first[w, s + 1]. A
locked cell is in every pattern. No other cell overlaps a locked one.
"""

from __future__ import annotations

import numpy as np

from scheduler.arrays import Flags, Ints, Reals
from scheduler.solve.kernels.jit import compiled

IMPOSSIBLE = -1e30


@compiled
def best_of_cells(reward: Reals, airing: Ints, cell_first: Ints) -> tuple[Reals, Ints]:
    """The largest reward in every cell, (c,), and the first airing with that reward. `cell_first` is (c + 1,)."""
    count = len(cell_first) - 1
    best, which = np.empty(count), np.empty(count, np.int64)
    for cell in range(count):
        at = airing[cell_first[cell]]
        most = reward[at]
        for other in airing[cell_first[cell] + 1 : cell_first[cell + 1]]:
            if reward[other] > most:
                most, at = reward[other], other
        best[cell], which[cell] = most, at
    return best, which


@compiled
def onward(cells: Reals, steps: Ints, locked: Flags, first: Ints) -> tuple[Reals, Ints]:
    """Best reward from each step to the window's end, (w, length + 1), and the cell that starts there, or −1.

    onward[w, s] = max(onward[w, s + 1], max over cells c that start at s of cells[c] + onward[w, s + steps[c]]).
    """
    windows, length = first.shape[0], first.shape[1] - 1
    most, choice = np.zeros((windows, length + 1)), np.full((windows, length + 1), -1)
    for window in range(windows):
        for step in range(length - 1, -1, -1):
            top, chosen = most[window, step + 1], -1
            for cell in range(first[window, step], first[window, step + 1]):
                reach = cells[cell] + most[window, step + steps[cell]]
                if reach > top or locked[cell]:
                    top, chosen = reach, cell
            most[window, step], choice[window, step] = top, chosen
    return most, choice


@compiled
def before(cells: Reals, steps: Ints, locked: Flags, first: Ints) -> Reals:
    """Best reward from the window's first step to each step, (w, length + 1). IMPOSSIBLE within a locked cell.

    before[w, e] = max(before[w, e − 1], max over cells c that end at e of before[w, e − steps[c]] + cells[c]).
    """
    windows, length = first.shape[0], first.shape[1] - 1
    most = np.full((windows, length + 1), IMPOSSIBLE)
    most[:, 0] = 0.0
    for window in range(windows):
        for step in range(length):
            must = False
            for cell in range(first[window, step], first[window, step + 1]):
                end = step + steps[cell]
                most[window, end] = max(most[window, end], most[window, step] + cells[cell])
                must |= locked[cell]
            if not must:
                most[window, step + 1] = max(most[window, step + 1], most[window, step])
    return most


@compiled
def along(choice: Ints, steps: Ints, which: Ints) -> tuple[Ints, Ints]:
    """The airings along the chosen cells, window by window, and the position where each window starts, (w + 1,)."""
    windows, length = choice.shape[0], choice.shape[1] - 1
    airing, first = np.empty(windows * length, np.int64), np.zeros(windows + 1, np.int64)
    count = 0
    for window in range(windows):
        step = 0
        while step < length:
            cell = choice[window, step]
            if cell >= 0:
                airing[count] = which[cell]
                count += 1
                step += steps[cell]
            else:
                step += 1
        first[window + 1] = count
    return airing[:count].copy(), first


def compile_paths() -> None:
    """Compile this code or load it from the cache, before the clock of a search starts."""
    none, one, first = np.zeros(1, np.int64), np.ones(1, np.int64), np.array([[0, 1]])
    cells, which = best_of_cells(np.ones(1), none, np.array([0, 1]))
    _, choice = onward(cells, one, np.zeros(1, dtype=bool), first)
    before(cells, one, np.zeros(1, dtype=bool), first)
    along(choice, one, which)
