"""Annealing at the size of months: windows are emptied and filled again, tens of thousands of times a second.

Every rule row may be missed for a while at a weight that grows while it is missed (dynamic penalties), in a landscape
that leads from the relaxation's prices to the true value (landscape.py). Windows that are worth more are hotter, or
those of the largest channels would be frozen from the start. Simulated annealing: Kirkpatrick, Gelatt and Vecchi 1983.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scheduler.solve.annealing.penalties import Hardening, Landscape, Progress
from scheduler.solve.annealing.problem import Course
from scheduler.solve.kernels.ground import REWARD, WEIGHT, WEIGHTED
from scheduler.solve.kernels.moves import anneal

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.formulation import Flags, Formulation, Integers
    from scheduler.solve.relaxation.reduced_costs import Guide
    from scheduler.solve.search.incumbent import Search, Solution

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cooling:
    """The dials of a cycle. Temperatures are shares of what an airing is worth on average."""

    hot: float = 0.2  # where a search from a rough start begins
    warm: float = 0.02  # where a search from a good start begins
    cool: float = 0.01  # where mending begins
    cold: float = 0.007
    spread: float = 0.5  # a window's temperature goes with this power of what it is worth
    by_loss: float = 0.3  # so many moves begin in intervals drawn by what they lose, the others anywhere
    candidates: int = 150  # airings of a window that may be chosen, the likeliest
    seconds: float = 0.2  # of the first part of a long cycle per interval
    mending: float = 0.08  # of the second part
    short: float = 0.125  # short cycles, all after the first, take this share of both
    longest: float = 110.0  # seconds of both parts

    def both(self, intervals: int, *, short: bool = False) -> float:
        """Seconds of both parts of a long or `short` cycle over so many intervals, were there no end to the search."""
        whole = max(1e-9, self.seconds * intervals + self.mending * intervals)
        return min(self.longest, whole * (self.short if short else 1.0))


WORK_PER_MOVE = 3.5e-5
"""Counted work of a move, in units of about a second."""

MENDINGS, AGAIN = 3, Progress(1.0, 0.5)
"""The second part is repeated so often, from its middle on, while a hard row is missed."""

MOST = 0.5
"""A long cycle, and any while the best misses a hard row, takes at most this share of the time left, so that there is
time to re-time, polish or mend what it ends with."""

SLIGHT = 1e-4
"""A search is stuck that gains no more than this share of its value from one cycle to the next."""

NEARLY = 0.005
"""A cycle that ended with misses is gone on with where it is worth so much more than the best, as a share."""

LEAST_HEAT = 0.05
"""Windows worth less than this share of the mean are as hot as those worth so much."""

OFFER_EVERY = 1.0
"""Seconds between two offers of a cycle's best while it runs."""


def compile_moves(formulation: Formulation) -> None:
    """Compile the moves, or load what the disk keeps of them, so that it is done before a search's clock runs."""
    rows, columns = formulation.matrix.shape
    none, nothing = sparse.csc_array((rows, columns), dtype=np.int64), np.zeros(formulation.airing_count, dtype=bool)
    narrow = np.zeros(rows, dtype=bool)
    course = Course.around(formulation, none, nothing, np.zeros(columns, dtype=np.int64), np.ones(rows), narrow)
    each, missed = np.ones(len(course.ground.length)), np.zeros(0, dtype=np.int64)
    anneal(course.ground, course.state, course.best, np.random.default_rng(0), 0, each, missed, np.cumsum(each))


