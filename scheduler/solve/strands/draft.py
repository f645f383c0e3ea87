"""A draft of a large program: a timetable that keeps the rigid rows and may still miss hard rows.

Several workers change it at the same time. A worker takes channels, searches other columns for them, and puts the
result back. Meanwhile other workers may have changed other channels. So the merged columns count only if they keep all
rigid rows.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.arrays import outside
from scheduler.formulation import HARD_SCALE
from scheduler.rules import HARD, RIGID

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.program import StrandProgram

CLOSE = 1e-6
"""A row is kept if its activity is at most this much beyond a side."""


class Draft:
    """The best columns so far.

    `point` is replaced as a whole and never changed in place, so it can be read without the lock.

    Parameters
    ----------
    bound
        An upper bound on the value, viewer-minutes. The price of misses is a share of it.
    """

    def __init__(self, program: StrandProgram, params: StrandParams, bound: float) -> None:
        """Begin with the locked columns."""
        self.program, self.params = program, params
        self.bound = abs(bound)
        whole = self.bound / HARD_SCALE
        self.price, self.least_price = params.hard_price * whole, params.least_hard_price * whole
        self.most_price = params.most_hard_price * whole
        self.point = np.maximum(program.column_lower, 0.0)
        self.channels, self.there = channels_of_rows(program)
        self.busy = np.zeros(len(self.channels), dtype=bool)  # channels that a worker has taken
        self.lock = threading.Lock()

    def take(self, some: Ints) -> Reals:
        """Mark some channels as busy. Returns the columns, (c,)."""
        with self.lock:
            self.busy[some] = True
            return self.point

    def put(self, some: Ints, free: Ints, columns: Reals) -> bool:
        """Set the `free` columns of channels that were taken. Returns whether the draft has become better."""
        with self.lock:
            self.busy[some] = False
            merged = self.point.copy()
            merged[free] = columns[free]
            return self._keep(merged)

    def offer(self, columns: Reals) -> bool:
        """Take other columns, (c,), if they are better. Returns whether they are."""
        with self.lock:
            return self._keep(columns)

    def _keep(self, columns: Reals) -> bool:
        """Take columns that keep the rigid rows and are worth more."""
        off = self.off(columns)
        if (off[self.program.kind == RIGID] > CLOSE).any():
            return False
        if self._worth(columns, off) <= self._worth(self.point, self.off(self.point)):
            return False
        self.point = columns
        return True

    def off(self, point: Reals) -> Reals:
        """The amount by which every row is missed, (s,)."""
        program = self.program
        activity = program.matrix @ point
        return outside(activity, program.lower, program.upper)

    def hard_misses(self) -> Reals:
        """What every row misses, (s,), in parts of `HARD_SCALE`. 0 for rows that are not hard."""
        program = self.program
        return np.where(program.kind == HARD, self._steps(self.off(self.point)) * program.price, 0.0)

    def wanted(self) -> Reals:
        """1 for a hard row below its lower side, −1 for one above its upper side, 0 for all other rows, (s,)."""
        program = self.program
        activity = program.matrix @ self.point
        short, over = activity < program.lower - CLOSE, activity > program.upper + CLOSE
        return np.where(program.kind == HARD, short.astype(np.float64) - over, 0.0)

    def adapt_price(self) -> None:
        """Raise the price of misses after a turn if hard rows are missed, else lower it.

        All misses together cost at least `miss_cost` of the bound: else the last small ones would be worth their price.
        """
        params, missed = self.params, float(self.hard_misses().sum())
        with self.lock:
            growth = params.hard_price_growth if missed else 1 / params.hard_price_fall
            self.price = float(np.clip(self.price * growth, self.least_price, self.most_price))
            if missed:
                self.price = max(self.price, params.miss_cost * self.bound / missed)

    def _worth(self, point: Reals, off: Reals) -> float:
        """The value less the prices of all misses, viewer-minutes."""
        program, steps = self.program, self._steps(off)
        price = np.where(program.kind == HARD, self.price * program.price, program.price)
        missed = program.kind != RIGID
        return float(program.value @ point - steps[missed] @ price[missed])

    def _steps(self, off: Reals) -> Reals:
        """The misses of rows in units of their steps, (s,)."""
        return np.asarray(np.ceil(np.where(off > CLOSE, off, 0.0) / self.program.miss_step - CLOSE))


def channels_of_rows(program: StrandProgram) -> tuple[Ints, Flags]:
    """The channels, and whether each row has columns of each channel, (s, channels)."""
    channels = np.unique(program.channel[program.channel >= 0])
    column = np.flatnonzero(program.channel >= 0)
    shape = program.column_count, len(channels)
    at = np.searchsorted(channels, program.channel[column])
    of_column = sparse.csr_array((np.ones(len(column)), (column, at)), shape=shape)
    return channels, np.asarray((abs(program.matrix) @ of_column).toarray() > 0, dtype=bool)
