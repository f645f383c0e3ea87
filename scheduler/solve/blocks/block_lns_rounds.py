"""Rounds of polishing from the best timetable there is, each mended afterwards by annealing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.blocks.block_bound import partition
from scheduler.solve.blocks.block_lns import Polish

if TYPE_CHECKING:
    from scheduler.formulation import Flags
    from scheduler.solve.annealing.simulated_annealing import Annealing
    from scheduler.solve.bounding import Bounding
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search

ROUND_SHARE = 0.08
"""At most this share of the time left goes into one round of polishing."""


class Polishing:
    """Rounds of polishing from the best timetable there is, each mended afterwards."""

    def __init__(self, search: Search, bounding: Bounding, annealing: Annealing, seed: int) -> None:
        """Mends with another annealing beside the one that is given."""
        formulation = search.formulation
        self.search = search
        self.annealing = annealing.beside(seed)
        rows, guide = bounding.rows, annealing.guide
        self.random = np.random.default_rng(seed)
        self.polish = Polish(formulation, rows, guide, self.annealing.landscape, partition(formulation, rows))

    def run(self, budget: Budget) -> None:
        """Polish and mend until that finds nothing better or nothing of the budget is left."""
        search = self.search
        while not budget.over() and search.best is not None:
            before = search.best
            chosen = before.point[: search.formulation.airing_count].astype(bool)
            polished = self.polished(chosen)
            if np.array_equal(polished, chosen):
                return
            self.annealing.mend(polished)
            if search.best is before:
                return

    def polished(self, chosen: Flags) -> Flags:
        """A choice after a round of polishing."""
        return self.polish.round(chosen, self.random, self.search.budget.share(ROUND_SHARE))
