"""The timetables found so far, stored as codes of airings, so that variants of an instance can try them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.explain.feasible import FeasibilityOracle


@dataclass(slots=True)
class SolutionPool:
    """The latest timetables. Each is stored as the codes of its airings."""

    most: int
    timetables: list[Ints] = field(default_factory=list)

    def add(self, airings: Airings, chosen: Flags) -> None:
        """Store a timetable.

        Parameters
        ----------
        chosen
            (n,) Whether each airing is chosen.
        """
        self.timetables = [*self.timetables, airings.codes[chosen]][-self.most :]

    def share_with(self, airings: Airings, oracle: FeasibilityOracle) -> None:
        """Add every timetable whose airings a variant has to the oracle of this variant."""
        if not self.timetables:
            return
        here = airings.codes
        for timetable in self.timetables:
            chosen = np.isin(here, timetable)
            if np.count_nonzero(chosen) == len(timetable):
                point = oracle.formulation.point(chosen)
                if oracle.formulation.is_admissible(point):
                    oracle.remember(point)
