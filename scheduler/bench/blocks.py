"""Bound an instance without regular slots by its blocks of windows, at the multipliers of a certificate.

Run as `python -m scheduler.bench.blocks INSTANCE CERTIFICATE CELLS WORK [PLACE]`. The blocks are divided into CELLS
cells, each with WORK units of counted work. PLACE is a number of processes, a cluster of Dask (`local:2`, an address or
a scheduler file), or by default one process.
"""

from __future__ import annotations

from pathlib import Path

from scheduler.bench.script import run_script
from scheduler.cells import Executor
from scheduler.cells.blocks import block_bound
from scheduler.certify import read_certificate
from scheduler.rules import load
from scheduler.solve import Settings


def main(instance: Path, certificate: Path, cells: int, work: float, place: str = "1") -> None:
    """Print the bound at the multipliers alone, and with what the blocks gain."""
    executor = Executor(jobs=int(place)) if place.isdigit() else Executor(cluster=place)
    settings = Settings(time_limit=work, workers=1, deterministic=True)
    found = block_bound(load(instance), read_certificate(certificate), settings, cells, executor)
    gained = sum(one > 0 for one in found.gains.values())
    print(
        f"bound at the multipliers {found.plain:,}; {gained} of {len(found.gains)} blocks lower it to {found.bound:,}"
    )


if __name__ == "__main__":
    run_script(main, "scheduler.bench.blocks INSTANCE CERTIFICATE CELLS WORK [PLACE]", (Path, Path, int, float, str), 4)
