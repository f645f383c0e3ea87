"""The limits of reruns without the variables of their slots, for the first-order method.

A rerun a of slot k may air only if its series has this slot: x_a ≤ s_k, and Σ s_k ≤ 1 over the slots of a group. There
are such s_k if and only if Σ_k max_a x_a ≤ 1, for a of slot k. The method keeps these limits by a projection
(`kernels/rerun_limits.py`), as it keeps the limits of single columns.

The largest Σ r_a·x_a within the limits is Σ_groups max_k Σ_a r_a⁺. This is what reruns with reduced values r add to a
bound. It is the bound of the multipliers π_a = r_a⁺ of x_a ≤ s_k and λ = max_k Σ_a π_a of Σ s_k ≤ 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.kernels.rerun_limits import limited_step, project

if TYPE_CHECKING:
    from scheduler.arrays import Ints, Reals, Singles


@dataclass(frozen=True, eq=False)
class RerunLimits:
    """x_a ≤ s_k for the reruns a of each slot k, and Σ w_k·s_k ≤ 1 for each group of slots.

    Shapes: k reruns in the order of their slots, s slots in the order of their groups, g groups, c columns.
    """

    column: Ints  # (k,) of the rerun
    first_rerun: Ints  # (s + 1,) the reruns of a slot are first_rerun[slot]:first_rerun[slot + 1]
    first_slot: Ints  # (g + 1,)
    weight: Reals  # (s,) w; 1 if columns are not scaled

    @classmethod
    def of(cls, column: Ints, slot: Ints, group: Ints) -> RerunLimits:
        """The limits of some reruns, (k,), in the order of their slots, (k,), and groups, (k,). All weights are 1."""
        begin = np.flatnonzero(np.diff(slot, prepend=-1))
        first = np.flatnonzero(np.diff(group[begin], prepend=-1))
        ends = np.append(begin, len(column)), np.append(first, len(begin))
        return cls(column.astype(np.int64), *ends, np.ones(len(begin)))

    @property
    def slot(self) -> Ints:
        """The slot of each rerun, (k,)."""
        return np.repeat(np.arange(len(self.weight)), np.diff(self.first_rerun))

    def only(self, columns: Ints) -> RerunLimits:
        """The limits over some columns, given by their numbers, sorted. Slots and groups without reruns vanish."""
        slot = self.slot
        group = np.repeat(np.arange(len(self.first_slot) - 1), np.diff(self.first_slot))[slot]
        kept = np.flatnonzero(np.isin(self.column, columns))
        found = RerunLimits.of(np.searchsorted(columns, self.column[kept]), slot[kept], group[kept])
        return replace(found, weight=self.weight[np.unique(slot[kept])])

    def equal_in_slots(self, by_column: Reals) -> Reals:
        """Scales of the columns, (c,), equal within each slot: there the geometric mean of the given ones."""
        found = by_column.copy()
        if len(self.column):
            means = np.add.reduceat(np.log(by_column[self.column]), self.first_rerun[:-1]) / np.diff(self.first_rerun)
            found[self.column] = np.exp(means)[self.slot]
        return found

    def scaled(self, by_column: Reals) -> RerunLimits:
        """The limits of x / scale, for scales of the columns, (c,), that are equal within each slot."""
        return replace(self, weight=self.weight * by_column[self.column[self.first_rerun[:-1]]])

    def project(self, point: Singles) -> None:
        """Move a point, (c,), to the nearest one that keeps the limits, in place."""
        project(self.first_slot, self.first_rerun, self.column, self.weight, point)

    def step(self, x: Singles, scale: Singles, best: Singles, scaled: Singles) -> float:
        """Project the result of a primal step; see `limited_step`."""
        arrays = self.first_slot, self.first_rerun, self.column, self.weight
        return float(limited_step(*arrays, x, scale, best, scaled))

    def largest(self, reduced: Reals) -> Reals:
        """max_k Σ_a r_a⁺ / w_k for each group, (g,), from reduced values of the columns, (c,)."""
        if not len(self.column):
            return np.zeros(0)
        of_slot = np.add.reduceat(np.maximum(reduced[self.column], 0.0), self.first_rerun[:-1]) / self.weight
        return np.asarray(np.maximum.reduceat(of_slot, self.first_slot[:-1]), dtype=np.float64)
