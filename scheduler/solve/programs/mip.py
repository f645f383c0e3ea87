"""HiGHS's branch and bound on a whole program. Its solutions are offered to the search, its bound is returned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from scheduler.solve.programs.highs import QuietHighs, iterations_of
from scheduler.solve.programs.program import highs_model

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from scheduler.solve.programs.program import Program
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.search.time_limit import Budget

    Floats = npt.NDArray[np.float64]

LEAST_ERROR, RELATIVE_ERROR = 0.5, 1e-9
"""Bounds are rounded outward by the larger of these, the second a share of the bound: values are whole, and HiGHS's
tolerances are 1e-7 and 1e-6 on rows and costs of at most a few thousand."""


@dataclass(frozen=True, slots=True)
class MipEnd:
    """The result of a HiGHS run."""

    optimal: bool  # HiGHS calls its solution optimal
    infeasible: bool  # HiGHS finds no solution
    bound: float | None  # HiGHS's bound on the objective; None if there is none yet


def mip(
    search: Search,
    program: Program,
    budget: Budget,
    *,
    gap: float = 0.0,
    threads: int = 1,
    start: Floats | None = None,
    on_bound: Callable[[float], object] | None = None,
) -> MipEnd:
    """Maximise a program with HiGHS, and offer the airings of every better solution as soon as it is found.

    Parameters
    ----------
    gap
        Relative gap of the program at which HiGHS stops.
    threads
        HiGHS accepts only the number that its first run in this process had.
    start
        (columns,) A complete point to start from.
    on_bound
        Called with every bound that HiGHS reports.

    Raises
    ------
    ValueError
        HiGHS does not accept the program.
    """
    highs = QuietHighs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(highs_model(program))
    highs.setOptionValue("threads", threads)
    highs.setOptionValue("random_seed", search.settings.seed)
    highs.setOptionValue("mip_rel_gap", gap)
    highs.setOptionValue("mip_abs_gap", 0.0)
    nodes = budget.node_limit(search.settings.params.work.nodes)
    if nodes is None:
        highs.setOptionValue("time_limit", max(0.01, budget.left()))
    else:
        highs.setOptionValue("mip_max_nodes", nodes)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        highs.setSolution(solution)
    watcher = _Watcher(search, program, on_bound)
    highs.cbMipImprovingSolution.subscribe(watcher.solution)
    highs.cbMipLogging.subscribe(watcher.bound)
    highs.HandleUserInterrupt = True
    with search.stoppable(highs.cancelSolve):
        if not search.interrupted and highs.run() == highspy.HighsStatus.kError:
            raise ValueError(f"HiGHS does not take the program: {highs.modelStatusToString(highs.getModelStatus())}")
    if watcher.fault is not None:
        raise watcher.fault
    budget.spend_iterations(iterations_of(highs.getInfo()))
    end = _ended(highs, watcher)
    if start is not None and end.optimal and not _has_its_objective(highs, program) and not budget.over():
        return mip(search, program, budget, gap=gap, threads=threads, on_bound=on_bound)
    return end


def _has_its_objective(highs: QuietHighs, program: Program) -> bool:
    """Whether the objective that HiGHS states is that of its point.

    HiGHS 1.16 can call a start optimal and state an objective and a bound far above it. This proves nothing.
    """
    stated = float(highs.getInfo().objective_function_value)
    own = float(program.cost @ np.asarray(highs.getSolution().col_value)) + program.offset
    return abs(stated - own) <= max(LEAST_ERROR, RELATIVE_ERROR * abs(own))


def _ended(highs: QuietHighs, watcher: _Watcher) -> MipEnd:
    info, status = highs.getInfo(), highs.getModelStatus()
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        watcher.offer(highs.getSolution().col_value)
    bound = float(info.mip_dual_bound)
    infeasible = status == highspy.HighsModelStatus.kInfeasible
    stated = abs(bound) < highspy.kHighsInf and abs(bound) < 1e18 and not infeasible
    return MipEnd(status == highspy.HighsModelStatus.kOptimal, infeasible, bound if stated else None)


def rounded_outward(bound: float) -> float:
    """A bound of HiGHS, raised by HiGHS's tolerances."""
    return bound + max(LEAST_ERROR, RELATIVE_ERROR * abs(bound))


class _Watcher:
    """Offers the solutions of HiGHS. An exception in a callback would be lost, so it is stored."""

    def __init__(self, search: Search, program: Program, on_bound: Callable[[float], object] | None) -> None:
        self._search, self._airings, self._on_bound = search, program.airings, on_bound
        self.fault: Exception | None = None

    def solution(self, event: Any) -> None:
        """HiGHS calls this at every better solution."""
        try:
            self.offer(event.data_out.mip_solution)
        except Exception as error:
            self.fault = error

    def bound(self, event: Any) -> None:
        """HiGHS calls this at every line of its log."""
        bound = float(event.data_out.mip_dual_bound)
        if self._on_bound is not None and abs(bound) < 1e18:
            try:
                self._on_bound(bound)
            except Exception as error:
                self.fault = error

    def offer(self, point: Any) -> None:
        """Offer the airings of a point. A point that breaks a row within HiGHS's tolerance is ignored."""
        self._search.try_offer(np.asarray(point)[: self._airings] > 0.5)
