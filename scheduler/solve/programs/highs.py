"""HiGHS without terminal output, which would mix with results; and arrays as HiGHS models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from scheduler.rules import NO_BOUND
from scheduler.solve.programs.basis import ModelBasis, basis_of

if TYPE_CHECKING:
    from scipy import sparse

    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.solve.search.time_limit import Budget

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


@dataclass(frozen=True, slots=True)
class LinearOptimum:
    """The optimum of a linear program: the amounts of its columns, the duals of its rows, and its basis."""

    amounts: Reals
    duals: Reals
    basis: ModelBasis


def solved_linear(model: highspy.HighsLp, budget: Budget) -> LinearOptimum | None:
    """The optimum of a linear program by one thread. None if it did not end in time or there is none."""
    highs = QuietHighs()
    highs.setOptionValue("threads", 1)
    if not budget.counted:
        highs.setOptionValue("time_limit", max(LEAST_SECONDS, budget.left()))
    highs.passModel(model)
    highs.run()
    budget.spend_iterations(iterations_of(highs.getInfo()), least=0.0)
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    found = highs.getSolution()
    return LinearOptimum(np.asarray(found.col_value), np.asarray(found.row_dual), basis_of(highs))


LARGEST = 1e3
"""Rows with larger coefficients, those of viewer-minutes, are scaled down to this."""


def infinite_side(bound: Ints) -> Reals:
    """A side of rows as HiGHS takes it: infinite if there is none."""
    found = bound.astype(np.float64)
    found[bound <= -NO_BOUND], found[bound >= NO_BOUND] = -np.inf, np.inf
    return found


def row_scales(matrix: sparse.csr_array[Any, tuple[int, int]]) -> Reals:
    """What each row is multiplied by, (r,), so that no coefficient is larger than `LARGEST`."""
    size = np.full(matrix.shape[0], LARGEST)
    if matrix.nnz:
        size = np.maximum(size, np.asarray(abs(matrix).max(axis=1).todense()).ravel())
    return LARGEST / size


def highs_lp(
    matrix: sparse.csr_array[Any, tuple[int, int]],
    cost: Reals,
    columns: tuple[Reals, Reals],
    rows: tuple[Reals, Reals],
    whole: Flags | bool,
) -> highspy.HighsLp:
    """A program as a HiGHS model, to be minimised. An infinite side is none.

    Parameters
    ----------
    matrix
        (r, c) The coefficients.
    cost
        (c,) The objective.
    columns
        The lower and the upper bounds of the columns, (c,) each.
    rows
        The lower and the upper sides of the rows, (r,) each.
    whole
        (c,) Which columns are integers, or whether all are.
    """
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = cost
    lp.col_lower_, lp.col_upper_ = columns
    lp.row_lower_, lp.row_upper_ = rows
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_row_, lp.a_matrix_.num_col_ = matrix.shape
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data.astype(np.float64)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    if np.any(whole):
        lp.integrality_ = [kinds[one] for one in np.broadcast_to(whole, len(cost)).tolist()]
    return lp
