"""Part of a replan's program in HiGHS: some columns are free, the others stay fixed at a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np
from scipy import sparse

from scheduler.solve.programs.highs import QuietHighs, highs_lp
from scheduler.solve.search.time_limit import Budget

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.replan.program import ChangeProgram, Matrix

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


IMPOSSIBLE = Outcome(None, np.inf, np.inf, infeasible=True, solved=True)
"""No point keeps all rows."""


def relaxation(program: ChangeProgram, cost: Reals, seconds: float) -> Outcome:
    """Minimise cost·v over the whole program without integrality. The bound is the one that the duals prove.

    Parameters
    ----------
    cost
        (c,) The objective.
    seconds
        Time limit.
    """
    part = _part(program, None, None)
    if not part.possible:
        return IMPOSSIBLE
    highs, unit = _highs(seconds), _unit(cost)
    highs.passModel(part.model(program, cost / unit, whole=False))
    highs.run()
    status = highs.getModelStatus()
    if status in NOTHING_THERE:
        return IMPOSSIBLE
    solved, duals = status == highspy.HighsModelStatus.kOptimal, np.zeros(program.matrix.shape[0])
    if solved:
        duals[part.rows] = np.asarray(highs.getSolution().row_dual) * unit
    bound = dual_bound(program, cost, duals) if solved else -np.inf
    if highs.getInfo().primal_solution_status != FEASIBLE:
        return Outcome(None, np.inf, bound, infeasible=False, solved=solved, duals=duals)
    point = np.asarray(highs.getSolution().col_value)
    return Outcome(point, float(cost @ point), bound, infeasible=False, solved=solved, duals=duals)


def sifted_relaxation(program: ChangeProgram, cost: Reals, seconds: float, free: Flags, most: int) -> Outcome:
    """The same relaxation, solved over some columns, then with those that can still lower the objective.

    The other columns stay at their lower bounds. Columns with negative reduced costs become free, until there are none:
    the duals are then those of the whole program. The duals of every round prove a bound, also if time ends before: the
    point is then that of the last round.

    Parameters
    ----------
    free
        (c,) The columns of the first round. If there are none, or no point keeps the rows, the whole program is solved.
    most
        Most columns that become free in one round.
    """
    budget, free, bound = Budget.of_seconds(seconds), free.copy(), -np.inf
    duals = np.zeros(program.matrix.shape[0])
    point: Reals | None = None
    while True:
        part = _part(program, free, program.lower.copy())
        highs, unit = _highs(budget.left()), _unit(cost)
        if part.possible:
            highs.passModel(part.model(program, cost / unit, whole=False))
            highs.run()
        status = highs.getModelStatus()
        if budget.over() and status != highspy.HighsModelStatus.kOptimal:
            objective = np.inf if point is None else float(cost @ point)
            return Outcome(point, objective, bound, infeasible=False, solved=False, duals=duals)
        if not part.possible or status != highspy.HighsModelStatus.kOptimal:
            return relaxation(program, cost, budget.left())
        duals[:] = 0.0
        duals[part.rows] = np.asarray(highs.getSolution().row_dual) * unit
        bound = max(bound, dual_bound(program, cost, duals))
        reduced = reduced_costs(program, cost, duals)
        entering = np.flatnonzero(~free & (reduced < -SLACK))
        point = part.held.copy()
        point[part.columns] = np.asarray(highs.getSolution().col_value)
        if not len(entering):
            return Outcome(point, float(cost @ point), bound, infeasible=False, solved=True, duals=duals)
        free[entering[np.argsort(reduced[entering])][:most]] = True


def solve_part(
    program: ChangeProgram,
    cost: Reals,
    seconds: float,
    *,
    free: Flags | None = None,
    point: Reals | None = None,
    start: Reals | None = None,
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
    absolute_gap, relative_gap
        HiGHS stops at either gap.
    seed
        Seed of HiGHS.
    """
    part = _part(program, free, point)
    if not part.possible:
        return IMPOSSIBLE
    highs, unit = _highs(seconds, seed), _unit(cost[part.columns])
    highs.setOptionValue("mip_rel_gap", relative_gap)
    highs.setOptionValue("mip_abs_gap", max(absolute_gap / unit, 1e-9))
    lp = part.model(program, cost / unit, whole=True)
    highs.passModel(lp)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start[part.columns].tolist()
        highs.setSolution(solution)
    highs.run()
    if start is not None and _is_stale(highs, lp):
        highs.clearSolver()
        highs.run()
    status, info = highs.getModelStatus(), highs.getInfo()
    if status in NOTHING_THERE:
        return IMPOSSIBLE
    solved = status == highspy.HighsModelStatus.kOptimal
    bound = float(info.mip_dual_bound) * unit + float(cost @ part.held)
    bound = bound if np.isfinite(bound) else -np.inf
    if info.primal_solution_status != FEASIBLE:
        return Outcome(None, np.inf, bound, infeasible=False, solved=solved)
    values, found = np.asarray(highs.getSolution().col_value), part.held.copy()
    found[part.columns] = np.where(program.integer[part.columns], np.round(values), values)
    return Outcome(found, float(cost @ found), bound, infeasible=False, solved=solved)


@dataclass(frozen=True, eq=False)
class _Part:
    """The free columns of a program, and the rows that they are in with the sides that the fixed columns leave."""

    columns: Ints
    rows: Ints
    matrix: Matrix
    sides: tuple[Reals, Reals]
    held: Reals  # (c,) values of the fixed columns, 0 at the free ones
    possible: bool  # whether the fixed columns keep the other rows

    def model(self, program: ChangeProgram, cost: Reals, *, whole: bool) -> highspy.HighsLp:
        """The part as a HiGHS model that minimises a cost, (c,); without integers unless `whole`."""
        bounds = program.lower[self.columns], program.upper[self.columns]
        return highs_lp(
            self.matrix, cost[self.columns], bounds, self.sides, program.integer[self.columns] if whole else False
        )


def _part(program: ChangeProgram, free: Flags | None, point: Reals | None) -> _Part:
    """Fix the columns that are not free at a point."""
    columns = np.arange(program.columns) if free is None else np.flatnonzero(free)
    held = np.zeros(program.columns) if point is None else point.copy()
    held[columns] = 0.0
    matrix = program.matrix if free is None else sparse.csr_array(program.matrix[:, columns])
    used = program.matrix @ held if point is not None else np.zeros(program.matrix.shape[0])
    lower, upper = program.row_lower - used, program.row_upper - used
    filled = np.diff(matrix.indptr) > 0
    broken = np.any(lower[~filled] > SLACK) or np.any(upper[~filled] < -SLACK)
    rows = np.flatnonzero(filled)
    return _Part(columns, rows, sparse.csr_array(matrix[rows]), (lower[rows], upper[rows]), held, not broken)


def _unit(cost: Reals) -> float:
    """What an objective is divided by, so that its largest cost is at most a thousand."""
    return max(1.0, float(np.abs(cost).max(initial=0.0)) / 1e3)


def _highs(seconds: float, seed: int = 1) -> QuietHighs:
    """HiGHS on one thread with a limit of the clock."""
    highs = QuietHighs()
    options = {"threads": 1, "parallel": "off", "random_seed": seed, "time_limit": max(0.05, seconds)}
    for option, value in options.items():
        highs.setOptionValue(option, value)
    return highs


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
