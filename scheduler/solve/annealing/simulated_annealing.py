"""Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983): moves empty parts of windows and refill them.

Every row may be violated at a penalty that grows while it is violated (penalties.py). Windows of more value have a
higher temperature. With one temperature for all, the windows of the largest channels would be frozen from the start.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.arrays import Reals
from scheduler.solve.annealing.penalties import Penalties, Progress
from scheduler.solve.annealing.problem import AnnealingProblem, moves_of
from scheduler.solve.kernels.annealing_moves import REWARD, WEIGHT, WEIGHTED, anneal
from scheduler.solve.params import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation
    from scheduler.solve.context import Context
    from scheduler.solve.params import AnnealingParams
    from scheduler.solve.search.incumbent import Solution
    from scheduler.solve.search.time_limit import Budget


def compile_moves(formulation: Formulation) -> None:
    """Compile the moves or load them from the cache, before the clock of a search starts."""
    rows, columns = formulation.matrix.shape
    none, nothing = sparse.csc_array((rows, columns), dtype=np.int64), np.zeros(formulation.airing_count, dtype=bool)
    local, moves, point = np.zeros(rows, dtype=bool), moves_of(DEFAULTS.annealing), np.zeros(columns, dtype=np.int64)
    problem = AnnealingProblem.around(formulation, none, nothing, point, np.ones(rows), local, moves)
    each, missed = np.ones(len(problem.static.length)), np.zeros(0, dtype=np.int64)
    anneal(problem.static, problem.state, problem.best, np.random.default_rng(0), 0, each, missed, np.cumsum(each))


class Annealing:
    """Improver: cycles of annealing, each from the incumbent, whichever improver found it.

    The first cycle is long and starts at a high temperature. Later cycles are short and start at a low one. On
    stagnation the annealing restarts with a long cycle. Each cycle has two phases (penalties.py).
    """

    def __init__(self, context: Context, seed: int, between: Callable[[Flags], Flags] | None = None) -> None:
        """Prepare the cycles.

        Parameters
        ----------
        seed
            Seed of the random numbers.
        between
            A function from (n,) to (n,) that may improve the end of phase 1 of a long cycle before phase 2 starts.
        """
        self.search, self.context, self.params = context.search, context, context.params.annealing
        self.formulation = context.formulation
        self.penalties = Penalties(
            context.formulation, context.reduced_costs, context.coupling, context.params.penalties
        )
        self.unit = context.reduced_costs.unit
        worth = context.reduced_costs.worth
        share = worth / max(1.0, float(worth.mean()))
        self.window_temperature: Reals = np.maximum(share, self.params.least_spread) ** self.params.spread
        self.between = between
        self.restart(seed)

    def restart(self, seed: int) -> None:
        """Start from the beginning with another seed."""
        self.random = np.random.default_rng(seed)
        self.cycles = 0
        self.last: AnnealingProblem | None = None
        self.began: Solution | None = None  # the incumbent at the start of the last cycle

    def with_seed(self, seed: int) -> Annealing:
        """Another annealing of the same search with another seed. Constant data is shared."""
        other = copy(self)
        other.between = None
        other.restart(seed)
        return other

    def improve(self, end: Flags | None, budget: Budget) -> Flags | None:
        """Run one cycle of the length that its parameters state.

        Returns its last choice if that keeps every hard row.
        """
        return self.ended() if self.cycle() else None

    def cycle(self, *, short: bool = False) -> bool:
        """Run one cycle from the incumbent and offer its best choice. Returns False if there is nothing to choose."""
        params = self.params
        if self._stagnates():
            self.cycles, self.last = 0, None
        self.began = self.search.best
        problem = self._problem()
        count = len(problem.static.length)
        if not len(problem.airing):
            return False
        short = short or self.cycles > 0
        first, second = self._seconds(count, short=short)
        temperature = params.next_temperature if self.cycles else params.first_temperature
        self._anneal(problem, Progress(0.0), temperature, first)
        chosen = problem.choice(problem.state.at)
        between = None if short else self.between
        self.repair(chosen if between is None else between(chosen), problem.weight, second)
        self.cycles += 1
        return True

    def _stagnates(self) -> bool:
        """Whether almost nothing was gained since the last cycle started, and there is time for a long cycle.

        Cycles at a low temperature do not leave the incumbent's basin of attraction.
        """
        best, began = self.search.best, self.began
        if best is None or began is None or began.hard_miss or best.hard_miss:
            return False
        gained = best.value - began.value
        whole = seconds_of_cycle(self.params, len(self.formulation.window_start))
        return gained <= self.params.stagnation * abs(began.value) and self.search.budget.left() >= whole

    def ended(self) -> Flags | None:
        """The best choice of the last cycle. None if it violates a rigid or hard row."""
        return None if self.last is None or not self.last.feasible else self.last.choice(self.last.best.at)

    def repair(self, chosen: Flags, weight: Reals | None = None, seconds: float | None = None) -> None:
        """Run phase 2, by default of a short cycle, from a choice that may violate coupling rows. Offer the result."""
        weight = self.penalties.weight if weight is None else weight
        problem = self.around(self.context.candidates | chosen, self.formulation.point(chosen), weight)
        if seconds is None:
            seconds = self._seconds(len(problem.static.length), short=True)[1]
        begin = Progress(1.0)
        for _ in range(self.params.repairs):
            limit = self.search.budget.at_most(seconds).left()
            self._anneal(problem, begin, self.params.repair_temperature, limit)
            if problem.feasible or self.search.finished():
                break
            begin = Progress(1.0, self.params.repair_again)
        self.search.try_offer(problem.choice(problem.best.at))
        self.last = problem

    def _anneal(self, problem: AnnealingProblem, at: Progress, temperature: float, seconds: float) -> None:
        """Run one phase for `seconds`.

        The temperature falls geometrically: unit·temperature·(last / temperature)^share.
        """
        search, params, whole = self.search, self.params, self.search.budget
        begun, offered, offered_at, spent, before = whole.left(), np.inf, 0.0, 0.0, 0.0
        while spent < seconds and not whole.over():
            share = spent / seconds
            now = self.unit * temperature * (params.last_temperature / temperature) ** share
            whole.spend(params.work_per_move * self._sweep(problem, at.later(share), share - before, now))
            spent, before = begun - whole.left(), share
            if problem.feasible and problem.best.merit[2] < offered and spent - offered_at > params.offer_every:
                offered, offered_at = float(problem.best.merit[2]), spent
                search.try_offer(problem.choice(problem.best.at))

    def _seconds(self, intervals: int, *, short: bool) -> tuple[float, float]:
        """Seconds of both phases of a long or short cycle. Short cycles divide the time left into equal parts."""
        params, left = self.params, self.search.budget.left()
        both, seconds = params.seconds + params.repair_seconds, seconds_of_cycle(params, intervals, short=short)
        if short:
            seconds = left / max(1, round(left / seconds))
        if not short or not self.search.keeps_hard_rows():
            seconds = min(seconds, params.most_share * left)
        return seconds * params.seconds / both, seconds * params.repair_seconds / both

    def _problem(self) -> AnnealingProblem:
        """The problem around the incumbent or around the end of the last cycle.

        The latter is used while the incumbent violates a hard row, and if that end is infeasible but worth much more.
        """
        around, weight = self.search.best, self.penalties.weight
        if around is None:
            raise ValueError("there is no timetable to improve")
        point, formulation = around.point, self.formulation
        if self.last is not None:
            ended = formulation.point(self.last.choice(self.last.state.at))
            value = formulation.audience(ended) - formulation.penalty(formulation.misses(ended))
            if around.hard_miss or value > around.value + self.params.infeasible * abs(around.value):
                point, weight = ended, self.last.weight
        return self.around(self.context.candidates, point, weight)

    def around(self, candidates: Flags, point: Ints, weight: Reals) -> AnnealingProblem:
        """The problem over candidates, (n,), from a point and initial weights of rows."""
        local, moves = ~self.penalties.coupling, moves_of(self.params)
        return AnnealingProblem.around(
            self.formulation, self.context.by_column, candidates, point, weight, local, moves
        )

    def _sweep(self, problem: AnnealingProblem, at: Progress, share: float, temperature: float) -> int:
        """Update the penalties, `share` of a phase after the last update, and try some moves.

        Returns the number of moves.
        """
        penalties, state, params = self.penalties, problem.state, self.params
        misses = problem.misses()
        penalties.grow(problem.weight, misses, at, share)
        cost = penalties.penalties(problem.weight, at)
        state.room[:, WEIGHT] = cost
        state.reward[:] = penalties.rewards(problem.airing, problem.static.value, at)
        state.total[REWARD] = state.reward[state.at[state.at >= 0]].sum()
        state.total[WEIGHTED] = float(cost @ misses)
        moves = max(params.least_moves, params.moves_per_interval * len(problem.static.length))
        cumulative = problem.cumulative(self.context.reduced_costs, params.by_regret)
        per_interval = temperature * self.window_temperature[problem.interval_window]
        missed = np.flatnonzero(penalties.exceeding(misses, at))
        anneal(problem.static, state, problem.best, self.random, moves, per_interval, missed, cumulative)
        return moves


def seconds_of_cycle(params: AnnealingParams, intervals: int, *, short: bool = False) -> float:
    """Seconds of both phases of a long or short cycle over some intervals, without regard to the limit."""
    whole = max(1e-9, params.seconds * intervals + params.repair_seconds * intervals)
    return min(params.longest, whole * (params.short if short else 1.0))
