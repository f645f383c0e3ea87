"""A message is a key and values. It is rendered in the reader's language at the place where it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeAlias

SPELLED = {
    ("every", "6h"): "6 hours",
    ("every", "half_year"): "half-year",
    ("every", "broadcast_day"): "broadcast day",
}
"""The English words of terms whose code is no English word."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the vocabulary: a unit, a period, a measure, a genre. English shows the code if it is a word."""

    kind: str  # unit, period, every, measure, genre, word
    code: str

    def __str__(self) -> str:
        return SPELLED.get((self.kind, self.code), self.code)


@dataclass(frozen=True, slots=True)
class Percent:
    """A share, shown in per cent with the necessary decimals, after a sign if one is given."""

    share: Fraction
    sign: str = ""

    def __str__(self) -> str:
        return f"{self.sign}{float(self.share) * 100:g} %"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence or a part of one.

    `key` is the English text with names in braces, as gettext has it; `plural` is its form for numbers other than 1 of
    the value `count`, empty if there is none. `str()` is the English sentence.
    """

    key: str
    plural: str = ""
    values: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        values = dict(self.values)
        template = self.plural if self.plural and values["count"] != 1 else self.key
        return template.format(**{name: english(value) for name, value in self.values})


@dataclass(frozen=True, slots=True)
class Listed:
    """Parts with a sign or a word between them: " and ", " or ", ", ", " "."""

    parts: tuple[Value, ...]
    between: str = ", "

    def __str__(self) -> str:
        return self.between.join(english(part) for part in self.parts)


Value: TypeAlias = "str | int | Fraction | date | Term | Percent | Message | Listed"


class MessageError(Exception):
    """An error whose reason is a message: `str()` is the English sentence."""

    def __init__(self, message: Value) -> None:
        self.text = message
        super().__init__(english(message))


class RefusedError(ValueError):
    """A value that a validator refuses, with the reason as a message. pydantic collects it like every ValueError."""

    def __init__(self, reason: Message) -> None:
        self.reason = reason
        super().__init__(str(reason))


def msg(key: str, /, **values: Value) -> Message:
    """Make a message. The key must be a literal in the call, so that the test of the catalogues finds it."""
    return Message(key, "", tuple(values.items()))


def msg_n(one: str, many: str, /, **values: Value) -> Message:
    """A message whose form depends on the number `count`, which must be among the values."""
    return Message(one, many, tuple(values.items()))


def english(value: Value) -> str:
    """A value as English text shows it: whole numbers with thousands marked, others with one decimal."""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Fraction):
        return f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.1f}"
    return str(value)
