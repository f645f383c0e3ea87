"""The relaxation of large programs by a first-order method, and the loss of each column at its duals.

Primal-dual hybrid gradient (`hybrid_gradient.py`) needs only products with the matrix, and `factored.py` makes them
fast. After a few hundred iterations it is within 1 % of the relaxation; simplex or interior point on all columns take
minutes. Any duals give a bound (`lagrangian_bound`), so the method need not converge.

Rounds with all columns alternate with rounds with few columns: those that are used and those of the least loss. An
iteration with few columns takes less time.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.params import DEFAULTS
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.strands.hybrid_gradient import HybridGradient, ScaledProgram
from scheduler.solve.strands.projection import Projection
from scheduler.solve.strands.relaxation import RelaxedColumns, lagrangian_bound, reduced_values, steps_beside

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from scheduler.arrays import Ints, Reals
    from scheduler.solve.params import WorkParams
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.program import StrandProgram
    from scheduler.solve.strands.relaxation import RerunMultipliers


class FirstOrder:
    """The relaxation with all rigid and hard rows, approached in instalments: each continues where the last one ended.

    Attributes
    ----------
    best
        The duals of the best bound, and the amounts of that point. The bound is infinite before the first round.
    """

    def __init__(
        self,
        program: StrandProgram,
        params: StrandParams,
        pool: Executor,
        *,
        threads: int = 1,
        work: WorkParams = DEFAULTS.work,
        start: RelaxedColumns | None = None,
        cuts: bool = True,
    ) -> None:
        """Begin at 0, or at the duals and amounts of an earlier relaxation.

        Parameters
        ----------
        pool
            At least `threads` − 1 threads.
        threads
            Threads that share each product with the matrix.
        work
            What counts as how much work, if a budget counts it.
        start
            The earlier relaxation. Its bound is not used.
        cuts
            Whether limits of reruns may have multipliers, for which a certificate has cuts (`projection.py`).
        """
        self.start, self.projection = start, Projection.of(program, cuts=cuts)
        self.program, self.params, self.pool, self.threads, self.work = program, params, pool, threads, work
        self.pricer = Pricer(program.formulation)
        self.best = RelaxedColumns(np.zeros(len(program.lower)), np.inf, np.zeros(program.column_count))
        self.bounds: list[float] = []  # the best one after each round
        self.ended = False

    @cached_property
    def method(self) -> HybridGradient:
        """The method with all columns. Without time for a round it is not built."""
        projection = self.projection
        limits = projection.limits.only(projection.columns)
        scaled = ScaledProgram.of(projection.projected, limits, self.params.scalings)
        found = HybridGradient(scaled, self.params, self.threads, self.pool)
        if self.start is not None:
            begin = projection.start(self.start)
            found.begin_at(begin.duals, begin.amounts)
        return found

    def run(self, budget: Budget, offer: Callable[[float], object]) -> None:
        """Run rounds until the budget is spent, or until several rounds together have lowered the bound by little.

        Each round has some iterations with few columns, but not the first one, then some with all columns. Then the
        bound of its duals and of their average is computed.

        Parameters
        ----------
        offer
            Called with every better bound, viewer-minutes.
        """
        program, params = self.projection.projected, self.params
        while not self.ended and not budget.over():
            method = self.method
            if self.bounds and params.few_columns < program.column_count:
                few = method.restricted(self._few())
                few.iterate(params.few_iterations, budget)
                budget.spend(params.few_iterations * few.matrix.size * self.work.first_order)
                method.take(few)
            method.iterate(params.round_iterations, budget)
            budget.spend(params.round_iterations * method.matrix.size * self.work.first_order)
            self._bound(offer)
            self.bounds.append(self.best.bound)
            before = self.bounds[-1 - params.round_patience] if len(self.bounds) > params.round_patience else np.inf
            little = before - self.best.bound < params.round_gain * abs(self.best.bound)
            self.ended = little or len(self.bounds) == params.relaxation_rounds

    def _bound(self, offer: Callable[[float], object]) -> None:
        """The bounds of the present duals and of their average."""
        program, method, projection = self.program, self.method, self.projection
        for y, x in method.points():
            duals, reruns = projection.duals(method.duals(y))
            steps = steps_beside(program, self.pricer, reduced_values(program, duals, reruns=reruns))
            bound = lagrangian_bound(program, duals, steps, reruns)
            if bound < self.best.bound:
                amounts = projection.amounts(method.amounts(x))
                self.best = RelaxedColumns(duals, bound, amounts, steps=steps, reruns=reruns)
                offer(bound)

    def _few(self) -> Ints:
        """The columns of a round with few columns, sorted: used ones first, then those of the least loss.

        Locked columns and those that are no airings are always among them. Numbers are those of the projected program.
        """
        method, projection, program = self.method, self.projection, self.projection.projected
        duals, reruns = projection.duals(method.duals(method.y))
        lost = losses(self.program, duals, reruns=reruns)[projection.columns]
        rank = np.where(method.amounts(method.x) > self.params.surely_used, -1.0, lost)
        least = np.argsort(rank, kind="stable")[: self.params.few_columns]
        return np.union1d(least, np.flatnonzero((program.channel < 0) | (program.column_lower > 0)))


def losses(
    program: StrandProgram, duals: Reals, steps: Reals | None = None, reruns: RerunMultipliers | None = None
) -> Reals:
    """The decrease of the bound if a column is set to 1, viewer-minutes, (c,).

    It is 0 for the best bundle of each group.

    Parameters
    ----------
    duals
        (s,) Duals of the rows.
    steps
        (w, length) Duals of steps beside those of overlap rows.
    reruns
        Multipliers of limits of reruns. If there are any, the loss of a slot is divided among its reruns.
    """
    lost = losses_of(program, reduced_values(program, duals, steps, reruns))
    if reruns is not None:
        reruns.shared(lost)
    return lost


def losses_of(program: StrandProgram, value: Reals) -> Reals:
    """The same from the reduced values of the columns, (c,)."""
    bundles = program.bundle_count
    most = np.zeros(int(program.group.max(initial=0)) + 1)
    np.maximum.at(most, program.group[:bundles], value[:bundles])
    lost = np.maximum(-value, 0.0)
    lost[:bundles] = most[program.group[:bundles]] - value[:bundles]
    lost[program.column_lower > 0] = 0.0  # the bound counts a fixed column, whatever its reduced value
    return np.asarray(lost, dtype=np.float64)
