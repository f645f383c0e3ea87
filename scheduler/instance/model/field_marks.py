"""Marks in the type of a field: what its words refer to, and how its value can be relaxed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args

from scheduler.instance.model.field_types import Code, Identifier, Words
from scheduler.instance.model.periods import Period

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
    """The words of a field, or the keys of a dict, are ids or properties of one kind that the instance has elsewhere.

    If nothing in the instance has a word, it is an error. If the field `selects` by the word, it is a warning.
    """

    kind: RefKind
    selects: bool = False


@dataclass(frozen=True, slots=True)
class Relaxable:
    """How the value of a field can be changed so that the rule asks for less.

    A number can be lower or higher, hours shorter, a list of words longer, a carry-over nearer to 0, an event at
    another time. Hours are relaxable only if the rule forbids something in them completely, that is, if none of its
    bounds is above 0. `most` is the highest share that the field may have. `of` is the property of contents from which
    further words are taken.
    """

    way: Literal["lower", "higher", "shorter hours", "more words", "nearer 0", "other time"]
    most: Fraction = Fraction(1)
    of: Literal["", "audio", "version_kind"] = ""


Territories = tuple[Annotated[Code, Ref("territory")], ...]
"""Codes of territories of the instance."""

Channels = Annotated[Words, Ref("channel")]
"""Ids of channels."""

Parties = Annotated[Words, Ref("party")]
"""Ids of parties. A party is a territory or an owner of channels."""

Party = Annotated[Identifier, Ref("party")]
"""Id of a party: a territory or an owner of channels."""

PERIODS: tuple[str, ...] = (*get_args(Period), "cumulative")
"""Periods with a fixed meaning. `cumulative` is for agreements only."""

PeriodName = Annotated[Identifier, Ref("period")]
"""A period of the calendar, or one of the instance's `periods`."""

Programmes = Annotated[Words, Ref("programme")]
"""Ids of programmes."""


@lru_cache(maxsize=1000)
def refs_of(model: type[BaseModel]) -> Mapping[str, Ref]:
    """The fields of a model that refer to things elsewhere in the instance."""
    return {name: found for name, field in model.model_fields.items() if (found := _mark(Ref, field)) is not None}


@lru_cache(maxsize=1000)
def relaxable_of(model: type[BaseModel]) -> Mapping[str, Relaxable]:
    """The fields of a model that can be relaxed."""
    return {name: found for name, field in model.model_fields.items() if (found := _mark(Relaxable, field)) is not None}


def _mark(kind: type[Mark], field: Any) -> Mark | None:
    """The mark of a kind on a field's type, or on a part of this type (the items of a tuple, the keys of a dict)."""
    for metadata in (*getattr(field, "metadata", ()), *getattr(field, "__metadata__", ())):
        if isinstance(metadata, kind):
            return metadata
    parts = get_args(getattr(field, "annotation", field))
    return next((found for part in parts if (found := _mark(kind, part)) is not None), None)
