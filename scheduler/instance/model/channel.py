"""Territories, and channels with their windows of airtime."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from scheduler.instance.model.field_marks import Ref
from scheduler.instance.model.field_types import (
    WEEKDAYS,
    Appeal,
    ClockTime,
    Code,
    Codes,
    Day,
    Frozen,
    Hours,
    Identifier,
    Language,
    Origin,
    VersionKind,
    Weekdays,
    Words,
    check_length,
    check_order,
    check_when,
    ends_before,
)
from scheduler.instance.model.selector import Selector
from scheduler.messages import RefusedError, msg

if TYPE_CHECKING:
    from datetime import date


class Territory(Frozen):
    """A country as a licensing territory. Its law holds on its channels."""

    name: str = Field(description="what the country is called")
    population: int | None = Field(None, gt=0, description="inhabitants")
    source: str = Field("", description="where the population figure is from")


class Fallback(Frozen):
    """What a channel airs in the minutes of a window that stay unused: by default its own programme."""

    title: str = Field("own programme", description="title as it is announced")
    origin: Origin | None = Field(None, description="by default the channel's territory")
    genre: str = Field("general", description="genre as rules name it")
    audio: Language | None = Field(None, description="by default the channel's first language")
    version_kind: VersionKind = Field("original", description="original, dubbed or subtitled")
    age: int = Field(0, ge=0, le=21, description="age mark, years")
    delivery: str = Field("own", description="acquired, own, relay, live, exchange or adapted")
    tags: Words = Field((), description="words that rules select by")
    soundtracks: Words = Field(
        (),
        description="languages that viewers can choose from, if the channel is `multi_audio`; `audio` is the main one",
    )
    run: Literal["first", "rerun"] | None = Field(
        None, description="whether `run` in a selector takes it as a first run or as a rerun; by default as neither"
    )
    appeal: Appeal = Field(Decimal(1), description="audience against the curve; 1 is as usual, 0 nobody")


class Window(Frozen):
    """A block of airtime that a channel offers, by weekday or on dates, from start to end on its local clock."""

    days: Weekdays | None = Field(None, description="mon-fri, or a list of weekdays")
    dates: tuple[Day, ...] | None = Field(
        None, description="days of the calendar instead of weekdays; on them it replaces the channel's regular windows"
    )
    start: ClockTime = Field(description="on the channel's clock")
    end: ClockTime = Field(description='after the start; "25:30" is half past one the next morning')
    start_every: int | None = Field(None, ge=1, le=60, description="programmes start on these minutes of the hour")
    accept: Selector | None = Field(None, description="content that may air here; by default any")
    fallback: Fallback | None = Field(None, description="by default the channel's")

    @model_validator(mode="after")
    def _fits(self) -> Window:
        check_when(self.days, self.dates)
        check_order(self.start, self.end)
        check_length(self.start, self.end)
        if self.accept is not None and self.accept.run is not None:
            raise RefusedError(msg("a window accepts content; it cannot distinguish first runs from reruns"))
        if self.start_every is not None and 60 % self.start_every:
            raise RefusedError(
                msg("`start_every` is {minutes}, which does not divide the hour", minutes=self.start_every)
            )
        return self


class NamedSlot(Frozen):
    """A regular slot of a channel: one start on some weekdays of a season."""

    name: Annotated[str, Field(min_length=1)] = Field(description='what the channel calls it, e.g. "evening serial"')
    days: Weekdays = Field(description="weekdays of the broadcast day")
    start: ClockTime = Field(description="on the channel's clock")
    minutes: int | None = Field(None, ge=1, le=1440, description="the longest place that fits; by default any")
    accept: Selector | None = Field(None, description="content that it is for, e.g. {genre: drama}; by default any")
    first: Day | None = Field(None, description="first broadcast day of its season")
    last: Day | None = Field(None, description="last broadcast day of its season")
    empty_price: int = Field(
        0,
        ge=0,
        description="price of each of its days on which nothing that it accepts begins, viewer-minutes; for a slot"
        " that another title fills each week, e.g. a film on Thursday at 22:00",
    )

    @model_validator(mode="after")
    def _in_order(self) -> NamedSlot:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise RefusedError(ends_before(self.first, self.last))
        if self.accept is not None and self.accept.run is not None:
            raise RefusedError(msg("a slot is for content; it cannot distinguish first runs from reruns"))
        return self

    def holds_on(self, day: date) -> bool:
        """Whether a broadcast day is one of its weekdays, in its season."""
        return WEEKDAYS[day.weekday()] in self.days and (self.first or day) <= day <= (self.last or day)


class Treaty(Frozen):
    """An international agreement under which a channel broadcasts. A memorandum between broadcasters is not one."""

    name: Annotated[str, Field(min_length=1)] = Field(description="what it is called")
    date: Day = Field(description="day on which it was signed")
    article: Annotated[str, Field(min_length=1)] = Field(description="the article that the channel rests on")


class Channel(Frozen):
    """A channel: one clock, one licensing territory, the territories it is seen in, and its windows."""

    id: Identifier = Field(description="a name of its own, by which tables and rules refer to it")
    name: str = Field(description="what it is called")
    territory: Annotated[Code, Ref("territory")] = Field(description="whose law holds")
    zone: str = Field(description="IANA time zone, e.g. Asia/Almaty")
    coverage: Annotated[Codes | None, Ref("territory")] = Field(
        None, description="territories it is seen in; by default its own"
    )
    party: Codes | None = Field(
        None, description="party of agreements it belongs to, or several; by default its territory"
    )
    owner: Words | None = Field(
        None, description="broadcaster that it belongs to, or several: parties of agreements beside the territories"
    )
    registered_in: Codes | None = Field(
        None, description="territories in which it is registered as a foreign channel; rules may speak of those"
    )
    laws: Annotated[Codes | None, Ref("territory")] = Field(
        None, description="territories whose rules of law hold on it; by default its own"
    )
    audience: Literal["domestic", "foreign"] = Field(
        "domestic", description="whom it is made for; rules may speak of one of them only"
    )
    licence: Identifier | None = Field(
        None, description="its kind of licence, as rules name it, e.g. broadcast or commercial"
    )
    treaty: Treaty | None = Field(
        None,
        description="the international agreement under which it broadcasts, if any: rules with `exempt: treaty` do not"
        " hold on it",
    )
    multi_audio: bool = Field(
        False,
        description="it transmits several soundtracks at once with content that has `soundtracks`; rules may speak of"
        " such channels only",
    )
    languages: tuple[Language, ...] = Field(min_length=1, description="the first is the fallback's")
    dayparts: dict[str, Hours] = Field(default_factory=dict, description="where they differ from the instance's")
    fallback: Fallback = Field(Fallback(), description="what airs where a window stays unused")
    windows: tuple[Window, ...] = Field((), description="the airtime that is planned")
    slots: tuple[NamedSlot, ...] = Field(
        (), description="its regular places; `free_start_price` in a line of `placement` makes series prefer them"
    )
    source: str = Field("", description="where the figures are from")

    @property
    def belongs_to(self) -> tuple[str, ...]:
        """The parties of agreements that the channel belongs to: territories, and the broadcasters that own it."""
        return tuple(dict.fromkeys((*(self.party or (self.territory,)), *(self.owner or ()))))

    @property
    def under_laws_of(self) -> tuple[str, ...]:
        """The territories whose rules of law hold on the channel."""
        return self.laws or (self.territory,)

    @property
    def seen_in(self) -> tuple[str, ...]:
        """The territories in which rights must hold."""
        return self.coverage or (self.territory,)

    def windows_on(self, day: date) -> list[Window]:
        """The windows that begin on a day of the calendar: those of its date, or else the regular ones."""
        special = [window for window in self.windows if window.dates and day in window.dates]
        return special or [window for window in self.windows if window.days and WEEKDAYS[day.weekday()] in window.days]
