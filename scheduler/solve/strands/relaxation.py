"""The bound that duals of a strand program prove without a solver.

For duals λ, with λ > 0 only on rows with an upper side and λ < 0 only on rows with a lower side, |λ| ≤ price / miss
step on soft rows, and column bounds l ≤ u ≤ h, every timetable that keeps the hard rows is worth no more than
constant + Σ_rows (λ⁺·U − λ⁻·L) + Σ_groups max(0, largest reduced value of its bundles)
+ Σ_other columns max of (reduced value · u) over their range, where the reduced values are value − Aᵀλ.
A group adds only its best bundle, because at most one of its bundles is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules import SOFT
from scheduler.solve.search.duals import Duals

if TYPE_CHECKING:
    from scheduler.arrays import Reals
    from scheduler.solve.programs.basis import ProgramBasis
    from scheduler.solve.strands.program import StrandProgram

FLOAT_ERROR = 1e-9
"""A bound is raised by this share of the sum of the absolute values of its terms, to cover rounding errors.

Real errors of sums of doubles are far smaller.
"""


@dataclass(frozen=True, slots=True)
class RelaxedColumns:
    """The duals of a program's rows, (s,), the bound that they prove, and the amounts of its columns, (c,)."""

    duals: Reals
    bound: float
    amounts: Reals
    basis: ProgramBasis | None = None  # if the simplex method found them


def clipped_duals(program: StrandProgram, duals: Reals) -> Reals:
    """The nearest duals with a finite bound: no price on an absent side, and no soft row above its price."""
    clipped = duals.copy()
    soft = program.kind == SOFT
    most = program.price / program.miss_step
    clipped[soft] = np.clip(clipped[soft], -most[soft], most[soft])
    clipped[~np.isfinite(program.upper)] = np.minimum(clipped[~np.isfinite(program.upper)], 0.0)
    clipped[~np.isfinite(program.lower)] = np.maximum(clipped[~np.isfinite(program.lower)], 0.0)
    return clipped


def reduced_values(program: StrandProgram, duals: Reals) -> Reals:
    """The reduced value of each column, value − Aᵀλ, viewer-minutes, (c,)."""
    return np.asarray(program.value - program.matrix.T @ clipped_duals(program, duals), dtype=np.float64)


def lagrangian_bound(program: StrandProgram, duals: Reals) -> float:
    """An upper bound on the value of all timetables that keep the hard rows, viewer-minutes, for any duals."""
    clipped, bundles = clipped_duals(program, duals), program.bundle_count
    side = np.where(clipped > 0, program.upper, program.lower)
    by_row = np.where(clipped == 0, 0.0, clipped * np.where(clipped == 0, 0.0, side))
    reduced = program.value - program.matrix.T @ clipped
    by_column = np.maximum(reduced * program.column_upper, reduced * program.column_lower)
    by_group = np.zeros(int(program.group[:bundles].max(initial=-1)) + 1)
    np.maximum.at(by_group, program.group[:bundles], reduced[:bundles])
    size = float(np.abs(by_row).sum() + np.abs(by_column).sum() + abs(program.matrix).T.dot(np.abs(clipped)).sum())
    total = by_row.sum() + by_group.sum() + by_column[bundles:].sum()
    return program.formulation.constant + float(total) + FLOAT_ERROR * size


def by_formulation_row(program: StrandProgram, duals: Reals) -> Reals:
    """The duals of a strand program's rows, (s,), by the formulation's rows, (r,); 0 where the program has no row."""
    rows, stated = np.zeros(len(program.formulation.lower)), program.origin >= 0
    rows[program.origin[stated]] = duals[stated]
    return rows


def duals_of(program: StrandProgram, bound: float, duals: Reals) -> Duals:
    """The duals of a strand program's rows, (s,), by the formulation's rows and by steps, for a certificate."""
    clipped = clipped_duals(program, duals)
    steps = *program.overlap_at, clipped[program.origin < 0]
    return Duals(bound, by_formulation_row(program, clipped), steps=steps)
