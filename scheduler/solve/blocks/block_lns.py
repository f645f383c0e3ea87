"""Block LNS: each block of windows is solved as a whole program while all others stay fixed (block-coordinate search).

Coupling rows that reach beyond the block (parity between channels) are priced at the relaxation's duals and may be
violated by their tolerance. The repair of the whole choice then moves the other side of an agreement. All other rows
are residual rows and must hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import Reals, outside
from scheduler.rules import SOFT
from scheduler.solve.blocks.block_bound import inside_of
from scheduler.solve.blocks.block_mip import BlockMip
from scheduler.solve.relaxation.row_classes import tolerances

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Flags, Ints
    from scheduler.solve.context import Context
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.search.time_limit import Budget


class BlockLns:
    """Improver: rounds over the blocks of a timetable. After each round the timetable is repaired."""

    def __init__(self, context: Context, repair: Callable[[Flags], None], seed: int, block: Ints | None = None) -> None:
        """Prepare the blocks.

        Parameters
        ----------
        repair
            Repairs a choice, (n,), that may violate coupling rows, and offers the result.
        seed
            Seed of the order of blocks.
        block
            (w,) The block of every window; by default the context's.
        """
        self.search, self.repair = context.search, repair
        self.random = np.random.default_rng(seed)
        formulation, rows, reduced_costs = context.formulation, context.rows, context.reduced_costs
        block = context.block if block is None else block
        self.formulation, self.rows, self.reduced_costs = formulation, rows, reduced_costs
        self.params, self.nodes_per_second = context.params.block_lns, context.params.blocks.nodes_per_second
        self.airings = rows.by_airing
        self.of_airing = block[formulation.window]
        inside = inside_of(formulation, rows, block)
        self.priced: Flags = (inside < 0) & context.coupling & (rows.kind != SOFT)
        allowed = tolerances(formulation, reduced_costs, context.coupling, context.params.penalties)
        self.give = allowed * rows.step
        used = np.asarray(self.airings @ np.where(self.priced, reduced_costs.duals, 0.0), dtype=np.float64)
        self.reward: Reals = formulation.value - used[: formulation.airing_count]
        count = int(np.max(block, initial=-1)) + 1
        self.members = [np.flatnonzero(self.of_airing == number) for number in range(count)]
        worth = np.bincount(block, weights=reduced_costs.best, minlength=count)
        self.blocks = np.flatnonzero(worth > self.params.least_worth * worth.sum())
        self.gap = self.params.closeness * max(1.0, float(worth.sum()))

    def improve(self, end: Flags | None, budget: Budget) -> Flags | None:
        """Run rounds from the incumbent until a repaired round finds nothing better."""
        search = self.search
        while not budget.over() and search.best is not None:
            before = search.best
            chosen = before.point[: search.formulation.airing_count].astype(bool)
            changed = self.after_round(chosen)
            if np.array_equal(changed, chosen):
                break
            self.repair(changed)
            if search.best is before:
                break
        return None

    def after_round(self, chosen: Flags) -> Flags:
        """A choice after one round, which takes a share of the time left."""
        return self.round(chosen, self.search.budget.share(self.params.round_share))

    def round(self, chosen: Flags, budget: Budget) -> Flags:
        """Solve every block once within the budget, in an order sampled by regret. Returns the new choice."""
        chosen = chosen.copy()
        for number in self._order(chosen).tolist():
            if budget.over():
                break
            self._solve(number, chosen, budget)
        return chosen

    def _order(self, chosen: Flags) -> Ints:
        """The blocks in random order. Exponential keys with weight = regret: larger regret tends to come first."""
        regret = np.where(np.isfinite(self.reduced_costs.regret), self.reduced_costs.regret, 0.0)[chosen]
        of_block = np.bincount(self.of_airing[chosen], weights=regret, minlength=len(self.members))[self.blocks]
        weight = of_block + max(1.0, float(of_block.mean() if len(of_block) else 0.0))
        return self.blocks[np.argsort(-np.log(self.random.random(len(weight))) / weight)]

    def _solve(self, number: int, chosen: Flags, budget: Budget) -> None:
        """Solve one block and write its choice into `chosen`."""
        mine, most = self.members[number], self.params.most_airings
        regret = self.reduced_costs.regret
        held = mine[chosen[mine]]
        some = mine[np.isfinite(regret[mine])]
        if len(some) > most:
            some = some[np.argpartition(regret[some], most)[:most]]
        some = np.union1d(some, held)
        residual = self._residual(number, chosen, held)
        mip = BlockMip(self.formulation, residual, some, self.rows.touched(some), self.reward)
        now = mip.worth(np.isin(some, held))
        found = mip.solve(now, self.gap, budget.at_most(self.params.attempt), self.nodes_per_second)
        budget.spend_iterations(found.iterations)
        if found.value > now:
            chosen[held] = False
            chosen[found.chosen] = True

    def _residual(self, number: int, chosen: Flags, held: Ints) -> LinearRows:
        """The residual rows of a block.

        Priced rows may be violated by their tolerance, or by as much as now if that is more.
        """
        others = np.flatnonzero(chosen & (self.of_airing != number))
        used = np.asarray(self.airings[others].sum(axis=0), dtype=np.float64)
        now = used + self.airings[held].sum(axis=0)
        violation = outside(now, self.rows.lower, self.rows.upper)
        give = np.where(self.priced, np.maximum(violation, self.give), 0.0)
        return self.rows.left(used, give)
