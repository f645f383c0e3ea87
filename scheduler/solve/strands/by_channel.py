"""A first timetable channel by channel: the workers plan one channel after another.

The program of a channel has few columns. CP-SAT finds a good choice for it in seconds when the program of all channels
has no solution in a minute. Channels that are already planned are fixed. Channels that are not planned yet count with
their amounts in the relaxation, but only in hard and soft rows, not in rigid rows (overlaps, rights, one bundle per
series). So each channel contributes its part to a row that several channels share, for example a balance between two
parties.

- Order: channels that share most hard rows with others first, then those of largest value in the relaxation. Two
  workers do not plan channels at the same time that share a rigid row.
- A row of channels to come has the dual λ in the relaxation. A column pays λ for each unit of a rigid row that it uses.
  In a hard row it pays (1 − s)·λ, and a miss costs 2·s·λ, where s is `later_share`. So a unit beyond the side costs
  (1 + s)·λ, and a unit that is left gains (1 − s)·λ: a channel may contribute more or less than in the relaxation.
- Every other hard row may be missed at a price.

`local_search.py` then improves the timetable until all hard rows are kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules import HARD, RIGID
from scheduler.solve.strands.cp_sat_part import search_part
from scheduler.solve.strands.draft import tied_channels
from scheduler.solve.strands.likely import with_following
from scheduler.solve.strands.restricted import RestrictedProgram

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.draft import Draft
    from scheduler.solve.strands.first_order import FirstOrder
    from scheduler.solve.strands.program import StrandProgram


class ByChannel:
    """What the workers share to plan the channels of a draft."""

    def __init__(
        self,
        search: Search,
        program: StrandProgram,
        params: StrandParams,
        lost: Reals,
        relaxed: FirstOrder,
        draft: Draft,
    ) -> None:
        """Order the channels. `lost`: (c,) the loss of each column in the relaxation."""
        self.search, self.program, self.params, self.draft = search, program, params, draft
        self.duals = relaxed.duals
        self.rank = np.where(relaxed.amounts > params.surely_used, -relaxed.amounts, lost)
        self.shared = draft.there.sum(axis=1) > 1
        self.tied = tied_channels(program, draft.there)
        worth = program.value * relaxed.amounts
        self.worth = np.array([worth[program.channel == one].sum() for one in draft.channels])
        rows = draft.there[self.shared & (program.kind == HARD)].sum(axis=0)
        self.order = np.lexsort((-self.worth, -rows))

    def choose(self, budget: Budget, seed: int) -> None:
        """Plan channels as one of the workers, until none is waiting or the budget is used."""
        draft, random = self.draft, np.random.default_rng(seed)
        budget = budget.share(self.params.channels_share)
        while not budget.over() and not self.search.finished():
            at = self._next()
            if at is None:
                return
            self._plan(at, budget.first(self._seconds(at)), int(random.integers(2**31 - 1)))
            if not draft.open.any():
                self.search.try_offer(self.program.chosen(draft.point))

    def _next(self) -> int | None:
        """Take the first waiting channel that shares no rigid row with a busy one, else the first waiting one."""
        draft = self.draft
        with draft.lock:
            waiting = self.order[draft.waiting[self.order]].tolist()
            apart = [at for at in waiting if not (self.tied[at] & draft.busy).any()]
            first = next(iter(apart or waiting), None)
            if first is not None:
                draft.busy[first] = True
            return first

    def _seconds(self, at: int) -> float:
        """The time for a channel: more if it has much of the value."""
        params = self.params
        mean = max(float(self.worth.mean()), 1.0)
        return params.channel_seconds * float(np.clip(self.worth[at] / mean, 1.0, params.channel_most))

    def _plan(self, at: int, budget: Budget, seed: int) -> None:
        """Choose the columns of one channel."""
        program, params, draft = self.program, self.params, self.draft
        some = np.array([at])
        point, planned = draft.take(some)
        to_come = np.asarray(draft.there[:, draft.open & (np.arange(len(draft.open)) != at)].any(axis=1))
        free = self._free(program.channel == draft.channels[at], point)
        hard, rigid, duals, later = program.kind == HARD, program.kind == RIGID, self.duals, params.later_share
        missed = draft.price * program.price
        deviating = np.minimum(missed, 2 * later * np.abs(duals) * program.miss_step)
        price = np.where(hard, np.where(to_come, deviating, missed), program.price)
        paid = np.where(rigid, np.maximum(duals, 0.0), np.where(hard, (1 - later) * duals, 0.0))
        value = program.value - program.matrix.T @ np.where(to_come, paid, 0.0)
        priced = replace(program, price=price, value=value)
        part = RestrictedProgram(priced, free, point, hard_price=1.0, elastic=hard, planned=planned)
        best = [point]
        search_part(self.search, part, point, budget, seed, best.append)
        draft.put(some, free, best[-1], first=True)

    def _free(self, here: Flags, point: Reals) -> Ints:
        """The most likely columns of a channel, the chosen ones, and the auxiliary columns that follow from them.

        An auxiliary column follows from columns in a rigid row, or in a row of one channel.
        """
        program, inside = self.program, np.flatnonzero(here)
        rank = np.where(point[inside] > 0, -np.inf, self.rank[inside])
        chosen = inside[np.argsort(rank, kind="stable")[: self.params.channel_columns]]
        return with_following(program, chosen, (program.kind == RIGID) | ~self.shared)
