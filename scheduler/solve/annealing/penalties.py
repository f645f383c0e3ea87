"""Dynamic penalties: the cost of a violated row at each moment of a cycle of the annealing.

A cycle has two phases. Phase 1: the rewards of airings start as Lagrangian ones (value minus the duals of the rows they
use), so that scarce runs and minutes have a price before they run out. This credit fades. Penalties of local rows grow.
Coupling rows are only priced at their duals and may be violated by a tolerance; otherwise the first moves would freeze
both sides of every agreement. Phase 2: penalties of coupling rows grow too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import Reals, by_row
from scheduler.rules import SOFT
from scheduler.solve.relaxation.row_classes import tolerances

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation
    from scheduler.solve.params import PenaltyParams
    from scheduler.solve.relaxation.reduced_costs import ReducedCosts


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a cycle: the completed shares of phase 1 and of phase 2."""

    first: float
    second: float = 0.0

    def later(self, share: float) -> Progress:
        """The progress after a share of the rest of the present phase."""
        if self.first >= 1.0:
            return Progress(self.first, self.second + (1 - self.second) * share)
        return Progress(self.first + (1 - self.first) * share)


class Penalties:
    """Penalties of the rows and rewards of the airings at every moment of a cycle. It does not change."""

    def __init__(
        self, formulation: Formulation, reduced_costs: ReducedCosts, coupling: Flags, params: PenaltyParams
    ) -> None:
        """Compute everything that does not depend on the moment. `coupling` are the coupling rows, (r,)."""
        self.params, self.coupling = params, coupling
        n = formulation.airing_count
        self.firm: Flags = formulation.kind != SOFT  # rigid and hard rows
        size = np.maximum(np.asarray(abs(formulation.matrix).max(axis=1).toarray()).ravel(), 1)
        self.tolerance = tolerances(formulation, reduced_costs, coupling, params)
        self.dual_cost = np.abs(reduced_costs.duals) * formulation.miss_step  # viewer-minutes per violated unit
        self.floor = params.floor * reduced_costs.unit / size * formulation.miss_step
        self.end_floor = np.maximum(params.hardness * self.floor, params.local_hardness * self._dearest(formulation))
        weight = np.maximum(params.duals * self.dual_cost, self.floor)
        self.weight: Reals = np.where(self.firm, weight, formulation.price).astype(np.float64)  # at first
        used = formulation.matrix.T @ np.where(coupling, reduced_costs.duals, 0.0)
        self.coupling_used: Reals = np.asarray(used, dtype=np.float64)[:n]
        self.local_used: Reals = formulation.value - reduced_costs.reward - self.coupling_used

    def _dearest(self, formulation: Formulation) -> Reals:
        """Max over airings of value / |coefficient|, per unit, for local rows, (r,); 0 for coupling ones."""
        worth = np.zeros(formulation.matrix.shape[1])
        worth[: formulation.airing_count] = np.maximum(formulation.value, 0)
        entry = formulation.matrix
        each = worth[entry.indices] / np.maximum(np.abs(entry.data), 1)
        dearest = by_row(np.maximum, each, entry.indptr, 0.0)
        return np.where(self.coupling, 0.0, dearest * formulation.miss_step)

    def grow(self, weight: Reals, misses: Reals, at: Progress, share: float) -> None:
        """Update the weights in place. They grow where a row is violated beyond its tolerance, else they decay.

        Parameters
        ----------
        weight
            (r,) viewer-minutes per violated unit.
        misses
            (r,) violations, units.
        at
            The present moment.
        share
            The share of the present phase since the last update.
        """
        params = self.params
        phase_1, hard = at.first < 1.0, at.first > params.hardens
        steps = share * (params.steps if phase_1 else params.coupling_steps)
        slow, fast = params.growth**steps, params.hard_growth**steps
        exceeding = self.exceeding(misses, at) & self.firm
        weight[exceeding & ~self.coupling] *= fast if hard else slow
        weight[exceeding & self.coupling] *= slow if phase_1 else fast
        if not hard:
            kept = ~exceeding & self.firm & ~self.coupling
            weight[kept] = np.maximum(self.weight[kept], weight[kept] * params.shrinking**steps)
        if phase_1:
            kept = ~exceeding & self.coupling
            weight[kept] = np.maximum(self.weight[kept], weight[kept] * params.coupling_shrinking**steps)

    def exceeding(self, misses: Reals, at: Progress) -> Flags:
        """Rows violated beyond their present tolerance, (r,)."""
        exceeding: Flags = misses > (self.tolerance if at.first < 1.0 else 0.0)
        return exceeding

    def penalties(self, weight: Reals, at: Progress) -> Reals:
        """Present cost of a violated unit of each row, (r,), viewer-minutes.

        weight − credit·dual cost, but at least a small share of the weight, because the credited duals are already in
        the rewards. Late in a phase it is also at least floor·(end floor / floor)^share, whatever the weight.
        """
        params = self.params
        local, coupling = self._credits(at)
        least = np.where(self.coupling, params.coupling_least, params.local_least) * weight
        cost = np.maximum(weight - np.where(self.coupling, coupling, local) * self.dual_cost, least)
        hardened = max(0.0, at.first - params.hardens) / (1 - params.hardens)
        rise = params.local_rise**at.second
        for rows, share, more in ((~self.coupling, hardened, rise), (self.coupling, at.second, 1.0)):
            if share > 0:
                floor = self.floor * (self.end_floor / self.floor) ** share * more
                cost = np.where(rows & self.firm, np.maximum(cost, floor), cost)
        return cost

    def rewards(self, airing: Ints, value: Reals, at: Progress) -> Reals:
        """Present rewards of some airings: value − Σ over rows of credit · dual · coefficient."""
        local, coupling = self._credits(at)
        rewards: Reals = value - local * self.local_used[airing] - coupling * self.coupling_used[airing]
        return rewards

    def _credits(self, at: Progress) -> tuple[float, float]:
        """The shares of the duals that are credited now, for local rows and for coupling rows."""
        params = self.params
        local = params.local_credit * max(0.0, 1.0 - at.first / params.local_fades)
        return local, params.coupling_credit * max(0.0, 1.0 - at.second / params.coupling_fades)
