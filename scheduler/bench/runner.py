"""Run a suite: generate its instances, solve each with each engine as a cell, and append a row for each."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.bench.measure import best_values, primal_integral
from scheduler.bench.row import BenchRow, row_text
from scheduler.cells import HERE, cell_of, label_of, run_cells
from scheduler.generate import FILES, generate, instance_name, suite
from scheduler.instance.files.load import digest_of
from scheduler.messages import MessageError, msg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.cells import Cell, Executor, Result


class WrongFolderError(MessageError):
    """The folder of a suite's instance has another instance. Its rows would be taken for the suite's."""


@dataclass(frozen=True, slots=True)
class Job:
    """One solve of a run."""

    suite: str
    seed: int
    tightness: float
    engine: str
    engine_seed: int
    time_limit: float  # seconds
    memory: float  # GB
    workers: int
    deterministic: bool = False

    @property
    def instance(self) -> str:
        """The name of the instance and of its folder."""
        return instance_name(self.suite, self.seed, self.tightness)

    @property
    def key(self) -> tuple[str, str, int, float, float, int, bool]:
        """As a row's."""
        who = self.instance, self.engine, self.engine_seed
        return *who, self.time_limit, self.memory, self.workers, self.deterministic


def suite_jobs(
    name: str,
    engines: Sequence[str],
    seeds: Sequence[int] | None = None,
    tightness: Sequence[float] | None = None,
    time_limit: float | None = None,
    memory: float | None = None,
    workers: int = 2,
    engine_seed: int = 1,
    *,
    deterministic: bool = False,
) -> list[Job]:
    """The solves of a suite, instance by instance. Arguments that are not given are taken from the suite."""
    chosen = suite(name)
    return [
        Job(
            name,
            seed,
            tight,
            engine,
            engine_seed,
            chosen.time_limit if time_limit is None else time_limit,
            chosen.memory if memory is None else memory,
            workers,
            deterministic,
        )
        for seed in (seeds or chosen.seeds)
        for tight in (tightness or chosen.tightness)
        for engine in engines
    ]


def run_jobs(
    wanted: Sequence[Job], out: Path, work: Path, done: Sequence[BenchRow], executor: Executor = HERE
) -> Iterator[BenchRow]:
    """Run the jobs that have no row yet, as cells. Each row is appended to `out` at once and yielded."""
    known = {row.key for row in done}
    references = best_values(done)
    cells = {cell_of_job(job, work): job for job in wanted if job.key not in known}
    out.parent.mkdir(parents=True, exist_ok=True)
    _without_half_line(out)
    for cell, finished in run_cells(list(cells), executor):
        job = cells[cell]
        row = row_of(job, finished.result, references.get(job.instance))
        if row.answered and row.value is not None:
            references[job.instance] = max(row.value, references.get(job.instance, row.value))
        with out.open("a", encoding="utf-8") as stream:
            stream.write(row_text(row))
            stream.flush()
            os.fsync(stream.fileno())
        yield row


def cell_of_job(job: Job, work: Path) -> Cell:
    """A job as a cell; its instance is generated in `work` if it does not exist.

    Raises
    ------
    WrongFolderError
        The folder of the instance has another content.
    """
    return cell_of(
        instance_folder(job, work),
        label_of([job.instance, job.engine]),
        engine=job.engine,
        engine_seed=job.engine_seed,
        time_limit=job.time_limit,
        memory=job.memory,
        workers=job.workers,
        deterministic=job.deterministic,
    )


def row_of(job: Job, result: Result, reference: int | None = None) -> BenchRow:
    """The row of a job.

    Parameters
    ----------
    reference
        The best value known for its instance; the primal integral is measured from the better of it and the row's own.
    """
    value = result.value if result.answered else None
    best = max((number for number in (value, reference) if number is not None), default=None)
    return BenchRow(
        **result.model_dump(),
        suite=job.suite,
        instance=job.instance,
        seed=job.seed,
        tightness=job.tightness,
        engine=job.engine,
        engine_seed=job.engine_seed,
        time_limit=job.time_limit,
        memory_limit=job.memory,
        workers=job.workers,
        deterministic=job.deterministic,
        primal_integral=(None if best is None else round(primal_integral(result.trajectory, best, job.time_limit), 6)),
        primal_reference=best,
    )


def instance_folder(job: Job, work: Path) -> Path:
    """The job's instance in `work`; it is generated if it does not exist.

    Raises WrongFolderError if its folder has another content.
    """
    folder, options = work / job.instance, suite(job.suite).options_at(job.tightness)
    if not all((folder / name).exists() for name in FILES):
        generate(folder, options, job.seed, job.instance)
        return folder
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch), options, job.seed, job.instance)
        if digest_of(folder) != digest_of(Path(scratch)):
            raise WrongFolderError(
                msg(
                    "{folder} is not the instance {instance} of the suite; move the folder, or name another one with"
                    " --work",
                    folder=str(folder),
                    instance=job.instance,
                )
            )
    return folder


def _without_half_line(out: Path) -> None:
    """Remove an incomplete last line, left by an interruption."""
    if out.exists():
        raw = out.read_bytes()
        if raw and not raw.endswith(b"\n"):
            out.write_bytes(raw[: raw.rfind(b"\n") + 1])
