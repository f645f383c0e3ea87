"""The bound that duals of a strand program prove without a solver.

For duals λ, with λ > 0 only on rows with an upper side and λ < 0 only on rows with a lower side, |λ| ≤ price / miss
step on soft rows, and column bounds l ≤ u ≤ h, every timetable that keeps the hard rows is worth no more than
constant + Σ_rows (λ⁺·U − λ⁻·L) + Σ_groups max(0, largest reduced value of its bundles)
+ Σ_other columns max of (reduced value · u) over their range, where the reduced values are value − Aᵀλ.
A group adds only its best bundle, because at most one of its bundles is chosen.

At most one airing occupies a step of a window. So steps may have duals μ ≥ 0 beside those of the program's overlap
rows: the bound has Σ μ more, and a column's reduced value is less by the μ of the steps that its airings occupy. Where
the duals of rows are far from the best ones, many airings outside bundles have a reduced value above 0, and all count
although they overlap. `steps_beside` finds μ by longest paths, so that only the best pattern of each window counts.

A rerun a of slot k airs only if its series has this slot: x_a ≤ s_k. The program has Σ x_a ≤ n_k·s_k instead. So such
limits may have multipliers π_a ≥ 0, too: the reduced value of x_a is less by π_a, that of s_k greater. A certificate
has a cut for each of them (`proof/rerun_cuts.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules import SOFT
from scheduler.solve.programs.bundle_columns import free_numbers
from scheduler.solve.proof.rerun_cuts import rerun_cuts
from scheduler.solve.relaxation.pricing import step_duals
from scheduler.solve.search.duals import Duals
from scheduler.solve.strands.fixed_columns import completed
from scheduler.solve.strands.program import at_steps

if TYPE_CHECKING:
    from scheduler.arrays import Ints, Reals
    from scheduler.certify import Cut
    from scheduler.solve.programs.basis import ProgramBasis
    from scheduler.solve.relaxation.pricing import Pricer
    from scheduler.solve.strands.program import StrandProgram

FLOAT_ERROR = 1e-9
"""A bound is raised by this share of the sum of the absolute values of its terms, to cover rounding errors.

Real errors of sums of doubles are far smaller.
"""


@dataclass(frozen=True, slots=True)
class RerunMultipliers:
    """Multipliers π ≥ 0 of the limits x_a ≤ s of k reruns, by their slots."""

    rerun: Ints  # (k,) the column x_a
    slot: Ints  # (k,) the column s
    row: Ints  # (k,) the row of the slot
    size: Reals  # (k,) its n
    amount: Reals  # (k,) π

    def taken_from(self, value: Reals) -> None:
        """Subtract them from reduced values of all columns, (c,), in place."""
        value[self.rerun] -= self.amount  # a rerun is in one slot
        np.add.at(value, self.slot, self.amount)

    def shared(self, lost: Reals) -> None:
        """Divide the loss of each slot among its reruns, in place: lost[a] is the loss of column a, (c,)."""
        count = np.bincount(self.slot, minlength=len(lost))
        lost[self.rerun] += lost[self.slot] / count[self.slot]
        lost[self.slot] = 0.0


@dataclass(frozen=True, slots=True)
class RelaxedColumns:
    """The duals of a program's rows, (s,), the bound that they prove, and the amounts of its columns, (c,)."""

    duals: Reals
    bound: float
    amounts: Reals
    basis: ProgramBasis | None = None  # if the simplex method found them
    steps: Reals | None = None  # (w, length) duals of steps beside those of overlap rows; None: all 0
    reruns: RerunMultipliers | None = None  # None: all 0


def clipped_duals(program: StrandProgram, duals: Reals) -> Reals:
    """The nearest duals with a finite bound: no price on an absent side, and no soft row above its price."""
    clipped = duals.copy()
    soft = program.kind == SOFT
    most = program.price / program.miss_step
    clipped[soft] = np.clip(clipped[soft], -most[soft], most[soft])
    clipped[~np.isfinite(program.upper)] = np.minimum(clipped[~np.isfinite(program.upper)], 0.0)
    clipped[~np.isfinite(program.lower)] = np.maximum(clipped[~np.isfinite(program.lower)], 0.0)
    return clipped


