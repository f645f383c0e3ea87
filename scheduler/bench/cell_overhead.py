"""The cost of a cell in addition to its search, and how many runners a spool or a cluster can serve.

`python -m scheduler.bench.cell_overhead 1000` measures on this machine: the seconds of a process until its search
begins, the seconds that a runner holds a spool of that many cells for one cell, and the size of an instance on its way
to a worker.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from scheduler.bench.script import run_script
from scheduler.cells import Finished, Spool, cell_of, run_cell
from scheduler.cells.cluster import packed_files
from scheduler.generate import generate, suite

RUNNERS = (8, 32, 128)
"""Numbers of runners for which the share of lost time is computed."""


def main(cells: int) -> None:
    """Measure, and print the result for each number of runners."""
    with tempfile.TemporaryDirectory() as made:
        week, month = (_instance(Path(made) / name, name) for name in ("week", "month"))
        cell = cell_of(week, "week", engine="greedy", time_limit=60, memory=8)
        began = time.monotonic()
        finished = run_cell(cell, week)
        seconds = finished.result.seconds
        before = time.monotonic() - began - (seconds.solve or 0.0) - (seconds.verify or 0.0)
        held = _held(Path(made) / "spool", week, cells, finished)
        print(f"a generated week: {before:.1f} s from the start of the process until the search begins")
        print(f"a spool of {cells:,} cells: {1000 * held:.1f} ms to take a cell and write its result")
        for name, folder in (("week", week), ("month", month)):
            print(f"a {name} on its way to a worker: {sum(map(len, packed_files(folder).values())) / 1e6:.2f} MB")
        for runners in RUNNERS:
            shares = ", ".join(f"{limit} s: {_lost(limit, before, held, runners):.1%}" for limit in (60, 300, 1200))
            print(f"{runners} runners of one spool lose this share of their time, by the limit of a search: {shares}")


def _instance(folder: Path, name: str) -> Path:
    chosen = suite(name)
    generate(folder, chosen.options_at(chosen.tightness[0]), chosen.seeds[0], name)
    return folder


def _held(folder: Path, instance: Path, cells: int, finished: Finished) -> float:
    """Seconds per cell without the solve: it is taken, and its result is written."""
    spool = Spool(folder)
    spool.put([cell_of(instance, "cell", engine_seed=number, time_limit=60, memory=8) for number in range(cells)])
    count = min(cells, 20)
    began = time.monotonic()
    for _ in range(count):
        spool.run_next("one", solve=lambda cell, home: finished)
    return (time.monotonic() - began) / count


def _lost(limit: float, before: float, held: float, runners: int) -> float:
    """The share of a runner's time without search if all runners always come to the spool at the same time.

    Then a runner waits for half of the others:  (before + held·(1 + (runners − 1)/2)) / (limit + the same).
    """
    without = before + held * (1 + (runners - 1) / 2)
    return without / (limit + without)


if __name__ == "__main__":
    run_script(main, "scheduler.bench.cell_overhead CELLS", (int,), 1)
