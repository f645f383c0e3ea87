"""Fix-and-optimise with fixed counts: the number of airings of each content per channel stays, times are chosen again.

The counts determine most row activities (minutes, runs, shares) but little of the audience. The start times determine
the audience, and with it the parity of audiences over all channels. With fixed counts the relaxation is within a few
tenths of a per cent of the best timetable; without them it is a few per cent off. So a program of a few seconds can
decide whether the counts of another timetable improve the incumbent in some blocks. A cycle of annealing that ends
below the incumbent often has better counts in some block.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import Reals
from scheduler.solve.blocks.block_mip import FINDING
from scheduler.solve.blocks.fixed_counts_mip import Counts, FixedCountMip

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.solve.blocks.block_mip import BlockOutcome
    from scheduler.solve.context import Context
    from scheduler.solve.search.incumbent import Solution
    from scheduler.solve.search.time_limit import Budget


class FixedCounts:
    """Programs over start times with fixed counts. Two workers may share it. `_lock` guards the state that both change.

    A *kind* is one content on one channel within one block of windows; a *group* is a block.
    """

    def __init__(self, context: Context, candidates: Flags | None = None, block: Ints | None = None) -> None:
        """Number the kinds.

        Parameters
        ----------
        candidates
            (n,) Airings that may be chosen. By default the context's candidate list.
        block
            (w,) The block of every window. By default the context's.
        """
        formulation, self.search, self.rows = context.formulation, context.search, context.rows
        self.candidates = context.candidates if candidates is None else candidates
        self.value: Reals = formulation.value.astype(np.float64)
        owner = (context.block if block is None else block)[formulation.window]
        span = int(np.max(formulation.carriage, initial=0)) + 1
        each, self.kind = np.unique(owner * span + formulation.carriage, return_inverse=True)
        self.group: Ints = each // span
        self.params, self.seed = context.params.fixed_counts, context.seed
        self._lock = threading.Lock()
        self._timed: Solution | None = None  # the incumbent whose own times were chosen last
        self._turns, self._windows = 0, self.params.windows

    def merge(self, ended: Flags) -> bool:
        """Improve the incumbent by the counts of another choice, (n,), or by other times for its own counts.

        Each block takes the counts of either choice, then all times are chosen. If no merged counts have a better
        relaxation, the times for the incumbent's own counts are chosen, once per incumbent. Returns whether a better
        timetable was found.
        """
        search, best = self.search, self.search.best
        if search.finished() or best is None or not search.keeps_hard_rows():
            return False
        chosen = best.point[: len(ended)].astype(bool)
        one, other = self._count(chosen), self._count(ended)
        candidates = self.candidates | chosen | ended
        merged = None if np.array_equal(one, other) else self._merged(best, candidates, one, other)
        if merged is None or np.array_equal(merged, one):
            with self._lock:
                if self._timed is best:
                    return False
                self._timed = best
            merged = one
        found = self._choose_times(best, candidates, merged)
        if found:
            self._note_timed()
        return found

    def improve_times(self, budget: Budget) -> None:
        """Choose the times in some sampled windows of the incumbent, and repeat until nothing more is gained.

        Does nothing while a hard row is missed.
        """
        search, in_vain = self.search, 0
        with self._lock:
            self._turns += 1
            turn = self._turns
        random = np.random.default_rng((self.seed, turn))  # two workers may run this at once
        while in_vain < self.params.steps_in_vain and not budget.over():
            best = search.best
            if best is None or not search.keeps_hard_rows():
                return
            sampled = self._sampled(random)
            found = self._step(best, sampled)
            if len(found.chosen) and search.offer_part(sampled, found.chosen):
                self._note_timed()
                in_vain = 0
            elif found.ended and sampled.all():
                return
            else:
                in_vain += 1

    def _note_timed(self) -> None:
        with self._lock:
            self._timed = self.search.best

    def _merged(self, best: Solution, candidates: Flags, one: Ints, other: Ints) -> Ints | None:
        """The merged counts, (k,). None if no merged counts have a better relaxation."""
        ceiling, _ = self._relaxation(best, candidates, one)
        if not np.isfinite(ceiling):
            return None
        mip, counted, elsewhere = self._program(best, candidates, one, other)
        floor = max(best.value, ceiling) + self.params.least_promise * abs(best.value) - elsewhere
        budget = self.search.budget.at_most(self.params.merge_seconds)
        found = mip.merged(floor, self.params.least_promise * abs(best.value), budget, self.params.nodes_per_second)
        budget.spend_iterations(found.iterations)
        if found.count is None:
            return None
        count = np.zeros(len(self.group), dtype=np.int64)
        count[counted] = found.count
        return count

    def _relaxation(self, best: Solution, candidates: Flags, count: Ints) -> tuple[float, Reals]:
        """The value of the relaxation with these counts, and the regret of each airing there, (n,).

        The value is infinite if time is short.
        """
        budget = self.search.budget
        mip, _, elsewhere = self._program(best, candidates, count, count)
        budget.spend(self.params.relaxation_work)
        worth, loss = mip.relaxation_at(budget)
        of_all = np.zeros(len(candidates))
        of_all[mip.airings] = loss
        return worth + elsewhere, of_all

    def _choose_times(self, best: Solution, candidates: Flags, count: Ints) -> bool:
        """Choose all times for given counts and offer the timetable.

        The first search has a floor a little below the relaxation's value and uses only airings of at most this regret.
        Only if it finds nothing, a second one searches above the incumbent.
        """
        budget = self.search.budget.first(self.params.time_seconds)
        ceiling, loss = self._relaxation(best, candidates, count)
        if not np.isfinite(ceiling):
            return False

        def above(floor: float) -> BlockOutcome:
            mip, _, elsewhere = self._program(best, candidates & (loss <= ceiling - floor), count, count)
            gap = self.params.closeness * abs(best.value)
            found = mip.solve(floor - elsewhere, gap, budget, self.params.nodes_per_second, FINDING)
            budget.spend_iterations(found.iterations)
            return found

        near = ceiling - self.params.reach * abs(best.value)
        found = above(max(near, best.value))
        if self._offered(found):
            return True
        return near > best.value and found.ended and self._offered(above(best.value))

    def _offered(self, found: BlockOutcome) -> bool:
        """Offer the choice found for all windows, if there is one. Returns whether it is better."""
        chosen = np.zeros(self.search.formulation.airing_count, dtype=bool)
        chosen[found.chosen] = True
        return len(found.chosen) > 0 and self.search.try_offer(chosen)

    def _sampled(self, random: np.random.Generator) -> Flags:
        """The airings of some windows, sampled at random, (n,)."""
        window, count = self.search.formulation.window, len(self.search.formulation.window_start)
        with self._lock:
            windows = self._windows
        some = random.choice(count, size=min(count, round(windows)), replace=False)
        return np.isin(window, some)

    def _step(self, best: Solution, sampled: Flags) -> BlockOutcome:
        """The best times for the present counts in the windows of the `sampled` airings, while all else stays fixed."""
        search, worth = self.search, abs(best.value)
        chosen = best.point[: len(sampled)].astype(bool)
        count = self._count(chosen & sampled)
        mip, _, elsewhere = self._program(best, (self.candidates | chosen) & sampled, count, count, chosen & ~sampled)
        budget = search.budget.at_most(self.params.step_seconds)
        floor, gap = best.value + self.params.least_gain * worth - elsewhere, self.params.step_closeness * worth
        found = mip.solve(floor, gap, budget, self.params.nodes_per_second, FINDING)
        work = budget.spend_iterations(found.iterations)
        with self._lock:
            if not found.ended:
                self._windows *= self.params.shrink
            elif work < self.params.step_seconds / 2:
                self._windows *= self.params.grow
        return found

    def _count(self, chosen: Flags) -> Ints:
        """The number of chosen airings of each kind, (k,)."""
        return np.bincount(self.kind[chosen], minlength=len(self.group))

    def _program(
        self, best: Solution, candidates: Flags, one: Ints, other: Ints, kept: Flags | None = None
    ) -> tuple[FixedCountMip, Ints, float]:
        """The program over candidates of the kinds in either choice, these kinds, and the value outside the program.

        The rules' auxiliary variables and the `kept` airings, (n,), stay as they are in the incumbent.
        """
        formulation = self.search.formulation
        n, most = formulation.airing_count, np.maximum(one, other)
        some = np.flatnonzero(candidates & (most[self.kind] > 0))
        counted, kind = np.unique(self.kind[some], return_inverse=True)
        fixed = best.point.copy()
        fixed[:n] = 0 if kept is None else kept
        rows = self.rows.residual(fixed)
        counts = Counts(kind, self.group[counted], one[counted], other[counted])
        mip = FixedCountMip(formulation, rows, some, self.value, counts)
        misses = formulation.misses(fixed)
        misses[mip.inside] = 0
        return mip, counted, formulation.audience(fixed) - formulation.penalty(misses)


class MergeCounts:
    """Improver: merges the counts of the last improver's end into the incumbent, block by block."""

    def __init__(self, fixed: FixedCounts) -> None:
        self.fixed = fixed

    def improve(self, end: Flags | None, budget: Budget) -> Flags | None:
        """Merge the counts of `end` into the incumbent, within the limits of the two programs."""
        if end is not None:
            self.fixed.merge(end)
        return None


class ImproveTimes:
    """Improver: chooses the times in some windows of the incumbent."""

    def __init__(self, fixed: FixedCounts) -> None:
        self.fixed = fixed

    def improve(self, end: Flags | None, budget: Budget) -> Flags | None:
        """Choose times until nothing more is gained."""
        self.fixed.improve_times(budget)
        return None
