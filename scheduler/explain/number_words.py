"""Numbers of an instance in words."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.instance.model.field_types import clock_text
from scheduler.messages import Percent

if TYPE_CHECKING:
    from scheduler.messages import Value


def number_words(field: str, value: object) -> Value:
    """A number, hours or words as a planner writes them: ±10 %, 55 %, 120, 19:00–22:00."""
    if isinstance(value, Fraction):
        return Percent(value, sign="±" if field == "tolerance" else "")
    if isinstance(value, int):
        return value
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(one, int) for one in value):
        return "–".join(clock_text(minute) for minute in value)
    if isinstance(value, tuple) and all(isinstance(one, tuple) for one in value):
        return ", ".join(f"{code}:{day}" for code, day in value)
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return str(value)
