"""One neighbourhood: CP-SAT chooses the best among some free airings while all other airings stay fixed.

Every row is a residual row: the fixed part of its activity is subtracted from its sides. While a hard row is missed,
hard rows may be missed at a price far above the value of any airing. If none is missed, all hard rows must hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.sat.python import cp_model

from scheduler.rules import HARD, NO_BOUND, SOFT
from scheduler.solve.cp_sat.model import add_column, add_columns, add_row_of
from scheduler.solve.cp_sat.parameters import limit

if TYPE_CHECKING:
    from scipy import sparse

    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation
    from scheduler.solve.search.incumbent import Search, Solution


@dataclass(frozen=True, slots=True)
class Effort:
    """The limit of one neighbourhood, in seconds or counted work, and its number of workers."""

    limit: float
    workers: int
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a neighbourhood."""

    chosen: Flags | None  # (n,) a complete choice of airings; None if nothing was found
    proven: bool  # CP-SAT calls it optimal; used for sizes only, never as a proof
    work: float  # CP-SAT's counted work


class Neighbourhoods:
    """Builds and solves neighbourhoods of one formulation."""

    def __init__(self, search: Search, by_column: sparse.csc_array[Any]) -> None:
        """`by_column`: the formulation's matrix by columns."""
        self.search = search
        self.formulation: Formulation = search.formulation
        self.by_column = by_column

    def solve(self, around: Solution, free: Ints, effort: Effort) -> Outcome:
        """The best choice of the `free` airings (sorted indices) around a solution."""
        n = self.formulation.airing_count
        columns = np.concatenate([free, np.arange(n, self.by_column.shape[1])])
        model = _Model(
            self.formulation,
            self.by_column[:, columns].tocsr(),
            around,
            columns,
            self.search.settings.params.neighbourhoods.hard_price,
        )
        solver = cp_model.CpSolver()
        counted = self.search.settings.deterministic
        limit(solver, effort.limit, counted=counted, workers=effort.workers, seed=effort.seed)
        with self.search.stoppable(solver.stop_search):
            status = solver.solve(model.model)
        work = solver.response_proto.deterministic_time
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Outcome(None, proven=False, work=work)
        chosen = around.point[:n].astype(bool)
        chosen[free] = [bool(solver.value(variable)) for variable in model.variables[: len(free)]]
        return Outcome(chosen, proven=status == cp_model.OPTIMAL, work=work)


class _Model:
    """The residual rows of the free columns as a CP-SAT model."""

    def __init__(
        self,
        formulation: Formulation,
        rows: sparse.csr_array[Any, tuple[int, int]],
        around: Solution,
        columns: Ints,
        hard_price: int,
    ) -> None:
        """`hard_price`: viewer-minutes per weighted miss. A hard row missed as a whole has the weight HARD_SCALE."""
        self.hard_price = hard_price
        self.formulation, self.rows = formulation, rows
        self.model = cp_model.CpModel()
        free = columns[columns < formulation.airing_count]
        self.variables = add_columns(self.model, formulation, free)
        for variable, value in zip(self.variables, around.point[columns].tolist(), strict=True):
            self.model.add_hint(variable, value)
        self.fixed = formulation.matrix @ around.point - rows @ around.point[columns]
        self.misses = formulation.misses(around.point)
        self.elastic = (formulation.kind == SOFT) | ((formulation.kind == HARD) & (around.hard_miss > 0))
        self._add_rows()
        values = [*formulation.value[free].tolist(), *formulation.column_value.tolist()]
        terms = [*self.variables, *(variable for variable, _ in self.priced)]
        weights = [*values, *(-price for _, price in self.priced)]
        self.model.maximize(cp_model.LinearExpr.weighted_sum(terms, weights))

    def _add_rows(self) -> None:
        """Add the residual rows that some choice of the free columns can miss."""
        formulation, rows = self.formulation, self.rows
        low, high = formulation.reach(rows)
        touched = np.diff(rows.indptr) > 0
        binding = (self.fixed + high > formulation.upper) | (self.fixed + low < formulation.lower)
        self.priced: list[tuple[cp_model.IntVar, int]] = []
        for row in np.flatnonzero(touched & binding).tolist():
            fixed, lower, upper = int(self.fixed[row]), int(formulation.lower[row]), int(formulation.upper[row])
            miss: tuple[cp_model.IntVar, int] | None = None
            if self.elastic[row]:
                off = max(lower - fixed - int(low[row]), fixed + int(high[row]) - upper, 0)
                miss = self._miss(row, -(-off // int(formulation.miss_step[row])))
            lower, upper = (side if abs(side) >= NO_BOUND else side - fixed for side in (lower, upper))
            add_row_of(self.model, rows, row, (lower, upper), miss)

    def _miss(self, row: int, most: int) -> tuple[cp_model.IntVar, int]:
        """The column of a row's miss, and the amount that one unit of it stands for."""
        formulation = self.formulation
        variable = add_column(self.model, 0, max(most, int(self.misses[row])))
        self.model.add_hint(variable, int(self.misses[row]))
        soft = formulation.kind[row] == SOFT
        price = int(formulation.price[row]) if soft else int(formulation.hard_weight[row]) * self.hard_price
        self.priced.append((variable, price))
        return variable, int(formulation.miss_step[row])
