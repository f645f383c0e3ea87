"""One solve in its own process. Results are written during the solve, so that a kill loses nothing.

Run as `python -m scheduler.cells.child CELL FOLDER EVENTS ANSWER PARENT`: CELL is the cell's JSON file, FOLDER the
instance. EVENTS gets one JSON line per event, and the folder ANSWER the files of the answer, if the cell asks for them.
PARENT is the id of the process that started this one. It is passed as an argument, because that process may be killed
before this one could ask the system for it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.cells.cell import Cell
from scheduler.cells.result import RowRegularity
from scheduler.certify import CERTIFICATE_FILE, Certificate
from scheduler.peers.engines import run_engine
from scheduler.rules import Parity, load, rules_of
from scheduler.solve import STRATEGIES, EngineError, Settings, SolveParams, conclude, prepare
from scheduler.solve.answer_files import answer_texts, certificate_text
from scheduler.solve.blocks.given_duals import blocks_of, gains
from scheduler.solve.certificates import certified
from scheduler.solve.search.bound_sources import GIVEN
from scheduler.timetable import read_timetable, regularity

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.instance import Instance
    from scheduler.rules import Rule
    from scheduler.solve import Answer, Search
    from scheduler.timetable import Timetable

LOOK_EVERY = 0.5
"""Seconds between two checks that the parent process still runs."""


class _Events:
    """Appends events to a file, each flushed at once."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("a", encoding="utf-8")

    def write(self, event: str, **values: Any) -> None:
        self._stream.write(json.dumps({"event": event, **values}) + "\n")
        self._stream.flush()


def main(cell_path: Path, folder: Path, events_path: Path, answer: Path) -> None:
    """Load, build, solve and verify one cell."""
    cell, events = Cell.model_validate_json(cell_path.read_text(encoding="utf-8")), _Events(events_path)
    began = time.monotonic()
    instance = _instance(cell, folder, cell_path.parent)
    start, rules = _start(cell, instance, cell_path.parent), _rules(cell, instance)
    loaded = time.monotonic()
    strategy = cell.engine if cell.engine in STRATEGIES else "exact"
    params = SolveParams.model_validate_json(cell.params)
    settings = Settings(
        strategy, cell.time_limit, cell.gap, cell.engine_seed, cell.workers, cell.deterministic, params, cell.objective
    )
    airings, search = prepare(instance, settings, rules=rules, start=start)
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
    search.restart(reserve=0.0)  # costs of clauses are not part of a cell
    if cell.bound is not None:
        search.offer_bound(cell.bound, GIVEN)
    if cell.certificate is None:
        run_engine(cell.engine, search)
    else:
        _bound_blocks(cell, search, events)
    events.write("solved", solve=search.seconds(), **_moment(search))
    _verify(airings, search, events, answer if cell.answer else None)


def _bound_blocks(cell: Cell, search: Search, events: _Events) -> None:
    """Solve some blocks of windows at given multipliers, each cell within the whole limit."""
    params = search.settings.params
    blocks = blocks_of(search.formulation, Certificate.model_validate_json(cell.certificate or ""), params)
    found = gains(blocks, cell.blocks, search.budget, params.bounding.small_closeness)
    events.write("blocks", gains=found)


def _instance(cell: Cell, folder: Path, scratch: Path) -> Instance:
    """The instance with the cell's variants."""
    paths = [scratch / f"variant-{number}.yaml" for number in range(len(cell.variants))]
    for path, text in zip(paths, cell.variants, strict=True):
        path.write_text(text, encoding="utf-8")
    return load(folder, paths)


def _start(cell: Cell, instance: Instance, scratch: Path) -> Timetable | None:
    if cell.start is None:
        return None
    path = scratch / "start.csv"
    path.write_text(cell.start, encoding="utf-8")
    return read_timetable(instance, path)


def _rules(cell: Cell, instance: Instance) -> tuple[Rule, ...]:
    """The rules of the instance without those that the cell leaves out."""
    left_out = cell.without
    return tuple(rule for rule in rules_of(instance) if not any(Parity.is_part(rule.id, one) for one in left_out))


def _moment(search: Search) -> dict[str, Any]:
    best = search.best
    return {
        "seconds": round(search.seconds(), 3),
        "value": None if best is None else best.value,
        "bound": search.bound,
        "hard_miss": None if best is None else best.hard_miss,
    }


def _verify(airings: Airings, search: Search, events: _Events, files: Path | None) -> None:
    """Check the best timetable with `verify`, write its files if the cell asks for them, and write the result."""
    began = time.monotonic()
    fields: dict[str, Any] = {"outcome": "nothing", "verdict": "none"}
    try:
        answer = conclude(airings, search)
        if files is not None:
            answer = certified(answer)
            fields["certified_bound"] = answer.certified_bound
        checked = answer.verification
        fields["hard_rules"] = answer.hard_rules
        if checked is not None:
            fields |= {
                "outcome": answer.status,
                "verdict": "hard_missed" if checked.hard_missed else "kept",
                "value": checked.value,
                "amount": None if search.best is None else search.best.value,
                "audience": checked.audience,
                "penalty": checked.penalty,
                "hard_missed": len(checked.hard_missed),
                "soft_missed": len(checked.missed) - len(checked.hard_missed),
            }
        if answer.timetable is not None:
            counted = asdict(regularity(answer.timetable))
            fields["regularity"] = {name: counted[name] for name in RowRegularity.model_fields}
        if files is not None:
            for name, text in _texts(answer).items():
                (files / name).write_text(text, encoding="utf-8", newline="")
    except EngineError as error:
        search.report_fault(f"the check does not confirm the timetable: {error}")
        fields = {"outcome": "crashed", "verdict": "broken"}
    gap = search.gap()
    events.write(
        "ended",
        **fields,
        bound=search.bound,
        bounds=search.bounds,
        gap=gap,
        planned_gap=search.planned_gap(),
        steps={name: round(seconds, 3) for name, seconds in search.step_seconds.items()},
        faults=search.faults,
        verify=time.monotonic() - began,
    )


def _texts(answer: Answer) -> dict[str, str]:
    """The files of an answer. If no timetable was found, this is only the certificate of the bound."""
    if answer.timetable is not None:
        return answer_texts(answer)
    return {} if answer.certificate is None else {CERTIFICATE_FILE: certificate_text(answer.certificate)}


def end_with(parent: int) -> None:
    """End this process as soon as the process that started it has ended, because that may have been killed."""
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=end_with, args=(int(sys.argv[5]),), daemon=True).start()
    main(*map(Path, sys.argv[1:5]))
    sys.stdout.flush()
    os._exit(0)  # a thread of an engine that still runs must not keep the process alive
