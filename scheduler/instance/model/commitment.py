"""Commitments: series that continue after a horizon, with the slot that the next horizon has to keep."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from scheduler.instance.model.field_marks import Ref
from scheduler.instance.model.field_types import (
    MOST_EPISODES,
    WEEKDAYS,
    ClockTime,
    Frozen,
    Language,
    VersionKind,
    Weekdays,
)

BETWEEN_SETS = ";"


def _split(value: Any) -> Any:
    """Split a cell into its day sets."""
    return [part.strip() for part in value.split(BETWEEN_SETS)] if isinstance(value, str) else value


def day_set_text(days: frozenset[str]) -> str:
    """A day set as a planner writes it, `mon-fri` or `mon, wed`."""
    if len(days) == len(WEEKDAYS):
        return "all"
    at = sorted(WEEKDAYS.index(day) for day in days)
    runs = [(first, last) for first in at for last in at if last - first >= 1 and {*range(first, last + 1)} == {*at}]
    return f"{WEEKDAYS[runs[0][0]]}-{WEEKDAYS[runs[0][1]]}" if runs else ", ".join(WEEKDAYS[one] for one in at)


def day_sets_text(sets: tuple[frozenset[str], ...]) -> str:
    """Day sets as one cell."""
    return f"{BETWEEN_SETS} ".join(day_set_text(days) for days in sets)


DaySets = Annotated[
    tuple[Weekdays, ...],
    BeforeValidator(_split),
    PlainSerializer(day_sets_text),
    WithJsonSchema({"type": "string", "examples": ["mon-fri", "mon-fri; mon-thu"]}),
]


class Commitment(Frozen):
    """A series that continues in its slot from the previous horizon.

    `parity solve` writes one row for each such series.

    The series keeps its channel, version, start and day set. Episodes before the next one count as aired. If
    history.csv does not have them, they count as aired on the day before the horizon.
    """

    programme: Annotated[str, Ref("programme")] = Field(description="id of the series", examples=["korkyt-ata"])
    channel: Annotated[str, Ref("channel")] = Field(description="id of the channel", examples=["Qazaqstan.kz"])
    start: ClockTime = Field(description="start on the channel's clock", examples=["20:30"])
    days: DaySets = Field(
        min_length=1,
        description="its weekdays; several sets, with ; between, where the timetable before leaves open which it is",
        examples=["mon-fri"],
    )
    version_language: Language = Field(description="language of the version, ISO 639-3", examples=["kaz"])
    version_kind: VersionKind = Field(description="original, dubbed or subtitled", examples=["original"])
    next_episode: int = Field(ge=1, le=MOST_EPISODES, description="number of the episode that is next", examples=[9])
