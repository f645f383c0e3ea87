"""Improve a timetable part by part: some columns are free, all others are fixed, and a solver chooses again.

There are four kinds of neighbourhoods, drawn at random. *Channels*: all columns of a few channels, over the whole
horizon. *Span*: all columns of all channels whose airings lie in a part of the horizon. HiGHS solves these two.
*Parts*: the likely columns of two channels in CP-SAT (`local_search.py`). *Merging*: the columns of annealed
timetables in CP-SAT (`merging.py`). If a neighbourhood for HiGHS has more columns
than a turn can search, those of largest loss at the relaxation's duals are left out. The losses are changed at random
before, so that different turns leave out different columns.

A kind is drawn in proportion to the value it has gained per second; older turns count less. A turn of HiGHS that ends
with a proof makes the next one of its kind larger. One that runs out of time without a better timetable makes it
smaller.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.strands.local_search import gain_of_part
from scheduler.solve.strands.restricted import RestrictedProgram

if TYPE_CHECKING:
    from scheduler.arrays import Ints, Reals
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.local_search import LocalSearch
    from scheduler.solve.strands.merging import Merging
    from scheduler.solve.strands.program import StrandProgram

CHANNELS, SPAN, PARTS, MERGING = range(4)


@dataclass(slots=True)
class Neighbourhoods:
    """The turns of one worker.

    `lost` is the loss of each column at the relaxation's duals, (c,). `parts` and `merging` are the turns of CP-SAT.
    """

    search: Search
    program: StrandProgram
    params: StrandParams
    lost: Reals
    parts: LocalSearch
    merging: Merging
    size: list[float] = field(init=False)  # per kind of HiGHS: number of channels; share of the horizon
    rate: list[float] = field(init=False)  # per kind: value gained per second, smoothed
    first: Reals = field(init=False)  # (c,) position in the horizon, 0 to 1, at which each column starts to air
    last: Reals = field(init=False)
    random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        """Start with the given sizes and seed, and equal rates."""
        params = self.params
        self.size, self.rate = [float(params.channels), params.span], [np.inf] * 4
        self.random = np.random.default_rng(self.search.settings.seed)
        self.first, self.last = _spans(self.program)

    def turn(self) -> None:
        """Free some columns and choose again."""
        search, program, params = self.search, self.program, self.params
        before = search.best
        if before is None:
            return
        point, kind, begun = program.columns_of(before.point), self._kind(), search.meter.spent()
        if kind in (PARTS, MERGING):
            gain = self.parts.on_best() if kind == PARTS else self.merging.turn()
            self._learn(kind, gain, search.meter.spent() - begun, proven=False)
            return
        free = self._likely(self._free(kind), point)
        n = search.formulation.airing_count
        open_ = np.diff(program.expand[:n][:, free].tocsr().indptr) > 0
        gained = 0

        def found(columns: Reals) -> None:
            nonlocal gained
            gained += gain_of_part(search, open_, program.chosen(columns))

        part = search.budget.first(params.turn_seconds)
        outcome = RestrictedProgram(program, free, point).solve(
            part,
            params.node_rate,
            start=point,
            gap=params.turn_gap * abs(before.value),
            found=found,
            stopped=part.over,
        )
        search.budget.spend_iterations(outcome.iterations)
        if outcome.columns is not None:
            found(outcome.columns)
        self._learn(kind, gained, search.meter.spent() - begun, proven=outcome.proven)

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

    def _learn(self, kind: int, gained: int, seconds: float, *, proven: bool) -> None:
        """Update size and rate of a kind after a turn."""
        rate, params = gained / max(seconds, 1e-3), self.params
        old = self.rate[kind]
        self.rate[kind] = rate if np.isinf(old) else params.memory * old + (1 - params.memory) * rate
        if kind in (PARTS, MERGING):
            return
        step, most = (0.5, float(params.most_channels)) if kind == CHANNELS else (params.span / 4, 1.0)
        if proven:
            self.size[kind] = min(self.size[kind] + step, most)
        elif not gained:
            self.size[kind] = max(self.size[kind] - step, 2.0 if kind == CHANNELS else params.span / 4)


def _spans(program: StrandProgram) -> tuple[Reals, Reals]:
    """(begin, end) of each column's airings as shares of the horizon. 0 if it has none."""
    formulation = program.formulation
    n = formulation.airing_count
    by_column = program.expand[:n].tocsc()
    by_column.sort_indices()
    whole = max(1.0, float(formulation.window_end.max(initial=1)))
    begin, end = formulation.start / whole, (formulation.start + formulation.steps) / whole
    first, last = np.zeros(program.column_count), np.zeros(program.column_count)
    filled = np.flatnonzero(np.diff(by_column.indptr))
    if len(filled):
        at = by_column.indptr[filled]
        first[filled] = np.minimum.reduceat(begin[by_column.indices], at)
        last[filled] = np.maximum.reduceat(end[by_column.indices], at)
    return first, last
