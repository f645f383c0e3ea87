"""The strategy for instances with placed series: relaxation and dive, the whole program, neighbourhoods."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules.placement import PLACEMENT
from scheduler.solve.certificates import tighten
from scheduler.solve.cp_sat.exact import exact
from scheduler.solve.greedy import greedy_choice
from scheduler.solve.strands.by_channel import ByChannel
from scheduler.solve.strands.dive import dive, first_choice
from scheduler.solve.strands.first_order import FirstOrder, first_order, losses
from scheduler.solve.strands.likely import likely_columns
from scheduler.solve.strands.local_search import LocalSearch
from scheduler.solve.strands.neighbourhoods import Neighbourhoods
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import duals_of, lagrangian_bound
from scheduler.solve.strands.restricted import RestrictedProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Reals
    from scheduler.formulation import Integers
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search, Solution
    from scheduler.solve.strand_params import StrandParams


def strands(search: Search) -> None:
    """Bound by the relaxation, dive, then the whole program and neighbourhoods in parallel.

    README.md explains the steps.
    """
    without_series(search)
    params, program = search.settings.params.strands, strand_program(search.formulation)
    small = program.column_count <= params.whole_columns
    if search.settings.deterministic or search.settings.workers == 1:
        lost, relaxed = _begin(search, program, params)
        if small and not search.finished():
            _whole(search, program, params, search.budget.share(params.alone_share))
        _improve(search, program, params, lost, relaxed, search.settings.seed)
    elif small:
        with ThreadPoolExecutor(max_workers=2) as pool:
            jobs = [
                pool.submit(_whole, search, program, params, search.budget),
                pool.submit(_begin_and_improve, search, program, params),
            ]
            for job in jobs:
                job.result()
    else:
        _begin_and_improve_together(search, program, params)
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


def _begin_and_improve(search: Search, program: StrandProgram, params: StrandParams) -> None:
    """The work of the other worker while the whole program is solved."""
    lost, relaxed = _begin(search, program, params)
    _improve(search, program, params, lost, relaxed, search.settings.seed)


def _begin_and_improve_together(search: Search, program: StrandProgram, params: StrandParams) -> None:
    """One worker dives, another plans channel by channel; then both improve. Others improve from the start."""
    lost, relaxed = _relax(search, program, params)

    def found(columns: Reals) -> None:
        search.try_offer(program.chosen(columns))

    def work(worker: int) -> None:
        if worker == 0:
            _dive(search, program, params, lost, relaxed, found)
        elif worker == 1:
            _by_channel(search, program, params, lost, relaxed, found, search.budget)
        _improve(search, program, params, lost, relaxed, search.settings.seed + worker)

    with ThreadPoolExecutor(max_workers=search.settings.workers) as pool:
        for job in [pool.submit(work, worker) for worker in range(search.settings.workers)]:
            job.result()


def _begin(search: Search, program: StrandProgram, params: StrandParams) -> tuple[Reals, FirstOrder | None]:
    """A first timetable, then the certificate's bound. Returns what `_relax` returns."""
    lost, relaxed = _relax(search, program, params)

    def found(columns: Reals) -> None:
        search.try_offer(program.chosen(columns))

    _by_channel(search, program, params, lost, relaxed, found, search.budget.share(params.alone_share))
    _dive(search, program, params, lost, relaxed, found)
    tighten(search)
    return lost, relaxed


def _relax(search: Search, program: StrandProgram, params: StrandParams) -> tuple[Reals, FirstOrder | None]:
    """The loss of each column, and the relaxation by the first-order method.

    In a small program nothing is lost, and the method is not used.
    """
    if program.column_count <= params.whole_columns:
        return np.zeros(program.column_count), None
    with search.stage("bound"):
        threads = 1 if search.settings.deterministic else search.settings.workers
        budget = search.budget.share(params.relaxation_share)
        found = first_order(program, params, budget, _offer(search), threads=threads, work=search.settings.params.work)
        search.offer_duals(duals_of(program, found.bound, found.duals))
        return losses(program, found.duals), found


def _dive(
    search: Search,
    program: StrandProgram,
    params: StrandParams,
    lost: Reals,
    relaxation: FirstOrder | None,
    found: Callable[[Reals], object],
) -> None:
    """Choose a first timetable, then dive among the likely columns, in a small program among all.

    Columns that the first-order method uses are likelier than all others. Losses alone do not distinguish them, because
    thousands of columns have the loss 0. If the relaxation over the likely columns cannot keep all hard rows, four
    times as many columns are used. If the first-order method's amounts are unknown, the dive's relaxation gives the
    bound and the losses.
    """
    amounts = None if relaxation is None else relaxation.amounts

    def relaxed(duals: Reals) -> None:
        bound = lagrangian_bound(program, duals)
        search.offer_bound(bound, "relaxation")
        search.offer_duals(duals_of(program, bound, duals))
        if amounts is None:
            lost[:] = losses(program, duals)

    with search.stage("dive"):
        likely, rank = np.arange(program.column_count), lost
        if relaxation is not None:
            early, rank = (
                np.where(one > params.surely_used, -one, lost) for one in (relaxation.early, relaxation.amounts)
            )
            columns = _start_columns(program, params, early)
            first_choice(program, params, search.budget, columns, relaxation.early, found)
            likely = likely_columns(program, params, rank)
        times = 1
        while not dive(program, params, search.budget, likely, found, relaxed, amounts):
            if len(likely) == program.column_count or search.finished():
                return
            times *= 4
            likely = likely_columns(program, params, rank, times)


def _by_channel(
    search: Search,
    program: StrandProgram,
    params: StrandParams,
    lost: Reals,
    relaxation: FirstOrder | None,
    found: Callable[[Reals], object],
    budget: Budget,
) -> None:
    """Plan channel by channel beside the amounts of the first-order method, if it was used."""
    if relaxation is None:
        return
    with search.stage("channels"):
        found(ByChannel(search, program, params, lost, relaxation).choose(budget, search.keeps_hard_rows))


def _start_columns(program: StrandProgram, params: StrandParams, rank: Reals) -> Integers:
    """The columns of least rank among which a start is searched before the dive: fewer than the likely ones."""
    numbers = {"likely_bundles": params.start_bundles, "likely_airings": params.start_airings, "group_columns": 1}
    return likely_columns(program, params.model_copy(update=numbers), rank)


def _improve(
    search: Search, program: StrandProgram, params: StrandParams, lost: Reals, relaxation: FirstOrder | None, seed: int
) -> None:
    """Choose again in turns until the time ends: by CP-SAT in a large program, by HiGHS in a small one.

    In a small program it does nothing if no timetable keeps the hard rows.
    """
    with search.stage("improve"):
        if relaxation is not None:
            turns = LocalSearch(search, program, params, lost, relaxation.amounts, seed)
            while search.best is not None and len(turns.channels) and not search.budget.over():
                turns.turn()
            return
        neighbourhoods = Neighbourhoods(search, program, params, lost, seed)
        while search.keeps_hard_rows() and not search.finished():
            neighbourhoods.turn()


def _offer(search: Search) -> Callable[[float], object]:
    return lambda bound: search.offer_bound(bound, "relaxation")


def _whole(search: Search, program: StrandProgram, params: StrandParams, budget: Budget) -> None:
    """Solve the whole program in HiGHS.

    It gets the timetables of other workers, and its bound is reported as HiGHS's.
    """
    given: list[Solution] = []

    def found(columns: Reals) -> None:
        search.try_offer(program.chosen(columns))

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
