"""timings.json: figures that depend on the machine and the clock."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scheduler.results.record import Record
from scheduler.results.result_file import SCHEMA_VERSION


class Moment(Record):
    """One line of the trajectory: value and bound after some seconds."""

    seconds: float = Field(ge=0)
    value: int | None = Field(description="viewer-minutes; none where there was no timetable yet")
    bound: int | None = Field(description="viewer-minutes; none where there was no bound yet")
    hard_miss: int | None = Field(description="weighted miss of the hard rows; 0 where they are kept")
    step: str = Field(description="the step of the search that improved the value or the bound")


class TimingsFile(Record):
    """The whole of timings.json."""

    schema_version: Literal[3] = SCHEMA_VERSION
    timetable_sha256: str | None
    finished: str = Field(description="UTC, ISO 8601")
    python: str
    seconds: float = Field(ge=0, description="of the search")
    steps: dict[str, float] = Field(description="seconds of each step")
    trajectory: tuple[Moment, ...] = Field(description="every improvement of the value or the bound")
