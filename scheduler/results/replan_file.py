"""replan.json: the changes of a replan, their causes, and proven bounds."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from scheduler.results.message_record import MessageRecord
from scheduler.results.record import Record
from scheduler.rules.framework.aspect import Aspect

REPLAN_FILE: Final = "replan.json"
REPLAN_SCHEMA: Final = 1


class ChangeRecord(Record):
    """One change of an airing."""

    number: int = Field(ge=1, description="of the change; causes refer to it")
    change: Literal["moved", "altered", "dropped", "added"]
    programme: str
    title: str
    channel: str
    start_before: str | None = Field(description="UTC; none where it is new")
    start_after: str | None = Field(description="UTC; none where it is dropped")
    minutes_moved: int = Field(description="later, or earlier where negative")
    episode_before: int | None
    episode_after: int | None
    days_to_air: int | None = Field(description="broadcast days from the first that is not frozen; none in the freeze")
    viewers: int = Field(ge=0, description="viewer-minutes that were expected of it as published")
    weight: int = Field(ge=0)
    standing: Literal["", "proposed"] = Field(description="proposed: on a channel of another party than `side`")
    status_before: str = Field(
        "",
        description="its status, from draft to aired; empty where it is new or no status is known",
    )
    cause: str = Field(description="what forced it, in English")
    message: MessageRecord = Field(description="the same as a key and values")


class SlipRecord(Record):
    """A series that slips in a territory: one change."""

    programme: str
    title: str
    territory: str
    by: int | None = Field(description="episodes by which it is later; none where its airings differ")
    airings: int = Field(ge=1, description="kept airings that show another episode")
    weight: int = Field(ge=0)


class NotAired(Record):
    """A published airing of the frozen days that did not air; its minutes stay unused."""

    airing: str
    programme: str
    episode: int
    cause: MessageRecord


class ParityRecord(Record):
    """A row of an agreement before and after."""

    agreement: str
    period: str
    aspect: Aspect
    giver: str = ""  # of a least amount
    taker: str = ""
    unit: str
    before: float
    after: float
    miss_before: int
    miss_after: int


class HoldRecord(Record):
    """What may not change and makes hard rows be missed."""

    hold: Literal["locks", "freeze", "accepted"]
    hard_miss: float = Field(ge=0, description="least hard miss found without it, in whole hard rows")
    named: tuple[str, ...] = Field(
        (),
        description="the locks that are a cause alone; of the freeze and acceptances, as few airings as must change",
    )


class GivenUpLock(Record):
    """A lock whose airing news has removed."""

    line: int = Field(ge=2, description="line of locks.csv")
    lock: str = Field(description="what it asks for, in English")


class GoneAiring(Record):
    """A published airing of what the instance no longer has."""

    airing: str
    why: MessageRecord


class ReplanFile(Record):
    """The whole of replan.json."""

    schema_version: Literal[1] = REPLAN_SCHEMA
    instance: str
    instance_sha256: str
    published_sha256: str
    timetable_sha256: str
    frozen_until: str | None
    side: str | None
    parameters: dict[str, float] = Field(default={}, description="of the search, those that differ from the default")
    published: int = Field(ge=0, description="published airings in the horizon")
    frozen: int = Field(ge=0, description="of these, frozen")
    counts: dict[str, int] = Field(description="kept, renumbered, moved, altered, dropped, added, slipped, not_aired")
    by_days_to_air: dict[str, int] = Field(description="changes by days to air: 0-2, 3-7, 8-14, later")
    most_minutes_moved: int = Field(ge=0)
    viewers_affected: int = Field(ge=0, description="viewer-minutes that were expected of changed airings")
    searched: bool = Field(
        default=True,
        description="false: the time was too short, so this is the published timetable without what can no longer air",
    )
    change: int = Field(ge=0, description="weighted change of what is not frozen")
    change_bound: int = Field(ge=0, description="no timetable with as little hard miss weighs less")
    number: int = Field(ge=0, description="changes; a slip is one")
    number_bound: int = Field(ge=0, description="no timetable with as little hard miss makes fewer changes")
    hard_missed: tuple[str, ...] = Field(description="hard rows missed after the freeze, in English")
    hard_missed_messages: tuple[MessageRecord, ...] = Field((), description="the same as keys and values")
    holds: tuple[HoldRecord, ...] = Field(
        default=(), description="locks, freeze or acceptances without which less of the hard rules would be missed"
    )
    locks_given_up: tuple[GivenUpLock, ...] = Field(
        default=(), description="locks of airings that news has removed: the replan does without them"
    )
    hard_miss: float = Field(ge=0, description="in whole hard rows")
    hard_miss_bound: float = Field(ge=0)
    value: int = Field(description="viewer-minutes, after the freeze")
    value_bound: int | None = Field(description="with as little change no timetable is worth more; none if not known")
    free_bound: int | None = Field(description="with any change no timetable is worth more; none if not known")
    changes: tuple[ChangeRecord, ...]
    slips: tuple[SlipRecord, ...]
    not_aired: tuple[NotAired, ...]
    gone: tuple[str, ...] = Field(description="published airings of what the instance no longer has, in English")
    gone_airings: tuple[GoneAiring, ...] = Field((), description="the same, with the reason as a key and values")
    parity: tuple[ParityRecord, ...]
