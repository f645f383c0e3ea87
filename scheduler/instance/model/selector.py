"""Selectors: the content to which a rule applies, by origin, genre, audio, version, age, delivery, run and tag."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from scheduler.instance.model.field_marks import Programmes, Ref
from scheduler.instance.model.field_types import Frozen, Words
from scheduler.messages import Listed, Message, RefusedError, Term, Value, msg

ORIGIN_WORDS = ("domestic", "foreign")
"""Origins whose meaning depends on the channel's territory."""


def _age(value: Any) -> Any:
    return value.removesuffix("+") if isinstance(value, str) else value


class Selector(Frozen):
    """Selects content that fits every given field.

    A list fits if one of its words fits. An empty selector fits everything.
    """

    origin: Annotated[Words | None, Ref("origin", selects=True)] = Field(
        None, description="country codes, or: domestic, foreign (of the channel's territory)"
    )
    genre: Annotated[Words | None, Ref("genre", selects=True)] = Field(None, description="genres as in programmes.csv")
    audio: Annotated[Words | None, Ref("audio", selects=True)] = Field(
        None, description="spoken language, ISO 639-3; a subtitled version speaks its original"
    )
    original_language: Annotated[Words | None, Ref("original language", selects=True)] = Field(
        None, description="language of the original, ISO 639-3"
    )
    version_kind: Annotated[Words | None, Ref("version kind", selects=True)] = Field(
        None, description="original, dubbed or subtitled"
    )
    age: Annotated[int, BeforeValidator(_age)] | None = Field(None, ge=0, le=21, description="age mark at least, years")
    delivery: Annotated[Words | None, Ref("delivery", selects=True)] = Field(
        None, description="acquired, own, relay, live, exchange (unaltered) or adapted (an exchanged programme, dubbed)"
    )
    run: Literal["first", "rerun"] | None = Field(
        None, description="first runs or reruns only; anchors and fallback by the run that they state"
    )
    tag: Annotated[Words | None, Ref("tag", selects=True)] = Field(None, description="tags as in programmes.csv")
    programme: Programmes | None = Field(None, description="programme ids")
    provenance: Annotated[Words | None, Ref("provenance", selects=True)] = Field(
        None, description="verified, unverified, synthetic-labelled or synthetic-unlabelled, as in programmes.csv"
    )
    waiver: Annotated[Words | None, Ref("waiver", selects=True)] = Field(
        None, description="programmes with one of these approvals"
    )
    episodes_over: int | None = Field(None, ge=0, description="series of more episodes than this")
    soundtracks: Literal["one", "several"] | None = Field(
        None, description="several: content with a choice of language (`soundtracks`); one: content without"
    )
    exclude: Selector | None = Field(None, alias="not", description="content that does not count")

    @model_validator(mode="after")
    def _excludes_content(self) -> Selector:
        if self.exclude is not None and self.exclude.run is not None:
            raise RefusedError(msg("`not` excludes content; state `run` next to `not`, not inside it"))
        return self

    def words(self) -> str:
        """The selector in English words, for labels: "foreign drama, film"."""
        return str(self.message())

    def message(self) -> Message | Listed:
        """The selector as a message."""
        parts: list[Value] = [_terms(self.origin)] if self.origin else []
        parts += [Listed(tuple(Term("genre", word) for word in self.genre))] if self.genre else []
        parts += [_terms(value) for value in (self.audio, self.version_kind) if value]
        parts += [f"{self.age}+"] if self.age is not None else []
        parts += [_terms(value) for value in (self.original_language, self.delivery, self.provenance) if value]
        parts += [Listed(value) for value in (self.tag, self.programme) if value]
        parts += [msg("with a waiver of {waivers}", waivers=Listed(tuple(self.waiver)))] if self.waiver else []
        if self.episodes_over is not None:
            parts.append(msg("of more than {number} episodes", number=self.episodes_over))
        if self.soundtracks is not None:
            several = self.soundtracks == "several"
            parts.append(msg("with several soundtracks") if several else msg("with one soundtrack"))
        if self.run is not None:
            parts.append(msg("first runs") if self.run == "first" else msg("reruns"))
        message = Listed(tuple(parts), " ") if parts else msg("all programmes")
        if self.exclude is None:
            return message
        return msg("{content} without {excluded}", content=message, excluded=self.exclude.message())


def _terms(words: tuple[str, ...]) -> Listed:
    return Listed(tuple(Term("word", word) for word in words))
