"""Solve several instances as cells, and put each answer into a folder of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.cells.cell import cell_for
from scheduler.cells.executor import run_cells
from scheduler.results import TIMETABLE_FILE
from scheduler.solve.answer_files import ANSWER_FILES
from scheduler.whole_file import locked, write_together

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scheduler.cells.executor import Executor
    from scheduler.cells.result import Finished
    from scheduler.instance import Instance
    from scheduler.solve import Settings


def solve_into(
    asked: Mapping[Path, Instance], settings: Settings, executor: Executor
) -> Iterator[tuple[Path, Finished]]:
    """Solve the instance of each folder, and yield the folder with its result as soon as that has ended.

    The files of an answer are then in its folder. A folder is left alone if no timetable was found.
    """
    cells = {cell_for(instance, folder.name, settings, answer=True): folder for folder, instance in asked.items()}
    for cell, finished in run_cells(list(cells), executor):
        folder = cells[cell]
        if TIMETABLE_FILE in finished.files:
            folder.mkdir(parents=True, exist_ok=True)
            with locked(folder):
                write_together(folder, finished.files, remove=ANSWER_FILES)
        yield folder, finished
