"""The whole formulation as one CP-SAT model: for small instances, and as a reference in tests.

Two stages: first the least weighted miss of the hard rows, then the most value at this miss. Every model gets the best
known timetable as a complete hint, because CP-SAT uses only complete hints. A proof of CP-SAT is a claim until a second
proof agrees: our own bound, or HiGHS on the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from scheduler.rules import HARD, SOFT
from scheduler.solve.bounding import Bounding
from scheduler.solve.cp_sat.model import add_column, add_columns, add_row_of
from scheduler.solve.cp_sat.parameters import Watcher, set_parameters
from scheduler.solve.greedy import greedy
from scheduler.solve.proof.second_proof import confirm_impossible, confirm_least_miss, confirm_value, refute
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.search.bound_sources import OURS, TWO_PROOFS

if TYPE_CHECKING:
    from scheduler.arrays import Flags
    from scheduler.formulation import Formulation
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.search.time_limit import Budget


def exact(search: Search, share: float = 1.0) -> None:
    """Solve the formulation to optimality, or as far as a share of the time left allows."""
    if search.best is None:
        greedy(search)
    budget = search.budget.share(share)
    with search.stage("exact"):
        if search.best is None or search.best.hard_miss > 0:
            _least_hard_miss(search, budget.share(search.settings.params.exact.first_stage_share))
        if not budget.over():
            _most_value(search, budget)


def least_miss(search: Search) -> None:
    """Run only the first stage, with all of the time left: the least weighted miss of the hard rows."""
    if search.best is None:
        greedy(search)
    with search.stage("least miss"):
        if search.best is None or search.best.hard_miss > 0:
            _least_hard_miss(search, search.budget)


def _least_hard_miss(search: Search, budget: Budget) -> None:
    model = Model(search.formulation, hard_elastic=True)
    model.hint(search)
    model.minimize_hard_miss()
    status, _ = model.solve(search, search.settings.params.exact.claim_share * budget.left())
    if status == cp_model.INFEASIBLE and search.best is None:
        if confirm_impossible(search, budget):
            search.prove_impossible()
    elif status == cp_model.INFEASIBLE:
        refute(search, "the locks and the rigid rows impossible")
    elif (
        status == cp_model.OPTIMAL
        and search.best is not None
        and search.best.hard_miss > 0
        and confirm_least_miss(search, budget)
    ):
        search.prove_least_hard_miss(search.best.hard_miss)


def _most_value(search: Search, budget: Budget) -> None:
    allowed = search.best.hard_miss if search.best is not None else 0
    model = Model(search.formulation, hard_elastic=allowed > 0)
    if allowed > 0:
        model.limit_hard_miss(allowed)
    model.hint(search)
    model.maximize_value()
    status, bound = model.solve(search, search.settings.params.exact.claim_share * budget.left())
    if search.best is None:
        return
    if status == cp_model.INFEASIBLE:
        refute(search, "the rows impossible")
    claimed = round(bound) if status == cp_model.OPTIMAL else None
    if claimed is not None and claimed < search.best.value:
        refute(search, f"no timetable to be worth more than {claimed:,}")
        claimed = None
    if allowed == 0 and not any(source in search.bounds for source in OURS):
        _bound(search)
    if not search.finished():
        confirm_value(search, claimed, budget)


def confirm_bound(search: Search) -> None:
    """If the value is proven only by a bound of HiGHS, prove it by CP-SAT too.

    The proof may take as long as the search has taken, within the limit.
    """
    best, gap, formulation = search.best, search.gap(), search.formulation
    spent, least = search.meter.spent(), search.settings.params.exact.least_second_proof
    rest = search.budget_beyond(min(search.settings.time_limit - search.reserve - spent, max(spent, least)))
    ended = search.proven or search.closed or rest.over()
    if (
        best is None
        or gap is None
        or gap != 0  # a bound below the value is wrong and proves nothing
        or ended
        or formulation.airing_count > search.settings.params.exact.second_proof_airings
    ):
        return
    with search.stage("second proof"):
        model = Model(formulation, hard_elastic=False)
        model.hint(search)
        model.maximize_value()
        status, bound = model.solve(search, rest.left(), to_the_end=True)
    if status == cp_model.OPTIMAL and round(bound) == best.value:
        search.prove_optimal()
        search.offer_bound(best.value, TWO_PROOFS)
    elif status == cp_model.INFEASIBLE:
        refute(search, "the rows impossible")


def _bound(search: Search) -> None:
    """Compute our own bound: the relaxation, then with cuts."""
    bounding = Bounding(search, Pricer(search.formulation))
    bounding.relax_plain()
    if not search.finished():
        bounding.strengthen()


@dataclass(slots=True)
class Model:
    """The formulation as a CP-SAT model."""

    formulation: Formulation
    model: cp_model.CpModel
    variables: list[cp_model.IntVar]  # airings, then auxiliary variables
    misses: dict[int, cp_model.IntVar]

    def __init__(self, formulation: Formulation, *, hard_elastic: bool) -> None:
        self.formulation = formulation
        self.model = cp_model.CpModel()
        self.variables = add_columns(self.model, formulation, np.arange(formulation.airing_count))
        self.misses = {}
        elastic = (formulation.kind == SOFT) | ((formulation.kind == HARD) & hard_elastic)
        for row, most in enumerate(formulation.most_miss().tolist()):
            self._add_row(row, most if elastic[row] else None)

    def _add_row(self, row: int, most_miss: int | None) -> None:
        """Add a row.

        Parameters
        ----------
        row
            Index of the row.
        most_miss
            Most units by which the row may be missed. None if it may not be missed.
        """
        formulation = self.formulation
        miss: tuple[cp_model.IntVar, int] | None = None
        if most_miss is not None:
            self.misses[row] = add_column(self.model, 0, most_miss)
            miss = self.misses[row], int(formulation.miss_step[row])
        sides = int(formulation.lower[row]), int(formulation.upper[row])
        add_row_of(self.model, formulation.matrix, row, sides, miss)

    def hint(self, search: Search) -> None:
        """Give the best point so far as a complete hint."""
        if search.best is None:
            return
        point = search.best.point
        for variable, value in zip(self.variables, point.tolist(), strict=True):
            self.model.add_hint(variable, value)
        misses = self.formulation.misses(point)
        for row, variable in self.misses.items():
            self.model.add_hint(variable, int(misses[row]))

    def hard_miss(self) -> cp_model.LinearExprT:
        """The weighted miss of the hard rows."""
        hard = [row for row in self.misses if self.formulation.kind[row] == HARD]
        weights = [int(self.formulation.hard_weight[row]) for row in hard]
        return cp_model.LinearExpr.weighted_sum([self.misses[row] for row in hard], weights)

    def minimize_hard_miss(self) -> None:
        """Set the objective of the first stage."""
        self.model.minimize(self.hard_miss())

    def limit_hard_miss(self, most: int) -> None:
        """Hold the miss that the first stage has reached."""
        self.model.add(self.hard_miss() <= most)

    def maximize_value(self) -> None:
        """Set the objective of the second stage: audience minus priced misses, without the constant."""
        formulation = self.formulation
        soft = [row for row in self.misses if formulation.kind[row] == SOFT]
        weights = [
            *formulation.value.tolist(),
            *formulation.column_value.tolist(),
            *(-int(formulation.price[row]) for row in soft),
        ]
        terms = [*self.variables, *(self.misses[row] for row in soft)]
        self.model.maximize(cp_model.LinearExpr.weighted_sum(terms, weights))

    def solve(
        self, search: Search, seconds: float, *, to_the_end: bool = False
    ) -> tuple[cp_model.CpSolverStatus, float]:
        """Search, and offer every solution found.

        The search stops if the gap to the claimed bound is no larger than the settings allow. It also stops if the
        search as a whole is finished, unless `to_the_end` is set.

        Returns
        -------
        status, bound
            CP-SAT's status and the bound on the value that it claims.
        """
        solver = cp_model.CpSolver()
        set_parameters(solver, search.settings, seconds)
        constant, gap = self.formulation.constant, search.settings.gap

        def stop_when_close(bound: float) -> None:
            best, claimed = search.best, bound + constant
            if best is not None and best.hard_miss == 0 and claimed - best.value <= gap * max(1.0, abs(claimed)):
                solver.stop_search()

        if gap > 0 and not to_the_end:  # at gap 0 CP-SAT stops by itself with OPTIMAL
            solver.best_bound_callback = stop_when_close
        watcher = Watcher(lambda found: search.offer(self._chosen(found)), lambda: not to_the_end and search.finished())
        with search.stoppable(solver.stop_search):
            status = solver.solve(self.model, watcher)
        search.meter.spend(solver.response_proto.deterministic_time)
        watcher.raise_fault()
        if status == cp_model.MODEL_INVALID:
            raise ValueError(f"CP-SAT calls the model invalid: {self.model.validate()}")
        return status, solver.best_objective_bound + constant

    def _chosen(self, found: cp_model.CpSolverSolutionCallback) -> Flags:
        """The airings of a solution, (n,)."""
        airings = self.variables[: self.formulation.airing_count]
        return np.array([found.boolean_value(airing) for airing in airings], dtype=bool)
