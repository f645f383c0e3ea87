"""Improve a timetable by large neighbourhoods: free some windows, choose best among their likely airings, repeat.

Windows are drawn by what they lose against the relaxation (their best pattern's reward minus that of their
airings, at the relaxation's duals), half of the draws evenly; of a window the airings with the least loss are
free. The size of neighbourhoods follows what is solved to the end in time. Method: large neighbourhood search,
Shaw 1998, with dual information to draw and to thin out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from scheduler.rules import HARD
from scheduler.solve.cp_sat.neighbourhood import Effort, Neighbourhoods, Outcome

if TYPE_CHECKING:
    from scipy import sparse

    from scheduler.formulation import Integers
    from scheduler.solve.relaxation.reduced_costs import Guide
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search, Solution

Reals = npt.NDArray[np.float64]

LIMIT = 1.5
"""Seconds (or counted work) for one neighbourhood."""

LEAST_WINDOWS, MOST_WINDOWS = 3, 40
AIRINGS = 60
"""Free airings of a window at first."""

LEAST_AIRINGS, MOST_AIRINGS = 25, 400
GROW, SHRINK = 1.08, 0.85
HELPFUL = 20.0
"""How much more often a window is drawn that can help a missed hard row."""

OVERHEAD = 0.05
"""Counted work that building a neighbourhood stands for, so that deterministic runs end."""


@dataclass(slots=True)
class Size:
    """How large the next neighbourhood is; follows what can be solved to the end."""

    windows: float = 8.0
    airings: float = AIRINGS

    def learn(self, outcome: Outcome) -> None:
        """Grow after a proven neighbourhood, shrink after one that ran out of time."""
        factor = GROW if outcome.proven else SHRINK
        self.windows = min(max(self.windows * factor, LEAST_WINDOWS), MOST_WINDOWS)
        self.airings = min(max(self.airings * factor**0.5, LEAST_AIRINGS), MOST_AIRINGS)


class Improvement:
    """The state of the improvement: what the duals say of every airing, and how large neighbourhoods are."""

    def __init__(self, search: Search, guide: Guide, by_column: sparse.csc_array[Any], seed: int) -> None:
        """`by_column` is the formulation's matrix, by columns."""
        formulation = search.formulation
        self.search, self.guide = search, guide
        self.neighbourhoods, self.size = Neighbourhoods(search, by_column), Size()
        self.random = np.random.default_rng(seed)
        self.order = guide.order(formulation.window)
        self.edges = np.searchsorted(formulation.window[self.order], np.arange(len(formulation.window_start) + 1))
        self.open = np.diff(self.edges) > 0

    def run(self, budget: Budget) -> None:
        """Improve until nothing of the budget is left."""
        while not budget.over():
            self.step()

    def step(self) -> None:
        """Solve one neighbourhood and keep what it found if it is better."""
        search, around = self.search, self.search.best
        if around is None:
            raise ValueError("there is no timetable to improve")
        free = self._free(self._draw(around), around.point)
        seed = int(self.random.integers(2**31 - 1))
        outcome = self.neighbourhoods.solve(around, free, Effort(search.budget.at_most(LIMIT).left(), 1, seed))
        search.meter.spend(outcome.work + OVERHEAD)
        self.size.learn(outcome)
        if outcome.chosen is not None:
            drawn = np.zeros(len(outcome.chosen), dtype=bool)
            drawn[free] = True
            search.offer_part(drawn, np.flatnonzero(outcome.chosen & drawn))

    def _draw(self, around: Solution) -> Integers:
        """The windows to free: by what they lose, half of the weight evenly.

        While hard rows are missed, the windows that can help one of them, drawn by its miss, weigh most.
        """
        formulation = self.search.formulation
        chosen = around.point[: formulation.airing_count].astype(bool)
        have = np.zeros(len(self.guide.top))
        np.add.at(have, formulation.window[chosen], self.guide.reward[chosen])
        loss = np.where(self.open, np.maximum(self.guide.top - have, 0.0) + 1e-9, 0.0)
        weight = loss / loss.sum() + self.open / self.open.sum()
        if around.hard_miss:
            missed = formulation.hard_weight * np.where(formulation.kind == HARD, formulation.misses(around.point), 0)
            row = int(self.random.choice(len(missed), p=missed / missed.sum()))
            columns = formulation.matrix.indices[formulation.matrix.indptr[row] : formulation.matrix.indptr[row + 1]]
            airings = columns[columns < formulation.airing_count]
            weight[np.unique(formulation.window[airings])] *= HELPFUL
        count = min(round(self.size.windows), int(np.count_nonzero(weight)))
        return np.sort(self.random.choice(len(weight), size=count, replace=False, p=weight / weight.sum()))

    def _free(self, windows: Integers, point: Integers) -> Integers:
        """The likely airings of some windows and those that are chosen now."""
        likely = round(self.size.airings)
        first, end = self.edges[windows], self.edges[windows + 1]
        parts = [
            self.order[begin : min(begin + likely, stop)]
            for begin, stop in zip(first.tolist(), end.tolist(), strict=True)
        ]
        taken = np.flatnonzero(point[: len(self.guide.loss)])
        taken = taken[np.isin(self.search.formulation.window[taken], windows)]
        return np.unique(np.concatenate([*parts, taken]))
