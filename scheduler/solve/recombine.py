"""Recombine timetables: the best choice among the airings that some good timetables have, as a whole program.

Cycles of annealing end in different valleys. Where the best of them and a few others are put together, few airings are
left open, and HiGHS finds the best that any mixture of them gives, often to the end. Method: a restricted program over
the union of solutions, as in tour merging (Cook and Seymour 2003).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scheduler.solve.block_mip import BlockMip
from scheduler.solve.blocks import NODES_A_SECOND

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable

    from scheduler.formulation import Flags, Integers
    from scheduler.solve.linear_rows import LinearRows
    from scheduler.solve.search import Search, Solution

Reals = npt.NDArray[np.float64]

LIMIT = 6.0
"""Seconds of one program."""

FIRST_SIZE, LEAST_SIZE, MOST_SIZE = 700, 200, 4_000
"""Airings of a program, about; it follows what is solved to the end."""

GROW, SHRINK = 1.1, 0.85

LEAST_ENDS = 3
"""Of fewer timetables there is nothing to be made."""

RECOMBINED_WINDOWS = 250
"""Of more windows such a program holds too small a part: on a month of 364 another cycle brought more."""

CLOSENESS = 1e-6
"""A program is solved when no more than this share of the value is open."""


class Recombination:
    """Some timetables, and how much of them can be put together in one program."""

    def __init__(self, search: Search, rows: LinearRows, ends: deque[Integers], seed: int) -> None:
        """`rows` are the formulation's own, without rounded rows; `ends` what cycles ended with, airings by number."""
        self.search, self.rows = search, rows
        self.random = np.random.default_rng(seed)
        self.ends = ends
        self.fits = len(search.formulation.window_start) <= RECOMBINED_WINDOWS
        self.size = float(FIRST_SIZE)
        self.value: Reals = search.formulation.value.astype(np.float64)

    def run(self, remaining: Callable[[], float]) -> None:
        """Recombine until no time remains; not while the best misses a hard row, nor where windows are many."""
        search = self.search
        if not self.fits or len(self.ends) < LEAST_ENDS:
            return
        while not search.finished() and remaining() > 0 and search.best is not None and search.keeps_hard_rows():
            self.step(search.best, min(LIMIT, remaining()))

    def step(self, around: Solution, seconds: float) -> bool:
        """Solve one program around the best timetable and offer what it finds; say whether that is better."""
        search, formulation = self.search, self.search.formulation
        chosen = around.point[: formulation.airing_count].astype(bool)
        open_airings = np.flatnonzero(self._together(chosen))
        rows = self.rows.left(self._used_by_columns(around))
        mip = BlockMip(formulation, rows, open_airings, rows.touched(open_airings), self.value)
        now = mip.worth(chosen[open_airings])
        nodes = max(1, int(NODES_A_SECOND * seconds)) if search.settings.deterministic else None
        found = mip.solve(now, CLOSENESS * abs(around.value), seconds=seconds, nodes=nodes)
        search.spend(found.work)
        self.size = min(max(self.size * (GROW if found.ended else SHRINK), LEAST_SIZE), MOST_SIZE)
        if found.value <= now:
            return False
        chosen[:] = False
        chosen[found.chosen] = True
        return search.try_offer(chosen)

    def _together(self, chosen: Flags) -> Flags:
        """The airings of the best and of as many others, drawn by lot, as the size allows, at least one."""
        ends = list(self.ends)
        together = chosen.copy()
        for number, other in enumerate(self.random.permutation(len(ends)).tolist()):
            more = together.copy()
            more[ends[other]] = True
            if number and np.count_nonzero(more) > self.size:
                break
            together = more
        return together

    def _used_by_columns(self, around: Solution) -> Reals:
        """What the rules' own columns use of the rows, as they are now, (r,)."""
        n = self.search.formulation.airing_count
        own = around.point[n:].astype(np.float64)
        return self.rows.activity(np.arange(n, n + len(own)), own)
