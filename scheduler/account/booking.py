"""A line of the ledger: an airing of one party on the other's channels, or another change of the account."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from scheduler.instance.model.field_types import Frozen
from scheduler.messages import RefusedError, msg

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kind = Literal[
    "opening",
    "planned",
    "claimed",
    "confirmed",
    "disputed",
    "adjustment",
    "make_good",
    "settlement",
    "waiver",
    "expiry",
    "closing",
]
MOVING: tuple[Kind, ...] = ("opening", "confirmed", "adjustment", "settlement", "waiver", "expiry")
"""Kinds that change the balance.

Planned, claimed and disputed lines do not change it yet; obligations and closings never do.
"""
AIRINGS: tuple[Kind, ...] = ("planned", "claimed", "confirmed", "disputed")
"""Kinds of lines for airings."""
ADDITIVE = ("minutes", "prime_minutes", "first_run_minutes", "runs")
"""Measures that can be added up. Titles and channels are counted per period and never added."""
GENESIS = "0" * 64
"""The hash before the first line."""

_FRACTION = re.compile(r"-?\d+(/[1-9]\d*|\.\d+)?")


def _fraction(value: Any) -> Any:
    """An exact quantity: 52, 52.5 or 105/2."""
    if isinstance(value, Fraction | int):
        return Fraction(value)
    text = str(value).strip()
    if not _FRACTION.fullmatch(text):
        raise RefusedError(msg("expected a quantity such as 52, 52.5 or 105/2, got '{value}'", value=str(value)))
    return Fraction(text)


Quantity = Annotated[
    Fraction,
    BeforeValidator(_fraction),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["105/2"]}),
]


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.fromisoformat(str(value)).astimezone(UTC)


Moment = Annotated[
    datetime, BeforeValidator(_moment), PlainSerializer(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"), return_type=str)
]


class Booking(Frozen):
    """One line. It is never edited. A correction adds a line that reverses it (`reverses`) and a new line."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    entry: int = Field(ge=1, description="number of the line, from 1 without holes")
    booked_at: Moment = Field(description="when it was booked, UTC")
    kind: Kind = Field(description="what the line is")
    agreement: str = Field(description="id of the agreement")
    giver: str = Field(
        description="whose programme it is; for an opening, the first party: the quantity is what it may still take"
    )
    taker: str = Field(description="party on whose channels it is")
    measure: str = Field("", description="minutes, prime_minutes, first_run_minutes or runs; blank for a closing")
    unit: str = Field("", description="unit of the quantity")
    quantity: Quantity = Field(description="exact: 52, 52.5 or 105/2; negative in a reversal")
    period: str = Field(description="the period of the agreement it counts in")
    air_date: date | None = Field(None, description="the channel's legal day of the airing")
    airing_id: str = Field("", description="the airing of timetable.csv")
    channel: str = ""
    programme: str = ""
    episode: str = ""
    start_utc: str = ""
    evidence: str = Field("", description="name of the file with the evidence")
    evidence_row: int | None = Field(None, description="line of that file")
    evidence_sha256: str = Field("", description="SHA-256 of that file")
    by: str = Field("", description="who confirmed, disputed or decided it")
    reverses: int | None = Field(None, description="the entry that this one reverses")
    settles: int | None = Field(None, description="the make-good obligation that this airing settles")
    due: date | None = Field(None, description="last day on which an obligation is to be met")
    daypart: str = Field("", description="daypart in which an obligation is to be met")
    reason: str = Field("", description="why: of a miss, a dispute, an adjustment")
    hash: str = Field("", description="SHA-256 over the line before and this one")

    @property
    def key(self) -> tuple[str, ...]:
        """The key of a line that may be booked only once: airing, measure, period, direction, obligation."""
        settles = "" if self.settles is None else str(self.settles)
        return (self.kind, self.measure, self.giver, self.taker, self.airing_id, self.period, settles)

    def cells(self) -> dict[str, str]:
        """The line as texts, in the order of the columns."""
        return {name: _text(value) for name, value in self.model_dump(mode="json").items()}

    def chained(self, before: str) -> Booking:
        """The same line with its hash, which includes the hash of the line before."""
        return self.model_copy(update={"hash": line_hash(before, self.cells())})


COLUMNS = tuple(Booking.model_fields)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def line_hash(before: str, cells: Mapping[str, str]) -> str:
    """SHA-256 over the hash of the previous line and the cells of this line without its hash."""
    text = "\x1f".join([before, *(cells.get(name, "") for name in COLUMNS if name != "hash")])
    return hashlib.sha256(text.encode()).hexdigest()


def in_force(bookings: Iterable[Booking]) -> list[Booking]:
    """The lines that no other line reverses, without the reversals themselves."""
    lines = list(bookings)
    taken_back = {line.reverses for line in lines if line.reverses is not None}
    return [line for line in lines if line.reverses is None and line.entry not in taken_back]
