"""HiGHS without terminal output, which would mix with results; and programs as HiGHS models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

if TYPE_CHECKING:
    from scheduler.solve.programs.program import Program
    from scheduler.solve.search.budget import Budget

LEAST_SECONDS = 0.01
"""HiGHS takes a limit of 0 for none."""


def iterations_of(info: highspy.HighsInfo) -> int:
    """The simplex iterations of a run, which a budget counts as work."""
    return max(0, int(info.simplex_iteration_count))


class QuietHighs(highspy.Highs):  # type: ignore[misc]
    """A HiGHS model whose output is off from the start. The base class prints when it sets up callbacks."""

    def enableCallbacks(self) -> Any:  # noqa: N802
        """Turn the output off before the base class prints."""
        self.setOptionValue("output_flag", False)
        return super().enableCallbacks()


def limit(highs: QuietHighs, budget: Budget, node_rate: float) -> None:
    """Limit a search of HiGHS by what is left of a budget: seconds, or nodes if work is counted.

    Parameters
    ----------
    node_rate
        Nodes of branch and bound that stand for one unit of counted work.
    """
    nodes = budget.node_limit(node_rate)
    if nodes is None:
        highs.setOptionValue("time_limit", max(LEAST_SECONDS, budget.left()))
    else:
        highs.setOptionValue("mip_max_nodes", nodes)


def highs_model(program: Program) -> Any:
    """The program as a HiGHS model, to be maximised."""
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
