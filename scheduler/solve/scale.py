"""The strategy for large instances: greedy start, bound, rounding, then annealing, re-timing and neighbourhoods."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.annealing.simulated_annealing import Annealing
from scheduler.solve.blocks.block_bound import partition
from scheduler.solve.blocks.block_lns_rounds import Polishing
from scheduler.solve.blocks.block_reoptimise import BlockSearch
from scheduler.solve.blocks.fixed_counts_search import RETIMED_WINDOWS, Retiming
from scheduler.solve.bounding import Bounding
from scheduler.solve.cp_sat.exact import exact
from scheduler.solve.cp_sat.large_neighbourhood import Improvement
from scheduler.solve.greedy import greedy, greedy_choice
from scheduler.solve.relaxation.pricing import Pricer

if TYPE_CHECKING:
    from scheduler.formulation import Flags, Formulation
    from scheduler.solve.relaxation.lagrangian import Relaxation
    from scheduler.solve.relaxation.reduced_costs import Guide
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search

BLOCK_SHARE = 0.5
"""At most this share of the time left goes into bounds of blocks, on one of several workers."""

BLOCK_SEARCH_SHARE = 0.5
"""At most this share of the time left goes into blocks chosen anew before the next cycle of annealing."""

POLISH_SHARE = 0.5
"""At most this share of the time left goes into polishing before the next cycle of annealing."""

LAST = 10.0
"""In the last seconds a cycle and what is made of its end would not be done: the worker that anneals first re-times the
best too, a few windows at a time."""

TURN_SHARE = 0.1
"""At most this share of the time left goes into a turn of neighbourhoods where one worker does all."""


def scale(search: Search) -> None:
    """Greedy, bound, strengthen, round, improve; the best timetable and the best bound so far are always kept."""
    greedy(search)
    if search.finished():
        return
    formulation, pricer = search.formulation, Pricer(search.formulation)
    bounding = Bounding(search, pricer)
    with search.stage("bound"):
        bounding.relax_plain()
    with search.stage("strengthen"):
        bounding.strengthen()
    if search.finished():
        return
    if len(bounding.relaxation.support):
        with search.stage("round"):
            search.try_offer(rounded(formulation, bounding.relaxation))
    if search.best is None:
        exact(search)
        return
    with search.stage("improve"):
        improve(search, bounding)


@dataclass(frozen=True, slots=True)
class _Worker:
    """What one worker improves the best timetable with.

    `retiming` and `block_search` are None where windows are too many for them, the latter also on a second worker.
    """

    search: Search
    bounding: Bounding
    annealing: Annealing
    polishing: Polishing
    retiming: Retiming | None
    block_search: BlockSearch | None
    improvement: Improvement

    @classmethod
    def first(cls, search: Search, bounding: Bounding, guide: Guide) -> _Worker:
        """The worker that anneals first."""
        formulation, rows, seed = search.formulation, bounding.rows, search.settings.seed
        annealing = Annealing(search, guide, seed)
        polishing = Polishing(search, bounding, annealing, seed + 1)
        improvement = Improvement(search, guide, annealing.by_column, seed)
        fits = len(formulation.window_start) <= RETIMED_WINDOWS
        retiming = Retiming(search, rows, annealing.likely, partition(formulation, rows), seed) if fits else None
        block_search = BlockSearch(search, rows, bounding.small, seed) if fits else None
        return cls(search, bounding, annealing, polishing, retiming, block_search, improvement)

    def second(self) -> _Worker:
        """Another one over the same search, that draws by other seeds and leaves blocks to the first."""
        seed = self.search.settings.seed
        polishing = Polishing(self.search, self.bounding, self.annealing, seed + 2)
        return replace(self, annealing=self.annealing.beside(seed + 3), polishing=polishing, block_search=None)

    def afresh(self) -> _Worker:
        """The same before its first, hot and long cycle, where ends of cycles are put together by re-timing."""
        if self.retiming is None:
            return self
        return replace(self, annealing=self.annealing.beside(self.search.settings.seed + 4))

    def cycle(self) -> bool:
        """Anneal once, put what the channels carry at its end into the best, and choose blocks of that anew.

        False where there is no choice.
        """
        polishes = self.bounding.few_windows and self.retiming is None
        if not self.annealing.cycle(self.polishing.polished if polishes else None):
            return False
        ended = self.annealing.ended()
        if ended is not None and self.retiming is not None:
            self.retiming.run(ended)
        if self.block_search is not None:
            self.block_search.run(self.search.budget.share(BLOCK_SEARCH_SHARE))
        return True

    def adjust(self, budget: Budget) -> None:
        """Re-time the best a few windows at a time, where anything is re-timed."""
        if self.retiming is not None:
            self.retiming.adjust(budget)

    def turn(self, polish_share: float, *, alone: bool) -> None:
        """What follows a cycle: re-timing a few windows, else polishing, and neighbourhoods where they reach further.

        Nothing is re-timed where windows are too many and while a hard row is missed.
        A worker that is `alone` always turns to neighbourhoods too: nobody else's ends lead it out of its valley.
        """
        few = self.bounding.few_windows
        retimes = self.retiming is not None and self.search.keeps_hard_rows()
        self.adjust(self.search.budget.share(polish_share))
        if few and not retimes:
            self.polishing.run(self.search.budget.share(polish_share))
        further = not retimes or len(self.search.formulation.column_upper) > 0
        if alone or (few and further):
            self.improvement.run(self.search.budget.share(TURN_SHARE))


def improve(search: Search, bounding: Bounding) -> None:
    """Annealing on one worker; on another the bounds of blocks, then annealing and neighbourhoods.

    A cycle's end is put into the best timetable by re-timing where windows are few enough, and the blocks of that are
    chosen anew, else by polishing; where a round would polish few of them, both workers only anneal. In the last
    seconds the best is re-timed, a few windows at a time. A single worker takes turns. Neighbourhoods also move what
    annealing leaves alone: the rules' own columns. A short cycle on the second worker comes first, so that something
    better than greedy, and that keeps hard rows, is there soon; where ends are re-timed a long one of its own follows
    the bounds, from another start of the same heat. Where next to nothing is gained any more they begin again from hot.
    """
    worker, few = _Worker.first(search, bounding, bounding.guide()), bounding.few_windows
    if search.settings.deterministic or search.settings.workers == 1:
        if few:
            bounding.strengthen_by_blocks(BLOCK_SHARE / 2)
        while not search.finished():
            worker.cycle()
            worker.turn(TURN_SHARE, alone=True)
        return

    other = worker.second()

    def ahead() -> None:
        while not search.finished() and worker.cycle():
            if search.budget.left() < LAST:
                worker.adjust(search.budget)

    def beside() -> None:
        other.annealing.cycle(short=True)
        if few:
            bounding.strengthen_by_blocks(BLOCK_SHARE)
        fresh = other.afresh()
        while not search.finished():
            if not fresh.cycle():
                return
            fresh.turn(POLISH_SHARE, alone=False)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(ahead), pool.submit(beside)]:
            future.result()


def rounded(formulation: Formulation, relaxation: Relaxation) -> Flags:
    """The relaxation's airings, the surest first, as far as they fit; then what else gains."""
    airings = relaxation.support < formulation.airing_count
    support, amounts = relaxation.support[airings], relaxation.amounts[airings]
    return greedy_choice(formulation, support[np.argsort(-amounts, kind="stable")])
