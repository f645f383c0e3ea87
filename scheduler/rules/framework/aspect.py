"""The aspect of a rule row, as a code and values. Reports turn it into words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Aspect:
    """Distinguishes rows of the same rule, subject and period.

    `code` belongs to the rule (least, most, over, place …). It may be empty if the name is sufficient. `name` is
    something of the instance: a programme, a party, a genre. Rows of an agreement also state their `measure` and
    `period`.
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
    """The aspect of a row without a code, which has only a name of the instance."""
    return Aspect("", name)


def aspect_from(aspect: Aspect | str) -> Aspect:
    """An aspect. A text is its code."""
    return Aspect(aspect) if isinstance(aspect, str) else aspect
