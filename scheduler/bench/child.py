"""One solve in its own process. It writes its results on the way, so that a kill loses nothing.

Run as `python -m scheduler.bench.child JOB EVENTS`: JOB is a JSON file, EVENTS gets one JSON line per event.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.bench.engines import run_engine
from scheduler.bench.row import RowRegularity
from scheduler.rules import load
from scheduler.solve import STRATEGIES, EngineError, Settings, conclude, prepare
from scheduler.timetable import regularity

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.solve import Search


class _Events:
    """Appends events to a file, each flushed at once."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("a", encoding="utf-8")

    def write(self, event: str, **said: Any) -> None:
        self._stream.write(json.dumps({"event": event, **said}) + "\n")
        self._stream.flush()


def main(job_path: Path, events_path: Path) -> None:
    """Load, build, solve and verify one job."""
    job, events = json.loads(job_path.read_text(encoding="utf-8")), _Events(events_path)
    began = time.monotonic()
    instance = load(Path(job["folder"]))
    loaded = time.monotonic()
    engine = job["engine"]
    strategy = engine if engine in STRATEGIES else "exact"
    settings = Settings(strategy, job["time_limit"], 0.0, job["engine_seed"], job["workers"])
    airings, search = prepare(instance, settings)
    events.write(
        "built",
        format=instance.file.format,
        instance_sha256=instance.digest,
        airings=len(airings),
        rows=len(search.formulation.lower),
        windows=instance.windows.planned,
        load=loaded - began,
        build=time.monotonic() - loaded,
    )
    search.listen(lambda state: events.write("moment", **_moment(state)))
    search.restart(reserve=0.0)  # what clauses cost is not part of a run
    run_engine(engine, search)
    events.write("solved", solve=search.seconds(), **_moment(search))
    _verify(airings, search, events)


def _moment(search: Search) -> dict[str, Any]:
    best = search.best
    return {
        "seconds": round(search.seconds(), 3),
        "value": None if best is None else best.value,
        "bound": search.bound,
        "hard_miss": None if best is None else best.hard_miss,
    }


def _verify(airings: Airings, search: Search, events: _Events) -> None:
    """Check the best timetable with `verify`, and write how the run ended."""
    began = time.monotonic()
    said: dict[str, Any] = {"outcome": "nothing", "verdict": "none"}
    try:
        answer = conclude(airings, search)
        checked = answer.verification
        if checked is not None:
            said = {
                "outcome": answer.status,
                "verdict": "hard_missed" if checked.hard_missed else "kept",
                "value": checked.value,
                "audience": checked.audience,
                "penalty": checked.penalty,
                "hard_missed": len(checked.hard_missed),
                "soft_missed": len(checked.missed) - len(checked.hard_missed),
            }
        if answer.timetable is not None:
            counted = asdict(regularity(answer.timetable))
            said["regularity"] = {name: counted[name] for name in RowRegularity.model_fields}
    except EngineError as error:
        search.report_fault(f"the check does not confirm the timetable: {error}")
        said = {"outcome": "crashed", "verdict": "broken"}
    gap = search.gap()
    events.write(
        "ended",
        **said,
        bound=search.bound,
        bounds=search.bounds,
        gap=gap,
        planned_gap=search.planned_gap(),
        steps={name: round(seconds, 3) for name, seconds in search.step_seconds.items()},
        faults=search.faults,
        verify=time.monotonic() - began,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.flush()
    os._exit(0)  # an abandoned thread of an engine must not keep the process
