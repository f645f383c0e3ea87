"""Models of the rows of history.csv (airings of the past) and of locks.csv (airings that must stay)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from scheduler.instance.derived.timeline import zone_clock
from scheduler.instance.model.field_marks import Ref
from scheduler.instance.model.field_types import (
    FORMAT,
    MOST_EPISODES,
    Day,
    Frozen,
    Language,
    VersionKind,
    iso_dates,
    shown,
)
from scheduler.messages import Listed, Message, RefusedError, msg
from scheduler.moments import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
"""The columns of timetable.csv, in order. New columns are only added at the end, because other tools read the file."""

EVIDENCE_COLUMNS = ("status", "evidence", "evidence_row", "evidence_sha256")
"""Additional columns of past airings: the status of an airing, and the file and rows that are the evidence for it."""

HISTORY_COLUMNS = (*TIMETABLE_COLUMNS, *EVIDENCE_COLUMNS, "format")
"""The columns of history.csv, in order."""

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


_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def place_of(row: Mapping[str, str]) -> tuple[str, str]:
    """(channel, start in UTC) of a row of a file, whose start may be written with any offset."""
    return row["channel"], utc_text(instant(row["start_utc"]))


def instant(value: Any) -> Any:
    """Convert a moment with its offset, such as 2026-12-07T13:00:00Z, to UTC. Only whole minutes are allowed."""
    if isinstance(value, datetime):
        return value
    try:
        moment = datetime.fromisoformat(iso_dates(str(value)))
    except ValueError:
        message = msg("expected a moment such as 2026-12-07T13:00:00Z, got {value}", value=shown(value))
        raise RefusedError(message) from None
    if moment.tzinfo is None:
        message = msg("{value} has no offset; write it as in 2026-12-07T13:00:00Z", value=shown(value))
        raise RefusedError(message)
    if moment.second or moment.microsecond:
        raise RefusedError(msg("{value} is not on a whole minute", value=shown(value)))
    if not 1900 <= moment.year <= 2200:
        raise RefusedError(msg("{value} lies outside the years 1900 to 2200", value=shown(value)))
    return moment.astimezone(UTC)


Instant = Annotated[datetime, BeforeValidator(instant), WithJsonSchema({"type": "string", "format": "date-time"})]


def _yes(value: Any) -> bool:
    """Read a cell that is `yes` or empty as True or False."""
    if isinstance(value, bool):
        return value
    if value not in ("yes", ""):
        raise RefusedError(msg("expected yes or nothing, got {value}", value=shown(value)))
    return bool(value)


class Aired(Frozen):
    """A row of history.csv: one past airing of a programme version on a channel. Other columns are ignored.

    It is of the channel's day on which its window begins: 00:30 in a window from 22:00 to 25:00 is of the day before,
    02:00 in a window from 00:00 to 05:00 is of that day. Days before the first one on record are not known.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    channel: Annotated[str, Ref("channel")] = Field(description="id of the channel", examples=["Qazaqstan.kz"])
    start_utc: Instant = Field(description="start with its offset", examples=["2026-12-07T13:00Z"])
    duration_min: int = Field(ge=1, le=1440, description="length, whole minutes", examples=[45])
    programme: Annotated[str, Ref("programme")] = Field(
        description="id of the programme, or of an anchor", examples=["korkyt-ata"]
    )
    episode: int = Field(1, ge=1, le=MOST_EPISODES, description="number of the episode", examples=[7])
    run: Literal["first", "rerun"] = Field(description="first or rerun", examples=["first"])
    version_language: Language = Field(description="language of the version, ISO 639-3", examples=["kaz"])
    version_kind: VersionKind = Field(description="original, dubbed or subtitled", examples=["original"])
    anchor: Annotated[bool, BeforeValidator(_yes), WithJsonSchema({"type": "string", "enum": ["yes", ""]})] = Field(
        False, description="yes for an anchor, which uses no rights", examples=["yes"]
    )
    status: str = Field(
        "",
        max_length=40,
        description="not_aired: it was announced and did not air, so its episode is still to come as a first run;"
        " anything else has aired",
        examples=["not_aired"],
    )
    format: int | None = Field(
        None,
        ge=1,
        description="format of the instance for which the row was written; blank is the present",
        examples=[2],
    )

    @model_validator(mode="after")
    def _of_this_format(self) -> Aired:
        if self.format not in (None, FORMAT):
            message = msg(
                "the row is of format {format}, and this version reads format {own}", format=self.format, own=FORMAT
            )
            raise RefusedError(message)
        return self


NOT_AIRED = "not_aired"
"""The status of a row of history.csv that did not air."""

WITHDRAWN: Final = "withdrawn"
"""The status of a row of a timetable that is no airing any more. An offer states it to the other side."""


