"""Improve a timetable a few channels at a time: all their columns are free, the others stay.

The channels of a turn are drawn at random. A turn that ends with a proof makes the next one larger by a channel, one
that runs out of time without a better timetable makes it smaller.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.strands.mip import StrandMip

if TYPE_CHECKING:
    from scheduler.solve.params import StrandParams
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.strands.program import Reals, StrandProgram


@dataclass(slots=True)
class Neighbourhoods:
    """The turns of one worker."""

    search: Search
    program: StrandProgram
    params: StrandParams
    seed: int
    size: float = 0.0
    random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the size and the seed that were given."""
        self.size, self.random = float(self.params.channels), np.random.default_rng(self.seed)

    def turn(self) -> None:
        """Free some channels and choose them again."""
        search, program = self.search, self.program
        if search.best is None:
            return
        before, budget = search.best, search.budget
        point = program.columns_of(before.point)
        there = np.unique(program.channel[program.channel >= 0])
        count = min(len(there), max(1, round(self.size)))
        picked = self.random.choice(there, size=count, replace=False)
        free = np.flatnonzero(np.isin(program.channel, picked) | (program.channel < 0))

        n = search.formulation.airing_count
        open_ = np.diff(program.expand[:n][:, free].tocsr().indptr) > 0

        def found(columns: Reals) -> None:
            search.offer_part(open_, np.flatnonzero(program.chosen(columns) & open_))

        part = budget.at_most(self.params.turn_seconds * max(1.0, len(free) / self.params.turn_columns))
        outcome = StrandMip(program, free, point).solve(
            part.left(),
            start=point,
            nodes=part.node_limit(self.params.node_rate),
            gap=self.params.turn_gap * abs(before.value),
            found=found,
            stopped=search.finished,
        )
        budget.spend(outcome.work)
        if outcome.columns is not None:
            found(outcome.columns)
        if outcome.proven:
            self.size = min(self.size + 0.5, float(self.params.most_channels), float(len(there)))
        elif search.best is before:
            self.size = max(2.0, self.size - 0.5)
