"""The files of an answer: timetable.csv, result.json, timings.json; the best so far is kept on disk."""

from __future__ import annotations

import contextlib
import hashlib
import platform
import time
from dataclasses import asdict
from importlib import metadata
from typing import TYPE_CHECKING

import numpy as np

from scheduler import __version__
from scheduler.reasons import Reason
from scheduler.results import (
    RESULT_FILE,
    TIMETABLE_FILE,
    TIMINGS_FILE,
    Costs,
    Counts,
    Miss,
    Moment,
    NotPlaced,
    ResultFile,
    TimingsFile,
)
from scheduler.rules.framework.dubs import dubs_to_make
from scheduler.solve import Answer, EngineError, conclude
from scheduler.timetable import timetable_csv
from scheduler.whole_file import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.airings import Airings
    from scheduler.rules import Measurement
    from scheduler.solve import Search, Solution

ANSWER_FILES = (TIMETABLE_FILE, RESULT_FILE, TIMINGS_FILE)
SOLVERS = ("ortools", "highspy")

KEEP_EVERY = 5.0
"""Seconds between two writes of the best timetable while the search runs."""

KEEP_SHARE = 0.05
"""At most this share of the time goes into writing it."""


class Keeper:
    """Writes the best timetable of a running search, so that nothing that happens to the process loses it."""

    def __init__(self, airings: Airings, out: Path) -> None:
        self._airings, self._out = airings, out
        self._next = 0.0
        self._kept: Solution | None = None

    def keep(self, search: Search) -> None:
        """Write the best so far, if there is a new one and the last write is long enough ago."""
        if search.seconds() >= self._next:
            self.save(search)

    def save(self, search: Search) -> None:
        """Write the best so far, if there is a new one; where that fails it is tried again later."""
        began = search.seconds()
        with search.lock:  # all files of one state
            if search.best is None or search.best is self._kept:
                return
            best, texts = search.best, _texts(conclude(self._airings, search))
        with contextlib.suppress(OSError):
            _write(texts, self._out)
            self._kept = best
        spent = search.seconds() - began
        self._next = search.seconds() + max(KEEP_EVERY, spent / KEEP_SHARE)

    def finish(self, answer: Answer) -> None:
        """Write the final answer, if there is a timetable. Raises OSError where it cannot be written."""
        if answer.timetable is not None:
            _write(_texts(answer), self._out)


def _texts(answer: Answer) -> dict[str, str]:
    """The files of an answer with a timetable, by name."""
    if answer.timetable is None:
        raise EngineError("there is no timetable to write")
    timetable = timetable_csv(answer.timetable)
    return {TIMETABLE_FILE: timetable, RESULT_FILE: result_text(answer), TIMINGS_FILE: timings_text(answer)}


def _write(texts: dict[str, str], out: Path) -> None:
    for name, text in texts.items():
        write_whole(out / name, text)


def result_text(answer: Answer) -> str:
    """The text of result.json."""
    return result(answer).model_dump_json(indent=2) + "\n"


def result(answer: Answer) -> ResultFile:
    """What result.json says of an answer: all that does not depend on the clock."""
    search, instance = answer.search, answer.airings.instance
    settings = asdict(search.settings)
    checked = answer.verification
    return ResultFile(
        format=instance.file.format,
        instance=instance.file.name,
        instance_sha256=instance.digest,
        timetable_sha256=_digest(answer),
        versions={"parity-scheduler": __version__, **{name: metadata.version(name) for name in SOLVERS}},
        seed=settings.pop("seed"),
        parameters=settings,
        counts=Counts(
            airings=len(answer.airings),
            rows=len(answer.formulation.lower),
            windows=len(instance.windows),
            chosen=0 if search.best is None else int(np.sum(search.best.point[: len(answer.airings)])),
        ),
        status=answer.status,
        audience=None if checked is None else checked.audience,
        penalty=None if checked is None else checked.penalty,
        value=None if checked is None else checked.value,
        bound=search.bound,
        bounds=dict(sorted(search.bounds.items())),
        gap=search.gap(),
        misses=() if checked is None else tuple(_miss(row) for row in checked.missed),
        costs=Costs.model_validate(search.costs) if search.costs else None,
        dubs=() if answer.timetable is None else tuple(dubs_to_make(answer.timetable)),
        not_placed=not_placed(answer),
        faults=tuple(search.faults),
    )


def timings_text(answer: Answer) -> str:
    """The text of timings.json."""
    return timings(answer).model_dump_json(indent=2) + "\n"


def timings(answer: Answer) -> TimingsFile:
    """What timings.json says of an answer: what depends on the machine and the clock."""
    search = answer.search
    return TimingsFile(
        timetable_sha256=_digest(answer),
        finished=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        python=platform.python_version(),
        seconds=round(search.seconds(), 3),
        steps={name: round(seconds, 3) for name, seconds in search.step_seconds.items()},
        trajectory=tuple(Moment(**{**asdict(one), "seconds": round(one.seconds, 3)}) for one in search.trajectory),
    )


def _digest(answer: Answer) -> str | None:
    """SHA-256 of timetable.csv."""
    if answer.timetable is None:
        return None
    return hashlib.sha256(timetable_csv(answer.timetable).encode()).hexdigest()


def _miss(row: Measurement) -> Miss:
    return Miss(
        rule=row.rule,
        channel=row.channel,
        period=row.period,
        aspect=row.aspect,
        sense=row.sense,
        have=float(row.have),
        need=float(row.need),
        unit=row.unit,
        miss=row.miss,
        hard=row.hard,
        price=row.price,
        text=row.text,
    )


def not_placed(answer: Answer) -> tuple[NotPlaced, ...]:
    """Every programme that the timetable does not air, and why."""
    instance = answer.airings.instance
    reasons = {item.programme: item.reason for item in answer.airings.unplaceable}
    aired = set() if answer.timetable is None else set(answer.timetable.programme.tolist())
    return tuple(
        NotPlaced(
            programme=programme.programme,
            title=programme.title,
            reason=reasons.get(programme.programme, Reason("outbid")),
        )
        for number, programme in enumerate(instance.programmes)
        if number not in aired
    )
