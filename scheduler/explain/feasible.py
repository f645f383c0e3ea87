"""Whether any timetable keeps a set of rows: a question to CP-SAT, and what earlier answers already tell.

Every timetable that is found is recounted from the rows; what CP-SAT calls impossible can be asked again with
another seed, one worker and without presolve.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from scheduler.explain.core import core_of
from scheduler.explain.interruptible import interruptible
from scheduler.rules import RIGID
from scheduler.solve import EngineError
from scheduler.solve.cp_sat.exact import Model
from scheduler.solve.cp_sat.parameters import set_parameters

if TYPE_CHECKING:
    from scheduler.airings import Flags
    from scheduler.formulation import Formulation, Integers
    from scheduler.solve import Settings
    from scheduler.solve.search.budget import Budget

Holds = bool | None
"""True: a timetable was found. False: proved impossible. None: not decided."""

SHARE = 0.35
"""At most this share of the time left goes into one question."""


@dataclass(slots=True)
class Questions:
    """Asks one formulation about sets of its rows; rigid rows are always kept."""

    formulation: Formulation
    settings: Settings
    budget: Budget
    asked: int = 0
    points: list[Flags] = field(default_factory=list)  # which rows each timetable found so far keeps
    latest: Integers | None = None  # the point found last

    def remember(self, point: Integers) -> None:
        """Learn from a timetable that is known to keep the rigid rows."""
        self.points.append(self.formulation.misses(point) == 0)

    def known_to_hold(self, rows: Flags) -> bool:
        """Whether a timetable found so far keeps these rows."""
        return any(kept[rows].all() for kept in self.points)

    def holds(self, rows: Flags, *, without: Flags | None = None) -> Holds:
        """Whether some timetable keeps these rows and all rigid ones but those in `without`."""
        if without is None and self.known_to_hold(rows):
            return True
        if self.budget.over():
            return None
        asked = rows | (self.formulation.kind == RIGID)
        if without is not None:
            asked &= ~without
        holds, point = _ask(self.formulation, asked, self.settings, self.budget.left() * SHARE)
        self.asked += 1
        if point is not None and without is None:
            self.remember(point)
            self.latest = point
        return holds

    def confirms(self, rows: Flags) -> bool:
        """Whether a second configuration, too, finds that nothing keeps these rows.

        Raises EngineError where it finds a timetable after all.
        """
        if self.budget.over():
            return False
        other = replace(self.settings, seed=self.settings.seed + 1, workers=1)
        asked = rows | (self.formulation.kind == RIGID)
        holds, _ = _ask(self.formulation, asked, other, self.budget.left() * SHARE, presolve=False)
        self.asked += 1
        if holds:
            raise EngineError("one configuration of CP-SAT calls a set of clauses impossible, another one solves it")
        return holds is False


def _ask(
    formulation: Formulation, rows: Flags, settings: Settings, seconds: float, *, presolve: bool = True
) -> tuple[Holds, Integers | None]:
    """CP-SAT's answer, and the point (x, z) that shows it where there is one."""
    smaller, columns = core_of(formulation, rows)
    built = Model(smaller, hard_elastic=False)
    solver = cp_model.CpSolver()
    set_parameters(solver, settings, max(seconds, 0.01))
    solver.parameters.cp_model_presolve = presolve
    status = interruptible(lambda: solver.solve(built.model), solver.stop_search)
    if status == cp_model.MODEL_INVALID:
        raise EngineError(f"CP-SAT calls the model invalid: {built.model.validate()}")
    if status == cp_model.INFEASIBLE:
        return False, None
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, None
    point = np.zeros(formulation.matrix.shape[1], dtype=np.int64)
    point[columns] = [solver.value(variable) for variable in built.variables]
    if np.any(formulation.misses(point)[rows] > 0):
        raise EngineError("CP-SAT's timetable does not keep the rows that it was asked for")
    return True, point
