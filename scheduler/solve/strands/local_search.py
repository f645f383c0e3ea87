"""Improve a timetable of a large program: CP-SAT chooses again among the likely columns of some channels.

HiGHS spends a whole turn at the root of a program of some thousand columns. CP-SAT begins with a complete timetable and
improves it from the first second on.

- While a hard row is missed, a turn has the likely columns of all channels. Every hard row may be missed at a price.
- Else a turn has the columns of a few channels. All hard rows hold, and all other channels stay. A channel is drawn in
  proportion to what its timetable is worth less than in the relaxation, and less often after a turn without a gain.

The columns of a turn are those of the timetable and those that the first-order method uses, then the others in the
order of their loss, changed at random, so that each turn has others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.formulation import HARD_SCALE
from scheduler.rules import HARD, RIGID
from scheduler.solve.strands.cp_sat_part import search_part
from scheduler.solve.strands.likely import with_following
from scheduler.solve.strands.restricted import RestrictedProgram

if TYPE_CHECKING:
    from scheduler.arrays import Reals
    from scheduler.formulation import Integers
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.program import StrandProgram


class LocalSearch:
    """The turns of one worker."""

    def __init__(
        self, search: Search, program: StrandProgram, params: StrandParams, lost: Reals, amounts: Reals, seed: int
    ) -> None:
        """Take the loss and the amount, (c,) each, of every column in the relaxation."""
        self.search, self.program, self.params, self.lost, self.amounts = search, program, params, lost, amounts
        self.random = np.random.default_rng(seed)
        self.channels = np.unique(program.channel[program.channel >= 0])
        self.promise = np.ones(len(self.channels))

    def turn(self) -> None:
        """Draw columns, let CP-SAT choose among them, and offer every better timetable."""
        search, program, params, best = self.search, self.program, self.params, self.search.best
        if best is None:
            raise ValueError("there is no timetable to improve")
        point = program.columns_of(best.point)
        if best.hard_miss:
            free = self.drawn(point, self.channels, max(1, params.search_columns // len(self.channels)))
            price = params.hard_price * abs(search.bound or best.value) / HARD_SCALE
            part = RestrictedProgram(program, free, point, hard_price=price, elastic=program.kind == HARD)
            self._solve(part, point, search.budget.first(params.search_seconds), everywhere=True)
            return
        some = self._some_channels(point)
        part = RestrictedProgram(program, self.drawn(point, self.channels[some], params.search_channel_columns), point)
        gained = self._solve(part, point, search.budget.first(params.search_channel_seconds), everywhere=False)
        self._learn(some, gained=gained)

    def drawn(self, point: Reals, channels: Integers, most: int) -> Integers:
        """The columns of one turn, sorted: some of each channel, and the auxiliary columns that follow from them.

        Parameters
        ----------
        point
            (c,) The present timetable. Its columns on the channels are always among them, as are locked ones.
        most
            Most columns of one channel beside these.
        """
        program, params = self.program, self.params
        inside = np.flatnonzero(np.isin(program.channel, channels))
        some = self.random.uniform(1 - params.blur, 1 + params.blur, size=len(inside))
        ties = self.random.uniform(0, params.tie_blur, size=len(inside)) * np.abs(program.value[inside])
        used = self.amounts[inside] > params.surely_used
        rank = np.where(used, -self.amounts[inside], self.lost[inside] * some + ties)
        held = (point[inside] > 0) | (program.column_lower[inside] > 0)
        rank[held] = -np.inf
        order = np.lexsort((rank, program.channel[inside]))
        channel = program.channel[inside][order]
        place = np.arange(len(order)) - np.searchsorted(channel, channel)
        chosen = inside[order[(place < most) | held[order]]]
        return with_following(program, chosen, program.kind == RIGID)

    def _some_channels(self, point: Reals) -> Integers:
        """A few places in `channels`, drawn by what is missing to the relaxation's value there."""
        program = self.program
        missing = program.value * (self.amounts - point)
        at = np.searchsorted(self.channels, program.channel)
        of_airings = program.channel >= 0
        short = np.bincount(at[of_airings], weights=missing[of_airings], minlength=len(self.channels))
        weight = np.maximum(short, 0.0) + self.params.least_rate * float(np.abs(short).max()) + 1.0
        weight *= self.promise
        count = min(self.params.search_channels, len(self.channels))
        drawn: Integers = self.random.choice(len(weight), size=count, replace=False, p=weight / weight.sum())
        return drawn

    def _learn(self, some: Integers, *, gained: bool) -> None:
        """Draw channels less often after a turn without a gain. If that holds for all channels, all count as before."""
        self.promise[some] = 1.0 if gained else self.params.search_memory * self.promise[some]
        if self.promise.max() < self.params.least_rate:
            self.promise[:] = 1.0

    def _solve(self, part: RestrictedProgram, point: Reals, budget: Budget, *, everywhere: bool) -> bool:
        """Search a part and offer what it changes. Returns whether a better timetable was found."""
        search, n, better = self.search, self.search.formulation.airing_count, False
        open_ = np.diff(self.program.expand[:n][:, part.free].tocsr().indptr) > 0

        def found(columns: Reals) -> None:
            nonlocal better
            better |= search.offer_part(open_, np.flatnonzero(self.program.chosen(columns) & open_))

        search_part(search, part, point, budget, int(self.random.integers(2**31 - 1)), found, everywhere=everywhere)
        return better
