"""Which content a rule speaks of: a selector over origin, genre, audio, version, age, delivery, run, tag."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from scheduler.instance.model.field_types import Frozen, Words

ORIGIN_WORDS = ("domestic", "foreign")
"""Origins that each channel's territory gives a meaning."""


def _age(value: Any) -> Any:
    return value.removesuffix("+") if isinstance(value, str) else value


class Selector(Frozen):
    """Content that fits every field given; a list fits where one of its words does. Empty fits everything."""

    origin: Words | None = Field(None, description="country codes, or: domestic, foreign (of the channel's territory)")
    genre: Words | None = Field(None, description="genres as in programmes.csv")
    audio: Words | None = Field(None, description="spoken language, ISO 639-3; a subtitled version speaks its original")
    original_language: Words | None = Field(None, description="language of the original, ISO 639-3")
    version_kind: Words | None = Field(None, description="original, dubbed or subtitled")
    age: Annotated[int, BeforeValidator(_age)] | None = Field(None, ge=0, le=21, description="age mark at least, years")
    delivery: Words | None = Field(None, description="acquired, own, relay or live")
    run: Literal["first", "rerun"] | None = Field(None, description="first runs or reruns only")
    tag: Words | None = Field(None, description="tags as in programmes.csv")
    programme: Words | None = Field(None, description="programme ids")
    provenance: Words | None = Field(
        None, description="verified, unverified, synthetic-labelled or synthetic-unlabelled, as in programmes.csv"
    )
    waiver: Words | None = Field(None, description="programmes with one of these approvals")
    episodes_over: int | None = Field(None, ge=0, description="series of more episodes than this")
    exclude: Selector | None = Field(None, alias="not", description="content that does not count")

    @model_validator(mode="after")
    def _excludes_content(self) -> Selector:
        if self.exclude is not None and self.exclude.run is not None:
            raise ValueError("`not` speaks of content; whether a run is a first run is said beside it, not inside")
        return self

    def words(self) -> str:
        """The selector in words, for labels: "foreign drama, film"."""
        parts = [list(value) for value in (self.origin, self.genre, self.audio, self.version_kind) if value]
        more = [f"{self.age}+"] if self.age is not None else []
        for value in (self.original_language, self.delivery, self.tag, self.programme, self.provenance):
            more += [", ".join(value)] if value else []
        more += [f"with a waiver of {', '.join(self.waiver)}"] if self.waiver else []
        more += [f"of more than {self.episodes_over} episodes"] if self.episodes_over is not None else []
        more += [f"{self.run} runs"] if self.run == "first" else (["reruns"] if self.run else [])
        said = " ".join([*(", ".join(part) for part in parts), *more]) or "all programmes"
        return f"{said} without {self.exclude.words()}" if self.exclude else said
