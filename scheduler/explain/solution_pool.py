"""The timetables found so far, stored as codes of airings, so that variants of an instance can try them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.explain.feasible import Questions


@dataclass(slots=True)
class SolutionPool:
    """The latest timetables. Each is stored as the codes of its airings."""

    most: int
    timetables: list[Ints] = field(default_factory=list)

    def add(self, airings: Airings, chosen: Flags) -> None:
        """Store a timetable."""
        self.timetables = [*self.timetables, airings.codes[chosen]][-self.most :]

    def teach(self, airings: Airings, questions: Questions) -> None:
        """Add to the questions of a variant every timetable whose airings the variant has."""
        if not self.timetables:
            return
        here = airings.codes
        for timetable in self.timetables:
            chosen = np.isin(here, timetable)
            if np.count_nonzero(chosen) == len(timetable):
                point = questions.formulation.point(chosen)
                if questions.formulation.is_admissible(point):
                    questions.remember(point)
