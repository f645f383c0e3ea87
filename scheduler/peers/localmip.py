"""Local-MIP, a local search on the whole program, read from its MPS text. Needs localmip (Linux on x86-64).

It proves no bound and offers one solution at its end. The solution is recounted, like those of all engines.
"""

from __future__ import annotations

import importlib
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.programs.mps import mps_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.solve import Search


def localmip(search: Search) -> None:
    """Search with Local-MIP until the time limit and offer its best solution.

    Raises ModuleNotFoundError if localmip is not installed.
    """
    solver = importlib.import_module("localmip_py").LocalMIP()
    with tempfile.TemporaryDirectory() as folder:
        with search.stage("model"):
            path = Path(folder) / "program.mps"
            path.write_text(mps_text(search.formulation, "parity"), encoding="utf-8")
        with search.stage("localmip"), _without_output():
            solver.set_log_obj(False)
            solver.set_model_file(str(path))
            solver.set_random_seed(search.settings.seed)
            solver.set_time_limit(max(search.budget.left(), 0.1))
            solver.run()
    if solver.is_feasible():
        columns = np.array(solver.get_solution(), dtype=np.float64)  # y0, y1, …, airings first
        search.offer(columns[: search.formulation.airing_count] > 0.5)


@contextmanager
def _without_output() -> Iterator[None]:
    """Drop what a library writes to standard output, which belongs to the command."""
    kept, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)
