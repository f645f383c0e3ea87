"""The dates of a rule: the days on which it holds.

Entries outside a rule's dates neither count nor are excluded. Rules that count starts use the broadcast day of the
start. Rules that count minutes use the legal day of each minute. A rule that holds on no day of the line is removed
before its rows and checks are computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance, RuleModel

ALWAYS = 10**6
"""A number of days larger than any horizon or history."""


def first_and_last(rule: RuleModel, instance: Instance) -> tuple[int, int]:
    """The first and the last day of a rule's dates, from the line's first day. ±ALWAYS if the rule states none."""
    start = instance.timeline.first_day
    first = (rule.valid_from - start).days if rule.valid_from else -ALWAYS
    last = (rule.valid_to - start).days if rule.valid_to else ALWAYS
    return first, last


def days_held(rule: RuleModel, instance: Instance) -> range:
    """The days of the line, from 0, on which a rule holds. Days before the horizon are on record."""
    first, last = first_and_last(rule, instance)
    return range(max(first, 0), max(min(last + 1, instance.timeline.days), max(first, 0)))


def holds_on(rule: RuleModel, instance: Instance, day: Ints) -> Flags:
    """Which days, counted from the line's first day, lie within a rule's dates."""
    first, last = first_and_last(rule, instance)
    return np.asarray((day >= first) & (day <= last), dtype=bool)
