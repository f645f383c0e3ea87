"""Block re-optimisation: one block of the incumbent is solved again as a whole program, all else stays fixed.

The block's rows are residual rows, so every choice found makes a timetable.

At the relaxation's duals, let
    lost = (the block's part of the bound) − (the block's part of the timetable),
        proven = by how much the block's own program (block_bound.py) has lowered its part of the bound.
    The block can gain at most lost − proven. The first attempt looks for half of this gain, among the airings of at
    most that regret. Such a high floor is soon reached or proven out of reach. The annealing only uses the candidate
    list of each window, but the week of a large channel needs airings beyond it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.blocks.block_mip import BlockMip, proof_options

if TYPE_CHECKING:
    from scheduler.arrays import Flags
    from scheduler.solve.blocks.block_bound import Blocks
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.search.incumbent import Search, Solution
    from scheduler.solve.search.time_limit import Budget


@dataclass(slots=True)
class _Effort:
    """The limit of the next attempt at a block and the duration of the last one, seconds or counted work."""

    seconds: float
    took: float


class BlockReoptimiser:
    """Improver: blocks of the incumbent solved again, sampled by expected gain per second."""

    def __init__(self, search: Search, rows: LinearRows, blocks: Blocks, seed: int) -> None:
        """Prepare the blocks.

        Parameters
        ----------
        rows
            The formulation's own rows, without cuts.
        blocks
            Blocks with duals set. Another thread may strengthen them at the same time.
        """
        self.search, self.rows, self.blocks = search, rows, blocks
        self.random = np.random.default_rng(seed)
        params = self.params = search.settings.params.block_reoptimise
        self.efforts = [_Effort(params.first_seconds, params.first_guess) for _ in range(blocks.count)]

    def improve(self, end: Flags | None, budget: Budget) -> Flags | None:
        """Solve blocks until none can gain. Does nothing while a hard row is missed."""
        search = self.search
        self._offer_known()
        best = search.best
        if best is None:
            return None
        least = self.params.least_gain * abs(best.value)
        may_gain = self.blocks.lost(best.point) - self.blocks.proven()
        while not budget.over() and search.keeps_hard_rows():
            weight = np.where(may_gain > least, may_gain, 0.0) / [effort.took for effort in self.efforts]
            if not weight.any():
                break
            number = int(self.random.choice(len(weight), p=weight / weight.sum()))
            may_gain[number] = self._solve(number, search.best or best, may_gain[number], least)
        return None

    def _offer_known(self) -> None:
        """Offer the incumbent with each block's choice from the program of its bound."""
        for number, chosen in enumerate(self.blocks.choices()):
            if chosen is not None and self.search.keeps_hard_rows():
                self.search.offer_part(self._members(number), chosen)

    def _solve(self, number: int, best: Solution, may_gain: float, least: float) -> float:
        """Solve one block and offer the result. Returns the gain that is still possible."""
        search, effort, began = self.search, self.efforts[number], time.monotonic()
        mine, wanted = self._members(number), max(may_gain / 2, least)
        mip = self._program(best, mine, self.blocks.lost(best.point)[number] - wanted)
        now, gap = mip.worth(best.point[mip.airings].astype(bool)), self.params.closeness * abs(best.value)
        attempt = search.budget.at_most(effort.seconds)
        params = search.settings.params.blocks
        found = mip.solve(now + wanted, gap, attempt, params.nodes_per_second, proof_options(params))
        work = attempt.spend_iterations(found.iterations)
        effort.took = work if attempt.counted else time.monotonic() - began
        if len(found.chosen) and search.offer_part(mine, found.chosen):
            return 0.0 if found.ended else may_gain - (found.value - now)
        if found.ended:
            return may_gain / 2
        longer = effort.seconds < self.params.most_seconds
        effort.seconds = self.params.most_seconds
        return may_gain if longer else 0.0

    def _program(self, best: Solution, mine: Flags, most: float) -> BlockMip:
        """The program of a block over its chosen airings and those of regret at most `most`, on residual rows."""
        formulation, fixed = self.search.formulation, best.point.copy()
        chosen = fixed[: len(mine)].astype(bool)
        fixed[: len(mine)][mine] = 0
        some, rows = np.flatnonzero(mine & ((self.blocks.regret <= most) | chosen)), self.rows.residual(fixed)
        return BlockMip(formulation, rows, some, rows.touched(some), formulation.value.astype(np.float64))

    def _members(self, number: int) -> Flags:
        """The airings of a block, as flags, (n,)."""
        mine: Flags = self.blocks.block[self.search.formulation.window] == number
        return mine
