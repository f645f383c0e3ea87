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

    def turn(self, seconds: float) -> None:
        """Free some channels and choose them again."""
        search, program = self.search, self.program
        if search.best is None:
            return
        before, point = search.best, program.columns_of(search.best.point)
        there = np.unique(program.channel[program.channel >= 0])
        count = min(len(there), max(1, round(self.size)))
        picked = self.random.choice(there, size=count, replace=False)
        free = np.flatnonzero(np.isin(program.channel, picked) | (program.channel < 0))

        def found(columns: Reals) -> None:
            search.try_offer(program.chosen(columns))

        outcome = StrandMip(program, free, point).solve(
            min(seconds, self.params.turn_seconds),
            start=point,
            nodes=search.budget.node_limit(20.0, self.params.turn_seconds),
            gap=self.params.turn_gap * abs(before.value),
            found=found,
            stopped=search.finished,
        )
        search.budget.spend(outcome.work)
        if outcome.columns is not None:
            found(outcome.columns)
        if outcome.proven:
            self.size = min(self.size + 0.5, float(self.params.most_channels), float(len(there)))
        elif search.best is before:
            self.size = max(2.0, self.size - 0.5)
