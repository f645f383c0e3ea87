"""Reduced costs and regrets at the relaxation's duals. By them the improvers choose where to search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import Reals
from scheduler.solve.params import DEFAULTS

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints


@dataclass(frozen=True, slots=True)
class ReducedCosts:
    """The plain relaxation's duals and the values derived from them, in viewer-minutes if no other unit is stated."""

    duals: Reals  # (r,) of the formulation's rows, per unit of the row
    reward: Reals  # (n,) reduced profit of an airing: value − Aᵀ·duals
    regret: Reals  # (n,) best pattern of its window − best pattern with this airing; inf if not allowed
    best: Reals  # (w,) reward of every window's best pattern
    support: Ints  # airings with a positive amount in the relaxation
    exchanged: Reals  # (r,) the larger of what the relaxation's airings add to each row and take from it
    worth: Reals  # (w,) value of every window's best pattern without any rules
    unit: float  # mean value of an airing
    regret_step: float = DEFAULTS.relaxation.regret_step  # regrets are ranked in steps of this share of the unit

    def order(self, window: Ints) -> Ints:
        """Airings sorted by window, (n,). In each window the relaxation's own come first, then those of least regret.

        Ties are broken at random with a fixed seed: if parity limits a channel, all its regrets are zero.
        """
        rank = np.floor(np.minimum(self.regret, 1e18) / (self.regret_step * self.unit))
        rank[self.support] = -1
        tie = np.random.default_rng(0).random(len(window))
        return np.lexsort((tie, rank, window)).astype(np.int64)

    def candidates(self, window: Ints, count: int) -> Flags:
        """The candidate list, (n,): the first `count` airings of each window in `order`.

        Airings not allowed are left out.
        """
        order = self.order(window)
        first = np.searchsorted(window[order], window[order])
        listed = np.zeros(len(window), dtype=bool)
        listed[order] = np.arange(len(window)) - first < count
        return listed & np.isfinite(self.regret)

    def window_regret(self, window: Ints, chosen: Ints) -> Reals:
        """Reward of every window's best pattern minus the reward of its chosen airings, (w,), never negative."""
        have = np.zeros(len(self.best))
        np.add.at(have, window[chosen], self.reward[chosen])
        return np.maximum(self.best - have, 0.0)
