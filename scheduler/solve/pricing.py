"""Window pricing: the best pattern of every window at once, by longest paths on the grid.

A *pattern* is a set of airings of one window that do not overlap. With one reward per airing the best pattern of
every window is a longest path over the window's steps; all windows advance together, one NumPy operation per step.
Airings that start and last alike in one window share a *cell*, of which only the best airing matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scheduler.formulation import Flags, Formulation, Integers

Reals = npt.NDArray[np.float64]
IMPOSSIBLE = -1e30


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns as rows of airings: pattern p is in `window[p]` and holds `airing[first[p]:first[p + 1]]`."""

    window: Integers
    first: Integers
    airing: Integers
    reward: Reals


class Pricer:
    """Longest paths over the windows of a formulation for the airings that are still allowed."""

    def __init__(self, formulation: Formulation, locked: Flags | None = None, allowed: Flags | None = None) -> None:
        """Sort airings into cells: `locked` ones are in every pattern, only `allowed` ones may be; both (n,)."""
        locked = formulation.locked if locked is None else locked
        keep = without_clashes(formulation, locked)
        if allowed is not None:
            keep &= allowed | locked
        airing = np.flatnonzero(keep)
        window = formulation.window[airing]
        offset = formulation.start[airing] - formulation.window_start[window]
        steps = formulation.steps[airing]
        order = np.lexsort((steps, window, offset))
        self.airing: Integers = airing[order]
        window, offset, steps = window[order], offset[order], steps[order]
        fresh = np.ones(len(order), dtype=bool)
        fresh[1:] = (np.diff(window) != 0) | (np.diff(offset) != 0) | (np.diff(steps) != 0)
        self.cell_first: Integers = np.flatnonzero(fresh)
        self.cell_end: Integers = np.append(self.cell_first[1:], len(order)).astype(np.int64)
        self.cell: Integers = np.cumsum(fresh) - 1
        self.cell_window = window[self.cell_first]
        self.cell_offset = offset[self.cell_first]
        self.cell_steps = steps[self.cell_first]
        self.window_count = len(formulation.window_start)
        self.length = int(np.max(formulation.window_end - formulation.window_start, initial=0))
        locked = locked[self.airing]
        self.cell_locked = np.zeros(len(self.cell_first), dtype=bool)
        self.cell_locked[self.cell[locked]] = True
        self.by_start = np.searchsorted(self.cell_offset, np.arange(self.length + 1))
        ends = self.cell_offset + self.cell_steps
        self.end_order = np.lexsort((self.cell_window, ends))
        self.by_end = np.searchsorted(ends[self.end_order], np.arange(self.length + 2))

    def best(self, reward: Reals) -> Reals:
        """The reward of every window's best pattern, (w,), for rewards per airing (n,)."""
        return self._onward(self._cell_rewards(reward))[0][:, 0]

    def patterns(self, reward: Reals) -> tuple[Reals, Patterns]:
        """The best reward of every window, (w,), and a pattern of each window that reaches it."""
        cells = self._cell_rewards(reward)
        onward, choice = self._onward(cells)
        at = np.zeros(self.window_count, dtype=np.int64)
        windows, picks = [], []
        for step in range(self.length):
            here = np.flatnonzero((at == step) & (choice[:, step] >= 0))
            picked = choice[here, step]
            windows.append(here)
            picks.append(picked)
            at[at == step] = step + 1
            at[here] = step + self.cell_steps[picked]
        window, cell = np.concatenate(windows), np.concatenate(picks)
        airing = self._best_of(cell, reward, cells)
        order = np.argsort(window, kind="stable")
        first = np.searchsorted(window[order], np.arange(self.window_count + 1))
        every = np.arange(self.window_count)
        return onward[:, 0], Patterns(every, first, airing[order], onward[:, 0])

    def losses(self, reward: Reals) -> tuple[Reals, Reals]:
        """What each airing would cost: best reward of its window minus the best with it in, (n,) in formulation order.

        Airings that are not allowed lose infinitely much. Also returns the best reward of every window, (w,).
        """
        cells = self._cell_rewards(reward)
        onward = self._onward(cells)[0]
        before = self._before(cells)
        ends = self.cell_offset + self.cell_steps
        around = before[self.cell_window, self.cell_offset] + onward[self.cell_window, ends]
        loss = np.full(len(reward), np.inf)
        best = onward[:, 0]
        loss[self.airing] = (best[self.cell_window] - around)[self.cell] - reward[self.airing]
        return loss, best

    def _cell_rewards(self, reward: Reals) -> Reals:
        if not len(self.cell_first):
            return np.zeros(0)
        best: Reals = np.maximum.reduceat(reward[self.airing], self.cell_first)
        return best

    def _onward(self, cells: Reals) -> tuple[Reals, Integers]:
        """Best reward from each step to the window's end, (w, length + 1), and the cell that begins it or −1."""
        onward = np.zeros((self.window_count, self.length + 1))
        choice = np.full((self.window_count, self.length + 1), -1, dtype=np.int64)
        for step in range(self.length - 1, -1, -1):
            onward[:, step] = onward[:, step + 1]
            low, high = self.by_start[step], self.by_start[step + 1]
            if low == high:
                continue
            window = self.cell_window[low:high]
            reach = cells[low:high] + onward[window, step + self.cell_steps[low:high]]
            first = np.flatnonzero(np.diff(window, prepend=-1))
            top = np.maximum.reduceat(reach, first)
            forced = np.logical_or.reduceat(self.cell_locked[low:high], first)
            taken = (top > onward[window[first], step]) | forced
            winner = np.flatnonzero(reach == np.repeat(np.where(taken, top, np.nan), np.diff(first, append=high - low)))
            onward[window[winner], step] = reach[winner]
            choice[window[winner], step] = low + winner
        return onward, choice

    def _before(self, cells: Reals) -> Reals:
        """Best reward from the window's first step up to each step, (w, length + 1)."""
        before = np.zeros((self.window_count, self.length + 1))
        for step in range(1, self.length + 1):
            before[:, step] = before[:, step - 1]
            some = self.end_order[self.by_end[step] : self.by_end[step + 1]]
            if not len(some):
                continue
            window = self.cell_window[some]
            reach = cells[some] + before[window, self.cell_offset[some]]
            first = np.flatnonzero(np.diff(window, prepend=-1))
            top = np.maximum.reduceat(reach, first)
            forced = np.logical_or.reduceat(self.cell_locked[some], first)
            at = window[first]
            before[at, step] = np.where(forced, top, np.maximum(top, before[at, step]))
        return before

    def _best_of(self, cell: Integers, reward: Reals, cells: Reals) -> Integers:
        """An airing of each cell that has the cell's reward."""
        low, count = self.cell_first[cell], self.cell_end[cell] - self.cell_first[cell]
        owner = np.repeat(np.arange(len(cell)), count)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        candidate = self.airing[low[owner] + within]
        hit = np.flatnonzero(reward[candidate] == cells[cell[owner]])
        best = np.zeros(len(cell), dtype=np.int64)
        best[owner[hit[::-1]]] = candidate[hit[::-1]]
        return best


def without_clashes(formulation: Formulation, locked: Flags) -> Flags:
    """Which airings do not overlap a locked airing of their window."""
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
    # locked airings do not overlap, so the only ones that can clash begin last before an airing's end
    before = np.searchsorted(begin, last, side="left") - 1
    keep = (before < 0) | (end[np.maximum(before, 0)] <= first)
    keep[locks] = True
    return keep
