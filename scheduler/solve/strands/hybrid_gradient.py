"""Primal-dual hybrid gradient on a strand program (PDLP: Applegate et al. 2021), with the factored matrix.

The program is: minimise cost·x, where x is between its limits and the activity A·x between the sides L and U. One
iteration from (x, y), with step η, weight ω, τ = η/ω and σ = η·ω:

- x̂ = x − τ·(cost − Aᵀy), moved into its limits
- z = y − σ·A·(2x̂ − x);  ŷ = min(z + σ·U, 0) + max(z + σ·L, 0), for a soft row moved into [−p, p], p its price per unit
- If η is at most (ω‖x̂ − x‖² + ‖ŷ − y‖²/ω) / (2·|(ŷ − y)·A·(x̂ − x)|), the next point is (x̂, ŷ). Otherwise the iteration
  is repeated with a smaller step.

The limits of reruns (`rerun_limits.py`) are among the limits of x: x̂ is the nearest point within them, too.

At some iterations the method restarts at the average since the last restart, or at the present point if its error
is less, and moves ω towards ‖change of y‖ / ‖change of x‖.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import outside
from scheduler.rules import SOFT
from scheduler.solve.kernels.row_products import add_weighted, dual_step, moved_together, primal_step, scaled_sizes
from scheduler.solve.strands.factored import FactoredMatrix, factored

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from scheduler.arrays import Ints, Reals, Singles
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.program import StrandProgram
    from scheduler.solve.strands.rerun_limits import RerunLimits

FAR = 1e9
"""Largest dual, step and weight, and 1/FAR the least weight. It keeps numbers in the range of single precision.

