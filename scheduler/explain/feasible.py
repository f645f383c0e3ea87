"""Whether some timetable keeps a set of rows: CP-SAT decides it, unless earlier answers already do.

Every timetable that is found is recounted from the rows. If CP-SAT finds a set impossible, HiGHS can confirm it on the
same rows as a second proof.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from highspy import HighsModelStatus
from ortools.sat.python import cp_model

from scheduler.engine_thread import interruptible
from scheduler.explain.core import core_of
from scheduler.explain.params import DEFAULTS, ExplainParams
from scheduler.messages import msg
from scheduler.rules import RIGID
from scheduler.solve import EngineError
from scheduler.solve.cp_sat.exact import Model
from scheduler.solve.cp_sat.parameters import set_parameters
from scheduler.solve.programs.highs import QuietHighs
from scheduler.solve.programs.program import highs_model, program_of
from scheduler.solve.search.bound_sources import solver

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation
    from scheduler.solve import Settings
    from scheduler.solve.search.time_limit import Budget

Holds = bool | None
"""True: a timetable was found. False: proven impossible. None: not decided."""


@dataclass(slots=True)
class FeasibilityOracle:
    """Decides for one formulation which sets of its rows can hold. Rigid rows are always kept."""

    formulation: Formulation
    settings: Settings
    budget: Budget
    params: ExplainParams = DEFAULTS
    asked: int = 0
    points: list[Flags] = field(default_factory=list)  # the rows that each timetable found so far keeps
    found: list[Ints] = field(default_factory=list)  # those timetables, as points (x, z)
    latest: Ints | None = None  # the last point found

    def remember(self, point: Ints) -> None:
        """Add a timetable that is known to keep the rigid rows.

        Parameters
        ----------
        point
            (n + m,) The timetable as a point (x, z).
        """
        self.points.append(self.formulation.misses(point) == 0)
        self.found.append(point)

    def that_keep(self, rows: Flags) -> list[Ints]:
        """The timetables found so far that keep these rows."""
        return [point for kept, point in zip(self.points, self.found, strict=True) if kept[rows].all()]

    def known_to_hold(self, rows: Flags) -> bool:
        """Whether some timetable found so far keeps these rows."""
        return any(kept[rows].all() for kept in self.points)

    def holds(self, rows: Flags, *, without: Flags | None = None) -> Holds:
        """Whether some timetable keeps these rows and all rigid rows except those in `without`."""
        if without is None and self.known_to_hold(rows):
            return True
        if self.budget.over():
            return None
        asked = rows | (self.formulation.kind == RIGID)
        if without is not None:
            asked &= ~without
        holds, point = _ask(self.formulation, asked, self.settings, self.budget.left() * self.params.question_share)
        self.asked += 1
        if point is not None and without is None:
            self.remember(point)
            self.latest = point
        return holds

    def confirms(self, rows: Flags) -> bool:
        """Whether HiGHS proves, too, that no timetable keeps these rows.

        Raises
        ------
        EngineError
            HiGHS finds a timetable.
        """
        if self.budget.over():
            return False
        asked = rows | (self.formulation.kind == RIGID)
        holds = _ask_highs(self.formulation, asked, self.budget.left() * self.params.question_share)
        self.asked += 1
        if holds:
            raise EngineError(
                msg(
                    "{one} finds a set of clauses impossible, {other} solves it",
                    one=solver("cp-sat"),
                    other=solver("highs"),
                )
            )
        return holds is False


def _ask_highs(formulation: Formulation, rows: Flags, seconds: float) -> Holds:
    """HiGHS's answer. A timetable that it finds counts only if it keeps the rows when they are recounted."""
    smaller, columns = core_of(formulation, rows)
    if not len(columns):  # no column matters: either the empty choice keeps the rows or nothing does
        return not np.any(smaller.misses(np.zeros(0, dtype=np.int64)) > 0)
    program = program_of(smaller)
    highs = QuietHighs()
    highs.passModel(highs_model(replace(program, cost=np.zeros(len(program.cost)), offset=0)))
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("time_limit", max(seconds, 0.01))
    highs.HandleUserInterrupt = True
    interruptible(highs.run, highs.cancelSolve)
    status = highs.getModelStatus()
    if status == HighsModelStatus.kInfeasible:
        return False
    if status != HighsModelStatus.kOptimal:
        return None
    point = np.zeros(formulation.matrix.shape[1], dtype=np.int64)
    point[columns] = np.round(np.asarray(highs.getSolution().col_value)[: len(columns)]).astype(np.int64)
    return None if np.any(formulation.misses(point)[rows] > 0) else True


def _ask(formulation: Formulation, rows: Flags, settings: Settings, seconds: float) -> tuple[Holds, Ints | None]:
    """CP-SAT's answer, and the point (x, z) that it found, if any."""
    smaller, columns = core_of(formulation, rows)
    built = Model(smaller, hard_elastic=False)
    cp_sat = cp_model.CpSolver()
    set_parameters(cp_sat, settings, max(seconds, 0.01))
    status = interruptible(lambda: cp_sat.solve(built.model), cp_sat.stop_search)
    if status == cp_model.MODEL_INVALID:
        raise EngineError(
            msg("{solver} finds the model invalid: {reason}", solver=solver("cp-sat"), reason=built.model.validate())
        )
    if status == cp_model.INFEASIBLE:
        return False, None
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, None
    point = np.zeros(formulation.matrix.shape[1], dtype=np.int64)
    point[columns] = [cp_sat.value(variable) for variable in built.variables]
    if np.any(formulation.misses(point)[rows] > 0):
        raise EngineError(
            msg("the timetable of {solver} does not keep the rows that it must keep", solver=solver("cp-sat"))
        )
    return True, point
