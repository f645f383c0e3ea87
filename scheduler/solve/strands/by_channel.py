"""A first timetable channel by channel: one channel is planned after another.

The program of a channel has few columns. It is often solved in seconds when the program of all channels finds no
solution in a minute. Channels that are already planned are fixed. Channels that are not planned yet count with their
amounts in the relaxation, but only in hard and soft rows, not in rigid rows (overlaps, rights, one bundle per series).
So each channel contributes its part to a row that several channels share, for example a balance between two parties.

1. Order: channels that share most hard rows with others first, then those of largest value in the relaxation. The last
channel of a shared row can then keep it exactly. 2. For each channel: its own hard rows must hold, and shared hard rows
may be missed at a price. If this has no solution, every row that is missed at present may also stay missed at the
price. Then there is always a solution. 3. While a hard row is missed: alternately, all channels of a missed row are
planned again, or one channel of a missed row and another one that shares a hard row with it. All other channels are
fixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.formulation import HARD_SCALE
from scheduler.rules import HARD, RIGID
from scheduler.solve.strands.mip import StrandMip

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Flags, Reals
    from scheduler.formulation import Integers
    from scheduler.solve.params import StrandParams
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.strands.program import StrandProgram

MISSED = 1e-6
"""A row counts as missed if it is violated by more than this."""


class ByChannel:
    """The choice so far, and the amounts of the relaxation for channels that are not planned yet."""

    def __init__(
        self, program: StrandProgram, params: StrandParams, lost: Reals, amounts: Reals, bound: float, seed: int
    ) -> None:
        """Begin with the locked columns.

        Parameters
        ----------
        lost, amounts
            (c,) Loss and amount of each column in the relaxation.
        bound
            Its bound, viewer-minutes.
        """
        self.program, self.params, self.bound = program, params, abs(bound)
        self.price = params.hard_price * self.bound / HARD_SCALE
        self.random = np.random.default_rng(seed)
        self.point = np.maximum(program.column_lower, 0.0)
        used = (amounts > params.surely_used) & (self.point == 0)
        self.planned = np.where(used, amounts, 0.0)
        self.rank = np.where(amounts > params.surely_used, -amounts, lost)
        self.channels, self.there = _channels_of_rows(program)
        self.shared = self.there.sum(axis=1) > 1
        self.auxiliary = np.flatnonzero(program.channel < 0)

    def choose(self, budget: Budget, kept: Callable[[], bool]) -> Reals:
        """Choose channel by channel. Ends early if another worker finds a timetable that keeps the hard rows.

        Returns the columns.
        """
        program = self.program
        worth = np.array([(program.value * self.planned)[program.channel == one].sum() for one in self.channels])
        rows = self.there[self.shared & (program.kind == HARD)].sum(axis=0)
        for at in np.lexsort((-worth, -rows)).tolist():
            if kept() or budget.over():
                break
            here = program.channel == self.channels[at]
            free = self._free(here, self.params.channel_columns)
            self.planned[here] = self.planned[free] = 0.0
            if not self._solve(free, budget, self.shared, None):
                self._solve(free, budget, self.shared | self._missed(), self.point)
        self.planned[:] = 0.0
        return self.point

    def repair(self, budget: Budget, kept: Callable[[], bool], found: Callable[[Reals], object]) -> None:
        """Choose again until all hard rows are kept: alternately all channels of a missed row, and two channels."""
        program, whole = self.program, True
        while not kept() and not budget.over():
            rows = np.flatnonzero(self._missed() & self.there.any(axis=1))
            if not len(rows):
                return
            row = int(self.random.choice(rows))
            some = self.channels[self.there[row]] if whole else self._pair(row)
            whole = not whole
            free = self._free(np.isin(program.channel, some), 2 * self.params.channel_columns)
            self._solve(free, budget, self.shared | self._missed(), self.point)
            found(self.point)

    def _pair(self, row: int) -> Integers:
        """A random channel of a row, and a random one that shares a hard row with it, if there is one."""
        one = self.random.choice(np.flatnonzero(self.there[row]))
        beside = self.there[(self.program.kind == HARD) & self.there[:, one]].any(axis=0)
        beside[one] = False
        others = np.flatnonzero(beside)
        return self.channels[[one, *([self.random.choice(others)] if len(others) else [])]]

    def _missed(self) -> Flags:
        """(s,) the hard rows that are missed at present, including the amounts of channels that are not planned yet."""
        program = self.program
        activity = program.matrix @ (self.point + self.planned)
        missed = (activity < program.lower - MISSED) | (activity > program.upper + MISSED)
        return np.asarray(missed & (program.kind == HARD), dtype=bool)

    def _free(self, here: Flags, count: int) -> Integers:
        """The most likely columns of some channels, the chosen ones, and the auxiliary columns that follow from them.

        An auxiliary column follows from columns in a rigid row, or in a row of one channel.
        """
        program, inside = self.program, np.flatnonzero(here)
        rank = np.where(self.point[inside] > 0, -np.inf, self.rank[inside])
        chosen = inside[np.argsort(rank, kind="stable")[:count]]
        touched = np.diff(sparse.csr_array(program.matrix[:, chosen]).indptr) > 0
        rows = np.flatnonzero(touched & ((program.kind == RIGID) | ~self.shared))
        follows = np.unique(sparse.csr_array(program.matrix[rows][:, self.auxiliary]).indices)
        return np.sort(np.concatenate([chosen, self.auxiliary[follows]]))

    def _solve(self, free: Integers, budget: Budget, elastic: Flags, start: Reals | None) -> bool:
        """Choose some columns. Returns whether there is a choice."""
        params = self.params
        mip = StrandMip(self.program, free, self.point, hard_price=self.price, elastic=elastic, planned=self.planned)
        enough, most = (
            budget.first(params.channel_seconds),
            budget.first(params.channel_seconds * params.channel_patience),
        )
        some = start is not None

        def found(_: Reals) -> None:
            nonlocal some
            some = True

        outcome = mip.solve(
            most,
            params.node_rate,
            start=start,
            gap=params.channel_gap * self.bound,
            found=found,
            stopped=lambda: most.over() or (some and enough.over()),
        )
        budget.spend_iterations(outcome.iterations)
        if outcome.columns is None:
            return False
        self.point = outcome.columns
        return True


def _channels_of_rows(program: StrandProgram) -> tuple[Integers, Flags]:
    """The channels, and whether each row has columns of each channel, (s, channels)."""
    channels = np.unique(program.channel[program.channel >= 0])
    column = np.flatnonzero(program.channel >= 0)
    shape = program.column_count, len(channels)
    at = np.searchsorted(channels, program.channel[column])
    of_column = sparse.csr_array((np.ones(len(column)), (column, at)), shape=shape)
    return channels, np.asarray((abs(program.matrix) @ of_column).toarray() > 0, dtype=bool)
