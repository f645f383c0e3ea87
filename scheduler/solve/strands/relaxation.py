"""The linear relaxation of a strand program, and a bound that its duals prove without the solver.

For duals λ, with λ > 0 only on rows with an upper side and λ < 0 only on rows with a lower side, |λ| ≤ price / miss
step on soft rows, and column bounds l ≤ u ≤ h, every timetable that keeps the hard rows is worth no more than
constant + Σ_rows (λ⁺·U − λ⁻·L) + Σ_columns max((value − Aᵀλ)·l, (value − Aᵀλ)·h).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import highspy
import numpy as np

from scheduler.rules import SOFT
from scheduler.solve.programs.highs import QuietHighs
from scheduler.solve.strands.mip import StrandMip

if TYPE_CHECKING:
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.strands.program import Reals, StrandProgram

FLOAT_ERROR = 1e-9
"""Of the sum of all terms' sizes: what rounding may have taken off a bound; sums of doubles lose far less."""


def relax(program: StrandProgram, search: Search) -> Reals | None:
    """Offer the relaxation's bound; returns the duals of the program's rows, None where time ran out."""
    mip = StrandMip(program)
    highs = QuietHighs()
    highs.setOptionValue("threads", 1)
    if not search.settings.deterministic:
        highs.setOptionValue("time_limit", max(0.1, search.budget.left()))
    highs.passModel(mip.lp(relaxed=True))
    highs.run()
    search.budget.spend(max(0, int(highs.getInfo().simplex_iteration_count)) / 5000)
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    duals = np.zeros(len(program.lower))
    duals[mip.rows] = -np.asarray(highs.getSolution().row_dual) * mip.unit * mip.share
    search.offer_bound(lagrangian_bound(program, duals), "relaxation")
    return duals


def lagrangian_bound(program: StrandProgram, duals: Reals) -> float:
    """What no timetable that keeps the hard rows is worth more than, viewer-minutes, for any duals."""
    clipped = duals.copy()
    soft = program.kind == SOFT
    most = program.price / program.miss_step
    clipped[soft] = np.clip(clipped[soft], -most[soft], most[soft])
    clipped[~np.isfinite(program.upper)] = np.minimum(clipped[~np.isfinite(program.upper)], 0.0)
    clipped[~np.isfinite(program.lower)] = np.maximum(clipped[~np.isfinite(program.lower)], 0.0)
    side = np.where(clipped > 0, program.upper, program.lower)
    by_row = np.where(clipped == 0, 0.0, clipped * np.where(clipped == 0, 0.0, side))
    reduced = program.value - program.matrix.T @ clipped
    by_column = np.maximum(reduced * program.column_upper, reduced * program.column_lower)
    size = float(np.abs(by_row).sum() + np.abs(by_column).sum() + abs(program.matrix).T.dot(np.abs(clipped)).sum())
    return program.formulation.constant + float(by_row.sum() + by_column.sum()) + FLOAT_ERROR * size
