"""The strategy for instances with placed series: relaxations, annealing, merging, neighbourhoods, the whole program."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules.placement_rows import PLACEMENT
from scheduler.solve.certificates import tighten
from scheduler.solve.cp_sat.exact import exact
from scheduler.solve.greedy import greedy_choice
from scheduler.solve.strands.annealing import StrandAnnealing
from scheduler.solve.strands.column_generation import solve_sampled
from scheduler.solve.strands.dive import dive
from scheduler.solve.strands.draft import Draft
from scheduler.solve.strands.first_order import losses
from scheduler.solve.strands.fixed_columns import without_excluded
from scheduler.solve.strands.large import solve_large
from scheduler.solve.strands.least_miss import most_value_with_least_miss
from scheduler.solve.strands.local_search import LocalSearch
from scheduler.solve.strands.merging import Merging
from scheduler.solve.strands.neighbourhoods import Neighbourhoods
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import duals_of
from scheduler.solve.strands.restricted import RestrictedProgram
from scheduler.solve.strands.simplex import simplex_relaxation
from scheduler.solve.strands.tight_columns import begin_of, tight_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Reals
    from scheduler.solve.search.incumbent import Search, Solution
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strand_params import StrandParams


def strands(search: Search) -> None:
    """Bound by the relaxation, anneal, merge and improve; in a small program HiGHS solves the whole beside it.

    README.md explains the steps.
    """
    without_series(search)
    one = search.settings.deterministic or search.settings.workers == 1
    workers = 1 if one else search.settings.workers
    if search.sample_of is not None:
        solve_sampled(search, search.sample_of, workers)
        return
    params, program = search.settings.params.strands, strand_program(search.formulation)
    if program.column_count > params.whole_columns:
        solve_large(search, without_excluded(program), workers)
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
    if not search.keeps_hard_rows() and not search.finished() and program.column_count <= params.whole_columns:
        most_value_with_least_miss(search, program)
    if not search.keeps_hard_rows() and not search.finished():
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
