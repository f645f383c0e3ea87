"""The whole formulation as one CP-SAT model: right for small instances, and the oracle for tests.

Two stages: the least weighted miss of the hard rows, then the most value with that held. Every model starts
from a complete hint, the best timetable known so far (CP-SAT makes use of complete hints only).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from scheduler.rules import HARD, NO_BOUND, SOFT
from scheduler.solve.greedy import greedy
from scheduler.solve.programs.overlaps import overlap_cliques

if TYPE_CHECKING:
    from scheduler.formulation import Formulation
    from scheduler.solve.search.incumbent import Search, Settings

FIRST_STAGE_SHARE = 0.5
"""At most this share of the time left goes into the first stage."""


def exact(search: Search, share: float = 1.0) -> None:
    """Solve the formulation to the end, or as far as a share of the time left allows."""
    if search.best is None:
        greedy(search)
    budget = search.budget.share(share)
    with search.stage("exact"):
        if search.best is None or search.best.hard_miss > 0:
            _least_hard_miss(search, FIRST_STAGE_SHARE * budget.left())
        if not budget.over():
            _most_value(search, budget.left())


def least_miss(search: Search) -> None:
    """Only the first stage, with all of the time left: the least weighted miss of the hard rows."""
    if search.best is None:
        greedy(search)
    with search.stage("least miss"):
        if search.best is None or search.best.hard_miss > 0:
            _least_hard_miss(search, search.budget.left())


def _least_hard_miss(search: Search, seconds: float) -> None:
    model = Model(search.formulation, hard_elastic=True)
    model.hint(search)
    model.minimize_hard_miss()
    status, _ = model.solve(search, seconds, bounds=False)
    search.impossible = status == cp_model.INFEASIBLE
    if status == cp_model.OPTIMAL:
        search.least_hard_miss = None if search.best is None else search.best.hard_miss


def _most_value(search: Search, seconds: float) -> None:
    allowed = search.best.hard_miss if search.best is not None else 0
    model = Model(search.formulation, hard_elastic=allowed > 0)
    if allowed > 0:
        model.limit_hard_miss(allowed)
    model.hint(search)
    model.maximize_value()
    status, bound = model.solve(search, seconds, bounds=allowed == 0)
    if status == cp_model.OPTIMAL and search.best is not None and bound < search.best.value + 1:
        search.optimal = allowed == 0 or search.least_hard_miss == allowed
    if allowed == 0 and status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        search.offer_bound(bound, "exact")


@dataclass(slots=True)
class Model:
    """The formulation in CP-SAT's terms."""

    formulation: Formulation
    model: cp_model.CpModel
    airings: list[cp_model.IntVar]
    columns: list[cp_model.IntVar]
    variables: list[cp_model.IntVar]  # airings, then columns
    misses: dict[int, cp_model.IntVar]

    def __init__(self, formulation: Formulation, *, hard_elastic: bool) -> None:
        self.formulation = formulation
        self.model = cp_model.CpModel()
        self.airings = [self.model.new_bool_var("") for _ in range(formulation.airing_count)]
        bounds = zip(formulation.column_lower.tolist(), formulation.column_upper.tolist(), strict=True)
        self.columns = [self.model.new_int_var(low, high, "") for low, high in bounds]
        self.variables = [*self.airings, *self.columns]
        self.misses = {}
        for at in np.flatnonzero(formulation.locked).tolist():
            self.model.add(self.airings[at] == 1)
        for clique in overlap_cliques(formulation, np.arange(formulation.airing_count)):
            self.model.add_at_most_one([self.airings[at] for at in clique.tolist()])
        elastic = (formulation.kind == SOFT) | ((formulation.kind == HARD) & hard_elastic)
        for row, most in enumerate(formulation.most_miss().tolist()):
            self._add_row(row, most if elastic[row] else None)

    def _add_row(self, row: int, most_miss: int | None) -> None:
        """`most_miss`: by how many units it can be missed; None where it may not."""
        formulation = self.formulation
        span = slice(formulation.matrix.indptr[row], formulation.matrix.indptr[row + 1])
        columns, weights = formulation.matrix.indices[span].tolist(), formulation.matrix.data[span].tolist()
        body = cp_model.LinearExpr.weighted_sum([self.variables[at] for at in columns], weights)
        lower, upper = int(formulation.lower[row]), int(formulation.upper[row])
        miss: cp_model.LinearExpr | int = 0
        if most_miss is not None:
            self.misses[row] = self.model.new_int_var(0, most_miss, "")
            miss = int(formulation.miss_step[row]) * self.misses[row]
        if lower > -NO_BOUND:
            self.model.add(body + miss >= lower)
        if upper < NO_BOUND:
            self.model.add(body - miss <= upper)

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
        """Weighted miss of the hard rows."""
        hard = [row for row in self.misses if self.formulation.kind[row] == HARD]
        weights = [int(self.formulation.hard_weight[row]) for row in hard]
        return cp_model.LinearExpr.weighted_sum([self.misses[row] for row in hard], weights)

    def minimize_hard_miss(self) -> None:
        """The first stage's objective."""
        self.model.minimize(self.hard_miss())

    def limit_hard_miss(self, most: int) -> None:
        """Hold what the first stage has reached."""
        self.model.add(self.hard_miss() <= most)

    def maximize_value(self) -> None:
        """The second stage's objective: audience minus priced misses, without the constant."""
        formulation = self.formulation
        soft = [row for row in self.misses if formulation.kind[row] == SOFT]
        weights = [
            *formulation.value.tolist(),
            *formulation.column_value.tolist(),
            *(-int(formulation.price[row]) for row in soft),
        ]
        terms = [*self.airings, *self.columns, *(self.misses[row] for row in soft)]
        self.model.maximize(cp_model.LinearExpr.weighted_sum(terms, weights))

    def solve(self, search: Search, seconds: float, *, bounds: bool) -> tuple[cp_model.CpSolverStatus, float]:
        """Search; every solution found is offered. Returns CP-SAT's status and its bound on the value."""
        solver = cp_model.CpSolver()
        set_parameters(solver, search.settings, seconds)
        constant = self.formulation.constant

        def offer_bound(bound: float) -> None:
            search.offer_bound(bound + constant, "exact")
            if search.settings.gap > 0 and search.finished():  # where it is 0 CP-SAT stops by itself, and says OPTIMAL
                solver.stop_search()

        if bounds:
            solver.best_bound_callback = offer_bound
        watcher = _Watcher(search, self.airings)
        search.stoppers.append(solver.stop_search)
        try:
            status = solver.solve(self.model, watcher)
        finally:
            search.stoppers.remove(solver.stop_search)
        search.meter.spend(solver.response_proto.deterministic_time)
        if watcher.fault is not None:
            raise watcher.fault
        if status == cp_model.MODEL_INVALID:
            raise ValueError(f"CP-SAT calls the model invalid: {self.model.validate()}")
        return status, solver.best_objective_bound + constant


class _Watcher(cp_model.CpSolverSolutionCallback):
    """Offers every solution; an exception here would end the process, so it is kept and the search stopped."""

    def __init__(self, search: Search, airings: list[cp_model.IntVar]) -> None:
        super().__init__()
        self._search, self._airings = search, airings
        self.fault: Exception | None = None

    def on_solution_callback(self) -> None:
        """Called by CP-SAT at every better solution."""
        try:
            self._search.offer(np.array([self.boolean_value(airing) for airing in self._airings], dtype=bool))
            if self._search.finished():
                self.stop_search()
        except Exception as error:
            self.fault = error
            self.stop_search()


def set_parameters(solver: cp_model.CpSolver, settings: Settings, seconds: float) -> None:
    """CP-SAT's parameters for a stage: limits in seconds, or in counted work where runs must repeat."""
    parameters = solver.parameters
    parameters.random_seed = settings.seed
    parameters.relative_gap_limit = 0.0  # the settings' gap is to the whole bound; CP-SAT's leaves the constant out
    parameters.catch_sigint_signal = False
    if settings.deterministic:
        parameters.num_workers = 1
        parameters.max_deterministic_time = seconds
    else:
        parameters.num_workers = settings.workers
        parameters.max_time_in_seconds = seconds
