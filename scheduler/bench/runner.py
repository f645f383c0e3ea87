"""Run a suite: generate its instances, solve each with each engine in a separate process, and append a row for each."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler import __version__
from scheduler.bench.measure import best_values, primal_integral
from scheduler.bench.row import Point, Row, Seconds, row_text
from scheduler.bench.watch import watch
from scheduler.generate import FILES, generate, instance_name, suite
from scheduler.instance import FORMAT
from scheduler.instance.files.load import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GRACE = 30.0
"""Seconds after the limit when an engine's process is killed."""

BUILD_LIMIT = 900.0
"""Seconds for loading and building; they do not count towards the limit."""

VERIFY_LIMIT = 300.0
"""Seconds for `verify` after the search; they do not count towards the limit."""

PACKAGES = ("numpy", "scipy", "ortools", "highspy", "pyscipopt")


class WrongFolderError(Exception):
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

    @property
    def instance(self) -> str:
        """The name of the instance and of its folder."""
        return instance_name(self.suite, self.seed, self.tightness)

    @property
    def key(self) -> tuple[str, str, int, float, float, int]:
        """As a row's."""
        return self.instance, self.engine, self.engine_seed, self.time_limit, self.memory, self.workers


def jobs(
    name: str,
    engines: Sequence[str],
    seeds: Sequence[int] | None = None,
    tightness: Sequence[float] | None = None,
    time_limit: float | None = None,
    memory: float | None = None,
    workers: int = 2,
    engine_seed: int = 1,
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
        )
        for seed in (seeds or chosen.seeds)
        for tight in (tightness or chosen.tightness)
        for engine in engines
    ]


def run_jobs(wanted: Sequence[Job], out: Path, work: Path, done: Sequence[Row]) -> Iterator[Row]:
    """Run the jobs that have no row yet. Each row is appended to `out` at once and yielded."""
    known = {row.key for row in done}
    references = best_values(done)
    out.parent.mkdir(parents=True, exist_ok=True)
    _without_half_line(out)
    for job in wanted:
        if job.key in known:
            continue
        row = run_job(job, work, references.get(job.instance))
        if row.answered and row.value is not None:
            references[job.instance] = max(row.value, references.get(job.instance, row.value))
        with out.open("a", encoding="utf-8") as stream:
            stream.write(row_text(row))
            stream.flush()
            os.fsync(stream.fileno())
        yield row


def run_job(job: Job, work: Path, reference: int | None = None) -> Row:
    """Solve one job in a separate process. A crash, a kill or a lack of memory also gives a row."""
    folder = instance_folder(job, work)
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with tempfile.TemporaryDirectory() as scratch:
        job_file, events, errors = (Path(scratch) / name for name in ("job.json", "events.jsonl", "errors.txt"))
        asked = {"folder": str(folder.resolve()), "engine": job.engine, "engine_seed": job.engine_seed}
        job_file.write_text(json.dumps({**asked, "time_limit": job.time_limit, "workers": job.workers}))
        command = [sys.executable, "-m", "scheduler.bench.child", str(job_file), str(events)]
        ending, peak, status = watch(command, _Clock(events, job.time_limit).late, job.memory, errors)
        said = _read_events(events)
        complaint = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    faults = (
        [f"the process ended with status {status}: {(complaint or ['no message'])[-1]}"] if ending == "crashed" else []
    )
    return _row(job, said, None if ending == "done" else ending, peak, faults, started, reference)


def instance_folder(job: Job, work: Path) -> Path:
    """The job's instance in `work`; it is generated if it does not exist.

    Raises WrongFolderError if its folder has another content.
    """
    folder, dials = work / job.instance, suite(job.suite).dials_at(job.tightness)
    if not all((folder / name).exists() for name in FILES):
        generate(folder, dials, job.seed, job.instance)
        return folder
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch), dials, job.seed, job.instance)
        if digest_of(folder) != digest_of(Path(scratch)):
            said = f"{folder} is not the instance {job.instance} of the suite"
            raise WrongFolderError(f"{said}; move the folder, or name another one with --work")
    return folder


