"""The subject of a rule row: a channel, several channels, a territory, a party, two parties or a language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

SubjectKind = Literal["channel", "channels", "territory", "party", "parties", "language", "own"]
"""channels: several or all channels together. parties: two of them, in one direction (KZ>UZ) or in both (KZ-UZ). own:
rows that tie a rule's auxiliary variables; no timetable is measured on them.
"""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """The subject of a rule row: its kind and its name. Period and aspect complete the name of the row."""

    kind: SubjectKind
    name: str

    def __str__(self) -> str:
        return self.name


def subjects(kind: SubjectKind, names: Iterable[str]) -> list[Subject]:
    """A subject of one kind for every name."""
    each: dict[str, Subject] = {}
    return [each.setdefault(name, Subject(kind, name)) for name in names]
