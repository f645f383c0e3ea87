"""Plain CP-SAT: the whole model at once, without the greedy start that the exact engine hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from scheduler.solve.cp_sat.exact import Model

if TYPE_CHECKING:
    from scheduler.solve import Search


def cp_sat(search: Search) -> None:
    """Solve the whole formulation with CP-SAT."""
    with search.stage("model"):
        model = Model(search.formulation, hard_elastic=False)
        model.maximize_value()
    with search.stage("cp-sat"):
        status, bound = model.solve(search, search.budget.left())
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        search.offer_bound(bound, "cp-sat")