class _Clock:
    """Decides whether a child process is late, from the events that it has written."""

    def __init__(self, events: Path, limit: float) -> None:
        self._events, self._limit = events, limit
        self._phase, self._since, self._size = "start", time.monotonic(), -1

    def late(self) -> bool:
        """Whether the child's present phase has taken longer than it may."""
        size = self._events.stat().st_size if self._events.exists() else 0
        if size != self._size:
            self._size = size
            phases = [event["event"] for event in _read_events(self._events) if event["event"] != "moment"]
            phase = phases[-1] if phases else "start"
            if phase != self._phase:
                self._phase, self._since = phase, time.monotonic()
        allowed = {"start": BUILD_LIMIT, "built": self._limit + GRACE}.get(self._phase, VERIFY_LIMIT)
        return time.monotonic() - self._since > allowed


def _read_events(path: Path) -> list[dict[str, Any]]:
    """All whole events of a child."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _row(
    job: Job,
    events: list[dict[str, Any]],
    ending: str | None,
    peak: float,
    faults: list[str],
    started: str,
    reference: int | None,
) -> Row:
    built, solved, ended = (
        next((event for event in events if event["event"] == name), {}) for name in ("built", "solved", "ended")
    )
    keep = ("seconds", "value", "bound", "hard_miss")
    points = tuple(
        Point.model_validate({name: event[name] for name in keep}) for event in events if event["event"] == "moment"
    )
    value = ended.get("value") if ended.get("verdict") == "kept" else None
    best = max((number for number in (value, reference) if number is not None), default=None)
    return Row(
        **_asked(job, started),
        format=built.get("format", FORMAT),
        **{name: built.get(name) for name in ("instance_sha256", "airings", "rows", "windows")},
        **{
            name: ended.get(name)
            for name in (
                "value",
                "gap",
                "planned_gap",
                "regularity",
                "hard_missed",
                "soft_missed",
                "audience",
                "penalty",
            )
        },
        outcome=ending or ended.get("outcome", "crashed"),
        bound=ended.get("bound", points[-1].bound if points else None),
        bounds=ended.get("bounds", {}),
        bound_seconds=next((point.seconds for point in points if point.bound is not None), None),
        verdict=ended.get("verdict", "none"),
        seconds=Seconds(
            load=_rounded(built.get("load")),
            build=_rounded(built.get("build")),
            solve=_rounded(solved.get("solve")),
            verify=_rounded(ended.get("verify")),
        ),
        steps=ended.get("steps", {}),
        peak_memory=round(peak, 3),
        primal_integral=None if best is None else round(primal_integral(points, best, job.time_limit), 6),
        primal_reference=best,
        trajectory=points,
        faults=(*faults, *ended.get("faults", ())),
    )


def _asked(job: Job, started: str) -> dict[str, Any]:
    return {
        "suite": job.suite,
        "instance": job.instance,
        "seed": job.seed,
        "tightness": job.tightness,
        "engine": job.engine,
        "engine_seed": job.engine_seed,
        "time_limit": job.time_limit,
        "memory_limit": job.memory,
        "workers": job.workers,
        "versions": versions(),
        "machine": machine(),
        "started": started,
    }


def versions() -> dict[str, str]:
    """Versions of parity and of the solvers that it is compared with."""
    found = {"parity-scheduler": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, str | int | float]:
    """The machine of the run: processor, cores, memory, system."""
    model = platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.exists():
        named = [line for line in cpus.read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
        model = named[0].partition(":")[2].strip() if named else model
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return {
        "processor": model,
        "cores": os.cpu_count() or 1,
        "memory": round(memory, 1),
        "system": platform.system(),
        "load": round(os.getloadavg()[0], 2),
    }


def _without_half_line(out: Path) -> None:
    """Remove an incomplete last line, left by an interruption."""
    if out.exists():
        raw = out.read_bytes()
        if raw and not raw.endswith(b"\n"):
            out.write_bytes(raw[: raw.rfind(b"\n") + 1])


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
