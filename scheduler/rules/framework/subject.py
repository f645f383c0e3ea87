"""Whose rule row it is: of a channel, of some channels, a territory, a party, two parties, a language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

SubjectKind = Literal["channel", "channels", "territory", "party", "parties", "language", "own"]
"""channels: several or all channels together. parties: two of them, in one direction (KZ>UZ) or both (KZ-UZ). own: what
a rule ties its own columns by; no timetable is measured on such a row."""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What a rule row is of, beside its period and aspect: the kind of thing and its name."""

    kind: SubjectKind
    name: str

    def __str__(self) -> str:
        return self.name


def subjects(kind: SubjectKind, names: Iterable[str]) -> list[Subject]:
    """A subject of one kind for every name."""
    each: dict[str, Subject] = {}
    return [each.setdefault(name, Subject(kind, name)) for name in names]
