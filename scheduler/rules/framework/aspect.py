"""What one rule row is about, as a code and values: reports make the words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Aspect:
    """Names a row among those of one rule, channel and period.

    `code` is one of the rule's own (least, most, over, place …) and may be empty where the name says all. `name` is
    something of the instance: a programme, a party, a genre. Rows of an agreement name their `measure` and `period`.
    """

    code: str
    name: str = ""
    measure: str = ""
    period: str = ""

    def __str__(self) -> str:
        if self.measure:
            of = f" of {self.name}" if self.name else ""
            return f"{self.measure}{of} ({self.period}): {self.code}"
        return ": ".join(part for part in (self.code, self.name) if part)


def about(name: str) -> Aspect:
    """The aspect of a row that has no code, only something of the instance that it is about."""
    return Aspect("", name)


def aspect_from(aspect: Aspect | str) -> Aspect:
    """An aspect; a text is its code."""
    return Aspect(aspect) if isinstance(aspect, str) else aspect
