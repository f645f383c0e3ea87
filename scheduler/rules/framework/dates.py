"""The dates of a rule: the days of the line on which it holds, and which days lie within its dates.

Entries outside a rule's dates neither count nor are barred. Rules that count starts go by the broadcast day of the
start, rules that count minutes by the legal day of each minute. A rule that holds on no day of the line is left
out before rows and checks are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance, RuleModel

ALWAYS = 10**6
"""More days than any horizon or history has."""


def first_and_last(rule: RuleModel, instance: Instance) -> tuple[int, int]:
    """The first and the last day of a rule's dates, from the line's first day; ±ALWAYS where none is said."""
    start = instance.timeline.first_day
    first = (rule.valid_from - start).days if rule.valid_from else -ALWAYS
    last = (rule.valid_to - start).days if rule.valid_to else ALWAYS
    return first, last


def days_held(rule: RuleModel, instance: Instance) -> range:
    """The days of the line, from 0, on which a rule holds; those before the horizon are on record."""
    first, last = first_and_last(rule, instance)
    return range(max(first, 0), max(min(last + 1, instance.timeline.days), max(first, 0)))


def holds_on(rule: RuleModel, instance: Instance, day: Ints) -> Flags:
    """Which days, counted from the line's first, lie within a rule's dates."""
    first, last = first_and_last(rule, instance)
    return np.asarray((day >= first) & (day <= last), dtype=bool)
