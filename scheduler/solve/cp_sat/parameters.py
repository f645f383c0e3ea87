"""CP-SAT's parameters: limits, seeds, and the presolve step that is switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from scheduler.solve.search.incumbent import Settings

INCLUSION_WORK = 0
"""CP-SAT 9.15's presolve loses solutions where it looks for constraints that are included in others; with no work
allowed for that it does not. benchmarks/README.md says how that was measured."""


def set_parameters(solver: cp_model.CpSolver, settings: Settings, seconds: float) -> None:
    """Set CP-SAT's parameters for a stage: limits in seconds, or in counted work if runs must repeat."""
    parameters = solver.parameters
    parameters.presolve_inclusion_work_limit = INCLUSION_WORK
    parameters.random_seed = settings.seed
    parameters.relative_gap_limit = 0.0  # CP-SAT's gap leaves out the constant of the value
    parameters.catch_sigint_signal = False
    if settings.deterministic:
        parameters.num_workers = 1
        parameters.max_deterministic_time = seconds
    else:
        parameters.num_workers = settings.workers
        parameters.max_time_in_seconds = seconds
