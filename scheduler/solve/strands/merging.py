"""Improve a timetable by merging solutions: construct, merge, solve and adapt (Blum et al. 2016).

Annealed timetables of different seeds differ by several per cent, and each has parts that the best one lacks. The
columns of the latest ones, those that the relaxation uses and those of the best timetable form a small program. CP-SAT
searches it from the best timetable on, and all hard rows hold. Later turns anneal again, and the oldest timetables are
dropped.

Reference: C. Blum, P. Pinacho, M. López-Ibáñez, J. A. Lozano, "Construct, Merge, Solve & Adapt: a new general algorithm
for combinatorial optimization", Computers & Operations Research 68 (2016), 75–88.
"""

from __future__ import annotations

import threading
from collections import deque
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules import RIGID
from scheduler.solve.strands.cp_sat_part import search_part
from scheduler.solve.strands.following import with_following
from scheduler.solve.strands.part_gain import part_gain
from scheduler.solve.strands.restricted import RestrictedProgram

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.arrays import Ints, Reals
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strands.annealing import StrandAnnealing
    from scheduler.solve.strands.program import StrandProgram
    from scheduler.solve.strands.relaxation import RelaxedColumns


class Merging:
    """The latest annealed timetables of all workers, and turns that merge them.

    Parameters
    ----------
    relaxed
        The relaxation. In a small program the columns that it uses take part in every turn; the first-order method of
        a large one uses too many.
    """

    def __init__(
        self,
        search: Search,
        program: StrandProgram,
        annealing: StrandAnnealing,
        relaxed: RelaxedColumns | None = None,
    ) -> None:
        self.search, self.program = search, program
        self.params = search.settings.params.strand_annealing
        self.annealing = annealing
        used = np.zeros(0) if relaxed is None else relaxed.amounts
        self.used: Ints = np.flatnonzero(used > search.settings.params.strands.surely_used)
        self.timetables: deque[Ints] = deque(maxlen=self.params.merged)
        self.lock = threading.Lock()  # several workers add timetables
        self.seeds = count(search.settings.seed)

    def cycle(self) -> float:
        """The length of a cycle, seconds: the larger the program with its excluded columns, the longer."""
        pace = self.params.pace if self.search.sample_of is None else self.params.sample_pace
        return max(1, self.program.whole_column_count) / pace

    def anneal(self, budget: Budget) -> Iterator[Reals]:
        """Anneal timetables in cycles of equal length until a budget is spent. Yields the columns, (c,), of each.

        A cycle that goes on beyond its end takes the time of later ones.
        """
        cycles = max(1, round(budget.left() / self.cycle()))
        for number in range(cycles):
            if number and budget.over():
                return
            yield self.construct(budget.share(1 / (cycles - number)))

    def construct(self, budget: Budget, start: Reals | None = None) -> Reals:
        """Anneal one more timetable, from the held columns or from a start, (c,), offer it, and return its columns."""
        beyond = self.search.budget.first(budget.left() * (1 + self.params.overtime))
        columns = self.annealing.cycle(budget, next(self.seeds), self._found, start, beyond)
        with self.lock:
            self.timetables.append(np.flatnonzero(columns > 0))
        return columns

    def turn(self) -> int:
        """Anneal one more timetable, then merge. Returns the value gained by merging, viewer-minutes."""
        self.construct(self.search.budget.first(self.cycle()))
        return self.merge()

    def merge(self) -> int:
        """Choose again among the columns of all kept timetables. Returns the value gained, viewer-minutes."""
        search, program, best = self.search, self.program, self.search.best
        if best is None:
            return 0
        point = program.columns_of(best.point)
        with self.lock:
            columns = np.unique(np.concatenate([self.used, np.flatnonzero(point > 0), *self.timetables]))
        part = RestrictedProgram(program, with_following(program, columns, program.kind == RIGID), point)
        budget, many = search.budget.first(self.params.merge_seconds), len(part.free) > self.params.merge_columns
        seed = next(self.seeds)
        return part_gain(
            search, part, lambda found: search_part(search, part, point, budget, seed, found, everywhere=many)
        )

    def _found(self, columns: Reals) -> None:
        self.search.try_offer(self.program.chosen(columns))
