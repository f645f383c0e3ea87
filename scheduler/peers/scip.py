"""SCIP on the whole program, read from its MPS text. Needs pyscipopt, which is not installed by default."""

from __future__ import annotations

import importlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.solve.programs.mps import mps_text

if TYPE_CHECKING:
    from scheduler.solve import Search


def scip(search: Search) -> None:
    """Solve the whole program with SCIP; every better solution is offered as it is found.

    Raises ModuleNotFoundError if pyscipopt is not installed.
    """
    pyscipopt = importlib.import_module("pyscipopt")
    model = pyscipopt.Model()
    model.hideOutput()
    with search.stage("model"), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.mps"
        path.write_text(mps_text(search.formulation, "parity"), encoding="utf-8")
        model.readProblem(str(path))
    model.setParam("randomization/randomseedshift", search.settings.seed)
    model.setParam("limits/gap", search.settings.gap)
    model.setParam("limits/time", search.budget.left())
    count = search.formulation.airing_count
    named = {variable.name: variable for variable in model.getVars()}
    airings = [named[f"y{number}"] for number in range(count)]

    def offer(solution: Any) -> None:
        search.offer(np.array([model.getSolVal(solution, airing) > 0.5 for airing in airings], dtype=bool))
        _offer_bound(search, model.getDualbound())

    class Watcher(pyscipopt.Eventhdlr):  # type: ignore[misc, name-defined]
        """Offers every better solution."""

        def eventinit(self) -> None:
            """Ask SCIP for the event."""
            self.model.catchEvent(pyscipopt.SCIP_EVENTTYPE.BESTSOLFOUND, self)

        def eventexit(self) -> None:
            """Hand the event back."""
            self.model.dropEvent(pyscipopt.SCIP_EVENTTYPE.BESTSOLFOUND, self)

        def eventexec(self, event: Any) -> None:
            """Called at every better solution."""
            offer(self.model.getBestSol())

    model.includeEventhdlr(Watcher(), "watcher", "offers every better solution")
    with search.stage("scip"):
        model.optimize()
    if model.getNSols():
        offer(model.getBestSol())
    _offer_bound(search, model.getDualbound())


def _offer_bound(search: Search, bound: float) -> None:
    """Offer a bound, rounded outward by SCIP's tolerance. It is infinite until the root is solved."""
    if abs(bound) < 1e18:
        search.offer_bound(bound + 1e-9 * abs(bound) + 1, "scip")