Where no timetable keeps the hard rows, duals grow without end.
"""


@dataclass(frozen=True, eq=False)
class ScaledProgram:
    """A program in numbers near 1, in single precision: rows and columns scaled, costs in parts of the largest one.

    Shapes: s rows in the order of the program, c columns, those of the program or some of them.
    """

    program: StrandProgram
    limits: RerunLimits  # of scaled x, beside those of single columns
    columns: Ints | None  # (c,) the columns of the program; None: all
    by_row: Reals  # (s,)
    by_column: Reals  # (c,)
    unit: float  # viewer-minutes
    cost: Singles  # (c,)
    least_x: Singles  # (c,)
    most_x: Singles  # (c,)
    lower: Singles  # (s,)
    upper: Singles  # (s,)
    most: Singles  # (s,) largest |y|

    @classmethod
    def of(cls, program: StrandProgram, limits: RerunLimits, scalings: int) -> ScaledProgram:
        """Scale a program with all columns.

        Parameters
        ----------
        limits
            Of its reruns, not scaled. Their columns have no other limit.
        scalings
            Steps of scaling by the largest coefficients, before the one by sums.
        """
        by_row, by_column = _scales(program, scalings)
        by_column, upper = limits.equal_in_slots(by_column), program.column_upper.copy()
        upper[limits.column] = np.inf
        cost = -program.value * by_column
        unit = max(float(np.abs(cost).max(initial=0.0)), 1.0)
        most = np.where(program.kind == SOFT, program.price / program.miss_step, np.inf)
        vectors = cost / unit, program.column_lower / by_column, upper / by_column
        sides = program.lower * by_row, program.upper * by_row, np.minimum(most / by_row / unit, FAR)
        numbers = (one.astype(np.float32) for one in (*vectors, *sides))
        return cls(program, limits.scaled(by_column), None, by_row, by_column, unit, *numbers)

    def only(self, columns: Ints) -> ScaledProgram:
        """The same with some columns, given by their numbers in the program, sorted."""
        vectors = {name: getattr(self, name)[columns] for name in ("by_column", "cost", "least_x", "most_x")}
        return replace(self, columns=columns, limits=self.limits.only(columns), **vectors)


class HybridGradient:
    """The state of the method. Vectors of rows, (s,), are in the order of the factored matrix; all are scaled."""

    x: Singles  # (c,)
    y: Singles  # (s,)
    by_columns: Singles  # (c,) Aᵀy without the columns' scale
    start_x: Singles  # (c,) the point of the last restart
    start_y: Singles  # (s,)
    sum_x: Singles  # (c,) Σ step·x since the last restart
    sum_y: Singles  # (s,)
    steps: float  # Σ step
    since: int  # iterations since the last restart
    first_error: float
    last_error: float

    def __init__(self, scaled: ScaledProgram, params: StrandParams, threads: int, pool: Executor) -> None:
        """Begin at 0, or at the limit that is nearest to 0.

        `threads` threads share each product: those of `pool` and the calling one.
        """
        self.scaled, self.params, self.threads, self.pool = scaled, params, threads, pool
        self.matrix: FactoredMatrix = factored(scaled.program, threads, scaled.columns)
        order = self.matrix.order
        self.by_row, self.by_column = scaled.by_row[order].astype(np.float32), scaled.by_column.astype(np.float32)
        self.lower, self.upper, self.most = scaled.lower[order], scaled.upper[order], scaled.most[order]
        self.firm = (scaled.program.kind != SOFT)[order]
        sides = np.concatenate([self.lower[np.isfinite(self.lower)], self.upper[np.isfinite(self.upper)]])
        sizes = [1 + float(np.linalg.norm(one)) for one in (scaled.cost, sides)]
        self.weight, self.step, self.total = sizes[0] / sizes[1], 1.0, 0
        self._restart_at(np.clip(np.zeros_like(scaled.cost), scaled.least_x, scaled.most_x), np.zeros_like(self.lower))

    def restricted(self, columns: Ints) -> HybridGradient:
        """The method with some columns, given by their numbers in the program, sorted, from the present point on."""
        few = HybridGradient(self.scaled.only(columns), self.params, self.threads, self.pool)
        few.weight, few.step = self.weight, self.step
        few._restart_at(self.x[columns], few._ordered(self._rows(self.y)))
        return few

    def take(self, few: HybridGradient) -> None:
        """Continue from the point of a method with some columns."""
        x = np.clip(np.zeros_like(self.x), self.scaled.least_x, self.scaled.most_x)
        x[few.scaled.columns] = few.x
        self.weight, self.step, self.total = few.weight, few.step, self.total + few.total
        self._restart_at(x, self._ordered(few._rows(few.y)))

    def _rows(self, y: Singles) -> Singles:
        """Numbers of rows in the order of the program."""
        found = np.empty_like(y)
        found[self.matrix.order] = y
        return found

    def _ordered(self, rows: Singles) -> Singles:
        return rows[self.matrix.order]

    def points(self) -> list[tuple[Singles, Singles]]:
        """The present point (y, x), (s,) and (c,), and the average since the last restart."""
        if not self.since:
            return [(self.y, self.x)]
        share = np.float32(1 / self.steps)
        return [(self.y, self.x), (share * self.sum_y, share * self.sum_x)]

    def duals(self, y: Singles) -> Reals:
        """The duals of the program's rows, (s,), viewer-minutes per unit of the row, from scaled ones."""
        return np.asarray(-self._rows(y).astype(np.float64) * self.scaled.by_row * self.scaled.unit)

    def amounts(self, x: Singles) -> Reals:
        """The amounts of the method's columns, (c,), from scaled ones."""
        return np.asarray(x.astype(np.float64) * self.scaled.by_column)

    def begin_at(self, duals: Reals, amounts: Reals) -> None:
        """Continue from some duals of the program's rows, (s,), and some amounts of the method's columns, (c,)."""
        scaled = self.scaled
        y = np.clip(-self._ordered((duals / scaled.by_row / scaled.unit).astype(np.float32)), -self.most, self.most)
        x = np.clip((amounts / scaled.by_column).astype(np.float32), scaled.least_x, scaled.most_x)
        scaled.limits.project(x)
        self._restart_at(x, y)

    def iterate(self, count: int, budget: Budget) -> None:
        """Run some iterations, fewer if the clock ends them."""
        for at in range(count):
            if at and not budget.counted and budget.over():
                break
            self._step()
            if self.since % self.params.check_iterations == 0:
                self._restart()

    def _step(self) -> None:
        """Run one iteration. It is repeated with a smaller step until the step is short enough."""
        scaled, params, x, y, scale = self.scaled, self.params, self.x, self.y, self.by_column
        best_x, best_y, beyond = np.empty_like(x), np.empty_like(y), np.empty_like(x)
        while True:
            step, self.total = self.step, self.total + 1
            tau, sigma = step / self.weight, step * self.weight
            limits = scaled.least_x, scaled.most_x
            moved_x = primal_step(x, self.by_columns, scaled.cost, *limits, scale, tau, best_x, beyond)
            if len(scaled.limits.column):
                moved_x = scaled.limits.step(x, scale, best_x, beyond)
            activity = self.by_row * self.matrix.times(beyond, self.pool)
            moved_y = dual_step(y, activity, self.lower, self.upper, self.most, sigma, best_y)
            by_columns = self.matrix.transposed_times(self.by_row * best_y, self.pool)
            together = abs(moved_together(x, best_x, scale, self.by_columns, by_columns))
            moved = self.weight * moved_x + moved_y / self.weight
            longest = moved / (2 * together) if together > 0 else np.inf
            # both factors approach 1, so the step converges (Applegate et al. 2021, section 3.1)
            grown = (1 + (self.total + 1) ** -params.step_growth) * step
            self.step = min((1 - (self.total + 1) ** -params.step_reserve) * longest, grown, FAR)
            if not step > longest:
                break
        self.x, self.y, self.by_columns = best_x, best_y, by_columns
        add_weighted(self.sum_x, best_x, step)
        add_weighted(self.sum_y, best_y, step)
        self.steps += step
        self.since += 1

    def _restart(self) -> None:
        """Restart if the error has fallen far, or somewhat and rises again, or after many iterations."""
        params, points = self.params, self.points()
        errors = [self._error(x, y) for y, x in points]
        (y, x), error = points[int(np.argmin(errors))], min(errors)
        much = error <= params.restart_much * self.first_error
        some = error <= params.restart_some * self.first_error and error > self.last_error
        self.last_error = error
        if much or some or self.since >= params.restart_late * self.total:
            moved_x, moved_y = float(np.linalg.norm(x - self.start_x)), float(np.linalg.norm(y - self.start_y))
            if moved_x > 0 and moved_y > 0:
                weight = self.weight * (moved_y / moved_x / self.weight) ** params.weight_share
                self.weight = float(np.clip(weight, 1 / FAR, FAR))
            self._restart_at(x, y)

    def _restart_at(self, x: Singles, y: Singles) -> None:
        self.x, self.y, self.start_x, self.start_y = x, y, x, y
        self.by_columns = self.matrix.transposed_times(self.by_row * y, self.pool)
        self.sum_x, self.sum_y, self.steps, self.since = np.zeros_like(x), np.zeros_like(y), 0.0, 0
        self.first_error, self.last_error = self._error(x, y), np.inf

    def _error(self, x: Singles, y: Singles) -> float:
        """√(ω·‖violation of rows‖² + ‖violation of dual rows‖²/ω + (difference of primal and dual objective)²)."""
        scaled = self.scaled
        activity = self.by_row * self.matrix.times(self.by_column * x, self.pool)
        reduced = scaled.cost - self.by_column * self.matrix.transposed_times(self.by_row * y, self.pool)
        violated = np.where(self.firm, outside(activity, self.lower, self.upper), 0.0)
        # a reduced cost without a limit on its side is a violation of the dual; any other one adds to its objective
        limit, side = np.where(reduced > 0, scaled.least_x, scaled.most_x), np.where(y > 0, self.lower, self.upper)
        limit[scaled.limits.column] = 0.0
        apart = ~np.isfinite(limit)
        dual = float(y @ np.where(y == 0, 0.0, side)) + float(reduced @ np.where(apart, 0.0, limit))
        dual -= float(scaled.limits.largest(-reduced).sum())
        off = float(np.linalg.norm(reduced[apart]))
        gap = float(scaled.cost @ x) - dual
        return float((self.weight * np.linalg.norm(violated) ** 2 + off**2 / self.weight + gap**2) ** 0.5)


def _scales(program: StrandProgram, scalings: int) -> tuple[Reals, Reals]:
    """Factors of rows and columns: some steps of Ruiz (largest values near 1), then Pock and Chambolle (norm ≤ 1)."""
    matrix = program.matrix
    by_row, by_column = np.ones(matrix.shape[0]), np.ones(matrix.shape[1])
    first, index = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)
    for at in range(scalings + 1):
        row_size, column_size = np.zeros(len(by_row)), np.zeros(len(by_column))
        scaled_sizes(first, index, matrix.data, by_row, by_column, at < scalings, row_size, column_size)
        by_row /= np.sqrt(np.where(row_size > 0, row_size, 1.0))
        by_column /= np.sqrt(np.where(column_size > 0, column_size, 1.0))
    return by_row, by_column
