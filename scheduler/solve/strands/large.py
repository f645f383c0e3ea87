"""The method for large programs: a first-order relaxation, annealing, then local search and merging."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.strands.annealing import StrandAnnealing
from scheduler.solve.strands.draft import Draft
from scheduler.solve.strands.first_order import FirstOrder, losses
from scheduler.solve.strands.local_search import LocalSearch
from scheduler.solve.strands.merging import Merging
from scheduler.solve.strands.relaxation import RelaxedColumns, duals_of, lagrangian_bound

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Reals
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.program import StrandProgram


class LargeProgram:
    """The search in a large program.

    `begin` finds the first instalment of the relaxation and, with a few cycles of annealing, a first timetable.
    `improve` finds the second instalment and takes the rest of the time.

    Attributes
    ----------
    relaxed, lost
        The best relaxation so far, and the losses of the columns, (c,), at its duals.
    draft, merging
        The best columns that may miss hard rows, and the annealed timetables.
    """

    relaxed: RelaxedColumns
    lost: Reals
    draft: Draft
    merging: Merging

    def __init__(
        self,
        search: Search,
        program: StrandProgram,
        workers: int,
        *,
        start: RelaxedColumns | None = None,
        wait: Callable[[], object] | None = None,
    ) -> None:
        """Begin nothing yet.

        Parameters
        ----------
        start
            An earlier relaxation from which this one begins.
        wait
            Called by the last worker before it anneals. It returns when the worker has no other work. Until then the
            relaxation has one thread less.
        """
        self.search, self.program, self.workers, self.wait = search, program, workers, wait
        self.params, work = search.settings.params.strands, search.settings.params.work
        threads = workers if wait is None else max(1, workers - 1)
        self.pool = ThreadPoolExecutor(max_workers=workers)
        self.relaxation = FirstOrder(
            program,
            first_order_params(search),
            self.pool,
            threads=threads,
            work=work,
            start=start,
            cuts=search.sample_of is None,
        )

    def __enter__(self) -> LargeProgram:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown()

    def begin(self, seconds: float) -> None:
        """Spend some seconds on the relaxation. If no timetable keeps all hard rows, every worker anneals after that.

        The first cycle is short; if it finds none, a whole one follows.
        """
        search, of_annealing = self.search, self.search.settings.params.strand_annealing
        self._approach(seconds)
        self.draft = Draft(self.program, self.params, self.relaxed.bound)
        self.merging = Merging(search, self.program, self._annealing())

        def first(worker: int) -> None:
            if worker == self.workers - 1 and self.wait is not None:
                self.wait()
            with search.stage("annealing"):
                for part in (of_annealing.first_cycle, 1.0):
                    if not search.keeps_hard_rows():
                        cycle = search.budget.share(of_annealing.share).first(self.merging.cycle() * part)
                        self.draft.offer(self.merging.construct(cycle))

        self._by_all(first)

    def improve(self, seconds: float, before: Callable[[RelaxedColumns], object] | None = None) -> None:
        """Spend some seconds on the relaxation. Then every worker anneals again, until its share of the time is spent.

        Afterwards every second worker searches locally; the others merge and anneal short cycles.

        Parameters
        ----------
        before
            What the last worker does with the relaxation before it anneals.
        """
        self._approach(seconds)
        del self.relaxation  # its matrices are large
        search, params, of_annealing = self.search, self.params, self.search.settings.params.strand_annealing
        draft, merging = self.draft, self.merging
        del merging.annealing  # before the next one is made
        merging.annealing = self._annealing()

        def job(worker: int) -> None:
            if worker == self.workers - 1 and before is not None:
                before(self.relaxed)
            with search.stage("annealing"):
                for columns in merging.anneal(search.budget.share(of_annealing.share)):
                    draft.offer(columns)
            drafting, merges = search.budget.share(params.draft_share), False
            seed = search.settings.seed + worker
            turns = LocalSearch(search, self.program, params, self.lost, self.relaxed.amounts, draft, seed)
            with search.stage("improve"):
                while search.best is not None and len(draft.channels) and not search.finished():
                    merges = search.keeps_hard_rows() and not merges
                    if worker % 2 == 0:
                        turns.turn(drafting)
                    elif merges:
                        merging.merge()
                    else:
                        kept = search.keeps_hard_rows()
                        begins = self.program.columns_of(search.best.point) if kept else draft.point
                        draft.offer(merging.construct(search.budget.first(of_annealing.warm_seconds), begins))

        self._by_all(job)

    def _approach(self, seconds: float) -> None:
        """An instalment of the relaxation: duals with a finite bound, and the losses."""
        search, program = self.search, self.program
        with search.stage("bound"):
            self.relaxation.run(search.budget.first(seconds), lambda bound: search.offer_bound(bound, "relaxation"))
            found = self.relaxation.best
            if np.isfinite(found.bound):
                search.offer_duals(duals_of(program, found))
            else:  # no round has ended in time
                found = replace(found, bound=lagrangian_bound(program, found.duals))
            self.relaxed = found
            self.lost = losses(program, found.duals, found.steps, found.reruns)

    def _annealing(self) -> StrandAnnealing:
        """The annealing with the duals and losses of the relaxation."""
        params = self.search.settings.params
        with self.search.stage("annealing"):
            return StrandAnnealing(
                self.program, params.strand_annealing, self.lost, self.relaxed, self.params.surely_used
            )

    def _by_all(self, job: Callable[[int], None]) -> None:
        """Let every worker do a job, and raise what one of them raises."""
        for one in [self.pool.submit(job, worker) for worker in range(self.workers)]:
            one.result()


def first_order_params(search: Search) -> StrandParams:
    """The parameters of the first-order method. In a sample of the airings its rounds are shorter."""
    params = search.settings.params
    if search.sample_of is None:
        return params.strands
    sample = params.sample
    return params.strands.but(round_iterations=sample.round_iterations, round_patience=sample.round_patience)


def solve_large(
    search: Search,
    program: StrandProgram,
    workers: int,
    *,
    start: RelaxedColumns | None = None,
    before: Callable[[RelaxedColumns], object] | None = None,
) -> None:
    """Search in a large program until the time is spent.

    Parameters
    ----------
    start
        An earlier relaxation from which this one begins.
    before
        What the last worker does with the relaxation before it anneals.
    """
    params = search.settings.params.strands
    seconds = search.budget.share(params.relaxation_share).left()
    with LargeProgram(search, program, workers, start=start) as large:
        large.begin(seconds * params.first_instalment)
        large.improve(seconds * (1 - params.first_instalment), before)
