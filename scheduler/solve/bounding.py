"""Everything that bounds a search: the relaxation, plain and with rounded rows, and blocks solved exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scheduler.solve.blocks.block_bound import LARGE_BLOCK, Blocks, partition
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.lagrangian import Relaxation, hard_price, relax, rounding
from scheduler.solve.relaxation.master import Master
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.relaxation.reduced_costs import Guide
from scheduler.solve.relaxation.rounding_cuts import Rounding, with_cuts
from scheduler.solve.relaxation.subgradient import Descent, descend

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.formulation import Integers
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.relaxation.pricing import Patterns
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search

Reals = npt.NDArray[np.float64]

BOUND_SHARE, TIGHTEN_SHARE = 0.25, 0.25
"""At most these shares of the time left go into the bound and into strengthening it."""

TRIAL_SHARE, SMALL_SHARE = 0.15, 0.5
"""At most these shares of the time for blocks go into small ones: before it is asked whether they gain anything, and
before large ones are tried."""

LONGEST = 10.0
"""Seconds of one attempt at a block: what branching on a large one gains beyond its cuts takes minutes. Twice as many,
and so on, where nothing else is left to try."""

SMALL_CLOSENESS, LARGE_CLOSENESS = 1e-4, 1e-5
"""Blocks are closed when all of them leave no more than this share of the bound open."""

WORTHWHILE = 5e-4
"""Blocks are gone on with where small ones have lowered the bound by this share: then windows are not alike."""

LEAST_STEPS, MOST_STEPS = 400, 1_000
"""Subgradient steps before column generation: three per window, but no fewer and no more."""

MOST_AIRINGS, SOME_AIRINGS, FULL_STEPS = 1_000_000, 400_000, 600
"""Of more airings the descent begins on some of them, whose steps are quick, and takes so many steps on all."""

MOST_WINDOWS = 1_500
"""The master of more windows is not solved in the time that a search has: on 2,184, in 200 s, not once."""

CUT_ROUNDS = 4
CLOSENESS = 2e-5
"""The bound has met the master when they differ by no more than this share."""


@dataclass
class Bounding:
    """The bounds of one search: the relaxation, plain and then with rounded rows, and blocks of windows."""

    search: Search
    pricer: Pricer
    master: Master
    relaxation: Relaxation
    plain: Relaxation  # without the rounded rows
    rows: LinearRows  # without the rounded rows

    def __init__(self, search: Search, pricer: Pricer) -> None:
        self.search, self.pricer = search, pricer
        self.rows = linear_rows(search.formulation)
        self.master = Master(search.formulation, self.rows, hard_price(search.formulation, pricer))

    @property
    def few_windows(self) -> bool:
        """Whether there is time to solve the master; only then are blocks bounded and polished."""
        return self.pricer.window_count <= MOST_WINDOWS

    def relax_plain(self) -> None:
        """Column generation from the duals of a subgradient descent; the descent alone where windows are too many."""
        search, master, budget = self.search, self.master, self.search.budget.share(BOUND_SHARE)
        start = self._descend(budget)
        error = rounding(search.formulation, master.rows, self.pricer, start.duals)
        search.offer_bound(start.bound + error, "relaxation")
        if not self.few_windows:
            support, amounts = self._average(start.patterns)
            self.relaxation = Relaxation(start.bound, start.duals, support, amounts, 0, converged=False)
            self.plain = self.relaxation
            return
        for patterns in start.patterns:
            master.add(patterns, np.arange(self.pricer.window_count))
        master.activate(np.flatnonzero(start.duals != 0))
        self.relaxation = relax(
            master, self.pricer, self._offer("relaxation"), budget, start=start.duals, closeness=CLOSENESS
        )
        self.plain = self.relaxation

    def _descend(self, budget: Budget) -> Descent:
        """A subgradient descent; of very many airings first on some of them, whose duals are near and quick to have."""
        formulation, rows = self.search.formulation, self.master.rows
        steps, before = min(max(LEAST_STEPS, 3 * self.pricer.window_count), MOST_STEPS), None
        if formulation.airing_count > MOST_AIRINGS:
            some = formulation.only_airings(formulation.thinned(SOME_AIRINGS))
            before = descend(some, linear_rows(some), Pricer(some), budget, steps=steps)
            steps = FULL_STEPS
        return descend(formulation, rows, self.pricer, budget, steps=steps, after=before)

    def _average(self, patterns: list[Patterns]) -> tuple[Integers, Reals]:
        """The mean of the patterns that a descent has met: near the relaxation's solution (Shor's average)."""
        amounts = np.zeros(self.search.formulation.matrix.shape[1])
        for each in patterns:
            amounts[each.airing] += 1 / len(patterns)
        support = np.flatnonzero(amounts)
        return support, amounts[support]

    def strengthen(self) -> None:
        """Add the rounded rows that the relaxation violates and solve it again, a few times."""
        search, budget = self.search, self.search.budget.share(TIGHTEN_SHARE)
        if not self.relaxation.converged:
            return
        source = Rounding(search.formulation, self.master.rows)
        for _ in range(CUT_ROUNDS):
            found = self.relaxation
            cuts = source.violated(found.support, found.amounts, search.formulation.locked)
            if not cuts or budget.over():
                return
            self.master.extend(with_cuts(self.master.rows, cuts))
            # with no price on the new rows it is as good a bound; without time for more that is what remains
            self.relaxation = replace(found, duals=np.concatenate([found.duals, np.zeros(len(cuts))]))
            start, offer = self.relaxation.duals, self._offer("strengthened")
            again = relax(self.master, self.pricer, offer, budget, start=start, closeness=CLOSENESS)
            if not again.rounds:
                return
            self.relaxation = again

    def strengthen_by_blocks(self, share: float) -> None:
        """Solve blocks of windows exactly at the duals, small ones, then large ones of those, for a share of the time.

        Where small ones gain next to nothing that is all; where they cannot be joined they have all of the time. Where
        all large ones are closed, twice as large ones are tried, and so on.
        """
        whole, small = self.search.budget, self.small
        budget = whole.share(share)

        def strengthen_small(budget: Budget) -> None:
            self._solve(small, budget.at_most(LONGEST), SMALL_CLOSENESS)

        trial, begun = whole.share(share * TRIAL_SHARE), whole.share(share * SMALL_SHARE)
        strengthen_small(trial)
        if small.whole - small.bound() < WORTHWHILE * abs(small.whole):
            return
        strengthen_small(begun)
        most = LARGE_BLOCK
        blocks = self._joined(small, most)
        if blocks is None:
            strengthen_small(budget)
            return
        closed = self._solve_longer(blocks, budget)
        while closed and most < self.pricer.window_count:
            most *= 2
            larger = self._joined(blocks, most)
            if larger is not None:
                closed = self._solve(larger, budget.within(whole.share(share * TRIAL_SHARE)).at_most(LONGEST))
                blocks = larger

    def _joined(self, blocks: Blocks, most_windows: int) -> Blocks | None:
        """Blocks of up to so many windows made of smaller ones, with what those have gained; None where none join."""
        formulation, rows = self.search.formulation, self.master.rows
        joined = partition(formulation, rows, most_windows, blocks.block)
        if int(joined.max()) == int(blocks.block.max()):
            return None
        larger = Blocks(formulation, rows, self.pricer, joined)
        larger.price_at(self.relaxation.duals, blocks, LONGEST)
        return larger

    def _solve_longer(self, blocks: Blocks, budget: Budget) -> bool:
        """Solve blocks, in ever longer attempts while some are open and time remains; whether all are closed."""
        longest = LONGEST
        while not (closed := self._solve(blocks, budget.at_most(longest))) and budget.left() > longest:
            longest *= 2
        return closed

    def _solve(self, blocks: Blocks, budget: Budget, closeness: float = LARGE_CLOSENESS) -> bool:
        """Solve blocks as far as the budget goes; whether all are closed."""
        return blocks.strengthen(self._offer("blocks"), budget, closeness=closeness)

    @cached_property
    def small(self) -> Blocks:
        """The small blocks, priced at the duals of the strengthened relaxation; what is known of them grows."""
        small = Blocks(self.search.formulation, self.master.rows, self.pricer)
        small.price_at(self.relaxation.duals)
        return small

    def guide(self) -> Guide:
        """What the plain relaxation says of rows, airings and windows.

        Duals of rounded rows would count what they ask for beyond what is asked.
        """
        formulation, duals = self.search.formulation, self.plain.duals
        used = np.asarray(self.master.rows.by_airing[:, : len(duals)] @ duals, dtype=np.float64)
        reward = formulation.value - used[: formulation.airing_count]
        loss, top = self.pricer.losses(reward)
        support = self.plain.support[self.plain.support < formulation.airing_count]
        steps = float(np.sum(formulation.window_end - formulation.window_start))
        won = float(self.search.bound or 0) - formulation.constant
        unit = max(1.0, won * float(formulation.steps.mean()) / max(1.0, steps))
        worth = self.pricer.best(np.maximum(formulation.value, 0).astype(np.float64))
        return Guide(duals, reward, loss, top, support, self._exchanged(), worth, unit)

    def _exchanged(self) -> Reals:
        """What the plain relaxation's airings add to each of the formulation's rows or take from it, (r,)."""
        some, amounts = self.search.formulation.matrix[:, self.plain.support], self.plain.amounts
        more, less = some.maximum(0) @ amounts, -(some.minimum(0) @ amounts)
        return np.asarray(np.maximum(more, less), dtype=np.float64)

    def _offer(self, source: str) -> Callable[[float], object]:
        return lambda bound: self.search.offer_bound(bound, source)
