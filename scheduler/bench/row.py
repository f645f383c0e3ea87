"""One row of benchmark results: one engine on one instance, as a line of JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

if TYPE_CHECKING:
    from pathlib import Path

Outcome = Literal["optimal", "feasible", "hard_missed", "nothing", "over_limit", "out_of_memory", "crashed"]
Verdict = Literal["kept", "hard_missed", "broken", "none"]


class Point(BaseModel):
    """The value and the bound after a number of seconds of the search."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float
    value: int | None
    bound: int | None
    hard_miss: int | None


class Seconds(BaseModel):
    """Seconds of each part of a run; the limit is on `solve`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    load: float | None = None
    build: float | None = None
    solve: float | None = None
    verify: float | None = None


class RowRegularity(BaseModel):
    """Shares of the series' first runs or days, 0 to 1, as in result.json; none if there is no series."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    series: int
    one_channel: float | None
    one_version: float | None
    no_hole: float | None
    days_in_slot: float | None


class Row(BaseModel):
    """One engine on one instance. Values and bounds are viewer-minutes, `gap` is the engine's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = 1
    format: int = 1  # of the instance folder; rows of older folders do not say it
    suite: str
    instance: str
    seed: int
    tightness: float
    instance_sha256: str | None = None
    engine: str
    engine_seed: int
    time_limit: float
    memory_limit: float  # GB
    workers: int
    versions: dict[str, str]
    machine: dict[str, str | int | float]
    started: str
    airings: int | None = None
    rows: int | None = None
    windows: int | None = None
    outcome: Outcome
    value: int | None = None
    bound: int | None = None
    bounds: dict[str, int] = {}
    bound_seconds: float | None = None  # when the first bound was known
    gap: float | None = None
    planned_gap: float | None = None  # (bound − value) / (bound − audience of the fallback alone)
    regularity: RowRegularity | None = None  # rows of before it was counted have none
    hard_missed: int | None = None
    soft_missed: int | None = None
    audience: int | None = None
    penalty: int | None = None
    verdict: Verdict = "none"  # of `verify`, on the timetable alone
    seconds: Seconds = Seconds()
    steps: dict[str, float] = {}
    peak_memory: float | None = None  # GB, of the whole process tree
    primal_integral: float | None = None
    primal_reference: int | None = None
    trajectory: tuple[Point, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, int, float, float, int]:
        """The identity of a run. If there is a row with this key, it is not run again."""
        return self.instance, self.engine, self.engine_seed, self.time_limit, self.memory_limit, self.workers

    @property
    def answered(self) -> bool:
        """Whether there is a timetable that keeps every hard rule, confirmed by `verify`."""
        return self.value is not None and self.verdict == "kept"


def read_rows(path: Path) -> list[Row]:
    """All rows of a results file. An incomplete last line, left by an interruption, is ignored.

    Raises ValueError with the number of any other line that is not a row.
    """
    rows: list[Row] = []
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        try:
            rows.append(Row.model_validate(json.loads(line)))
        except (ValidationError, json.JSONDecodeError) as error:
            if number == len(lines) and not line.endswith("\n"):
                break
            raise ValueError(f"{path.name}:{number}:1: is not a row of results: {error}") from None
    return rows


def row_text(row: Row) -> str:
    """The row as one line."""
    return json.dumps(row.model_dump(mode="json"), ensure_ascii=False) + "\n"
