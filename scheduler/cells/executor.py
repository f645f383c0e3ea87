"""Run cells in processes of this machine, on a cluster, or through a spool."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.cells.cluster import cluster_client, run_on
from scheduler.cells.processes import run_here
from scheduler.cells.spool import Spool, run_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.cells.cell import Cell
    from scheduler.cells.result import Finished


@dataclass(frozen=True, slots=True)
class Executor:
    """The place where cells run.

    At most one of `cluster` and `spool` is given; without both, cells run on this machine.
    """

    jobs: int = 1  # number of parallel processes on this machine
    cluster: str | None = None
    spool: Path | None = None


HERE = Executor()


def run_cells(cells: Sequence[Cell], executor: Executor = HERE) -> Iterator[tuple[Cell, Finished]]:
    """Run cells, and yield each with its result as soon as it has ended.

    Raises
    ------
    NoClusterError
        The cluster cannot be used.
    """
    if not cells:
        return
    if executor.cluster is not None:
        with cluster_client(executor.cluster) as client:
            yield from run_on(client, cells)
    elif executor.spool is not None:
        yield from run_from(Spool(executor.spool), cells)
    else:
        yield from run_here(cells, executor.jobs)
