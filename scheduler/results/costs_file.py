"""costs.json: the costs of clauses, found by solving without each of them. It is in the folder of its timetable."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scheduler.results.record import Record
from scheduler.results.result_file import SCHEMA_VERSION, ClauseCost


class CostsFile(Record):
    """The whole of costs.json."""

    schema_version: Literal[3] = SCHEMA_VERSION
    instance: str = Field(description="name of the instance")
    instance_sha256: str
    timetable_sha256: str = Field(description="of timetable.csv")
    value: int = Field(description="of the timetable, with all clauses; viewer-minutes")
    bound: int | None = Field(description="on the value with all clauses; viewer-minutes")
    seconds: float = Field(gt=0, description="the limit of each search without a clause")
    clauses: tuple[ClauseCost, ...]
