"""Cells: single solves as files, run as processes here, on a cluster, or by machines that share a folder.

`cell` and `result` are the files. `run` starts `child` in its own process, and `watch` limits it. `executor` chooses
between `processes`, `cluster` and `spool`. `answers` solves several instances as cells, `blocks` bounds one by blocks.
"""

from scheduler.cells.answers import solve_into
from scheduler.cells.cell import Cell, cell_for, cell_of, label_of
from scheduler.cells.cluster import NoClusterError
from scheduler.cells.executor import HERE, Executor, run_cells
from scheduler.cells.result import Finished, Result
from scheduler.cells.run import run_cell
from scheduler.cells.spool import Spool

__all__ = [
    "HERE",
    "Cell",
    "Executor",
    "Finished",
    "NoClusterError",
    "Result",
    "Spool",
    "cell_for",
    "cell_of",
    "label_of",
    "run_cell",
    "run_cells",
    "solve_into",
]
