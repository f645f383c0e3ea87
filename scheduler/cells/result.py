"""The result of a cell: how the solve ended, the verdict of `verify`, seconds, memory and the trajectory."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from scheduler.results import HardRules

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
    """Seconds of each part of a run. The limit applies to `solve`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    load: float | None = None
    build: float | None = None
    solve: float | None = None
    verify: float | None = None


class RowRegularity(BaseModel):
    """Shares of the series' first runs or days, 0 to 1, as in result.json. None if there is no series."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    series: int
    one_channel: float | None
    one_version: float | None
    no_hole: float | None
    days_in_slot: float | None


class Result(BaseModel):
    """The result of one cell. Values are in viewer-minutes, bounds in parts of the objective.

    `gap` is the gap that the engine reports.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = 1
    format: int = 1  # of the instance folder; older results do not have it
    instance_sha256: str | None = None  # of the instance with its variants
    versions: dict[str, str]
    machine: dict[str, str | int | float]
    started: str
    airings: int | None = None
    rows: int | None = None
    windows: int | None = None
    outcome: Outcome
    value: int | None = None  # of the timetable, whatever was maximised
    amount: int | None = None  # of the objective, in its whole parts; the value if that was maximised
    bound: int | None = None  # on the objective, in the same parts
    certified_bound: int | None = None  # only if the cell asks for the files of the answer
    bounds: dict[str, int] = {}
    gains: dict[int, int] = {}  # by block: viewer-minutes by which it lowers the bound at given multipliers
    bound_seconds: float | None = None  # when the first bound was known
    gap: float | None = None
    planned_gap: float | None = None  # (bound − value) / (bound − audience of the fallback alone)
    regularity: RowRegularity | None = None  # older results do not have it
    hard_rules: HardRules | None = None  # kept, impossible (proven) or not found
    hard_missed: int | None = None
    soft_missed: int | None = None
    audience: int | None = None
    penalty: int | None = None
    verdict: Verdict = "none"  # the verdict of `verify`
    seconds: Seconds = Seconds()
    steps: dict[str, float] = {}
    peak_memory: float | None = None  # GB, of the whole process tree
    trajectory: tuple[Point, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether there is a timetable that keeps every hard rule, confirmed by `verify`."""
        return self.value is not None and self.verdict == "kept"


class Finished(BaseModel):
    """A cell's result, and the files of its answer by name, if the cell asks for them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    result: Result
    files: dict[str, str] = {}
