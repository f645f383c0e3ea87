"""Models of the rows of programmes.csv, anchors.csv and audience.csv."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from scheduler.instance.model.field_marks import Channels, Ref, Relaxable
from scheduler.instance.model.field_types import (
    MOST_EPISODES,
    Appeal,
    AudioShares,
    ClockTime,
    Codes,
    Dates,
    Day,
    Frozen,
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
    listed,
)
from scheduler.instance.model.placement import PlacementKind
from scheduler.messages import RefusedError, msg

VERSION_KINDS = ("original", "dubbed", "subtitled")
DELIVERIES = ("acquired", "own", "relay", "live", "exchange", "adapted")
"""How a channel gets a programme.

A programme given by a broadcaster is `exchange`; if it is dubbed or edited, `adapted`.
"""
Delivery = Annotated[str, Field(pattern=f"^({'|'.join(DELIVERIES)})$", description=", ".join(DELIVERIES))]

PROVENANCES = ("", "verified", "unverified", "synthetic-labelled", "synthetic-unlabelled")
Provenance = Annotated[str, Field(pattern=f"^({'|'.join(PROVENANCES)})$")]


def _age_mark(value: Any) -> Any:
    return value.removesuffix("+") if isinstance(value, str) else value


AgeMark = Annotated[int, BeforeValidator(_age_mark), Field(ge=0, le=21, description="years: 0, 6, 12, 16 or 18")]


class Version(Frozen):
    """One language version of a programme."""

    language: Language
    kind: VersionKind = "original"


def _versions(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    split = [part.partition(":") for part in listed(value)]
    return tuple(Version(language=code.strip(), kind=kind.strip() or "original") for code, _, kind in split)


def _territories(value: Any) -> Any:
    return None if value == "*" else value


def _titles(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    split = [part.partition(":") for part in listed(value)]
    return tuple((language.strip(), title.strip()) for language, _, title in split)


Titles = Annotated[
    tuple[tuple[Language, Annotated[str, Field(min_length=1)]], ...],
    BeforeValidator(_titles),
    WithJsonSchema({"type": "string", "examples": ["uzb:Ipak yoʻli;kaz:Жібек жолы"]}),
]


class Programme(Frozen):
    """A series, film, documentary, relay or live event with its episodes, versions and rights."""

    programme: Identifier = Field(description="id, a name of its own", examples=["korkyt-ata"])
    title: str = Field(description="the title as it is announced", examples=["Korkyt Ata"])
    genre: str = Field(description="film, drama, documentary, news, sport, … as rules name it", examples=["drama"])
    origin: Origin = Field(description="KZ, or with shares KZ:0.5;UZ:0.5", examples=["KZ:0.5;UZ:0.5"])
    minutes: int = Field(ge=1, le=1440, description="length of an episode, whole minutes", examples=[45])
    episodes: int = Field(1, ge=1, le=MOST_EPISODES, description="number of episodes", examples=[24])
    season: int | None = Field(
        None, ge=1, le=99, description="season that the episodes are of, for guides", examples=[2]
    )
    after: Annotated[Identifier, Ref("programme")] | None = Field(
        None,
        description="id of the season before: a placed series begins only after its last episode, and in its slot",
        examples=["korkyt-ata-1"],
    )
    versions: Annotated[tuple[Version, ...], BeforeValidator(_versions), Field(min_length=1)] = Field(
        description="language:kind; …, kinds are original, dubbed and subtitled",
        examples=["kaz:original;rus:dubbed"],
    )
    original_language: Language | None = Field(
        None, description="ISO 639-3; by default that of the original version", examples=["kaz"]
    )
    age: AgeMark = Field(0, description="age mark, years: 0, 6, 12, 16 or 18", examples=["16+"])
    delivery: Delivery = Field(
        "acquired",
        description="acquired, own, relay, live, or from another broadcaster: exchange (unaltered; its dubbed versions"
        " count as adapted) or adapted (edited or dubbed)",
        examples=["exchange"],
    )
    tags: Words = Field((), description="words that rules select by, separated by semicolons", examples=["joint;debut"])
    territories: Annotated[Codes | None, BeforeValidator(_territories)] = Field(
        None, description="where the rights hold; blank or * is everywhere", examples=["KZ;UZ"]
    )
    rights_from: Day | None = Field(None, description="first day of the rights", examples=["2026-12-01"])
    rights_to: Day | None = Field(None, description="last day of the rights", examples=["2027-11-30"])
    runs: int = Field(
        1, ge=1, le=50, description="runs of an episode in each territory that sees its channel", examples=[2]
    )
    runs_total: int | None = Field(
        None, ge=0, description="airings of all episodes everywhere; blank is no limit", examples=[48]
    )
    runs_channel: int | None = Field(None, ge=0, description="airings of all episodes on one channel", examples=[24])
    days_between_runs: int = Field(
        1, ge=1, le=3660, description="least broadcast days from a run of an episode to its next", examples=[7]
    )
    repeat_within_hours: int | None = Field(
        None,
        ge=1,
        le=24 * 14,
        description="hours from the start of a run in which a repeat on its channel uses no run; `followers` in"
        " `placement` plan them; the next run comes on a later day than all of them; blank is none",
        examples=[48],
    )
    repeats_per_run: int = Field(1, ge=1, le=9, description="repeats of a run that use no run", examples=[1])
    sharing: Literal["none", "second_window", "simulcast"] | None = Field(
        None,
        description="how the channels seen in one territory share it: none (one channel has it), second_window (another"
        " channel has it only `holdback_days` before or after), simulcast (those that air it begin at one instant,"
        " which is one run; for titles that air freely); blank is no limit",
        examples=["second_window"],
    )
    holdback_days: Annotated[int | None, Relaxable("lower")] = Field(
        None,
        ge=1,
        le=3660,
        description="of a second_window: least broadcast days between airings on different channels",
        examples=[30],
    )
    exclusive: Channels | None = Field(
        None,
        description="only these channels air it in the territories that see one of them",
        examples=["Qazaqstan.kz"],
    )
    exclusive_until: Day | None = Field(
        None, description="last day on which they have it alone; blank is without end", examples=["2026-12-31"]
    )
    not_before: Dates = Field(
        (),
        description="first day in a territory where it is later than `rights_from`, territory:day; …",
        examples=["UZ:2026-12-10;KG:2026-12-12"],
    )
    keep_value: int = Field(
        0,
        ge=0,
        description="what a run is worth that is left after the horizon, viewer-minutes; each run in a plan costs this",
        examples=[9000],
    )
    appeal: Appeal = Field(
        Decimal(1), description="audience against the curve, a factor; 1 is as usual", examples=[1.25]
    )
    serves: Annotated[Words | None, Ref("agreement")] = Field(
        None, description="agreements it counts for instead of those of its origin; none", examples=["KZ-UZ"]
    )
    source: str = Field("", description="where the figures are from", examples=["catalogue of 2026"])
    to_dub: Words = Field(
        (), description="languages whose dubbed version is still to be made, ISO 639-3", examples=["kaz;kir"]
    )
    cost: int = Field(
        0, ge=0, description="cost of licence and transmission of a run, in the budget's currency", examples=[400]
    )
    provenance: Provenance = Field(
        "", description="verified, unverified, synthetic-labelled or synthetic-unlabelled", examples=["verified"]
    )
    waivers: Words = Field((), description="approvals it has, by the name that rules use", examples=["nrta"])
    domestic_in: Codes | None = Field(
        None, description="territories that treat it as domestic; by default those of its origin", examples=["KZ;UZ"]
    )
    placement: PlacementKind | None = Field(
        None,
        description="strand, event, weekly, rubric or free; by default as `placement` in instance.yaml says",
        examples=["strand"],
    )
    owner: Identifier | None = Field(
        None, description="broadcaster that gives it under agreements between broadcasters", examples=["UzMTRK"]
    )
    titles: Titles = Field(
        (), description="the title in other languages, language:title; …, for guides", examples=["uzb:Ipak yoʻli"]
    )
    audio_shares: AudioShares = Field(
        (),
        description="where the original, and so a subtitled version, is heard in several languages: the share of each"
        " in its minutes, by which quotas of minutes count it; other rules and counts go by its first language",
        examples=["kaz:0.6;rus:0.4"],
    )
    soundtracks: Words = Field(
        (),
        description="where viewers can choose a language on a channel that transmits several soundtracks at once"
        " (`multi_audio`): all of them, ISO 639-3; the version that airs is the main one",
        examples=["kaz;rus"],
    )

    @model_validator(mode="after")
    def _fits(self) -> Programme:
        if self.rights_from and self.rights_to and self.rights_to < self.rights_from:
            raise RefusedError(msg("the rights: {what}", what=ends_before(self.rights_from, self.rights_to)))
        if (self.sharing == "second_window") != (self.holdback_days is not None):
            raise RefusedError(msg("`sharing: second_window` and `holdback_days` need each other"))
        if self.exclusive_until is not None and not self.exclusive:
            raise RefusedError(msg("`exclusive_until` needs `exclusive`, the channels that have the title alone"))
        if self.after == self.programme:
            raise RefusedError(msg("`after` names the title itself; write the season before"))
        if len(set(self.versions)) < len(self.versions):
            raise RefusedError(msg("a version appears twice"))
        unknown = set(self.to_dub) - {version.language for version in self.versions if version.kind == "dubbed"}
        if unknown:
            message = msg(
                "`to_dub` names {languages}, but there is no such dubbed version", languages=", ".join(sorted(unknown))
            )
            raise RefusedError(message)
        originals = {version.language for version in self.versions if version.kind == "original"}
        if not originals and self.original_language is None:
            raise RefusedError(msg("there is no original version; write its language in `original_language`"))
        _check_heard(self.audio_shares, self.spoken_originally)
        dubbed = {version.language for version in self.versions if version.kind == "dubbed"}
        unknown = set(self.soundtracks) - dubbed - {self.spoken_originally}
        if unknown:
            message = msg(
                "`soundtracks` names {languages}, but there is no such original or dubbed version",
                languages=", ".join(sorted(unknown)),
            )
            raise RefusedError(message)
        _check_several(self.soundtracks)
        return self

    @property
    def spoken_originally(self) -> str:
        """Language of the original."""
        if self.original_language is not None:
            return self.original_language
        return next(version.language for version in self.versions if version.kind == "original")


def _check_heard(shares: AudioShares, first: str) -> None:
    """Raise RefusedError if the shares of languages do not include the language of the programme."""
    if shares and first not in dict(shares):
        raise RefusedError(msg("`audio_shares` has no share of {language}, the language that it is in", language=first))


def _check_several(soundtracks: tuple[str, ...]) -> None:
    """Raise RefusedError if one soundtrack is named. A programme without a choice of language names none."""
    if soundtracks and len(set(soundtracks)) < 2:
        raise RefusedError(msg("`soundtracks` names one language; name all that viewers can choose from, or none"))


class Anchor(Frozen):
    """A fixed airing, on weekdays or on a date: the channel's own news, a relay, a holiday address."""

    anchor: Identifier = Field(description="id, a name of its own", examples=["news-20"])
    channel: Annotated[str, Ref("channel")] = Field(description="id of the channel", examples=["Qazaqstan.kz"])
    days: Weekdays | None = Field(None, description="weekdays; blank where a date is given", examples=["mon-fri"])
    date: Day | None = Field(None, description="one day instead of weekdays", examples=["2026-12-16"])
    start: ClockTime = Field(description="start, the channel's clock", examples=["20:00"])
    end: ClockTime = Field(
        description='end, the channel\'s clock; "25:30" is half past one the next morning', examples=["20:30"]
    )
    title: str = Field(description="the title as it is announced", examples=["Aqparat"])
    genre: str = Field(description="genre as rules name it", examples=["news"])
    origin: Origin = Field(description="KZ, or with shares KZ:0.5;UZ:0.5", examples=["KZ"])
    audio: Language = Field(description="spoken language, ISO 639-3", examples=["kaz"])
    version_kind: VersionKind = Field("original", description="original, dubbed or subtitled", examples=["dubbed"])
    original_language: Language | None = Field(None, description="ISO 639-3; by default the audio", examples=["kaz"])
    age: AgeMark = Field(0, description="age mark, years: 0, 6, 12, 16 or 18", examples=["12+"])
    delivery: Delivery = Field("own", description="acquired, own, relay, live, exchange or adapted", examples=["relay"])
    tags: Words = Field((), description="words that rules select by, separated by semicolons", examples=["sign"])
    run: Annotated[str, Field(pattern="^(first|rerun)$")] = Field(
        "first", description="first or rerun, as `run` in a selector counts it", examples=["rerun"]
    )
    appeal: Appeal = Field(
        Decimal(1), description="audience against the curve, a factor; 1 is as usual", examples=[0.9]
    )
    serves: Annotated[Words | None, Ref("agreement")] = Field(
        None, description="agreements it counts for instead of those of its origin; none", examples=["none"]
    )
    provenance: Provenance = Field(
        "", description="verified, unverified, synthetic-labelled or synthetic-unlabelled", examples=["unverified"]
    )
    waivers: Words = Field((), description="approvals it has, by the name that rules use", examples=["nrta"])
    owner: Identifier | None = Field(
        None, description="broadcaster that gives it under agreements between broadcasters", examples=["UzMTRK"]
    )
    second_pass: Words = Field(
        (),
        description="where clocks are put back: which of start and end is in the second pass of the hour that comes "
        "twice; start, end or start;end",
        examples=["end"],
    )
    audio_shares: AudioShares = Field(
        (),
        description="where several languages are heard: the share of each in its minutes, by which quotas of minutes"
        " count it; other rules and counts go by `audio`",
        examples=["kaz:0.6;rus:0.4"],
    )
    soundtracks: Words = Field(
        (),
        description="where viewers can choose a language on a channel that transmits several soundtracks at once"
        " (`multi_audio`): all of them, ISO 639-3; `audio` is the main one",
        examples=["kaz;rus"],
    )

    @model_validator(mode="after")
    def _fits(self) -> Anchor:
        check_when(self.days, self.date)
        if not set(self.second_pass) <= {"start", "end"}:
            message = msg(
                "`second_pass`: expected start, end or start;end, got '{value}'", value=";".join(self.second_pass)
            )
            raise RefusedError(message)
        if self.second_pass and self.date is None:
            raise RefusedError(msg("`second_pass` needs a `date`: clocks are put back on one day"))
        if self.second_pass != ("end",):
            check_order(self.start, self.end)
        check_length(self.start, self.end)
        _check_heard(self.audio_shares, self.audio)
        _check_several(self.soundtracks)
        if self.soundtracks and self.audio not in self.soundtracks:
            message = msg("`soundtracks` does not name {language}, the language that it is in", language=self.audio)
            raise RefusedError(message)
        return self


class AudienceRow(Frozen):
    """Average viewers of a channel in one hour of its local clock on some weekdays, or on one date.

    If several rows fit, a row for a date (a final, a holiday) has precedence over rows for weekdays, then a row for a
    genre, then one for a version kind. A channel needs a row without genre and version kind for each hour of each
    weekday.
    """

    channel: Annotated[str, Ref("channel")] = Field(description="id of the channel", examples=["Qazaqstan.kz"])
    days: Weekdays | None = Field(None, description="weekdays; blank where a date is given", examples=["mon-fri"])
    hour: int = Field(ge=0, le=23, description="hour of the channel's clock: 20 is 20:00 to 21:00", examples=[20])
    viewers: int = Field(ge=0, le=5_000_000_000, description="average viewers, persons", examples=[412000])
    genre: str = Field("", description="only for this genre; blank is any", examples=["sport"])
    version_kind: str = Field(
        "",
        pattern="^(|original|dubbed|subtitled)$",
        description="only for this kind of version; blank is any",
        examples=["dubbed"],
    )
    date: Day | None = Field(None, description="one day instead of weekdays", examples=["2026-12-19"])

    @model_validator(mode="after")
    def _fits(self) -> AudienceRow:
        check_when(self.days, self.date)
        return self
