"""`parity explain --json`: which clauses cannot hold together, and the smallest changes with which they can."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, JsonValue

from scheduler.results.record import Record

EXPLANATION_SCHEMA: Final = 1


class ClauseRecord(Record):
    """A clause of the instance, and its place in the files."""

    rule: str = Field(description="id of the rule or agreement; `rights` and `locks` of the tables")
    part: str = Field(description="the path of the part below it, for example select.kind")
    words: str = Field(description="the clause in a sentence, in English")
    file: str
    line: int = Field(description="counts from 1; of the file")
    column: int = Field(description="counts from 1")


class RemedyRecord(Record):
    """One edit: the value at a path of a file becomes another."""

    words: str = Field(description="the edit in a sentence, in English")
    path: tuple[str | int, ...] = Field(description="positions in lists count from 0")
    old: JsonValue = Field(serialization_alias="from", description="the value as it is written now")
    new: JsonValue = Field(serialization_alias="to", description="the value to write; none: leave the clause out")
    nearest: bool = Field(description="whether no nearer value is enough")
    enough: bool = Field(description="whether every hard rule was shown to hold with it; else only this clash ends")
    file: str
    line: int = Field(description="counts from 1; of the file")
    column: int = Field(description="counts from 1")


class FindingRecord(Record):
    """A clash that arithmetic alone finds."""

    reason: Literal["rights", "windows", "anchors", "together"]
    clauses: tuple[ClauseRecord, ...]
    text: str = Field(description="the arithmetic in a sentence, in English")


class HardMiss(Record):
    """A row of a hard rule that the timetable with the smallest misses misses."""

    rule: str = Field(description="id of the rule or agreement")
    channel: str = Field(description="what the row is of: a channel, a territory, a pair of parties")
    period: str = Field(description="2026-W50, 2026-12-07, horizon, …")
    miss: int = Field(ge=0, description="whole units missed, rounded up")
    unit: str
    text: str = Field(description="the row in a sentence, in English")


class ClashRecord(Record):
    """Clauses that cannot hold together."""

    clauses: tuple[ClauseRecord, ...]
    minimal: bool = Field(description="whether every single clause was shown to be needed for the clash")
    confirmed: bool = Field(description="whether a second solver proves it, too")
    where: tuple[str, ...] = Field(description="channels and periods, in English")
    because: tuple[str, ...] = Field(description="what limits the clauses, in English")
    exemptions: tuple[str, ...] = Field(description="what an international agreement would exempt, in English")
    remedies: tuple[RemedyRecord, ...] = Field(description="the best one first")


class GivenUpRecord(Record):
    """A clause that is given up, and the clashes that it resolves."""

    clause: ClauseRecord
    clashes: tuple[int, ...] = Field(description="positions in `clashes`, counted from 0")


class ExplanationFile(Record):
    """The whole of what `parity explain --json` prints."""

    schema_version: Literal[1] = EXPLANATION_SCHEMA
    instance: str = Field(description="name of the instance")
    instance_sha256: str
    parameters: dict[str, JsonValue] = Field(description="of explain, those that differ from the default")
    verdict: Literal["holds", "clash", "undecided"]
    findings: tuple[FindingRecord, ...]
    least_misses_proved: bool = Field(description="whether `misses` are proven to be the smallest")
    misses: tuple[HardMiss, ...] = Field(description="of the timetable with the smallest misses found")
    clashes: tuple[ClashRecord, ...]
    given_up: tuple[GivenUpRecord, ...] = Field(description="a set of clauses that meets every clash")
    given_up_instead: tuple[tuple[ClauseRecord, ...], ...] = Field(description="other sets of the same size")
    complete: bool = Field(description="whether all other clauses can hold without those given up")
    solved_by_first_remedies: bool = Field(description="whether the first remedies together solve the instance")
