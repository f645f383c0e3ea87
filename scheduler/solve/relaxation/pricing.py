"""Window pricing: the best pattern of every window, by longest paths on the grid.

A *pattern* is a set of airings of one window that do not overlap. Every airing has a reward. The best pattern of a
window is a longest path over its steps:
    onward[s] = max(onward[s + 1], max over airings a that start at s of reward(a) + onward[s + steps(a)]).
Airings of one window with the same start and the same length share a *cell*. Only the best airing of a cell matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import Reals, ranges
from scheduler.solve.kernels.longest_paths import along, before, best_of_cells, onward

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns as rows of airings: pattern p is in `window[p]` and contains `airing[first[p]:first[p + 1]]`."""

    window: Ints
    first: Ints
    airing: Ints
    reward: Reals


class Pricer:
    """Longest paths over the windows of a formulation."""

    def __init__(self, formulation: Formulation) -> None:
        """Sort airings into cells. Locked airings are in every pattern, airings that overlap them in none."""
        locked = formulation.locked
        airing = np.flatnonzero(without_clashes(formulation, locked))
        window = formulation.window[airing]
        offset = formulation.start[airing] - formulation.window_start[window]
        steps = formulation.steps[airing]
        order = np.lexsort((steps, offset, window))
        self.airing: Ints = airing[order]
        window, offset, steps = window[order], offset[order], steps[order]
        # A cell is the airings of one window with the same first step and length. `first[w, t]` is the number of the
        # first cell of window w that begins at step t or later, so the cells that begin at t are first[w, t] … first[w,
        # t + 1] − 1.
        fresh = np.ones(len(order), dtype=bool)
        fresh[1:] = (np.diff(window) != 0) | (np.diff(offset) != 0) | (np.diff(steps) != 0)
        begin = np.flatnonzero(fresh)
        self.cell: Ints = np.cumsum(fresh) - 1
        self.cell_first: Ints = np.append(begin, len(order)).astype(np.int64)
        self.cell_window, self.cell_offset, self.cell_steps = window[begin], offset[begin], steps[begin]
        self.cell_locked: Flags = np.zeros(len(begin), dtype=bool)
        self.cell_locked[self.cell[locked[self.airing]]] = True
        self.window_count = len(formulation.window_start)
        self.length = int(np.max(formulation.window_end - formulation.window_start, initial=0))
        span = self.length + 1
        places = np.arange(self.window_count)[:, None] * span + np.arange(span)
        self.first: Ints = np.searchsorted(self.cell_window * span + self.cell_offset, places).astype(np.int64)

    def best(self, reward: Reals) -> Reals:
        """The reward of every window's best pattern, (w,), for rewards per airing, (n,)."""
        return self._onward(self._cells(reward)[0])[0][:, 0]

    def potentials(self, reward: Reals) -> Reals:
        """The best reward from each step to its window's end, (w, length + 1)."""
        return self._onward(self._cells(reward)[0])[0]

    def patterns(self, reward: Reals) -> tuple[Reals, Patterns]:
        """The best reward of every window, (w,), and one pattern per window that reaches it."""
        cells, which = self._cells(reward)
        most, choice = self._onward(cells)
        airing, first = along(choice, self.cell_steps, which)
        return most[:, 0], Patterns(np.arange(self.window_count), first, airing, most[:, 0])

    def regrets(self, reward: Reals) -> tuple[Reals, Reals]:
        """The regret of each airing, (n,), and the best reward of every window, (w,).

        regret(a) = best reward of a's window − best reward of a pattern with a in it
                  = onward[0] − (before[start(a)] + reward(a) + onward[start(a) + steps(a)]).
        An airing that overlaps a locked one has infinite regret.
        """
        cells, _ = self._cells(reward)
        most, _ = self._onward(cells)
        reached = before(cells, self.cell_steps, self.cell_locked, self.first)
        end = self.cell_offset + self.cell_steps
        around = reached[self.cell_window, self.cell_offset] + most[self.cell_window, end]
        loss, best = np.full(len(reward), np.inf), most[:, 0]
        loss[self.airing] = (best[self.cell_window] - around)[self.cell] - reward[self.airing]
        return loss, best

    def _cells(self, reward: Reals) -> tuple[Reals, Ints]:
        return best_of_cells(reward, self.airing, self.cell_first)

    def _onward(self, cells: Reals) -> tuple[Reals, Ints]:
        return onward(cells, self.cell_steps, self.cell_locked, self.first)


def step_duals(formulation: Formulation, pricer: Pricer, reward: Reals) -> Reals:
    """Duals μ ≥ 0 of the steps of windows, (w, length), after which no airing is worth more than 0.

    μ[w, s] = max(0, onward[w, s] − onward[w, s + 1]). Their sum over a window is the reward of its best pattern, and no
    duals have a smaller one. At the steps of a locked airing μ is the largest reward of all, so that airings that
    overlap it are not worth more than 0 either. This does not change a bound: what the steps add the locked one loses.

    Parameters
    ----------
    reward
        (n,) Rewards. An airing of reward 0 has no part in them.
    """
    most = pricer.potentials(reward)
    duals = np.maximum(most[:, :-1] - most[:, 1:], 0.0)
    locks = np.flatnonzero(formulation.locked)
    owner, within = np.repeat(locks, formulation.steps[locks]), ranges(formulation.steps[locks])
    offset = formulation.start[owner] - formulation.window_start[formulation.window[owner]] + within
    duals[formulation.window[owner], offset] = max(0.0, float(reward.max(initial=0.0)))
    return duals


def without_clashes(formulation: Formulation, locked: Flags) -> Flags:
    """Which airings do not overlap a locked airing of their window, (n,)."""
    keep = np.ones(formulation.airing_count, dtype=bool)
    if not locked.any():
        return keep
    span = int(np.max(formulation.window_end, initial=0)) + 2
    locks = np.flatnonzero(locked)
    begin = formulation.window[locks] * span + formulation.start[locks]
    end = begin + formulation.steps[locks]
    order = np.argsort(begin)
    begin, end = begin[order], end[order]
    first = formulation.window * span + formulation.start
    last = first + formulation.steps
    # Locked airings do not overlap each other. So only the last one that starts before an airing's end can overlap it.
    before = np.searchsorted(begin, last, side="left") - 1
    keep = (before < 0) | (end[np.maximum(before, 0)] <= first)
    keep[locks] = True
    return keep
