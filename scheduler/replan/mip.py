"""Part of a replan's program in HiGHS: some columns are free, the others stay fixed at a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np
from scipy import sparse

from scheduler.solve.programs.highs import QuietHighs, highs_lp

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Reals
    from scheduler.replan.program import ChangeProgram

SLACK = 1e-6
STALE = 1e-6
"""Largest relative difference between the reported objective and that of the reported solution."""

FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible
NOTHING_THERE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)


@dataclass(frozen=True, eq=False)
class Outcome:
    """The result of a program. `bound` is on the objective, −inf if nothing is known."""

    point: Reals | None
    objective: float
    bound: float
    infeasible: bool
    solved: bool
    duals: Reals | None = None  # (rows,) of a relaxation


def solve_part(
    program: ChangeProgram,
    cost: Reals,
    seconds: float,
    *,
    free: Flags | None = None,
    point: Reals | None = None,
    start: Reals | None = None,
    relaxed: bool = False,
    absolute_gap: float = 0.0,
    relative_gap: float = 0.0,
    seed: int = 1,
) -> Outcome:
    """Minimise cost·v over the free columns. The others stay fixed at `point`.

    Parameters
    ----------
    cost
        (c,) The objective.
    seconds
        Time limit.
    free
        (c,) The free columns. None for all.
    point
        (c,) Values of the fixed columns.
    start
        (c,) A point to start from.
    relaxed
        Whether integrality is dropped.
    absolute_gap, relative_gap
        HiGHS stops at either gap.
    seed
        Seed of HiGHS.
    """
    columns = np.arange(program.columns) if free is None else np.flatnonzero(free)
    held = np.zeros(program.columns) if point is None else point.copy()
    held[columns] = 0.0
    part = program.matrix if free is None else sparse.csr_array(program.matrix[:, columns])
    used = program.matrix @ held if point is not None else np.zeros(program.matrix.shape[0])
    lower, upper = program.row_lower - used, program.row_upper - used
    filled = np.diff(part.indptr) > 0
    if np.any(lower[~filled] > SLACK) or np.any(upper[~filled] < -SLACK):
        return Outcome(None, np.inf, np.inf, infeasible=True, solved=True)
    rows = np.flatnonzero(filled)
    part = sparse.csr_array(part[rows])
    unit = max(1.0, float(np.abs(cost[columns]).max(initial=0.0)) / 1e3)
    highs = QuietHighs()
    options = {"threads": 1, "parallel": "off", "random_seed": seed, "time_limit": max(0.05, seconds)}
    options |= {"mip_rel_gap": relative_gap, "mip_abs_gap": max(absolute_gap / unit, 1e-9)}
    for option, value in options.items():
        highs.setOptionValue(option, value)
    bounds, sides = (program.lower[columns], program.upper[columns]), (lower[rows], upper[rows])
    lp = highs_lp(part, cost[columns] / unit, bounds, sides, False if relaxed else program.integer[columns])
    highs.passModel(lp)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start[columns].tolist()
        highs.setSolution(solution)
    highs.run()
    if start is not None and _is_stale(highs, lp):
        highs.clearSolver()
        highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    fixed = float(cost @ held)
    solved = status == highspy.HighsModelStatus.kOptimal
    if status in NOTHING_THERE:
        return Outcome(None, np.inf, np.inf, infeasible=True, solved=True)
    found = None
    if info.primal_solution_status == FEASIBLE:
        found = held.copy()
        values = np.asarray(highs.getSolution().col_value)
        found[columns] = values if relaxed else np.where(program.integer[columns], np.round(values), values)
    if relaxed:
        duals = np.zeros(program.matrix.shape[0])
        if solved:
            duals[rows] = np.asarray(highs.getSolution().row_dual) * unit
        bound = dual_bound(program, cost, duals) if solved and free is None else -np.inf
        return Outcome(found, float(cost @ found) if found is not None else np.inf, bound, False, solved, duals)
    bound = float(info.mip_dual_bound) * unit + fixed
    bound = bound if np.isfinite(bound) else -np.inf
    return Outcome(found, float(cost @ found) if found is not None else np.inf, bound, False, solved)


def _is_stale(highs: QuietHighs, lp: highspy.HighsLp) -> bool:
    """Whether the reported solution does not have the reported objective.

    If presolve solves the whole program, HiGHS may still report the start solution.
    """
    info = highs.getInfo()
    if info.primal_solution_status != FEASIBLE:
        return False
    worth = float(np.asarray(lp.col_cost_) @ np.asarray(highs.getSolution().col_value))
    return abs(worth - float(info.objective_function_value)) > STALE * max(1.0, abs(worth))


def reduced_costs(program: ChangeProgram, cost: Reals, duals: Reals) -> Reals:
    """The reduced cost of each column at some duals: cost − Aᵀ·duals, (c,).

    `cost` is the objective, (c,), and `duals` are the prices of the rows, (rows,).
    """
    return np.asarray(cost - program.matrix.T @ duals)


def dual_bound(program: ChangeProgram, cost: Reals, duals: Reals) -> float:
    """The bound that duals prove, independent of the solver that computed them.

    Σ_r min over the row's activity of dual_r·activity + Σ_j min over the column's values of reduced cost·value; duals
    of the wrong sign are set to 0.
    """
    duals = np.where((duals > 0) & ~np.isfinite(program.row_lower), 0.0, duals)
    duals = np.where((duals < 0) & ~np.isfinite(program.row_upper), 0.0, duals)
    sides = np.where(duals > 0, program.row_lower, program.row_upper)
    total = float(duals[duals != 0] @ sides[duals != 0])
    reduced = reduced_costs(program, cost, duals)
    reduced[np.abs(reduced) < 1e-9 * max(1.0, float(np.abs(cost).max(initial=1.0)))] = 0.0
    ends = np.where(reduced > 0, program.lower, program.upper)
    with np.errstate(invalid="ignore"):
        amount = reduced * ends
    return total + float(amount[reduced != 0].sum()) - 1e-6 * max(1.0, abs(total))
