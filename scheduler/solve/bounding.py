"""The steps that bound the value of a search: the relaxation, cuts, and blocks of windows solved exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scheduler import certify
from scheduler.arrays import Reals
from scheduler.solve.blocks.block_bound import Blocks, partition
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.lagrangian import Relaxation, float_error, hard_price, relax
from scheduler.solve.relaxation.master import Master
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.relaxation.reduced_costs import ReducedCosts
from scheduler.solve.relaxation.rounding_cuts import RoundingCuts, with_cuts
from scheduler.solve.relaxation.subgradient import Subgradient, subgradient
from scheduler.solve.search.duals import Duals

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Ints
    from scheduler.solve.params import SolveParams
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.relaxation.pricing import Patterns
    from scheduler.solve.relaxation.rounding_cuts import Cut
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.search.time_limit import Budget


@dataclass
class Bounding:
    """The bounds of one search: the relaxation, the relaxation with cuts, and blocks of windows."""

    search: Search
    pricer: Pricer
    master: Master
    params: SolveParams
    relaxation: Relaxation
    plain: Relaxation  # without cuts
    rows: LinearRows  # without cuts
    cuts: list[Cut]  # in the order of their duals, which follow those of the rows

    def __init__(self, search: Search, pricer: Pricer) -> None:
        self.search, self.pricer, self.params = search, pricer, search.settings.params
        self.rows, self.cuts = linear_rows(search.formulation), []
        self.master = Master(
            search.formulation,
            self.rows,
            hard_price(search.formulation, pricer, self.params.relaxation),
            self.params.relaxation,
        )

    @property
    def few_windows(self) -> bool:
        """Whether the windows are few enough to solve the master in time. Only then blocks are used."""
        return self.pricer.window_count <= self.params.bounding.most_windows

    def relax_plain(self) -> None:
        """Column generation from subgradient duals. With too many windows, the subgradient method alone."""
        search, master, budget = (
            self.search,
            self.master,
            self.search.budget.share(self.params.bounding.relaxation_share),
        )
        start = self._descend(budget)
        error = float_error(search.formulation, master.rows, self.pricer, start.duals)
        search.offer_bound(start.bound + error, "relaxation")
        if not self.few_windows:
            support, amounts = self._average(start.patterns)
            self.relaxation = Relaxation(start.bound, start.duals, support, amounts, 0, converged=False)
            self.plain = self.relaxation
            self._keep_duals()
            return
        for patterns in start.patterns:
            master.add(patterns, np.arange(self.pricer.window_count))
        master.activate(np.flatnonzero(start.duals != 0))
        self.relaxation = relax(master, self.pricer, self._offer("relaxation"), budget, start=start.duals)
        self.plain = self.relaxation
        self._keep_duals()

    def _keep_duals(self) -> None:
        """Keep the duals of the relaxation for the certificate."""
        found, count = self.relaxation, self.rows.count
        cuts = [certify.Cut(row=(cut.row,), weight=(cut.sign,), divisor=cut.divisor, multiplier=0) for cut in self.cuts]
        self.search.offer_duals(Duals(found.bound, found.duals[:count], cuts, (-found.duals[count:]).tolist()))

    def _descend(self, budget: Budget) -> Subgradient:
        """Run the subgradient method. With very many airings it first runs on a sample of them."""
        formulation, rows = self.search.formulation, self.master.rows
        params = self.params.subgradient
        by_windows = round(params.steps_per_window * self.pricer.window_count)
        steps, before = min(max(params.least_steps, by_windows), params.most_steps), None
        if formulation.airing_count > params.sample_above:
            some = formulation.only_airings(formulation.thinned(params.sample))
            before = subgradient(some, linear_rows(some), Pricer(some), budget, steps=steps, params=params)
            steps = params.full_steps
        return subgradient(formulation, rows, self.pricer, budget, steps=steps, after=before, params=params)

    def _average(self, patterns: list[Patterns]) -> tuple[Ints, Reals]:
        """The mean of the patterns of all subgradient steps. It approximates the relaxation's solution (Shor)."""
        amounts = np.zeros(self.search.formulation.matrix.shape[1])
        for each in patterns:
            amounts[each.airing] += 1 / len(patterns)
        support = np.flatnonzero(amounts)
        return support, amounts[support]

    def strengthen(self) -> None:
        """Add the Chvátal–Gomory cuts that the relaxation violates and solve it again, for some rounds."""
        search, budget = self.search, self.search.budget.share(self.params.bounding.cut_share)
        if not self.relaxation.converged:
            return
        source = RoundingCuts(search.formulation, self.master.rows, self.params.cuts)
        for _ in range(self.params.cuts.rounds):
            found = self.relaxation
            cuts = source.violated(found.support, found.amounts, search.formulation.locked)
            if not cuts or budget.over():
                return
            self.master.extend(with_cuts(self.master.rows, cuts))
            self.cuts += cuts
            # with zero duals on the cuts the bound stays valid, even if there is no time to solve again
            self.relaxation = replace(found, duals=np.concatenate([found.duals, np.zeros(len(cuts))]))
            start, offer = self.relaxation.duals, self._offer("strengthened")
            again = relax(self.master, self.pricer, offer, budget, start=start)
            if not again.rounds:
                return
            self.relaxation = again
            self._keep_duals()

    def strengthen_by_blocks(self, share: float) -> None:
        """Solve blocks of windows exactly at the duals: first small blocks, then large ones.

        The method ends early if a trial shows that small blocks lower the bound too little (`worthwhile`). If small
        blocks cannot be joined, they get the whole budget. If all large blocks are closed, blocks of twice the size
        follow, and so on.

        Parameters
        ----------
        share
            Share of the time left, 0 to 1.
        """
        whole, small, params = self.search.budget, self.small, self.params.bounding
        budget = whole.share(share)

        def strengthen_small(budget: Budget) -> None:
            self._solve(small, budget.at_most(params.attempt), params.small_closeness)

        trial, begun = whole.share(share * params.trial_share), whole.share(share * params.small_share)
        strengthen_small(trial)
        if small.whole - small.bound() < params.worthwhile * abs(small.whole):
            return
        strengthen_small(begun)
        most = self.params.blocks.large
        blocks = self._joined(small, most)
        if blocks is None:
            strengthen_small(budget)
            return
        closed = self._solve_longer(blocks, budget)
        while closed and most < self.pricer.window_count:
            most *= 2
            larger = self._joined(blocks, most)
            if larger is not None:
                trial = budget.within(whole.share(share * params.trial_share))
                closed = self._solve(larger, trial.at_most(params.attempt))
                blocks = larger

    def _joined(self, blocks: Blocks, most_windows: int) -> Blocks | None:
        """Blocks of up to `most_windows` windows, joined from smaller ones with their gains.

        None if none can be joined.
        """
        formulation, rows = self.search.formulation, self.master.rows
        joined = partition(formulation, rows, most_windows, blocks.block, self.params.blocks)
        if int(joined.max()) == int(blocks.block.max()):
            return None
        larger = Blocks(formulation, rows, self.pricer, joined, self.params.blocks)
        larger.set_duals(self.relaxation.duals, blocks, self.params.bounding.attempt)
        return larger

    def _solve_longer(self, blocks: Blocks, budget: Budget) -> bool:
        """Solve blocks with a limit per attempt that doubles. Returns whether all are closed."""
        longest = self.params.bounding.attempt
        while not (closed := self._solve(blocks, budget.at_most(longest))) and budget.left() > longest:
            longest *= 2
        return closed

    def _solve(self, blocks: Blocks, budget: Budget, closeness: float | None = None) -> bool:
        """Solve blocks within the budget. Returns whether all are closed."""
        closeness = self.params.bounding.large_closeness if closeness is None else closeness
        return blocks.strengthen(self._offer("blocks"), budget, closeness=closeness)

    @cached_property
    def small(self) -> Blocks:
        """The small blocks at the duals of the relaxation with cuts. Later calls reuse what was proven before."""
        small = Blocks(self.search.formulation, self.master.rows, self.pricer, params=self.params.blocks)
        small.set_duals(self.relaxation.duals)
        return small

    def reduced_costs(self) -> ReducedCosts:
        """Reduced costs at the plain relaxation's duals. Duals of cuts would price amounts that no rule asks for."""
        formulation, duals = self.search.formulation, self.plain.duals
        used = np.asarray(self.master.rows.by_airing[:, : len(duals)] @ duals, dtype=np.float64)
        reward = formulation.value - used[: formulation.airing_count]
        regret, best = self.pricer.regrets(reward)
        support = self.plain.support[self.plain.support < formulation.airing_count]
        steps = float(np.sum(formulation.window_end - formulation.window_start))
        won = float(self.search.bound or 0) - formulation.constant
        unit = max(1.0, won * float(formulation.steps.mean()) / max(1.0, steps))
        worth = self.pricer.best(np.maximum(formulation.value, 0).astype(np.float64))
        return ReducedCosts(
            duals, reward, regret, best, support, self._exchanged(), worth, unit, self.params.relaxation.regret_step
        )

    def _exchanged(self) -> Reals:
        """Per row, the larger of what the relaxation's airings add to it and what they take from it, (r,)."""
        some, amounts = self.search.formulation.matrix[:, self.plain.support], self.plain.amounts
        more, less = some.maximum(0) @ amounts, -(some.minimum(0) @ amounts)
        return np.asarray(np.maximum(more, less), dtype=np.float64)

    def _offer(self, source: str) -> Callable[[float], object]:
        return lambda bound: self.search.offer_bound(bound, source)
