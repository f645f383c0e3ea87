"""Improve a timetable part by part: some columns are free, all others are fixed, and HiGHS solves the program.

There are two kinds of neighbourhoods. *Channels*: all columns of a few channels, over the whole horizon. *Span*: all
columns of all channels whose airings lie in a part of the horizon. Both are drawn at random. If a neighbourhood has
more columns than a turn can search, those of largest loss at the relaxation's duals are left out. The losses are
changed at random before, so that different turns leave out different columns. The turns of other methods (CP-SAT on a
few channels, merging) are further kinds.

A kind is drawn in proportion to the value it has gained per second; older turns count less. A turn of HiGHS that ends
with a proof makes the next one of its kind larger. One that runs out of time without a better timetable makes it
smaller.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import by_row
from scheduler.solve.strands.part_gain import part_gain
from scheduler.solve.strands.restricted import RestrictedProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Ints, Reals
    from scheduler.solve.search.incumbent import Search, Solution
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.program import StrandProgram

CHANNELS, SPAN = 0, 1


@dataclass(slots=True)
class Neighbourhoods:
    """The turns of one worker.

    `lost` is the loss of each column at the relaxation's duals, (c,). `others` are turns of other methods, which return
    the value that they have gained, viewer-minutes.
    """

    search: Search
    program: StrandProgram
    params: StrandParams
    lost: Reals
    others: tuple[Callable[[], int], ...]
    size: list[float] = field(init=False)  # of the two kinds of HiGHS: number of channels; share of the horizon
    rate: list[float] = field(init=False)  # per kind: value gained per second, smoothed
    first: Reals = field(init=False)  # (c,) position in the horizon, 0 to 1, at which each column starts to air
    last: Reals = field(init=False)
    random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        """Start with the given sizes and seed, and equal rates."""
        params = self.params
        self.size, self.rate = [float(params.channels), params.span], [np.inf] * (2 + len(self.others))
        self.random = np.random.default_rng(self.search.settings.seed)
        self.first, self.last = _spans(self.program)

    def turn(self) -> None:
        """One turn of a kind that is drawn."""
        search = self.search
        if search.best is None:
            return
        kind, begun = self._kind(), search.meter.spent()
        gained = self.others[kind - 2]() if kind > SPAN else self._solve(kind, search.best)
        rate, old, memory = gained / max(search.meter.spent() - begun, 1e-3), self.rate[kind], self.params.memory
        self.rate[kind] = rate if np.isinf(old) else memory * old + (1 - memory) * rate

    def _solve(self, kind: int, before: Solution) -> int:
        """Free some columns and let HiGHS choose again. Returns the value gained, viewer-minutes."""
        search, program, params = self.search, self.program, self.params
        point = program.columns_of(before.point)
        part = RestrictedProgram(program, self._likely(self._free(kind), point), point)
        budget, proven = search.budget.first(params.turn_seconds), False

        def solve(found: Callable[[Reals], None]) -> None:
            nonlocal proven
            outcome = part.solve(
                budget,
                params.node_rate,
                start=point,
                gap=params.turn_gap * abs(before.value),
                found=found,
                stopped=budget.over,
            )
            search.budget.spend_iterations(outcome.iterations)
            if outcome.columns is not None:
                found(outcome.columns)
            proven = outcome.proven

        gained = part_gain(search, part, solve)
        step, most = (0.5, float(params.most_channels)) if kind == CHANNELS else (params.span / 4, 1.0)
        if proven:
            self.size[kind] = min(self.size[kind] + step, most)
        elif not gained:
            self.size[kind] = max(self.size[kind] - step, 2.0 if kind == CHANNELS else params.span / 4)
        return gained

    def _kind(self) -> int:
        """Draw a kind: each kind once, then in proportion to its rate."""
        for kind, rate in enumerate(self.rate):
            if np.isinf(rate):
                return kind
        weight = np.array(self.rate) + self.params.least_rate * max(self.rate) + 1e-9
        return int(self.random.choice(len(weight), p=weight / weight.sum()))

    def _free(self, kind: int) -> Ints:
        """The columns of a neighbourhood, including all columns that are not airings."""
        program = self.program
        if kind == CHANNELS:
            there = np.unique(program.channel[program.channel >= 0])
            count = min(len(there), max(1, round(self.size[kind])))
            inside = np.isin(program.channel, self.random.choice(there, size=count, replace=False))
        else:
            begin = self.random.uniform(-self.size[kind] / 2, 1 - self.size[kind] / 2)
            inside = (self.first >= begin) & (self.last <= begin + self.size[kind])
        return np.flatnonzero(inside | (program.channel < 0))

    def _likely(self, free: Ints, point: Reals) -> Ints:
        """The free columns of least loss, and those of the present timetable."""
        if len(free) <= self.params.turn_columns:
            return free
        lost = self.lost[free] * self.random.uniform(1 - self.params.blur, 1 + self.params.blur, size=len(free))
        lost[(point[free] != 0) | (self.program.channel[free] < 0)] = -1.0
        return np.sort(free[np.argsort(lost, kind="stable")[: self.params.turn_columns]])


def _spans(program: StrandProgram) -> tuple[Reals, Reals]:
    """(begin, end) of each column's airings as shares of the horizon. 0 if it has none."""
    formulation = program.formulation
    n = formulation.airing_count
    by_column = program.expand[:n].tocsc()
    by_column.sort_indices()
    whole = max(1.0, float(formulation.window_end.max(initial=1)))
    begin, end = formulation.start / whole, (formulation.start + formulation.steps) / whole
    first = by_row(np.minimum, begin[by_column.indices], by_column.indptr, 0.0)
    return first, by_row(np.maximum, end[by_column.indices], by_column.indptr, 0.0)
