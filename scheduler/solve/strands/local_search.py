"""Improve a timetable of a large program: CP-SAT chooses again among the likely columns of some channels.

HiGHS spends a whole turn at the root of a program of a few thousand columns. CP-SAT begins with a complete timetable
and improves it from the first second on.

- A turn has the columns of a few channels; all other channels stay. The probability of a channel is
  proportional to the value by which its timetable is below the relaxation; it falls after a turn without a gain.
- A draft may miss hard rows at a price, which grows with each turn. Most turns on it take channels of a missed row.
- In any other turn all hard rows hold.

The columns of a turn are those of the timetable and those that the first-order method uses, then further columns
in the order of their loss. The losses are changed at random first, so that turns differ. On a draft up to half of the
columns bring a missed row nearer to its side: in a row of few columns, for example a language's share of a week, others
do not help.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules import HARD, RIGID
from scheduler.solve.strands.cp_sat_part import search_part
from scheduler.solve.strands.following import with_following
from scheduler.solve.strands.part_gain import part_gain
from scheduler.solve.strands.restricted import RestrictedProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.draft import Draft
    from scheduler.solve.strands.program import StrandProgram


class LocalSearch:
    """The turns of one worker."""

    def __init__(
        self,
        search: Search,
        program: StrandProgram,
        params: StrandParams,
        lost: Reals,
        amounts: Reals,
        draft: Draft,
        seed: int,
    ) -> None:
        """Take the loss and the amount, (c,) each, of every column in the relaxation, and a draft of the workers."""
        self.search, self.program, self.params, self.draft = search, program, params, draft
        self.lost, self.amounts, self.channels = lost, amounts, draft.channels
        self.random = np.random.default_rng(seed)
        self.promise = np.ones(len(self.channels))

    def turn(self, budget: Budget) -> None:
        """Draw columns, let CP-SAT choose among them, and offer every better timetable.

        Parameters
        ----------
        budget
            The time for a draft if another timetable keeps all hard rows.
        """
        misses = self.draft.hard_misses()
        if misses.any() and not (budget.over() and self.search.keeps_hard_rows()):
            self._on_draft(misses)
        else:
            self.on_best()

    def _on_draft(self, misses: Reals) -> None:
        """Improve the draft: every hard row may be missed at a price.

        Some turns take many channels of missed rows, because a row can be kept only by several channels together.
        """
        search, program, params, draft = self.search, self.program, self.params, self.draft
        rest = np.flatnonzero(~draft.busy)
        rest = among = rest if len(rest) else np.arange(len(self.channels))
        if misses.any() and self.random.uniform() < params.search_rows:
            row = self.random.choice(len(misses), p=misses / misses.sum())
            of_row = among[draft.there[row][among]]
            among = of_row if len(of_row) else among
        many = bool(misses.any()) and self.random.uniform() < params.search_many
        count = params.search_many_channels if many else params.search_channels
        some = self._some_channels(draft.point, among, count)
        if len(some) < min(count, len(rest)):  # a row of few channels: others give them what they need
            others = self._some_channels(draft.point, np.setdiff1d(rest, some), count - len(some))
            some = np.concatenate([some, others])
        point = draft.take(some)
        helpful = np.asarray(program.matrix.T @ draft.wanted()) > 0
        free = self.drawn(point, self.channels[some], params.search_columns, helpful)
        hard = program.kind == HARD
        part = RestrictedProgram(program, free, point, hard_price=draft.price, elastic=hard)
        best = [point]
        self._search(part, point, best.append, everywhere=many)
        gained = draft.put(some, free, best[-1])
        draft.adapt_price()
        if gained:
            search.try_offer(program.chosen(draft.point))
        self._learn(some, gained=gained)

    def on_best(self) -> int:
        """Improve the best timetable: all hard rows that it keeps hold. Returns the value gained, viewer-minutes."""
        search, program, best = self.search, self.program, self.search.best
        if best is None:
            raise ValueError("there is no timetable to improve")
        point = program.columns_of(best.point)
        some = self._some_channels(point, np.arange(len(self.channels)), self.params.search_channels)
        part = RestrictedProgram(program, self.drawn(point, self.channels[some], self.params.search_columns), point)
        gained = part_gain(search, part, lambda found: self._search(part, point, found))
        self._learn(some, gained=gained > 0)
        return gained

    def drawn(self, point: Reals, channels: Ints, most: int, helpful: Flags | None = None) -> Ints:
        """The columns of one turn, sorted: some of each channel, and the auxiliary columns that follow from them.

        Parameters
        ----------
        point
            (c,) The present timetable. Its columns on the channels are always among them, as are locked ones.
        most
            Most columns of one channel beside these.
        helpful
            (c,) Columns that bring a missed row nearer to its side. A quarter of the columns are the likeliest of them,
            a quarter any of them, because those that fit beside the rest of the timetable may be unlikely.
        """
        program, params = self.program, self.params
        inside = np.flatnonzero(np.isin(program.channel, channels))
        some = self.random.uniform(1 - params.blur, 1 + params.blur, size=len(inside))
        ties = self.random.uniform(0, params.tie_blur, size=len(inside)) * np.abs(program.value[inside])
        used = self.amounts[inside] > params.surely_used
        rank = np.where(used, -self.amounts[inside], self.lost[inside] * some + ties)
        held = (point[inside] > 0) | (program.column_lower[inside] > 0)
        rank[held] = -np.inf
        chosen = held.copy()
        if helpful is not None and helpful[inside].any():
            any_order = self.random.uniform(size=len(inside))
            for order in (rank, any_order):
                chosen |= _least(np.where(helpful[inside], order, np.inf), program.channel[inside], most // 4)
            most -= 2 * (most // 4)
        chosen |= _least(rank, program.channel[inside], most)
        return with_following(program, inside[chosen], program.kind == RIGID)

    def _some_channels(self, point: Reals, among: Ints, most: int) -> Ints:
        """A few places in `channels`, drawn from `among` in proportion to the value they lack."""
        program = self.program
        missing = program.value * (self.amounts - point)
        at = np.searchsorted(self.channels, program.channel)
        of_airings = program.channel >= 0
        short = np.bincount(at[of_airings], weights=missing[of_airings], minlength=len(self.channels))
        weight = np.maximum(short, 0.0) + self.params.least_rate * float(np.abs(short).max()) + 1.0
        weight = (weight * self.promise)[among]
        count = min(most, len(among))
        drawn: Ints = self.random.choice(among, size=count, replace=False, p=weight / weight.sum())
        return drawn

    def _learn(self, some: Ints, *, gained: bool) -> None:
        """Draw channels less often after a turn without a gain. If that holds for all channels, all count as before."""
        self.promise[some] = 1.0 if gained else self.params.search_memory * self.promise[some]
        if self.promise.max() < self.params.least_rate:
            self.promise[:] = 1.0

    def _search(
        self, part: RestrictedProgram, point: Reals, found: Callable[[Reals], object], *, everywhere: bool = False
    ) -> None:
        """Search a part from a timetable on."""
        seconds = self.params.search_many_seconds if everywhere else self.params.search_seconds
        budget, seed = self.search.budget.first(seconds), int(self.random.integers(2**31 - 1))
        search_part(self.search, part, point, budget, seed, found, everywhere=everywhere)


def _least(rank: Reals, channel: Ints, most: int) -> Flags:
    """The columns of least rank of each channel, at most `most`; never one of infinite rank."""
    order = np.lexsort((rank, channel))
    place = np.arange(len(order)) - np.searchsorted(channel[order], channel[order])
    found = np.zeros(len(rank), dtype=bool)
    found[order[place < most]] = True
    return found & (rank < np.inf)
