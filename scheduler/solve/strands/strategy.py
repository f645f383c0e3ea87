"""The strategy for instances with placed series: relaxations, annealing, merging, neighbourhoods, the whole program."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules.placement import PLACEMENT
from scheduler.solve.certificates import tighten
from scheduler.solve.cp_sat.exact import exact
from scheduler.solve.greedy import greedy_choice
from scheduler.solve.sample.bounding import bound_all
from scheduler.solve.strands.annealing import StrandAnnealing
from scheduler.solve.strands.dive import dive
from scheduler.solve.strands.draft import Draft
from scheduler.solve.strands.first_order import FirstOrder, losses
from scheduler.solve.strands.local_search import LocalSearch
from scheduler.solve.strands.merging import Merging
from scheduler.solve.strands.neighbourhoods import Neighbourhoods
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import RelaxedColumns, duals_of, lagrangian_bound
from scheduler.solve.strands.restricted import RestrictedProgram
from scheduler.solve.strands.simplex import simplex_relaxation
from scheduler.solve.strands.tight_columns import begin_of, tight_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from scheduler.arrays import Reals
    from scheduler.solve.search.incumbent import Search, Solution
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strand_params import StrandParams


def strands(search: Search) -> None:
    """Bound by the relaxation, anneal, merge and improve; in a small program HiGHS solves the whole beside it.

    README.md explains the steps.
    """
    without_series(search)
    params, program = search.settings.params.strands, strand_program(search.formulation)
    one = search.settings.deterministic or search.settings.workers == 1
    if program.column_count > params.whole_columns:
        _solve_large(search, program, params, 1 if one else search.settings.workers)
    elif one:
        _solve_small(search, program, params, alone=True)
    else:
        with ThreadPoolExecutor(max_workers=2) as pool:
            jobs = [
                pool.submit(_whole, search, program, params, search.budget),
                pool.submit(_solve_small, search, program, params, alone=False),
            ]
            for job in jobs:
                job.result()
    if not search.keeps_hard_rows() and not search.finished() and search.sample_of is None:
        exact(search)


def without_series(search: Search) -> None:
    """Offer a greedy timetable of the airings outside bundles, so that there is a timetable from the start."""
    formulation = search.formulation
    with search.stage("greedy"):
        placed = formulation.matrix[np.flatnonzero(formulation.labels["rule"].to_numpy() == PLACEMENT)]
        alone = np.ones(formulation.matrix.shape[1], dtype=bool)
        alone[placed.indices] = False
        kept = np.flatnonzero(alone[: formulation.airing_count])
        chosen = formulation.locked.copy()
        if len(kept):
            part = greedy_choice(formulation.only_airings(kept), params=search.settings.params.greedy)
            chosen[kept[part]] = True
        if not search.try_offer(chosen):
            search.try_offer(formulation.locked)


def _solve_large(search: Search, program: StrandProgram, params: StrandParams, workers: int) -> None:
    """The relaxation in two instalments. If no timetable keeps all hard rows, every worker anneals between them.

    The first cycle is short; if it finds none, a whole one follows. Then every worker anneals again. Afterwards every
    second one searches locally, the others merge and anneal short cycles.
    """
    of_annealing, work = search.settings.params.strand_annealing, search.settings.params.work
    seconds = search.budget.share(params.relaxation_share).left()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        relaxation = FirstOrder(program, params, pool, threads=workers, work=work)
        relaxed, lost = _approach(search, relaxation, seconds * params.first_instalment)
        draft = Draft(program, params, relaxed.bound)
        merging = Merging(search, program, _annealing(search, program, relaxed, lost))

        def begin(_: int) -> None:
            with search.stage("annealing"):
                for share in (of_annealing.first_cycle, 1.0):
                    if not search.keeps_hard_rows():
                        cycle = search.budget.share(of_annealing.share).first(merging.cycle() * share)
                        draft.offer(merging.construct(cycle))

        _by_all(pool, workers, begin)
        relaxed, lost = _approach(search, relaxation, seconds * (1 - params.first_instalment))
        merging.annealing = _annealing(search, program, relaxed, lost)

        def improve(worker: int) -> None:
            if worker == workers - 1:
                bound_all(search)
            with search.stage("annealing"):
                for columns in merging.anneal(search.budget.share(of_annealing.share)):
                    draft.offer(columns)
            drafting, merges = search.budget.share(params.draft_share), False
            turns = LocalSearch(search, program, params, lost, relaxed.amounts, draft, search.settings.seed + worker)
            with search.stage("improve"):
                while search.best is not None and len(draft.channels) and not search.finished():
                    merges = search.keeps_hard_rows() and not merges
                    if worker % 2 == 0:
                        turns.turn(drafting)
                    elif merges:
                        merging.merge()
                    else:
                        begins = program.columns_of(search.best.point) if search.keeps_hard_rows() else draft.point
                        draft.offer(merging.construct(search.budget.first(of_annealing.warm_seconds), begins))

        _by_all(pool, workers, improve)


def _by_all(pool: Executor, workers: int, job: Callable[[int], None]) -> None:
    """Let every worker do a job, and raise what one of them raises."""
    for one in [pool.submit(job, worker) for worker in range(workers)]:
        one.result()


def _approach(search: Search, relaxation: FirstOrder, seconds: float) -> tuple[RelaxedColumns, Reals]:
    """An instalment of the relaxation of a large program: its duals with a finite bound, and the losses."""
    with search.stage("bound"):
        relaxation.run(search.budget.first(seconds), _offer(search))
        program, found = relaxation.program, relaxation.best
        if np.isfinite(found.bound):
            search.offer_duals(duals_of(program, found))
        else:  # no round has ended in time
            found = replace(found, bound=lagrangian_bound(program, found.duals))
        return found, losses(program, found.duals, found.steps)


def _annealing(search: Search, program: StrandProgram, relaxed: RelaxedColumns, lost: Reals) -> StrandAnnealing:
    """The annealing with the duals and losses of a relaxation."""
    params = search.settings.params
    with search.stage("annealing"):
        return StrandAnnealing(program, params.strand_annealing, lost, relaxed, params.strands.surely_used)


def _solve_small(search: Search, program: StrandProgram, params: StrandParams, *, alone: bool) -> None:
    """In a small program: the relaxation by simplex, the same with cuts, annealing and merging, neighbourhoods.

    The dive follows where no cycle of the annealing has kept all hard rows. `alone`: the only worker, so the whole
    program gets a share of the time before the neighbourhoods.
    """
    with search.stage("bound"):
        relaxed = simplex_relaxation(program, search.budget)
    if relaxed is None:
        return
    search.offer_bound(relaxed.bound, "relaxation")
    search.offer_duals(duals_of(program, relaxed))
    bound_all(search)
    lost, of_annealing = losses(program, relaxed.duals), search.settings.params.strand_annealing
    tight = tighten(search, begin=partial(begin_of, program, relaxed))
    if tight is not None:
        relaxed, lost = tight_columns(program, tight)
    with search.stage("annealing"):
        annealing = StrandAnnealing(program, of_annealing, lost, relaxed, params.surely_used)
        merging = Merging(search, program, annealing, relaxed)
        for _ in merging.anneal(search.budget.share(of_annealing.small_share)):
            pass
    if search.keeps_hard_rows():
        with search.stage("improve"):
            merging.merge()
    else:
        with search.stage("dive"):
            dive(program, params, search.budget, np.arange(program.column_count), _found(search, program))
    if alone and not search.finished():
        _whole(search, program, params, search.budget.share(params.alone_share))
    with search.stage("improve"):
        draft = Draft(program, params, relaxed.bound)
        parts = LocalSearch(search, program, params, lost, relaxed.amounts, draft, search.settings.seed)
        neighbourhoods = Neighbourhoods(search, program, params, lost, (parts.on_best, merging.turn))
        while search.keeps_hard_rows() and not search.finished():
            neighbourhoods.turn()


def _found(search: Search, program: StrandProgram) -> Callable[[Reals], object]:
    """Offers the timetable of columns, (c,)."""
    return lambda columns: search.try_offer(program.chosen(columns))


def _offer(search: Search) -> Callable[[float], object]:
    return lambda bound: search.offer_bound(bound, "relaxation")


def _whole(search: Search, program: StrandProgram, params: StrandParams, budget: Budget) -> None:
    """Solve the whole program in HiGHS.

    It gets the timetables of other workers, and its bound is reported as HiGHS's.
    """
    given: list[Solution] = []
    found = _found(search, program)

    def newer() -> Reals | None:
        best = search.best
        if best is None or best.hard_miss > 0 or (given and given[-1] is best):
            return None
        given.append(best)
        return program.columns_of(best.point)

    def bounded(bound: float) -> None:
        if np.isfinite(bound):
            search.offer_bound(bound, "highs")

    start = newer()
    outcome = RestrictedProgram(program).solve(
        budget,
        params.node_rate / 10,
        start=start,
        found=found,
        bounded=bounded,
        stopped=search.finished,
        newer=newer,
    )
    budget.spend_iterations(outcome.iterations)
    if outcome.columns is not None:
        found(outcome.columns)
    bounded(outcome.bound)
