"""The restricted master: a linear program in HiGHS over the patterns found so far. It grows by columns and rows.

maximise value·λ + value·z − price·miss, where the patterns λ of every window sum to one, and z are the rules' auxiliary
variables. It contains the rule rows that were violated so far. Rows and values are scaled inside; duals are returned in
the formulation's units (value per unit of the row).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from scipy import sparse

from scheduler.arrays import Reals, ranges
from scheduler.rules import HARD, RIGID
from scheduler.solve.params import DEFAULTS
from scheduler.solve.programs.highs import QuietHighs, iterations_of

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.formulation import Formulation
    from scheduler.solve.params import RelaxationParams
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.relaxation.pricing import Patterns
    from scheduler.solve.search.time_limit import Budget

SAFE = 1e-7
DEVEX = 1
CHOOSE = 0
"""Primal simplex where only columns came in, dual where rows did: dual alone takes several times as long."""


class Master:
    """The linear program over window patterns. Rigid rows and caps enter when they are violated."""

    def __init__(
        self,
        formulation: Formulation,
        rows: LinearRows,
        hard_price: float,
        params: RelaxationParams = DEFAULTS.relaxation,
    ) -> None:
        """Start with the rows that an empty choice may break, and no patterns. `hard_price` is per hard weight."""
        self.formulation, self.rows, self.params = formulation, rows, params
        self.windows = len(formulation.window_start)
        self.unit = max(1.0, float(np.mean(np.abs(formulation.value))) if formulation.airing_count else 1.0)
        self.hard_price = hard_price
        self.highs = QuietHighs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)
        self.highs.setOptionValue("simplex_strategy", CHOOSE)
        # exact edge weights would be computed again after every column that enters
        self.highs.setOptionValue("simplex_dual_edge_weight_strategy", DEVEX)
        self.highs.setOptionValue("simplex_primal_edge_weight_strategy", DEVEX)

        one = np.ones(self.windows)
        self.highs.addRows(self.windows, one, one, 0, np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))
        self.row_at = np.full(rows.count, -1, dtype=np.int64)  # rule row → row of the program
        self.active = np.zeros(0, dtype=np.int64)
        self.miss_at = np.zeros(0, dtype=np.int64)  # columns of misses, by which a row may be violated
        self.miss_row = np.zeros(0, dtype=np.int64)  # the rule row of each
        self.pattern_window = np.zeros(0, dtype=np.int64)
        self.members: Any = sparse.csr_array((0, formulation.airing_count))
        self.extra_at = self._add_extra_columns()
        self.columns = np.zeros(0, dtype=np.int64)
        self.activate(np.flatnonzero(~rows.cap & (rows.kind != RIGID)))

    def _add_extra_columns(self) -> Ints:
        f = self.formulation
        count, first = len(f.column_lower), self.highs.getNumCol()
        cost = -f.column_value.astype(np.float64) / self.unit
        for k in range(count):
            self.highs.addCol(cost[k], float(f.column_lower[k]), float(f.column_upper[k]), 0, [], [])
        return np.arange(first, first + count)

    def activate(self, rows: Ints) -> None:
        """Add rule rows, with their coefficients on all present columns."""
        rows = rows[self.row_at[rows] < 0]
        if not len(rows):
            return
        first = self.highs.getNumRow()
        self.row_at[rows] = np.arange(first, first + len(rows))
        self.active = np.concatenate([self.active, rows])
        n, r = self.formulation.airing_count, self.rows
        # Coefficients of the new rows on patterns are those of their airings, summed: members · A. Rows are divided by
        # their size, the largest coefficient.
        some = r.by_airing[:, rows]
        on_patterns = sparse.csc_array(self.members @ some[:n])
        on_extra = sparse.csc_array(some[n:])
        stacked = sparse.csr_array(sparse.vstack([on_patterns, on_extra]).T)
        columns = np.concatenate([self.columns, self.extra_at])
        size = r.size[rows]
        stacked = sparse.csr_array(sparse.diags_array(1 / size) @ stacked)
        self.highs.addRows(
            len(rows),
            r.lower[rows] / size,
            r.upper[rows] / size,
            stacked.nnz,
            stacked.indptr[:-1].astype(np.int32),
            columns[stacked.indices].astype(np.int32),
            stacked.data,
        )
        loose = rows[r.kind[rows] != RIGID]
        self._add_elastic(loose[np.isfinite(r.lower[loose])], 1.0)
        self._add_elastic(loose[np.isfinite(r.upper[loose])], -1.0)

    def extend(self, rows: LinearRows) -> None:
        """Take over `rows`, which start with the present ones. The new rows enter at once."""
        present = self.rows.count
        self.rows = rows
        self.row_at = np.concatenate([self.row_at, np.full(rows.count - present, -1, dtype=np.int64)])
        self.activate(np.arange(present, rows.count))

    def _add_elastic(self, rows: Ints, sign: float) -> None:
        count = len(rows)
        if not count:
            return
        columns = self.highs.getNumCol() + np.arange(count)
        entry = sign * self.rows.step[rows] / self.rows.size[rows]
        none, free = np.zeros(count), np.full(count, highspy.kHighsInf)
        first, at = np.arange(count, dtype=np.int32), self.row_at[rows].astype(np.int32)
        self.highs.addCols(count, self._miss_price(rows), none, free, count, first, at, entry)
        self.miss_at = np.concatenate([self.miss_at, columns])
        self.miss_row = np.concatenate([self.miss_row, rows])

    def _miss_price(self, rows: Ints) -> Reals:
        hard = self.rows.kind[rows] == HARD
        prices: Reals = self.rows.price[rows] * np.where(hard, self.hard_price, 1.0) / self.unit
        return prices

    def add(self, patterns: Patterns, which: Ints) -> None:
        """Add the patterns with the numbers `which` as columns."""
        if not len(which):
            return
        f, first = self.formulation, self.highs.getNumCol()
        # Column of pattern p: 1 in the convexity row of its window, Σ_{a ∈ p} coefficient / size in each active rule
        # row. Cost: −Σ value / unit, because HiGHS minimises.
        count = patterns.first[which + 1] - patterns.first[which]
        owner = np.repeat(np.arange(len(which)), count)
        within = ranges(count)
        airing = patterns.airing[patterns.first[which][owner] + within]
        members = sparse.csr_array((np.ones(len(airing)), (owner, airing)), shape=(len(which), f.airing_count))
        on_rows = sparse.csr_array(members @ self.rows.by_airing[: f.airing_count])
        on_rows = sparse.csr_array(on_rows @ sparse.diags_array(1 / self.rows.size))
        kept = self.row_at[on_rows.indices] >= 0
        convexity = np.arange(len(which))
        p = np.concatenate([convexity, np.repeat(convexity, np.diff(on_rows.indptr))[kept]])
        at = np.concatenate([patterns.window[which], self.row_at[on_rows.indices[kept]]])
        value = np.concatenate([np.ones(len(which)), on_rows.data[kept]])
        order = np.argsort(p, kind="stable")
        start = np.searchsorted(p[order], convexity)
        cost = -(members @ f.value.astype(np.float64)) / self.unit
        none, free = np.zeros(len(which)), np.full(len(which), highspy.kHighsInf)
        self.highs.addCols(
            len(which), cost, none, free, len(at), start.astype(np.int32), at[order].astype(np.int32), value[order]
        )
        self.columns = np.concatenate([self.columns, np.arange(first, first + len(which))])
        self.pattern_window = np.concatenate([self.pattern_window, patterns.window[which]])
        self.members = sparse.csr_array(sparse.vstack([self.members, members]))

    def solve(self, budget: Budget) -> bool:
        """Solve within a budget. Returns whether the solution is optimal."""
        if not budget.counted:
            self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(0.05, budget.left()))
        self.highs.run()
        budget.spend_iterations(iterations_of(self.highs.getInfo()), least=self.params.work_per_solve)
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return False
        solution = self.highs.getSolution()
        self.primal, self.dual = np.asarray(solution.col_value), np.asarray(solution.row_dual)
        self.objective = -self.highs.getInfo().objective_function_value * self.unit
        return True

    def duals(self) -> Reals:
        """Value per unit of every rule row, (r,). Zero if the row is not in the program."""
        duals = np.zeros(self.rows.count)
        duals[self.active] = -self.dual[self.row_at[self.active]] * self.unit / self.rows.size[self.active]
        return duals

    def point(self) -> tuple[Ints, Reals]:
        """The airings and auxiliary variables (numbered from n) in the solution, and their amounts."""
        weight = np.maximum(self.primal[self.columns], 0.0)
        amounts = np.concatenate([self.members.T @ weight, self.primal[self.extra_at]])
        support = np.flatnonzero(np.abs(amounts) > SAFE)
        return support, amounts[support]

    def activate_violated(self) -> int:
        """Add the rows that the solution violates. Returns how many there are."""
        activity = self.rows.activity(*self.point())
        over = np.maximum(activity - self.rows.upper, self.rows.lower - activity) / self.rows.size
        violated = np.flatnonzero((over > self.params.violated) & (self.row_at < 0))
        self.activate(violated)
        return len(violated)
