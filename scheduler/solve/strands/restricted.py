"""A strand program, or part of one, as a mixed-integer program in HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from scheduler.rules import HARD, SOFT
from scheduler.solve.programs.basis import BASIC, LOWER, ProgramBasis
from scheduler.solve.programs.highs import QuietHighs, highs_lp, iterations_of, limit, row_scales

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Flags, Reals
    from scheduler.solve.programs.basis import ModelBasis
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strands.program import StrandProgram

FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible


@dataclass(frozen=True, slots=True)
class MipOutcome:
    """The result of a program: the columns of its best choice, None if there is none; its bound, viewer-minutes."""

    columns: Reals | None
    bound: float  # inf if nothing is known
    infeasible: bool
    proven: bool
    iterations: int  # simplex iterations


class RestrictedProgram:
    """The columns `free` of a program, all others fixed at `point`.

    Hard rows must hold, except those that may be missed at a price.

    Parameters
    ----------
    hard_price
        Viewer-minutes per missed unit of a hard row and unit of its weight.
    elastic
        (s,) The hard rows that may be missed at this price. None: no row.

    With `elastic`, hard rows that no free column changes are left out.
    """

    def __init__(
        self,
        program: StrandProgram,
        free: npt.NDArray[np.int64] | None = None,
        point: Reals | None = None,
        *,
        hard_price: float = 0.0,
        elastic: Flags | None = None,
    ) -> None:
        self.program = program
        count = program.column_count
        self.free = np.arange(count) if free is None else free
        self.point = np.zeros(count) if point is None else point.copy()
        held = self.point.copy()
        held[self.free] = 0.0
        self.held = held
        used = program.matrix @ held
        part = sparse.csr_array(program.matrix[:, self.free]) if free is not None else program.matrix
        apart = (program.kind == HARD) & (elastic is None)
        touched = np.flatnonzero((np.diff(part.indptr) > 0) | (program.kind == SOFT) | apart)
        self.rows = touched
        self.part = sparse.csr_array(part[touched])
        self.lower, self.upper = program.lower[touched] - used[touched], program.upper[touched] - used[touched]
        kind = program.kind[touched]
        missable = np.zeros(len(touched), dtype=bool) if elastic is None else elastic[touched]
        self.elastic = np.flatnonzero((kind == SOFT) | ((kind == HARD) & missable))
        self.hard_price = hard_price
        self.share = row_scales(self.part)
        self.unit = max(1.0, float(np.abs(program.value).mean())) if count else 1.0

    def lp(self, *, relaxed: bool = False) -> highspy.HighsLp:
        """The program as a HiGHS model, minimised, in units of about the value of a mean column."""
        program, elastic = self.program, self.elastic
        kind, step = program.kind[self.rows][elastic], program.miss_step[self.rows][elastic]
        price = program.price[self.rows][elastic]
        value, unit = program.value[self.free], self.unit
        weight = np.where(kind == HARD, price * self.hard_price, price)
        share = self.share
        signed = np.concatenate([step, -step])
        at = np.concatenate([elastic, elastic])
        miss = sparse.csr_array((signed, (at, np.arange(len(at)))), shape=(len(self.rows), len(at)))
        whole = sparse.csr_array(sparse.diags_array(share) @ sparse.hstack([self.part, miss]))
        finite = np.concatenate([np.isfinite(self.lower[elastic]), np.isfinite(self.upper[elastic])])
        most = np.where(finite, np.inf, 0.0)
        cost = np.concatenate([-value, weight, weight]) / unit
        least = np.concatenate([program.column_lower[self.free], np.zeros(len(at))])
        upper = np.concatenate([program.column_upper[self.free], most])
        return highs_lp(whole, cost, (least, upper), (share * self.lower, share * self.upper), whole=not relaxed)

    def start(self, columns: Reals) -> Reals:
        """A complete start for HiGHS from columns: the misses follow from them."""
        program, elastic = self.program, self.elastic
        activity = self.part @ columns[self.free]
        step = program.miss_step[self.rows][elastic]
        low = np.ceil(np.maximum(self.lower - activity, 0.0)[elastic] / step - 1e-9)
        high = np.ceil(np.maximum(activity - self.upper, 0.0)[elastic] / step - 1e-9)
        return np.concatenate([columns[self.free], low, high])

    def solve(
        self,
        budget: Budget,
        node_rate: float,
        *,
        start: Reals | None = None,
        gap: float = 0.0,
        found: Callable[[Reals], object] | None = None,
        bounded: Callable[[float], None] | None = None,
        stopped: Callable[[], bool] | None = None,
        newer: Callable[[], Reals | None] | None = None,
    ) -> MipOutcome:
        """Search until the budget or the gap ends it.

        Parameters
        ----------
        budget
            Limit in seconds or in counted work.
        node_rate
            Nodes of branch and bound that stand for one unit of counted work.
        start
            Columns to start from.
        gap
            Absolute gap, viewer-minutes.
        found
            Called with the columns of every better choice.
        bounded
            Called with every bound, viewer-minutes.
        stopped
            Whether to stop.
        newer
            Called from time to time. Returns a choice that another worker has found, or None.
        """
        highs = QuietHighs()
        options = {"threads": 1, "parallel": "off", "mip_rel_gap": 0.0, "mip_abs_gap": max(gap / self.unit, 1e-9)}
        for option, value in options.items():
            highs.setOptionValue(option, value)
        limit(highs, budget, node_rate)
        highs.passModel(self.lp())
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = self.start(start).tolist()
            highs.setSolution(solution)
        self._subscribe(highs, found, bounded, stopped, newer)
        highs.run()
        return self._outcome(highs)

    def whole(self, part: Reals) -> Reals:
        """All columns from HiGHS's columns, the first of which are the free ones."""
        columns = self.held.copy()
        columns[self.free] = np.round(part[: len(self.free)])
        return columns

    def duals(self, row_dual: npt.ArrayLike) -> Reals:
        """The duals of all strand program rows, viewer-minutes per unit, from a solver's duals of this program."""
        duals = np.zeros(len(self.program.lower))
        duals[self.rows] = -np.asarray(row_dual) * self.unit * self.share
        return duals

    def basis(self, found: ModelBasis) -> ProgramBasis:
        """The basis of the whole program, of which no column is held, from that of its model."""
        count, rows = self.program.column_count, len(self.program.lower)
        of_rows, misses = np.full(rows, BASIC), np.full((2, rows), LOWER)
        of_rows[self.rows] = found.rows
        misses[:, self.rows[self.elastic]] = found.columns[count:].reshape(2, -1)
        return ProgramBasis(found.columns[:count], of_rows, misses)

    def row_duals(self, duals: Reals) -> Reals:
        """The duals of this program for a solver, from those of all strand program rows: the inverse of `duals`."""
        return np.asarray(-duals[self.rows] / (self.unit * self.share))

    def bound_of(self, dual_bound: float) -> float:
        """HiGHS's bound on the objective as a bound on the value, viewer-minutes."""
        return self.program.formulation.constant + float(self.program.value @ self.held) - dual_bound * self.unit

    def _subscribe(
        self,
        highs: QuietHighs,
        found: Callable[[Reals], object] | None,
        bounded: Callable[[float], None] | None,
        stopped: Callable[[], bool] | None,
        newer: Callable[[], Reals | None] | None,
    ) -> None:
        """Connect the given functions to HiGHS's callbacks."""
        if found is not None:
            highs.cbMipImprovingSolution.subscribe(
                lambda event: found(self.whole(np.asarray(event.data_out.mip_solution)))
            )
        report = None if self.hard_price else bounded

        def interrupt(event: highspy.HighsCallbackEvent) -> None:
            if stopped is not None and stopped():
                event.interrupt()

        def check(event: highspy.HighsCallbackEvent) -> None:
            # The callback of the log has the bound, too, but HiGHS does not call it while its output is off.
            if report is not None and np.isfinite(event.data_out.mip_dual_bound):
                report(self.bound_of(event.data_out.mip_dual_bound))
            interrupt(event)

        if report is not None or stopped is not None:
            highs.cbMipInterrupt.subscribe(check)
        if stopped is not None:
            highs.cbSimplexInterrupt.subscribe(interrupt)
        if newer is not None:

            def give(event: highspy.HighsCallbackEvent) -> None:
                columns = newer()
                if columns is not None:
                    event.data_in.setSolution(self.start(columns))

            highs.cbMipUserSolution.subscribe(give)

    def _outcome(self, highs: QuietHighs) -> MipOutcome:
        status, info = highs.getModelStatus(), highs.getInfo()
        columns = None
        if info.primal_solution_status == FEASIBLE:
            columns = self.whole(np.asarray(highs.getSolution().col_value))
        optimal = status == highspy.HighsModelStatus.kOptimal
        known = np.isfinite(info.mip_dual_bound) and not self.hard_price
        return MipOutcome(
            columns=columns,
            bound=self.bound_of(info.mip_dual_bound) if known else np.inf,
            infeasible=status == highspy.HighsModelStatus.kInfeasible,
            proven=optimal,
            iterations=iterations_of(info),
        )
