"""Better a timetable one block of windows at a time: what a channel shows in a week is chosen anew, as a whole program.

What the rest of the timetable leaves of the rows is all that a block may use, so that every choice found makes a
timetable. At the relaxation's duals a block's part of the timetable loses something against its part of the bound, and
its own bound (blocks.py) says how much of that any choice loses; the rest is what it may gain. Half of that is looked
for first, among the airings that leave as much: so high a floor is soon reached or proven to be out of reach. Annealing
moves among the likeliest airings of a window, and misses what the week of a large channel needs beyond them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scheduler.solve.blocks.block_bound import NODES_A_SECOND
from scheduler.solve.blocks.block_mip import PROOF, BlockMip

if TYPE_CHECKING:
    from scheduler.formulation import Flags
    from scheduler.solve.blocks.block_bound import Blocks
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search, Solution

Reals = npt.NDArray[np.float64]

FIRST_SECONDS, LONGEST = 1.0, 2.0
"""Seconds for a block at first, and after an attempt that did not end."""

FIRST_GUESS = 0.5
"""What the first attempt at a block is thought to take, seconds."""

CLOSENESS, LEAST_GAIN = 1e-5, 5e-6
"""What may be left open in a block, and what must be gained, as shares of the timetable's value."""


@dataclass(slots=True)
class _Effort:
    """How long a block may be looked at, and what the last attempt took, seconds or counted work."""

    seconds: float = FIRST_SECONDS
    took: float = FIRST_GUESS


class BlockSearch:
    """Blocks of a search's best timetable chosen anew, drawn by what they may gain in the time that they take."""

    def __init__(self, search: Search, rows: LinearRows, blocks: Blocks, seed: int) -> None:
        """`rows` are the formulation's own, without rounded rows; `blocks` are priced."""
        self.search, self.rows, self.blocks = search, rows, blocks
        self.random = np.random.default_rng(seed)
        self.efforts = [_Effort() for _ in range(blocks.count)]

    def run(self, budget: Budget) -> None:
        """Choose blocks anew until none is thought to gain, or nothing is left; none while a hard row is missed."""
        search = self.search
        self._exchange()
        best = search.best
        if best is None:
            return
        least = LEAST_GAIN * abs(best.value)
        may_gain = self.blocks.lost(best.point) - np.array([one.plain - one.upper for one in self.blocks.blocks])
        while not budget.over() and search.keeps_hard_rows():
            odds = np.where(may_gain > least, may_gain, 0.0) / [effort.took for effort in self.efforts]
            if not odds.any():
                return
            number = int(self.random.choice(len(odds), p=odds / odds.sum()))
            may_gain[number] = self._choose(number, search.best or best, may_gain[number], least)

    def _exchange(self) -> None:
        """Offer the best timetable with each block as the program behind its bound has it."""
        for number, one in enumerate(self.blocks.blocks):
            if one.chosen is not None and self.search.keeps_hard_rows():
                self.search.offer_part(self._members(number), one.chosen)

    def _choose(self, number: int, best: Solution, may_gain: float, least: float) -> float:
        """Choose one block anew and offer what was found; what it may still gain."""
        search, effort, began = self.search, self.efforts[number], time.monotonic()
        mine, wanted = self._members(number), max(may_gain / 2, least)
        mip = self._program(best, mine, self.blocks.lost(best.point)[number] - wanted)
        now, gap = mip.worth(best.point[mip.airings].astype(bool)), CLOSENESS * abs(best.value)
        attempt = search.budget.at_most(effort.seconds)
        nodes = attempt.node_limit(NODES_A_SECOND)
        found = mip.solve(now + wanted, gap, seconds=attempt.left(), nodes=nodes, options=PROOF)
        attempt.spend(found.work)
        effort.took = found.work if attempt.counted else time.monotonic() - began
        if len(found.chosen) and search.offer_part(mine, found.chosen):
            return 0.0 if found.ended else may_gain - (found.value - now)
        if found.ended:
            return may_gain / 2
        longer = effort.seconds < LONGEST
        effort.seconds = LONGEST
        return may_gain if longer else 0.0

    def _program(self, best: Solution, mine: Flags, most: float) -> BlockMip:
        """The program of a block beside all else, over its chosen airings and those that lose no more than `most`."""
        formulation, fixed = self.search.formulation, best.point.copy()
        chosen = fixed[: len(mine)].astype(bool)
        fixed[: len(mine)][mine] = 0
        some, rows = np.flatnonzero(mine & ((self.blocks.loss <= most) | chosen)), self.rows.beside(fixed)
        return BlockMip(formulation, rows, some, rows.touched(some), formulation.value.astype(np.float64))

    def _members(self, number: int) -> Flags:
        """The airings of a block, (n,)."""
        mine: Flags = self.blocks.block[self.search.formulation.window] == number
        return mine
