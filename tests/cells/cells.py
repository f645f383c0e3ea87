"""Cells that several tests solve, and what two runs of the same cells must have in common."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil

from scheduler.cells import cell_of

TOY = Path(__file__).resolve().parents[2] / "instances" / "toy"
PATIENCE = 1200
"""Seconds after which a process counts as hanging. On a busy machine a solve of a second takes minutes."""
TIMED = {"versions", "machine", "started", "seconds", "steps", "peak_memory", "bound_seconds"}


def toy_cells(count=3, **fields):
    """Cells of the toy with different seeds. They count work, so every run of them gives the same."""
    common = {"engine": "exact", "time_limit": 20, "memory": 4, "workers": 1, "deterministic": True, **fields}
    return [cell_of(TOY, "toy", engine_seed=number, **common) for number in range(1, count + 1)]


def untimed(finished):
    """A result without what depends on the clock and the machine; the files of the answer but its timings."""
    result = finished.result.model_dump(exclude=TIMED)
    result["trajectory"] = [{**one, "seconds": None} for one in result["trajectory"]]
    return result, {name: text for name, text in finished.files.items() if name != "timings.json"}


def solves_of(pid):
    """The processes below another one that solve a cell."""
    found = []
    with contextlib.suppress(psutil.NoSuchProcess):
        for one in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if "scheduler.cells.child" in one.cmdline():
                    found.append(one)
    return found
