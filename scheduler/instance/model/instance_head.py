"""The content of instance.yaml without agreements and rules: horizon, channels, periods, placement, deadlines."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from scheduler.instance.model.change import Change
from scheduler.instance.model.channel import Channel, Territory
from scheduler.instance.model.deadline import DEFAULT_DEADLINES, Deadline, WorkCalendar
from scheduler.instance.model.field_marks import PERIODS
from scheduler.instance.model.field_types import ClockTime, Code, Day, Frozen, Hours, Identifier, ends_before
from scheduler.instance.model.placement import DEFAULT_PLACEMENT, Placement
from scheduler.messages import RefusedError, msg

PRIME = "prime"


class Horizon(Frozen):
    """The days that are planned: legal days (00:00 to 24:00) on the clock of each channel."""

    start: Day = Field(description="first day")
    days: int = Field(ge=1, le=400, description="number of days")

    @model_validator(mode="after")
    def _fits(self) -> Horizon:
        if not 1970 <= self.start.year <= 2200:
            message = msg("the horizon starts on {day}; expected a year from 1970 to 2200", day=str(self.start))
            raise RefusedError(message)
        return self


def _divides_the_hour(minutes: int) -> int:
    if 60 % minutes:
        raise RefusedError(msg("{minutes} does not divide the hour; use 5, 10, 15 or 30", minutes=minutes))
    return minutes


def _own_period(name: str) -> str:
    if name in PERIODS or not name[:1].isalpha():
        message = msg(
            "the period '{name}' needs a name that begins with a letter and is none of {words}",
            name=name,
            words=", ".join(PERIODS),
        )
        raise RefusedError(message)
    return name


class NamedPeriod(Frozen):
    """A range of dates that rules and agreements name as their period: a season, Ramadan, a quarter of an agreement."""

    first: Day = Field(description="first day")
    last: Day = Field(description="last day")

    @model_validator(mode="after")
    def _in_order(self) -> NamedPeriod:
        if self.last < self.first:
            raise RefusedError(ends_before(self.first, self.last))
        return self


class InstanceHead(Frozen):
    """The content of instance.yaml without agreements and rules: what the models of rules may refer to."""

    format: Literal[2] = Field(description="the format of the folder; `parity upgrade DIR` writes it into older ones")
    name: str = Field(description="what the instance is called")
    description: str = Field("", description="what it is about, for the reader")
    horizon: Horizon = Field(description="the days that are planned")
    grid_minutes: Annotated[int, AfterValidator(_divides_the_hour)] = Field(
        5, ge=1, le=60, description="length of a grid step; divides the hour"
    )
    broadcast_day: ClockTime = Field(
        300, description="when a broadcast day begins on every channel's clock, by default 05:00"
    )
    dayparts: dict[str, Hours] = Field(
        default_factory=lambda: {PRIME: (18 * 60, 23 * 60)},
        description="named hours, prime among them: by default 18:00 to 23:00",
    )
    periods: dict[Annotated[str, AfterValidator(_own_period)], NamedPeriod] = Field(
        default_factory=dict,
        description="ranges of dates that a `period:` names, e.g. {ramadan: {first: 2027-02-08, last: 2027-03-09}}",
    )
    territories: dict[Code, Territory] = Field(min_length=1, description="the countries, by their codes of two letters")
    channels: tuple[Channel, ...] = Field(min_length=1, description="the channels of all parties")
    episode_columns: int = Field(
        2000,
        ge=0,
        description="most pairs of a start and an episode that one series may need to continue although its past"
        " differs: on a channel seen in several territories, in one of which more has aired; a series that needs more"
        " does not air on such a channel unless it is on air there",
    )
    placement: tuple[Placement, ...] = Field(
        DEFAULT_PLACEMENT,
        description="how titles are placed; [{as: free}] places all of them freely. Without it, titles of several"
        " episodes are weekly (quiz, entertainment, talk, documentary, education), strands (8 and more episodes) or"
        " events; concerts, live events and relays are free",
    )
    change: Change = Field(Change.model_validate({}), description="what a change of a published timetable weighs")
    deadlines: tuple[Deadline, ...] = Field(
        DEFAULT_DEADLINES,
        description="what is due before an airing, e.g. [{deadline: press, before: 14}]; by default, in days before"
        " it, grid 21, press 14, guide 7, notice 3",
    )
    calendars: dict[Identifier, WorkCalendar] = Field(
        default_factory=dict,
        description="working days of parties, e.g. {KZ: {holidays: [2026-12-16]}}; without one, Monday to Friday",
    )
    ledger: str = Field("ledger", description="folder of the agreements' ledgers, seen from the instance's folder")

    @property
    def written_placement(self) -> tuple[Placement, ...]:
        """The lines of `placement` in instance.yaml. Empty if the defaults hold."""
        return self.placement if "placement" in self.model_fields_set else ()

    @model_validator(mode="after")
    def _fits(self) -> InstanceHead:
        if self.broadcast_day >= 24 * 60:
            raise RefusedError(msg("`broadcast_day` must be before 24:00"))
        if PRIME not in self.dayparts:
            raise RefusedError(msg("`dayparts` needs `prime`, the hours that count as prime"))
        return self
