"""Run cells as processes of this machine, several at a time."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.cells.run import run_cell
from scheduler.cells.watch import Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.cells.cell import Cell
    from scheduler.cells.result import Finished


def run_here(cells: Sequence[Cell], jobs: int = 1) -> Iterator[tuple[Cell, Finished]]:
    """Run the cells, at most `jobs` at a time, and yield each with its result as soon as it has ended.

    If the caller stops, for example by an interrupt, the running solves are ended.
    """
    if jobs == 1:  # in this thread, so that a signal ends the solve at once
        for cell in cells:
            yield cell, run_cell(cell, Path(cell.instance))
        return
    waiting: queue.SimpleQueue[Cell] = queue.SimpleQueue()
    ended: queue.SimpleQueue[tuple[Cell, Finished] | BaseException] = queue.SimpleQueue()
    stop = threading.Event()
    for cell in cells:
        waiting.put(cell)

    def work() -> None:
        while not stop.is_set():
            try:
                cell = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                ended.put((cell, run_cell(cell, Path(cell.instance), stop.is_set)))
            except Stopped:
                return
            except Exception as error:
                ended.put(error)

    threads = [threading.Thread(target=work) for _ in range(min(jobs, len(cells)))]
    for thread in threads:
        thread.start()
    try:
        for _ in cells:
            one = ended.get()
            if isinstance(one, BaseException):
                raise one
            yield one
    finally:
        stop.set()
        for thread in threads:
            thread.join()
