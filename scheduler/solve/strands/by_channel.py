"""A first timetable channel by channel: one channel is planned after another.

The program of a channel has few columns. CP-SAT finds a good choice for it in seconds when the program of all channels
has no solution in a minute. Channels that are already planned are fixed. Channels that are not planned yet count with
their amounts in the relaxation, but only in hard and soft rows, not in rigid rows (overlaps, rights, one bundle per
series). So each channel contributes its part to a row that several channels share, for example a balance between two
parties.

- Order: channels that share most hard rows with others first, then those of largest value in the relaxation.
- Every hard row may be missed at a price. The price of a row of channels to come is a multiple of the row's dual in the
  relaxation.
- If channels to come have columns in a rigid row, a column pays the row's dual for what it uses of it.

`local_search.py` then improves the timetable until all hard rows are kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.formulation import HARD_SCALE
from scheduler.rules import HARD, RIGID
from scheduler.solve.strands.cp_sat_part import search_part
from scheduler.solve.strands.likely import with_following
from scheduler.solve.strands.relaxation import lagrangian_bound
from scheduler.solve.strands.restricted import RestrictedProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Flags, Reals
    from scheduler.formulation import Integers
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.first_order import FirstOrder
    from scheduler.solve.strands.program import StrandProgram


class ByChannel:
    """The choice so far, and the amounts of the relaxation for channels that are not planned yet."""

    def __init__(
        self, search: Search, program: StrandProgram, params: StrandParams, lost: Reals, relaxed: FirstOrder
    ) -> None:
        """Begin with the locked columns. `lost`: (c,) the loss of each column in the relaxation."""
        self.search, self.program, self.params, self.duals = search, program, params, relaxed.duals
        bound = relaxed.bound if np.isfinite(relaxed.bound) else lagrangian_bound(program, np.zeros(len(program.lower)))
        self.price = abs(bound) / HARD_SCALE
        self.random = np.random.default_rng(search.settings.seed)
        self.point = np.maximum(program.column_lower, 0.0)
        used = (relaxed.amounts > params.surely_used) & (self.point == 0)
        self.planned = np.where(used, relaxed.amounts, 0.0)
        self.rank = np.where(relaxed.amounts > params.surely_used, -relaxed.amounts, lost)
        self.channels, self.there = _channels_of_rows(program)
        self.shared = self.there.sum(axis=1) > 1

    def choose(self, budget: Budget, kept: Callable[[], bool]) -> Reals:
        """Choose channel by channel. Ends early if another worker finds a timetable that keeps the hard rows.

        Returns the columns.
        """
        program = self.program
        worth = np.array([(program.value * self.planned)[program.channel == one].sum() for one in self.channels])
        rows = self.there[self.shared & (program.kind == HARD)].sum(axis=0)
        to_come = np.ones(len(self.channels), dtype=bool)
        most = self.params.channels_share * budget.left() / max(1, len(self.channels))
        seconds = min(self.params.channel_seconds, most)
        for at in np.lexsort((-worth, -rows)).tolist():
            if kept() or budget.over():
                break
            to_come[at] = False
            here = program.channel == self.channels[at]
            free = self._free(here)
            self.planned[here] = self.planned[free] = 0.0
            self._solve(free, budget.first(seconds), np.asarray(self.there[:, to_come].any(axis=1)))
        self.planned[:] = 0.0
        return self.point

    def _free(self, here: Flags) -> Integers:
        """The most likely columns of a channel, the chosen ones, and the auxiliary columns that follow from them.

        An auxiliary column follows from columns in a rigid row, or in a row of one channel.
        """
        program, inside = self.program, np.flatnonzero(here)
        rank = np.where(self.point[inside] > 0, -np.inf, self.rank[inside])
        chosen = inside[np.argsort(rank, kind="stable")[: self.params.channel_columns]]
        return with_following(program, chosen, (program.kind == RIGID) | ~self.shared)

    def _solve(self, free: Integers, budget: Budget, to_come: Flags) -> None:
        """Choose some columns.

        Parameters
        ----------
        to_come
            (s,) The rows that channels to come have columns of.
        """
        program, params, hard = self.program, self.params, self.program.kind == HARD
        missed = params.hard_price * self.price * program.price
        later = np.minimum(missed, params.later_price * np.abs(self.duals) * program.miss_step)
        price = np.where(hard, np.where(to_come, later, missed), program.price)
        taken = np.where(to_come & (program.kind == RIGID), np.maximum(self.duals, 0.0), 0.0)
        priced = replace(program, price=price, value=program.value - program.matrix.T @ taken)
        part = RestrictedProgram(priced, free, self.point, hard_price=1.0, elastic=hard, planned=self.planned)
        best = [self.point]
        search_part(self.search, part, self.point, budget, int(self.random.integers(2**31 - 1)), best.append)
        self.point = best[-1]


def _channels_of_rows(program: StrandProgram) -> tuple[Integers, Flags]:
    """The channels, and whether each row has columns of each channel, (s, channels)."""
    channels = np.unique(program.channel[program.channel >= 0])
    column = np.flatnonzero(program.channel >= 0)
    shape = program.column_count, len(channels)
    at = np.searchsorted(channels, program.channel[column])
    of_column = sparse.csr_array((np.ones(len(column)), (column, at)), shape=shape)
    return channels, np.asarray((abs(program.matrix) @ of_column).toarray() > 0, dtype=bool)
