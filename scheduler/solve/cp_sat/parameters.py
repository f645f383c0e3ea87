"""What every use of CP-SAT shares: limits, seeds, the presolve step that is switched off, and a safe callback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.solve.search.incumbent import Settings

INCLUSION_WORK = 0
"""CP-SAT 9.15's presolve loses solutions where it looks for constraints that are included in others; with no work
allowed for that it does not. benchmarks/README.md says how that was measured."""


def limit(solver: cp_model.CpSolver, most: float, *, counted: bool, workers: int, seed: int) -> None:
    """Set limit, workers and seed of CP-SAT, and what holds for all its uses.

    Parameters
    ----------
    most
        Seconds, or counted work if `counted`.
    """
    parameters = solver.parameters
    parameters.presolve_inclusion_work_limit = INCLUSION_WORK
    parameters.random_seed = seed
    parameters.num_workers = workers
    parameters.catch_sigint_signal = False
    if counted:
        parameters.max_deterministic_time = most
    else:
        parameters.max_time_in_seconds = most


def set_parameters(solver: cp_model.CpSolver, settings: Settings, seconds: float) -> None:
    """Set CP-SAT's parameters for a stage: limits in seconds, or in counted work and one worker if runs must repeat."""
    workers = 1 if settings.deterministic else settings.workers
    limit(solver, seconds, counted=settings.deterministic, workers=workers, seed=settings.seed)
    solver.parameters.relative_gap_limit = 0.0  # CP-SAT's gap leaves out the constant of the value


class Watcher(cp_model.CpSolverSolutionCallback):
    """Passes every solution on. An exception in CP-SAT's callback would end the process, so it is stored."""

    def __init__(self, found: Callable[[cp_model.CpSolverSolutionCallback], object], stop: Callable[[], bool]) -> None:
        """Set `found`, called with every solution, and `stop`, asked after each whether to stop."""
        super().__init__()
        self._found, self._stop = found, stop
        self._fault: Exception | None = None

    def on_solution_callback(self) -> None:
        """CP-SAT calls this at its first and every better solution."""
        try:
            self._found(self)
            if self._stop():
                self.stop_search()
        except Exception as error:
            self._fault = error
            self.stop_search()

    def raise_fault(self) -> None:
        """Raise the exception that ended the search, if there is one."""
        if self._fault is not None:
            raise self._fault
