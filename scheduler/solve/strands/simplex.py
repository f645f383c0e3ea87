"""The relaxation of a strand program, solved to its end by simplex.

Small programs are annealed with it, and the costs of clauses are computed from it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.programs.highs import solved_linear
from scheduler.solve.relaxation.lagrangian import Relaxation
from scheduler.solve.strands.relaxation import RelaxedColumns, by_formulation_row, lagrangian_bound
from scheduler.solve.strands.restricted import RestrictedProgram

if TYPE_CHECKING:
    from scheduler.arrays import Flags
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strands.program import StrandProgram


def simplex_relaxation(program: StrandProgram, budget: Budget) -> RelaxedColumns | None:
    """The relaxation by columns, with all rigid and hard rows. None if it did not end in time."""
    mip = RestrictedProgram(program)
    solution = solved_linear(mip.lp(relaxed=True), budget)
    if solution is None:
        return None
    duals = mip.duals(solution.duals)
    amounts = solution.amounts[: program.column_count]
    return RelaxedColumns(duals, lagrangian_bound(program, duals), amounts, mip.basis(solution.basis))


def simplex(program: StrandProgram, budget: Budget) -> Relaxation | None:
    """The relaxation in the formulation's terms, with all rigid and hard rows. None if it did not end in time."""
    found = simplex_relaxation(program, budget)
    return None if found is None else by_formulation(program, found)


def by_formulation(program: StrandProgram, found: RelaxedColumns) -> Relaxation:
    """A solved relaxation in the formulation's terms."""
    amounts = np.asarray(program.expand @ found.amounts)
    support, by_row = np.flatnonzero(np.abs(amounts) > 1e-7), by_formulation_row(program, found.duals)
    return Relaxation(found.bound, by_row, support, amounts[support], 1, converged=True)


def without_rows(program: StrandProgram, left_out: Flags) -> StrandProgram:
    """The program without some of the formulation's rows, (r,). Its columns stay."""
    keep = np.flatnonzero((program.origin < 0) | ~left_out[program.origin])
    return replace(
        program,
        matrix=program.matrix[keep],
        lower=program.lower[keep],
        upper=program.upper[keep],
        kind=program.kind[keep],
        miss_step=program.miss_step[keep],
        price=program.price[keep],
        origin=program.origin[keep],
    )
