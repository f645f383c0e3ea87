"""HiGHS's branch and bound on the whole program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from scheduler.export.program import Program, program_of
from scheduler.solve.programs.highs import QuietHighs

if TYPE_CHECKING:
    from scheduler.solve import Search


def highs(search: Search) -> None:
    """Solve the whole program with HiGHS; every better solution and bound is offered as it is found."""
    with search.stage("model"):
        program = program_of(search.formulation)
        solver = QuietHighs()
        solver.setOptionValue("output_flag", False)
        solver.passModel(highs_model(program))
        solver.setOptionValue("threads", search.settings.workers)
        solver.setOptionValue("random_seed", search.settings.seed)
        solver.setOptionValue("mip_rel_gap", search.settings.gap)
    watcher = _Watcher(search, program)
    solver.cbMipImprovingSolution.subscribe(watcher.solution)
    solver.cbMipLogging.subscribe(watcher.bound)
    with search.stage("highs"):
        solver.setOptionValue("time_limit", search.budget.left())
        solver.run()
    if watcher.fault is not None:
        raise watcher.fault
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        watcher.offer(solver.getSolution().col_value)
        search.optimal = True
    watcher.offer_bound(solver.getInfo().mip_dual_bound)


def highs_model(program: Program) -> Any:
    """The program in HiGHS's terms, to be maximised."""
    model = highspy.HighsLp()
    rows, columns = program.matrix.shape
    model.num_col_, model.num_row_ = columns, rows
    model.col_cost_, model.offset_ = program.cost, float(program.offset)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_lower_ = program.column_lower
    model.col_upper_ = np.where(np.isfinite(program.column_upper), program.column_upper, highspy.kHighsInf)
    model.row_lower_ = np.where(np.isfinite(program.row_lower), program.row_lower, -highspy.kHighsInf)
    model.row_upper_ = np.where(np.isfinite(program.row_upper), program.row_upper, highspy.kHighsInf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_col_, model.a_matrix_.num_row_ = columns, rows
    model.a_matrix_.start_ = program.matrix.indptr
    model.a_matrix_.index_ = program.matrix.indices
    model.a_matrix_.value_ = program.matrix.data.astype(np.float64)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model.integrality_ = [kinds[whole] for whole in program.integer.tolist()]
    return model


class _Watcher:
    """Offers what HiGHS finds; an exception in a callback would be lost, so it is kept."""

    def __init__(self, search: Search, program: Program) -> None:
        self._search, self._program = search, program
        self.fault: Exception | None = None

    def solution(self, event: Any) -> None:
        """Called at every better solution."""
        try:
            self.offer(event.data_out.mip_solution)
        except Exception as error:
            self.fault = error

    def bound(self, event: Any) -> None:
        """Called at every line of HiGHS's log."""
        self.offer_bound(event.data_out.mip_dual_bound)

    def offer(self, point: Any) -> None:
        """Offer the airings of a point."""
        self._search.offer(np.asarray(point)[: self._program.airings] > 0.5)

    def offer_bound(self, bound: float) -> None:
        """Offer a bound, rounded outward by HiGHS's tolerance; it is endless before the root is solved."""
        if abs(bound) < 1e18:
            self._search.offer_bound(bound + 1e-9 * abs(bound) + 1, "highs")
