"""The record of the law (law.yaml), and a warning if prices do not follow the penalties of the code of offences."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import Field

from scheduler.instance import Problem
from scheduler.instance.model.field_types import Frozen
from scheduler.instance.model.rule_model import LegalText, Reading
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.instance import Instance

Span = Annotated[tuple[int, ...], Field(min_length=2, max_length=2)]


class Offence(Frozen):
    """The penalties of the code of offences for a first breach, and for a second breach within a year."""

    fine: Span
    repeated: str = ""
    or_: str = Field("", alias="or")


class Clause(Frozen):
    """A clause of a law as it was read. law.yaml documents the fields."""

    id: str
    source: str
    article: str
    says: str
    text: LegalText
    checked: date | None
    reading: Reading
    rule: dict[str, Any]
    gravity: int | None = Field(None, ge=0, le=3)
    offence: str = ""
    used: bool = True
    note: str = ""


class LawRecord(Frozen):
    """The content of law.yaml."""

    sources: dict[str, str]
    offences: dict[str, Offence]
    clauses: tuple[Clause, ...]


@cache
def law_record() -> LawRecord:
    """The record of the law in this package."""
    text = Path(__file__).with_name("law.yaml").read_text(encoding="utf-8")
    return LawRecord.model_validate(yaml.safe_load(text))


def prices_out_of_order(instance: Instance) -> Iterator[Problem]:
    """Warn about every priced clause whose price is not above that of a clause with a smaller penalty by law.

    Only prices of the same unit are compared: minutes with minutes, runs with runs.
    """
    priced = [rule for rule in instance.written_rules if rule.is_law and rule.price is not None]
    if len(priced) < 2:
        return
    graded = {clause.id: clause for clause in law_record().clauses if clause.gravity is not None}
    known = [rule for rule in priced if rule.id in graded]
    for rule in known:
        clause = graded[rule.id]
        wrong = [
            other
            for other in known
            if (graded[other.id].gravity or 0) < (clause.gravity or 0)
            and (other.price or 0) >= (rule.price or 0)
            and getattr(other, "unit", "minutes") == getattr(rule, "unit", "minutes")
        ]
        if wrong:
            dearest = max(wrong, key=lambda other: other.price or 0)
            message = msg(
                "the price of {rule} ({price}) is not above that of {other} ({other_price}), but the code of offences"
                " is harder on it: {offence}",
                rule=rule.id,
                price=rule.price or 0,
                other=dearest.id,
                other_price=dearest.price or 0,
                offence=clause.offence,
            )
            yield Problem(*instance.places[rule.id], message, "warning")
