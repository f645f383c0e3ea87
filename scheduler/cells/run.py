"""Run one cell in a process of its own, with limits on time and memory. A crash or a kill also gives a result."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.cells.result import Finished, Point, Result, Seconds
from scheduler.cells.watch import watch
from scheduler.instance import FORMAT
from scheduler.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.cells.cell import Cell

GRACE = 30.0
"""Seconds after the limit at which an engine's process is killed."""

BUILD_LIMIT = 900.0
"""Most seconds for loading and building. They do not count towards the limit."""

VERIFY_LIMIT = 300.0
"""Most seconds for `verify` and the certificate after the search. They do not count towards the limit."""

PACKAGES = ("numpy", "scipy", "ortools", "highspy", "pyscipopt")


def run_cell(cell: Cell, folder: Path, stopped: Callable[[], bool] = lambda: False) -> Finished:
    """Solve one cell.

    Parameters
    ----------
    folder
        The folder of its instance.
    stopped
        Called several times a second. If it returns True, the solve is ended without a result.

    Raises
    ------
    Stopped
        `stopped()` was true.
    """
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with tempfile.TemporaryDirectory() as made:
        scratch, answer = Path(made), Path(made) / "answer"
        answer.mkdir()
        cell_file, events, errors = (scratch / name for name in ("cell.json", "events.jsonl", "errors.txt"))
        cell_file.write_text(cell.model_dump_json(), encoding="utf-8")
        words = map(str, (cell_file, folder.resolve(), events, answer, os.getpid()))
        command = [sys.executable, "-m", "scheduler.cells.child", *words]
        late = _Clock(events, None if cell.deterministic else cell.time_limit).late
        ending, peak, status = watch(command, late, cell.memory, errors, stopped)
        happened = _read_events(events)
        complaint = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        files = {path.name: path.read_text(encoding="utf-8") for path in sorted(answer.iterdir())}
    crashed = f"the process ended with status {status}: {(complaint or ['no message'])[-1]}"
    faults = [crashed] if ending == "crashed" else []
    result = _result(happened, None if ending == "done" else ending, peak, faults, started)
    return Finished(result=result, files=files if result.outcome not in ("over_limit", "crashed") else {})


class _Clock:
    """Decides whether a child process is late, from the events that it has written."""

    def __init__(self, events: Path, limit: float | None) -> None:
        self._events, self._limit = events, limit  # a search that counts work has no limit in seconds
        self._phase, self._since, self._size = "start", time.monotonic(), -1

    def late(self) -> bool:
        """Whether the child's present phase has exceeded its limit."""
        size = self._events.stat().st_size if self._events.exists() else 0
        if size != self._size:
            self._size = size
            phases = [event["event"] for event in _read_events(self._events) if event["event"] != "moment"]
            phase = phases[-1] if phases else "start"
            if phase != self._phase:
                self._phase, self._since = phase, time.monotonic()
        if self._phase == "built" and self._limit is None:
            return False
        allowed = {"start": BUILD_LIMIT, "built": (self._limit or 0.0) + GRACE}.get(self._phase, VERIFY_LIMIT)
        return time.monotonic() - self._since > allowed


def _read_events(path: Path) -> list[dict[str, Any]]:
    """All whole events of a child."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _result(events: list[dict[str, Any]], ending: str | None, peak: float, faults: list[str], started: str) -> Result:
    built, solved, bounded, ended = (
        next((event for event in events if event["event"] == name), {})
        for name in ("built", "solved", "blocks", "ended")
    )
    keep = ("seconds", "value", "bound", "hard_miss")
    points = tuple(
        Point.model_validate({name: event[name] for name in keep}) for event in events if event["event"] == "moment"
    )
    at_end = (
        *("value", "amount", "gap", "planned_gap", "regularity", "hard_rules", "hard_missed", "soft_missed"),
        *("audience", "penalty", "certified_bound"),
    )
    return Result(
        versions=versions(),
        machine=machine(),
        started=started,
        format=built.get("format", FORMAT),
        **{name: built.get(name) for name in ("instance_sha256", "airings", "rows", "windows")},
        **{name: ended.get(name) for name in at_end},
        outcome=ending or ended.get("outcome", "crashed"),
        bound=ended.get("bound", points[-1].bound if points else None),
        bounds=ended.get("bounds", {}),
        gains=bounded.get("gains", {}),
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
        trajectory=points,
        faults=(*faults, *ended.get("faults", ())),
    )


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
    """The machine of the run: processor, cores, memory, system, load."""
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


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
