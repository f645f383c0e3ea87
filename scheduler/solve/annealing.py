"""Annealing at the size of months: windows are emptied and filled again, thousands of times a second.

Every rule row may be missed for a while at a weight that grows while it is missed (dynamic penalties), starting near
the row's dual in the relaxation. A cycle starts with what rows have to spare credited at their duals, so that
scarce runs and minutes have a price before they run out (the Lagrangian's landscape), and lets the credit fade to the
true value while it cools. Simulated annealing: Kirkpatrick, Gelatt and Vecchi 1983.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from scheduler.rules import SOFT
from scheduler.solve.course import Course
from scheduler.solve.filling import REWARD, WEIGHT, WEIGHTED
from scheduler.solve.moves import anneal

if TYPE_CHECKING:
    from scipy import sparse

    from scheduler.formulation import Flags
    from scheduler.solve.guide import Guide
    from scheduler.solve.search import Search

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cooling:
    """The dials of a cycle. Temperatures are shares of what an airing is worth on average."""

    hot: float = 0.2  # where a search from a rough start begins
    warm: float = 0.07  # where a search from a good start begins
    cold: float = 0.007
    credit: float = 0.9  # of the duals, for what rows have to spare, at first
    fades: float = 0.9  # the credit is gone after so much of the cycle
    hardens: float = 0.3  # from then on weights grow faster and do not shrink
    duals: float = 1.1  # a row's first weight, in its duals
    floor: float = 0.07  # least first weight of a row: a whole airing's coefficient costs so much of its value
    growth: float = 1.02  # of the weight of a row that is missed, per sweep of two moves an interval
    hard_growth: float = 1.03
    hardness: float = 20.0  # no weight is below this many floors at the end
    shrinking: float = 0.9995
    by_loss: float = 0.3  # so many moves begin in intervals drawn by what they lose, the others anywhere
    candidates: int = 150  # airings of a window that may be chosen, the likeliest
    seconds: float = 0.075  # of a cycle per interval


WORK_PER_MOVE = 5e-5
"""Counted work of a move, in units of about a second."""

OFFER_EVERY = 1.0
"""Seconds between two offers of a cycle's best while it runs."""


class Annealing:
    """Cycles of annealing over one search, each from the best timetable that anybody has found."""

    def __init__(self, search: Search, guide: Guide, seed: int, cooling: Cooling | None = None) -> None:
        self.search, self.guide, self.cooling = search, guide, cooling or Cooling()
        self.random = np.random.default_rng(seed)
        formulation = self.formulation = search.formulation
        self.dual_cost = np.abs(guide.duals) * formulation.miss_step
        self.firm = formulation.kind != SOFT
        self.by_column: sparse.csc_array[Any] = formulation.matrix.tocsc()
        self.unit = guide.unit
        self.likely = self._likely()
        size = np.maximum(np.asarray(abs(formulation.matrix).max(axis=1).toarray()).ravel(), 1)
        self.floor = self.cooling.floor * self.unit / size * formulation.miss_step
        weight = np.maximum(self.cooling.duals * self.dual_cost, self.floor)
        self.weight: Reals = np.where(self.firm, weight, formulation.price).astype(np.float64)
        self.cycles = 0
        self.last: Course | None = None

    def run(self) -> None:
        """Cycle until the search is finished or there is nothing to choose."""
        while not self.search.finished() and self.cycle():
            pass

    def cycle(self) -> bool:
        """Anneal once from the best timetable there is and offer what comes of it; False where there is no choice."""
        search, cooling = self.search, self.cooling
        course = self._course()
        if not len(course.airing):
            return False
        remaining = search.remaining()
        budget = remaining / max(1, round(remaining / (cooling.seconds * len(course.ground.length))))
        top = cooling.warm if self.cycles else cooling.hot
        offered, told = np.inf, 0.0
        spent = 0.0
        while spent < budget and not search.finished():
            done = spent / budget
            search.spend(WORK_PER_MOVE * self._sweep(course, done, self.unit * top * (cooling.cold / top) ** done))
            spent = remaining - search.remaining()
            if course.feasible and course.best.merit[2] < offered and spent - told > OFFER_EVERY:
                offered, told = float(course.best.merit[2]), spent
                search.try_offer(course.choice(course.best.at))
        search.try_offer(course.choice(course.best.at))
        self.last = course
        self.cycles += 1
        return True

    def _course(self) -> Course:
        """From the best timetable there is; while that misses a hard row, from where the last cycle stopped."""
        around, weight = self.search.best, self.weight
        if around is None:
            raise ValueError("there is no timetable to improve")
        point = around.point
        if around.hard_miss and self.last is not None:
            point, weight = self.formulation.point(self.last.choice(self.last.state.at)), self.last.weight
        return Course.around(self.formulation, self.by_column, self.likely, point, weight)

    def _likely(self) -> Flags:
        """Which airings are among the likeliest of their window, (n,)."""
        window, loss = self.formulation.window, self.guide.loss
        order = self.guide.order(window)
        first = np.searchsorted(window[order], window[order])
        likely = np.zeros(len(window), dtype=bool)
        likely[order] = np.arange(len(window)) - first < self.cooling.candidates
        return likely & np.isfinite(loss)

    def _sweep(self, course: Course, done: float, temperature: float) -> int:
        """Two moves per interval with the weights and the credit of now; say how many."""
        cooling, state, weight = self.cooling, course.state, course.weight
        misses = course.misses()
        missed, hardened = misses > 0, done > cooling.hardens
        weight[missed & self.firm] *= cooling.hard_growth if hardened else cooling.growth
        if not hardened:
            calm = ~missed & self.firm
            weight[calm] = np.maximum(self.weight[calm], weight[calm] * cooling.shrinking)
        credit = cooling.credit * max(0.0, 1.0 - done / cooling.fades)
        counted = np.maximum(weight - credit * self.dual_cost, 0.2 * weight)
        if hardened:
            least = self.floor * cooling.hardness ** ((done - cooling.hardens) / (1 - cooling.hardens))
            counted = np.where(self.firm, np.maximum(counted, least), counted)
        state.room[:, WEIGHT] = counted
        state.reward[:] = (1 - credit) * course.ground.value + credit * self.guide.reward[course.airing]
        state.total[REWARD] = state.reward[state.at[state.at >= 0]].sum()
        state.total[WEIGHTED] = float(counted @ misses)
        moves = max(200, 2 * len(course.ground.length))
        odds = course.odds(self.guide.top, self.guide.reward, cooling.by_loss)
        anneal(course.ground, state, course.best, self.random, moves, temperature, np.flatnonzero(missed), odds)
        return moves