def reduced_values(
    program: StrandProgram, duals: Reals, steps: Reals | None = None, reruns: RerunMultipliers | None = None
) -> Reals:
    """The reduced value of each column, value − Aᵀλ − Σ of μ at its steps, and π, viewer-minutes, (c,)."""
    reduced = np.asarray(program.value - program.matrix.T @ clipped_duals(program, duals), dtype=np.float64)
    if reruns is not None:
        reruns.taken_from(reduced)
    return reduced if steps is None else reduced - at_steps(program.formulation, program.expand, steps)


def steps_beside(program: StrandProgram, pricer: Pricer, reduced: Reals) -> Reals:
    """Duals of steps, (w, length), for the reduced values of the columns, (c,), without such duals.

    With them no airing outside bundles has a reduced value above 0, and the bound is never higher than without.
    """
    formulation, n = program.formulation, program.formulation.airing_count
    entry = program.entries[program.bundle_count :]
    alone = entry < n
    reward = np.zeros(n)
    reward[entry[alone]] = reduced[program.bundle_count :][alone]
    return step_duals(formulation, pricer, reward)


def lagrangian_bound(
    program: StrandProgram, duals: Reals, steps: Reals | None = None, reruns: RerunMultipliers | None = None
) -> float:
    """An upper bound on the value of all timetables that keep the hard rows, viewer-minutes.

    Parameters
    ----------
    duals
        (s,) Any duals of the rows.
    steps
        (w, length) Any duals of steps that are at least 0, beside those of overlap rows.
    reruns
        Any multipliers of limits of reruns that are at least 0.
    """
    clipped, bundles = clipped_duals(program, duals), program.bundle_count
    side = np.where(clipped > 0, program.upper, program.lower)
    by_row = np.where(clipped == 0, 0.0, clipped * np.where(clipped == 0, 0.0, side))
    by_step, paid = 0.0, np.zeros(1)
    if steps is not None:
        by_step, paid = float(steps.sum()), at_steps(program.formulation, program.expand, steps)
    reduced = program.value - program.matrix.T @ clipped - paid
    if reruns is not None:
        reruns.taken_from(reduced)
    by_column = np.maximum(reduced * program.column_upper, reduced * program.column_lower)
    by_group = np.zeros(int(program.group[:bundles].max(initial=-1)) + 1)
    by_group[program.group[:bundles][program.column_lower[:bundles] > 0]] = -np.inf  # a fixed bundle counts whatever
    np.maximum.at(by_group, program.group[:bundles], reduced[:bundles])
    size = float(np.abs(by_row).sum() + np.abs(by_column).sum() + abs(program.matrix).T.dot(np.abs(clipped)).sum())
    size += 0.0 if reruns is None else 2 * float(reruns.amount.sum())
    total = by_row.sum() + by_step + by_group.sum() + by_column[bundles:].sum()
    return program.formulation.constant + float(total) + FLOAT_ERROR * (size + by_step + float(paid.sum()))


def by_formulation_row(program: StrandProgram, duals: Reals) -> Reals:
    """The duals of a strand program's rows, (s,), by the formulation's rows, (r,); 0 where the program has no row."""
    rows, stated = np.zeros(len(program.formulation.lower)), program.origin >= 0
    rows[program.origin[stated]] = duals[stated]
    return rows


def duals_of(program: StrandProgram, found: RelaxedColumns) -> Duals:
    """The duals of a relaxation by the formulation's rows and by steps, for a certificate."""
    clipped, steps = completed(program, clipped_duals(program, found.duals), found.steps)
    begin = program.formulation.window_start
    window, step = program.overlap_at
    of_rows = clipped[program.origin < 0]
    cuts, of_cuts = _cuts(program, found.reruns)
    if steps is None:
        return Duals(found.bound, by_formulation_row(program, clipped), cuts, of_cuts, (window, step, of_rows))
    steps = steps.copy()
    steps[window, step - begin[window]] += of_rows
    window, offset = np.nonzero(steps)
    rows = by_formulation_row(program, clipped)
    return Duals(found.bound, rows, cuts, of_cuts, (window, begin[window] + offset, steps[window, offset]))


def _cuts(program: StrandProgram, reruns: RerunMultipliers | None) -> tuple[list[Cut], list[float]]:
    """The limits of reruns with a multiplier above 0 as cuts, and these multipliers."""
    if reruns is None:
        return [], []
    at = np.flatnonzero(reruns.amount > 0)
    column = free_numbers(program.formulation, program.entries[reruns.rerun[at]])
    row, size = program.origin[reruns.row[at]], reruns.size[at].astype(np.int64)
    return rerun_cuts(row, column, size), reruns.amount[at].tolist()