class Annealing:
    """Cycles of annealing over one search, each from the best timetable that anybody has found."""

    def __init__(
        self,
        search: Search,
        guide: Guide,
        seed: int,
        cooling: Cooling | None = None,
        hardening: Hardening | None = None,
    ) -> None:
        self.search, self.guide, self.cooling = search, guide, cooling or Cooling()
        self.random = np.random.default_rng(seed)
        formulation = self.formulation = search.formulation
        self.landscape = Landscape(formulation, guide, hardening or Hardening())
        self.by_column: sparse.csc_array[Any] = formulation.matrix.tocsc()
        self.unit = guide.unit
        self.likely = self._likely()
        share = guide.worth / max(1.0, float(guide.worth.mean()))
        self.heat: Reals = np.maximum(share, LEAST_HEAT) ** self.cooling.spread
        self.cycles = 0
        self.last: Course | None = None
        self.began: Solution | None = None  # the best timetable when the last cycle began

    def beside(self, seed: int) -> Annealing:
        """Another one over the same search that draws by another seed; what does not change is shared."""
        other = copy(self)
        other.random, other.cycles = np.random.default_rng(seed), 0
        other.last, other.began = None, None
        return other

    def cycle(self, polish: Callable[[Flags], Flags] | None = None, *, short: bool = False) -> bool:
        """Anneal once from the best timetable there is and offer what comes of it; False where there is no choice.

        The first cycle is hot, and long unless it is to be `short`; those after it are warm and short, until a search
        is stuck: it begins again with a hot and long one. Between the two parts of a long one `polish` may better what
        the first part ended with.
        """
        cooling = self.cooling
        if self._stuck():
            self.cycles, self.last = 0, None
        self.began = self.search.best
        course = self._course()
        count = len(course.ground.length)
        if not len(course.airing):
            return False
        short = short or self.cycles > 0
        first, second = self._seconds(count, short=short)
        top = cooling.warm if self.cycles else cooling.hot
        self._anneal(course, Progress(0.0), top, first)
        chosen = course.choice(course.state.at)
        self.mend(chosen if short or polish is None else polish(chosen), course.weight, second)
        self.cycles += 1
        return True

    def _stuck(self) -> bool:
        """Whether next to nothing was gained by anybody since the last cycle began, and there is time for a long one.

        Warm cycles do not leave the valley of the best timetable.
        """
        best, began = self.search.best, self.began
        if best is None or began is None or began.hard_miss or best.hard_miss:
            return False
        gained = best.value - began.value
        windows = len(self.formulation.window_start)
        return gained <= SLIGHT * abs(began.value) and self.search.budget.left() >= self.cooling.both(windows)

    def ended(self) -> Flags | None:
        """The best choice of the last cycle; None where that missed a firm row."""
        return None if self.last is None or not self.last.feasible else self.last.choice(self.last.best.at)

    def mend(self, chosen: Flags, weight: Reals | None = None, seconds: float | None = None) -> None:
        """The second part of a cycle, by default of a short one, from a choice that may miss broad rows.

        Its end is offered.
        """
        weight = self.landscape.weight if weight is None else weight
        course = self.around(self.likely | chosen, self.formulation.point(chosen), weight)
        seconds = self._seconds(len(course.ground.length), short=True)[1] if seconds is None else seconds
        begin = Progress(1.0)
        for _ in range(MENDINGS):
            self._anneal(course, begin, self.cooling.cool, self.search.budget.at_most(seconds).left())
            if course.feasible or self.search.finished():
                break
            begin = AGAIN
        self.search.try_offer(course.choice(course.best.at))
        self.last = course

    def _anneal(self, course: Course, at: Progress, top: float, budget: float) -> None:
        """One part of a cycle in `budget` seconds, from a temperature of `top` down to cold."""
        search, cooling, whole = self.search, self.cooling, self.search.budget
        remaining, offered, told, spent, before = whole.left(), np.inf, 0.0, 0.0, 0.0
        while spent < budget and not whole.over():
            share = spent / budget
            temperature = self.unit * top * (cooling.cold / top) ** share
            whole.spend(WORK_PER_MOVE * self._sweep(course, at.later(share), share - before, temperature))
            spent, before = remaining - whole.left(), share
            if course.feasible and course.best.merit[2] < offered and spent - told > OFFER_EVERY:
                offered, told = float(course.best.merit[2]), spent
                search.try_offer(course.choice(course.best.at))

    def _seconds(self, intervals: int, *, short: bool) -> tuple[float, float]:
        """Of the first and of the second part of a long or `short` cycle; short ones fill the time left."""
        cooling, remaining = self.cooling, self.search.budget.left()
        whole, budget = cooling.seconds + cooling.mending, cooling.both(intervals, short=short)
        if short:
            budget = remaining / max(1, round(remaining / budget))
        if not short or not self.search.keeps_hard_rows():
            budget = min(budget, MOST * remaining)
        return budget * cooling.seconds / whole, budget * cooling.mending / whole

    def _course(self) -> Course:
        """From the best timetable there is, or from where the last cycle stopped.

        That goes on while the best misses a hard row, or is worth less than what the last cycle nearly had.
        """
        around, weight = self.search.best, self.landscape.weight
        if around is None:
            raise ValueError("there is no timetable to improve")
        point, formulation = around.point, self.formulation
        if self.last is not None:
            ended = formulation.point(self.last.choice(self.last.state.at))
            value = formulation.audience(ended) - formulation.penalty(formulation.misses(ended))
            if around.hard_miss or value > around.value + NEARLY * abs(around.value):
                point, weight = ended, self.last.weight
        return self.around(self.likely, point, weight)

    def around(self, likely: Flags, point: Integers, weight: Reals) -> Course:
        """A course over likely airings, from a point and weights of rows."""
        return Course.around(self.formulation, self.by_column, likely, point, weight, ~self.landscape.broad)

    def _likely(self) -> Flags:
        """Which airings are among the likeliest of their window, (n,)."""
        window, loss = self.formulation.window, self.guide.loss
        order = self.guide.order(window)
        first = np.searchsorted(window[order], window[order])
        likely = np.zeros(len(window), dtype=bool)
        likely[order] = np.arange(len(window)) - first < self.cooling.candidates
        return likely & np.isfinite(loss)

    def _sweep(self, course: Course, at: Progress, share: float, temperature: float) -> int:
        """Two moves per interval in the landscape of now, `share` of a part after the last ones; say how many."""
        landscape, state = self.landscape, course.state
        misses = course.misses()
        landscape.grow(course.weight, misses, at, share)
        counted = landscape.counted(course.weight, at)
        state.room[:, WEIGHT] = counted
        state.reward[:] = landscape.rewards(course.airing, course.ground.value, at)
        state.total[REWARD] = state.reward[state.at[state.at >= 0]].sum()
        state.total[WEIGHTED] = float(counted @ misses)
        moves = max(200, 2 * len(course.ground.length))
        odds = course.odds(self.guide.top, self.guide.reward, self.cooling.by_loss)
        heat = temperature * self.heat[course.interval_window]
        missed = np.flatnonzero(landscape.pressing(misses, at))
        anneal(course.ground, state, course.best, self.random, moves, heat, missed, odds)
        return moves