class Lock(Frozen):
    """A row of locks.csv: an airing that must stay, in the columns of timetable.csv. An empty cell allows any value.

    Columns that the model does not have are ignored.

    Without a start, the airing may be at any start. With a broadcast date and no start, it is on that day of the
    channel. Without a programme, it may be of any programme. N equal lines require N airings.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    channel: Annotated[str | None, Ref("channel")] = Field(
        None, description="id of the channel; blank is any", examples=["Qazaqstan.kz"]
    )
    broadcast_date: Day | None = Field(
        None, description="broadcast day of the start; read where no start is given", examples=["2026-12-08"]
    )
    start_utc: Instant | None = Field(
        None, description="start with its offset, off the grid too; blank is any", examples=["2026-12-08T13:07Z"]
    )
    duration_min: int | None = Field(
        None,
        ge=1,
        le=1440,
        description="length, whole minutes; another length than the programme's is kept, too",
        examples=[52],
    )
    programme: Annotated[str | None, Ref("programme")] = Field(
        None, description="id of the programme, or of an anchor; blank is any", examples=["korkyt-ata"]
    )
    episode: int | None = Field(
        None, ge=1, le=MOST_EPISODES, description="number of the episode; blank is any", examples=[7]
    )
    run: Literal["first", "rerun"] | None = Field(
        None, description="first or rerun; blank is either", examples=["first"]
    )
    version_language: Language | None = Field(
        None, description="language of the version, ISO 639-3; blank is any", examples=["kaz"]
    )
    version_kind: VersionKind | None = Field(
        None, description="original, dubbed or subtitled; blank is any", examples=["original"]
    )
    anchor: Annotated[bool, BeforeValidator(_yes), WithJsonSchema({"type": "string", "enum": ["yes", ""]})] = Field(
        False, description="yes for an anchor, which stays anyway", examples=["yes"]
    )

    @model_validator(mode="before")
    @classmethod
    def _start_says_the_day(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("start_utc"):  # spreadsheets write days their own way
            return {name: value for name, value in values.items() if name != "broadcast_date"}
        return values

    @model_validator(mode="after")
    def _says_something(self) -> Lock:
        timed = self.start_utc is not None or self.broadcast_date is not None
        if self.programme is None and not (self.channel is not None and timed):
            raise RefusedError(
                msg("a lock needs a `programme`, or a `channel` with a `start_utc` or a `broadcast_date`")
            )
        if self.episode is not None and self.programme is None and not self.anchor:
            raise RefusedError(msg("an `episode` needs its `programme`"))
        return self

    @property
    def complete(self) -> bool:
        """Whether the lock names exactly one airing: channel, start, programme, version and run are given."""
        known = (self.channel, self.start_utc, self.programme, self.run, self.version_language, self.version_kind)
        return all(value is not None for value in known)

    def words(self) -> str:
        """The lock in English words, for labels."""
        return str(self.message())

    def message(self) -> Listed:
        """The lock as a message, to be shown in the user's language."""
        parts = [msg("'{programme}'", programme=self.programme) if self.programme else msg("an airing")]
        if self.episode:
            parts.append(msg("episode {episode}", episode=self.episode))
        if self.channel:
            parts.append(msg("on {channel}", channel=self.channel))
        if self.start_utc:
            parts.append(msg("at {moment}", moment=utc_text(self.start_utc)))
        elif self.broadcast_date:
            parts.append(msg("on {day}", day=self.broadcast_date))
        if self.run:
            parts.append(msg("as a first run") if self.run == "first" else msg("as a rerun"))
        return Listed(tuple(parts), " ")


def contradictions(
    row: Aired | Lock, cells: Mapping[str, str], zone: str, day_begins: int
) -> Iterator[tuple[str, Message]]:
    """Find columns whose time contradicts start_utc and duration_min. Yields the column and the problem.

    A lock without a start or a length has no time, so nothing can contradict it.

    Parameters
    ----------
    row, cells
        The row, and its cells as written, by column.
    zone
        The time zone of the channel.
    day_begins
        Minutes after midnight at which a broadcast day begins.
    """
    if row.start_utc is None or row.duration_min is None:
        return
    clock = zone_clock(zone)
    end = row.start_utc + timedelta(minutes=row.duration_min)
    local, local_end = (at.astimezone(clock).strftime("%Y-%m-%dT%H:%M") for at in (row.start_utc, end))
    reading = row.start_utc.astimezone(clock).replace(tzinfo=None)
    day = (reading - timedelta(minutes=day_begins)).date().isoformat()
    start = f"start_utc {cells['start_utc']}"
    both = f"{start}, duration_min {row.duration_min}"
    for column, length, real, by in (
        ("broadcast_date", 10, day, start),
        ("start_local", 16, local, start),
        ("end_local", 16, local_end, both),
        ("timezone", None, zone, "channel"),
    ):
        given = cells.get(column, real)
        rewritten = column == "broadcast_date" and not _ISO_DAY.match(given)  # spreadsheets write days their own way
        if given[:length] != real and not rewritten:
            yield column, _contradicts(column, given, real if column == "timezone" else f"{real} ({zone})", by)
    try:
        given = cells.get("end_utc", end.isoformat())
        if instant(given) != end:
            yield "end_utc", _contradicts("end_utc", given, utc_text(end), both)
    except RefusedError as error:
        yield "end_utc", msg("end_utc: {what}", what=error.reason)


def _contradicts(column: str, text: str, expected: str, by: str) -> Message:
    return msg(
        "{column} is {given}, but by {columns} it is {expected}; correct one of them",
        column=column,
        given=text,
        columns=by,
        expected=expected,
    )
