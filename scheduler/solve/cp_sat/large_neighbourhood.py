"""Large neighbourhood search by CP-SAT (Shaw 1998): free some windows, choose the best among their candidates, repeat.

Half of the sampling weight of a window is proportional to its regret at the relaxation's duals; the other half is the
same for all windows. In a free window the airings of least regret are candidates. Neighbourhoods grow after one that is
solved to optimality in time and shrink after one that is not. They also move the rules' auxiliary variables, which the
annealing does not change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules import HARD
from scheduler.solve.cp_sat.neighbourhood import Effort, Neighbourhoods, Outcome

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.solve.context import Context
    from scheduler.solve.params import NeighbourhoodParams
    from scheduler.solve.search.incumbent import Solution
    from scheduler.solve.search.time_limit import Budget


@dataclass(slots=True)
class Size:
    """The size of the next neighbourhood: free windows, and free airings per window."""

    params: NeighbourhoodParams
    windows: float
    airings: float

    def learn(self, outcome: Outcome) -> None:
        """Grow after a proven neighbourhood, shrink after one that ran out of time."""
        params = self.params
        factor = params.grow if outcome.proven else params.shrink
        self.windows = min(max(self.windows * factor, params.least_windows), params.most_windows)
        self.airings = min(max(self.airings * factor**0.5, params.least_airings), params.most_airings)


class NeighbourhoodSearch:
    """Improver: neighbourhoods of adaptive size, sampled by regret."""

    def __init__(self, context: Context) -> None:
        search, formulation = context.search, context.formulation
        self.search, self.reduced_costs = search, context.reduced_costs
        params = self.params = context.params.neighbourhoods
        self.neighbourhoods = Neighbourhoods(search, context.by_column)
        self.size = Size(params, params.windows, params.airings)
        self.random = np.random.default_rng(context.seed)
        self.order = context.reduced_costs.order(formulation.window)
        self.edges = np.searchsorted(formulation.window[self.order], np.arange(len(formulation.window_start) + 1))
        self.open = np.diff(self.edges) > 0

    def improve(self, end: Flags | None, budget: Budget) -> Flags | None:
        """Solve neighbourhoods until the budget is used up."""
        while not budget.over():
            self.step()
        return None

    def step(self) -> None:
        """Solve one neighbourhood and offer the result."""
        search, around = self.search, self.search.best
        if around is None:
            raise ValueError("there is no timetable to improve")
        free = self._free(self._draw(around), around.point)
        seed = int(self.random.integers(2**31 - 1))
        outcome = self.neighbourhoods.solve(
            around, free, Effort(search.budget.at_most(self.params.attempt).left(), 1, seed)
        )
        search.meter.spend(outcome.work + self.params.overhead)
        self.size.learn(outcome)
        if outcome.chosen is not None:
            drawn = np.zeros(len(outcome.chosen), dtype=bool)
            drawn[free] = True
            search.offer_part(drawn, np.flatnonzero(outcome.chosen & drawn))

    def _draw(self, around: Solution) -> Ints:
        """Sample the windows to free: half of the weight by regret, half the same for all.

        While hard rows are missed, one of them is sampled by its miss, and windows with an airing in that row get a
        larger weight (`helpful`).
        """
        formulation = self.search.formulation
        chosen = np.flatnonzero(around.point[: formulation.airing_count])
        regret = self.reduced_costs.window_regret(formulation.window, chosen)
        loss = np.where(self.open, regret + 1e-9, 0.0)
        weight = loss / loss.sum() + self.open / self.open.sum()
        if around.hard_miss:
            missed = formulation.hard_weight * np.where(formulation.kind == HARD, formulation.misses(around.point), 0)
            row = int(self.random.choice(len(missed), p=missed / missed.sum()))
            columns = formulation.matrix.indices[formulation.matrix.indptr[row] : formulation.matrix.indptr[row + 1]]
            airings = columns[columns < formulation.airing_count]
            weight[np.unique(formulation.window[airings])] *= self.params.helpful
        count = min(round(self.size.windows), int(np.count_nonzero(weight)))
        return np.sort(self.random.choice(len(weight), size=count, replace=False, p=weight / weight.sum()))

    def _free(self, windows: Ints, point: Ints) -> Ints:
        """The airings of least regret in some windows, and the airings chosen there now."""
        count = round(self.size.airings)
        first, end = self.edges[windows], self.edges[windows + 1]
        parts = [
            self.order[begin : min(begin + count, stop)]
            for begin, stop in zip(first.tolist(), end.tolist(), strict=True)
        ]
        taken = np.flatnonzero(point[: self.search.formulation.airing_count])
        taken = taken[np.isin(self.search.formulation.window[taken], windows)]
        return np.unique(np.concatenate([*parts, taken]))
