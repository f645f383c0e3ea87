"""What a least amount of a period that continues after the horizon still needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.messages import Term, msg
from scheduler.rules.framework.verdicts import due, span_in

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.rules.framework.base import Measurement


def with_rest(row: Measurement, instance: Instance, least: int, valid_to: date | None) -> Measurement:
    """A row of a least amount with what remains of it: the whole amount minus what there is.

    The whole amount is that of the days from the first on record to the last of the period. The remainder is open until
    the period ends, or the rule. A row of a period that ends in the horizon, or with the rule, has no remains.
    """
    span, horizon = span_in(instance, row.period), instance.file.horizon
    if span is None or not least:
        return row
    until = min(span[1], valid_to or span[1])
    if until <= horizon.start + timedelta(days=horizon.days - 1):
        return row
    whole = due(instance, row.period, least, "all", valid_to)
    remains = max(whole - row.have, Fraction(0))
    text = msg(
        "{text}; {remains} {unit} of {all} remain until {day}",
        text=row.text,
        remains=remains,
        unit=Term("unit", row.unit),
        all=whole,
        day=until.isoformat(),
    )
    return replace(row, text=text, remains=remains, open_until=until)
