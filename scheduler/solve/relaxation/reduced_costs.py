"""What the relaxation tells the searches that improve a timetable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scheduler.formulation import Integers

Reals = npt.NDArray[np.float64]

ALIKE = 1e-3
"""Losses within this share of what an airing is worth are alike."""


@dataclass(frozen=True, slots=True)
class Guide:
    """What the relaxation says of rows, airings and windows."""

    duals: Reals  # (r,) of the formulation's rows
    reward: Reals  # (n,) value less what an airing uses of the rows at the duals
    loss: Reals  # (n,) what choosing an airing would cost, infinite where it is not allowed
    top: Reals  # (w,) reward of every window's best pattern
    support: Integers  # airings that the relaxation chooses in part
    exchanged: Reals  # (r,) what the relaxation's airings add to each row or take from it, whichever is more
    worth: Reals  # (w,) value of every window's best pattern if there were no rules
    unit: float  # what an airing is worth on average, viewer-minutes

    def order(self, window: Integers) -> Integers:
        """Airings by their windows, (n,), in each the relaxation's own first, then those that lose least.

        Ties are broken by lot: where parity holds a channel back, all its airings lose nothing.
        """
        rank = np.floor(np.minimum(self.loss, 1e18) / (ALIKE * self.unit))
        rank[self.support] = -1
        lot = np.random.default_rng(0).random(len(window))
        return np.lexsort((lot, rank, window)).astype(np.int64)
