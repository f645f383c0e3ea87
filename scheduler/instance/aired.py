"""Rows of timetable.csv as an instance uses them: what has aired (history.csv) and what must stay (locks.csv)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from scheduler.instance.field_types import Frozen, Language, VersionKind

TIMETABLE_COLUMNS = (
    "airing_id",
    "channel",
    "broadcast_date",
    "start_local",
    "end_local",
    "timezone",
    "start_utc",
    "end_utc",
    "duration_min",
    "programme",
    "title",
    "episode",
    "run",
    "version_language",
    "version_kind",
    "original_language",
    "origin",
    "genre",
    "agreement",
    "direction",
    "daypart",
    "live",
    "anchor",
    "expected_viewers",
)
"""The columns of timetable.csv, in order. New ones are only ever added at the end."""

NEEDED_COLUMNS = frozenset(
    {
        "channel",
        "start_utc",
        "duration_min",
        "programme",
        "episode",
        "run",
        "version_language",
        "version_kind",
    }
)


def instant(value: Any) -> Any:
    """A moment with its offset, such as 2026-12-07T13:00:00Z, as UTC; whole minutes only."""
    if isinstance(value, datetime):
        return value
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"expected a moment such as 2026-12-07T13:00:00Z, got {value!r}") from None
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} does not say its offset; write 2026-12-07T13:00:00Z")
    if moment.second or moment.microsecond:
        raise ValueError(f"{value!r} is not on a whole minute")
    if not 1900 <= moment.year <= 2200:
        raise ValueError(f"{value!r} lies outside the years 1900 to 2200")
    return moment.astimezone(UTC)


Instant = Annotated[datetime, BeforeValidator(instant), WithJsonSchema({"type": "string", "format": "date-time"})]


class Aired(Frozen):
    """One airing of a programme version on a channel at an instant; other columns are left unread."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    channel: str
    start_utc: Instant
    duration_min: int = Field(ge=1, le=1440, description="length, whole minutes")
    programme: str
    episode: int = Field(1, ge=1)
    run: Literal["first", "rerun"]
    version_language: Language
    version_kind: VersionKind
    anchor: str = ""
