"""Re-time timetables: what each channel carries, and how often, is taken from them; when it is shown is chosen anew.

What a channel carries settles most rows (minutes, runs, shares) and few of the viewers; when it is shown settles the
viewers, and the parity of audiences across all channels at once. With the counts held the relaxation is within a few
tenths of a per cent of the best timetable, where it is some per cent off without. So it can be told in a few
seconds, before any time of day is settled, whether what another timetable carries would make a better one, channel by
channel: a cycle of annealing that ended below the best often carries more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scheduler.solve.blocks.block_mip import FINDING
from scheduler.solve.blocks.fixed_counts_mip import CarriageMip, Counts

if TYPE_CHECKING:
    from scheduler.formulation import Flags, Integers
    from scheduler.solve.blocks.block_mip import BlockOutcome
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search, Solution

Reals = npt.NDArray[np.float64]

MIX_LIMIT, TIME_LIMIT = 5.0, 10.0
"""Seconds to choose what is carried, and to choose times."""

STEP_LIMIT, IN_VAIN = 2.0, 12
"""Seconds to choose the times in a few windows, and after how many such steps without gain there is no other."""

WINDOWS, GROW, SHRINK = 30.0, 1.05, 0.85
"""So many windows are drawn at first; more of them after a step that ended in half its time, fewer after one that did
not end."""

RELAXED_WORK = 0.3
"""Counted work of a relaxation."""

NODES_A_SECOND = 3
"""Branchings that stand for a second where work is counted: most of the time goes by before the first of them."""

RETIMED_WINDOWS = 250
"""Of more windows the programs are not solved in their time."""

PROMISE = 2e-4
"""Times are chosen for a mixture worth more than all times of the best by this share of its value, in fractions of
airings; what mixtures differ by less does not matter."""

CLOSENESS = 3e-4
"""Times are chosen when no more than this share of the value is open: to close the rest takes most of the time."""

STEP_CLOSENESS, LEAST_GAIN = 5e-5, 5e-6
"""Where times are chosen in a few windows, what may be open, and what must be gained, as shares of the value."""

REACH = 1.6e-3
"""Times are first sought that are worth less than fractions of airings by no more than this share of the value: with so
high a floor HiGHS finds some where it finds none above a best timetable that is far below."""


class Retiming:
    """What the channels carry in timetables, put together and timed anew, among `likely` airings."""

    def __init__(self, search: Search, rows: LinearRows, likely: Flags, block: Integers, seed: int) -> None:
        """`rows` are the formulation's own, without rounded rows; `block` is the block of every window, (w,)."""
        formulation = search.formulation
        self.search, self.rows, self.likely = search, rows, likely
        self.value: Reals = formulation.value.astype(np.float64)
        # a carriage of one block is counted by itself
        owner = block[formulation.window]
        span = int(np.max(formulation.carriage, initial=0)) + 1
        each, self.kind = np.unique(owner * span + formulation.carriage, return_inverse=True)
        self.group: Integers = each // span
        self.sought: Solution | None = None  # the best timetable whose own times were chosen last
        self.seed, self.turns, self.windows = seed, 0, WINDOWS

    def run(self, ended: Flags) -> bool:
        """Better the best timetable by what another one carries, or choose the times of the best anew.

        Its own times are sought where no mixture promises more, once. Says whether a better one was found.
        """
        search, best = self.search, self.search.best
        if search.finished() or best is None or not search.keeps_hard_rows():
            return False
        chosen = best.point[: len(ended)].astype(bool)
        one, other = self._count(chosen), self._count(ended)
        candidates = self.likely | chosen | ended
        mixed = None if np.array_equal(one, other) else self._mixed(best, candidates, one, other)
        if mixed is None or np.array_equal(mixed, one):
            if self.sought is best:
                return False
            self.sought, mixed = best, one
        found = self._timed(best, candidates, mixed)
        if found:
            self.sought = search.best
        return found

    def adjust(self, budget: Budget) -> None:
        """Better the times of the best timetable, those of a few windows at a time, until that gains nothing more.

        Nothing is done while a hard row is missed.
        """
        search, in_vain = self.search, 0
        self.turns += 1
        random = np.random.default_rng((self.seed, self.turns))  # of its own, for several workers re-time
        while in_vain < IN_VAIN and not budget.over():
            best = search.best
            if best is None or not search.keeps_hard_rows():
                return
            drawn = self._drawn(random)
            found = self._step(best, drawn)
            if len(found.chosen) and search.offer_part(drawn, found.chosen):
                self.sought, in_vain = search.best, 0
            elif found.ended and drawn.all():
                return
            else:
                in_vain += 1

    def _mixed(self, best: Solution, candidates: Flags, one: Integers, other: Integers) -> Integers | None:
        """What to carry, of each kind; None where no mixture promises to be better."""
        ceiling, _ = self._relaxed(best, candidates, one)
        if not np.isfinite(ceiling):
            return None
        mip, carried, elsewhere = self._program(best, candidates, one, other)
        floor = max(best.value, ceiling) + PROMISE * abs(best.value) - elsewhere
        budget = self.search.budget.at_most(MIX_LIMIT)
        nodes = budget.node_limit(NODES_A_SECOND)
        found = mip.mixed(floor, PROMISE * abs(best.value), seconds=budget.left(), nodes=nodes)
        budget.spend(found.work)
        if found.count is None:
            return None
        count = np.zeros(len(self.group), dtype=np.int64)
        count[carried] = found.count
        return count

    def _relaxed(self, best: Solution, candidates: Flags, count: Integers) -> tuple[float, Reals]:
        """What fractions of airings are worth where the counts are held, and what each airing loses there, (n,).

        Infinite if time is short.
        """
        budget = self.search.budget
        mip, _, elsewhere = self._program(best, candidates, count, count)
        budget.spend(RELAXED_WORK)
        worth, loss = mip.relaxed(np.inf if budget.counted else budget.left())
        of_all = np.zeros(len(candidates))
        of_all[mip.airings] = loss
        return worth + elsewhere, of_all

    def _timed(self, best: Solution, candidates: Flags, count: Integers) -> bool:
        """Choose the times of what is carried, and offer the timetable.

        They are sought near what fractions of airings are worth, among the airings that lose no more; above the best
        timetable only where there are none so near.
        """
        budget = self.search.budget.first(TIME_LIMIT)
        ceiling, loss = self._relaxed(best, candidates, count)
        if not np.isfinite(ceiling):
            return False

        def above(floor: float) -> BlockOutcome:
            mip, _, elsewhere = self._program(best, candidates & (loss <= ceiling - floor), count, count)
            gap, nodes = CLOSENESS * abs(best.value), budget.node_limit(NODES_A_SECOND)
            found = mip.solve(floor - elsewhere, gap, seconds=budget.left(), nodes=nodes, options=FINDING)
            budget.spend(found.work)
            return found

        near = ceiling - REACH * abs(best.value)
        found = above(max(near, best.value))
        if self._offered(found):
            return True
        return near > best.value and found.ended and self._offered(above(best.value))

    def _offered(self, found: BlockOutcome) -> bool:
        """Offer what was found for all windows, if anything; whether it is better."""
        chosen = np.zeros(self.search.formulation.airing_count, dtype=bool)
        chosen[found.chosen] = True
        return len(found.chosen) > 0 and self.search.try_offer(chosen)

    def _drawn(self, random: np.random.Generator) -> Flags:
        """The airings of some windows drawn at random, (n,)."""
        window, count = self.search.formulation.window, len(self.search.formulation.window_start)
        some = random.choice(count, size=min(count, round(self.windows)), replace=False)
        return np.isin(window, some)

    def _step(self, best: Solution, drawn: Flags) -> BlockOutcome:
        """The best times of what each channel carries in the windows of the `drawn` airings, while all else stays."""
        search, worth = self.search, abs(best.value)
        chosen = best.point[: len(drawn)].astype(bool)
        count = self._count(chosen & drawn)
        mip, _, elsewhere = self._program(best, (self.likely | chosen) & drawn, count, count, chosen & ~drawn)
        budget = search.budget.at_most(STEP_LIMIT)
        floor, gap = best.value + LEAST_GAIN * worth - elsewhere, STEP_CLOSENESS * worth
        nodes = budget.node_limit(NODES_A_SECOND)
        found = mip.solve(floor, gap, seconds=budget.left(), nodes=nodes, options=FINDING)
        budget.spend(found.work)
        if not found.ended:
            self.windows *= SHRINK
        elif found.work < STEP_LIMIT / 2:
            self.windows *= GROW
        return found

    def _count(self, chosen: Flags) -> Integers:
        """How many airings of each kind are chosen, (k,)."""
        return np.bincount(self.kind[chosen], minlength=len(self.group))

    def _program(
        self, best: Solution, candidates: Flags, one: Integers, other: Integers, kept: Flags | None = None
    ) -> tuple[CarriageMip, Integers, float]:
        """The program over candidates that either carries, its kinds, and what a timetable is worth beyond it.

        The rules' own columns stay as they are in the best timetable, and so do the `kept` airings, (n,).
        """
        formulation = self.search.formulation
        n, most = formulation.airing_count, np.maximum(one, other)
        some = np.flatnonzero(candidates & (most[self.kind] > 0))
        carried, kind = np.unique(self.kind[some], return_inverse=True)
        fixed = best.point.copy()
        fixed[:n] = 0 if kept is None else kept
        rows = self.rows.beside(fixed)
        counts = Counts(kind, self.group[carried], one[carried], other[carried])
        mip = CarriageMip(formulation, rows, some, self.value, counts)
        misses = formulation.misses(fixed)
        misses[mip.inside] = 0
        return mip, carried, formulation.audience(fixed) - formulation.penalty(misses)
