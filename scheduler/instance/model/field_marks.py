"""What the type of a field declares besides its values: what its words name, and how its value can be relaxed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args

from scheduler.instance.derived.timeline import Period
from scheduler.instance.model.field_types import Code, Identifier, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

RefKind = Literal[
    "territory",
    "channel",
    "party",
    "programme",
    "agreement",
    "period",
    "origin",
    "genre",
    "audio",
    "original language",
    "tag",
    "version kind",
    "delivery",
    "provenance",
    "waiver",
    "licence",
]


Mark = TypeVar("Mark")


@dataclass(frozen=True, slots=True)
class Ref:
    """The words of a field, or the keys of a dict, name things of one kind that the instance has elsewhere.

    A word that nothing in the instance has is an error; where the field `selects` by it, a warning.
    """

    kind: RefKind
    selects: bool = False


@dataclass(frozen=True, slots=True)
class Relaxable:
    """A rule asks for less where the value of a field is lower or higher, its hours shorter or its words more.

    A carry-over asks for less where it is nearer to 0. Another time of an event may be possible.
    Hours count as relaxable where the rule bars something in them altogether: where none of its bounds is above 0.
    `most` is the highest share that the field takes; `of` the property of contents from which more words come.
    """

    way: Literal["lower", "higher", "shorter hours", "more words", "nearer 0", "other time"]
    most: Fraction = Fraction(1)
    of: Literal["", "audio", "version_kind"] = ""


Territories = tuple[Annotated[Code, Ref("territory")], ...]
"""Codes of territories of the instance."""

Channels = Annotated[Words, Ref("channel")]
"""Ids of channels."""

Parties = Annotated[Words, Ref("party")]
"""Parties: territories, or owners of channels."""

Party = Annotated[Identifier, Ref("party")]
"""A party: a territory, or an owner of channels."""

PERIODS: tuple[str, ...] = (*get_args(Period), "cumulative")
"""Periods that have a meaning of their own; `cumulative` is of agreements only."""

PeriodName = Annotated[Identifier, Ref("period")]
"""A period of the calendar, or one of the instance's `periods`."""

Programmes = Annotated[Words, Ref("programme")]
"""Ids of programmes."""


@lru_cache(maxsize=1000)
def refs_of(model: type[BaseModel]) -> Mapping[str, Ref]:
    """The fields of a model that name things elsewhere in the instance."""
    return {name: found for name, field in model.model_fields.items() if (found := _mark(Ref, field)) is not None}


@lru_cache(maxsize=1000)
def relaxable_of(model: type[BaseModel]) -> Mapping[str, Relaxable]:
    """The fields of a model that could be relaxed."""
    return {name: found for name, field in model.model_fields.items() if (found := _mark(Relaxable, field)) is not None}


def _mark(kind: type[Mark], field: Any) -> Mark | None:
    """A mark of a kind on a field's type or on a part of it, such as the items of a tuple or the keys of a dict."""
    for metadata in (*getattr(field, "metadata", ()), *getattr(field, "__metadata__", ())):
        if isinstance(metadata, kind):
            return metadata
    parts = get_args(getattr(field, "annotation", field))
    return next((found for part in parts if (found := _mark(kind, part)) is not None), None)
