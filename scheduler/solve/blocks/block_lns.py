"""Polish a timetable block by block: each block of windows is solved as a whole program while the others stay.

Broad rows that reach beyond the block (parity between channels) are priced at the relaxation's duals and may go off by
their tolerance: the other side of an agreement follows afterwards, when the whole is mended. All other rows are kept
with what the rest of the timetable leaves of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scheduler.rules import SOFT
from scheduler.solve.blocks.block_bound import NODES_A_SECOND, inside_of
from scheduler.solve.blocks.block_mip import BlockMip

if TYPE_CHECKING:
    from scheduler.formulation import Flags, Formulation, Integers
    from scheduler.solve.annealing.penalties import Landscape
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.relaxation.reduced_costs import Guide
    from scheduler.solve.search.budget import Budget

Reals = npt.NDArray[np.float64]

LONGEST = 2.0
"""Seconds of one block."""

MOST_AIRINGS = 2_500
"""At most so many airings of a block may be chosen, those that lose least."""

WORTH = 1e-4
"""Blocks whose best patterns are worth less than this share of all at the duals are left alone."""

CLOSENESS = 1e-6
"""A block is solved when no more than this share of the whole value is open."""


class Polish:
    """Rounds over the blocks of a formulation; `block` is the block of every window, (w,)."""

    def __init__(
        self, formulation: Formulation, rows: LinearRows, guide: Guide, landscape: Landscape, block: Integers
    ) -> None:
        """`rows` are the formulation's own, without rounded rows."""
        self.formulation, self.rows, self.guide = formulation, rows, guide
        self.airings = rows.by_airing
        self.of_airing = block[formulation.window]
        inside = inside_of(formulation, rows, block)
        self.priced: Flags = (inside < 0) & landscape.broad & (rows.kind != SOFT)
        self.give = landscape.tolerance * rows.step
        used = np.asarray(self.airings @ np.where(self.priced, guide.duals, 0.0), dtype=np.float64)
        self.reward: Reals = formulation.value - used[: formulation.airing_count]
        self.members = [
            np.flatnonzero(self.of_airing == number) for number in range(int(np.max(block, initial=-1)) + 1)
        ]
        worth = np.bincount(block, weights=guide.top, minlength=len(self.members))
        self.blocks = np.flatnonzero(worth > WORTH * worth.sum())
        self.gap = CLOSENESS * max(1.0, float(worth.sum()))

    def round(self, chosen: Flags, random: np.random.Generator, budget: Budget) -> Flags:
        """Solve every block once, in an order drawn by their regret, as far as the budget goes; the choice after it."""
        chosen = chosen.copy()
        for number in self._order(chosen, random).tolist():
            if budget.over():
                break
            self._solve(number, chosen, budget)
        return chosen

    def _order(self, chosen: Flags, random: np.random.Generator) -> Integers:
        """The blocks, those that lose most likely first."""
        loss = np.where(np.isfinite(self.guide.loss), self.guide.loss, 0.0)[chosen]
        lost = np.bincount(self.of_airing[chosen], weights=loss, minlength=len(self.members))[self.blocks]
        odds = lost + max(1.0, float(lost.mean() if len(lost) else 0.0))
        return self.blocks[np.argsort(-np.log(random.random(len(odds))) / odds)]

    def _solve(self, number: int, chosen: Flags, budget: Budget) -> None:
        """Choose best in one block, in place."""
        mine = self.members[number]
        held = mine[chosen[mine]]
        some = mine[np.isfinite(self.guide.loss[mine])]
        if len(some) > MOST_AIRINGS:
            some = some[np.argpartition(self.guide.loss[some], MOST_AIRINGS)[:MOST_AIRINGS]]
        some = np.union1d(some, held)
        mip = BlockMip(self.formulation, self._left(number, chosen, held), some, self.rows.touched(some), self.reward)
        now = mip.worth(np.isin(some, held))
        nodes = budget.node_limit(NODES_A_SECOND, LONGEST)
        found = mip.solve(now, self.gap, seconds=budget.at_most(LONGEST).left(), nodes=nodes)
        budget.spend(found.work)
        if found.value > now:
            chosen[held] = False
            chosen[found.chosen] = True

    def _left(self, number: int, chosen: Flags, held: Integers) -> LinearRows:
        """The rows with what the other blocks leave of them; broad rows beyond the block give by their tolerance."""
        others = np.flatnonzero(chosen & (self.of_airing != number))
        used = np.asarray(self.airings[others].sum(axis=0), dtype=np.float64)
        now = used + self.airings[held].sum(axis=0)
        off = np.maximum(np.maximum(now - self.rows.upper, self.rows.lower - now), 0.0)
        give = np.where(self.priced, np.maximum(off, self.give), 0.0)
        return self.rows.left(used, give)
