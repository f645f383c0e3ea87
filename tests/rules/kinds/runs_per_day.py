"""Cases of `runs_per_day`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import ceil

from tests.recount.structure import episodes_in_a_place, is_locked
from tests.rules.kinds.shared import MONDAY, PAIR, SELECTS, SERIES, on_record

CASES = {}
"""They stand in `tests/rules/cases.py`."""

INHERITED = {
    "a cap": (
        {"type": "runs_per_day", "id": "R", "most": 1},
        PAIR[:1], [SERIES], [on_record(7, 13, "series"), on_record(7, 14, "series", episode=2)], MONDAY, 1,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {"most": one(0, 1), "select": one(*SELECTS)}


def _known(counting, day):
    return counting.world.known_from <= day <= counting.world.last


def count(counting, rule):
    runs = counting.runs(rule, counting.scope(rule), rule.get("select"))
    counts = Counter()
    for one in runs:
        shares = one.first and (one.past or not is_locked(counting.world, one))
        episodes = episodes_in_a_place(counting, one.item, one.channel) if shares else 1
        if _known(counting, one.day):
            counts[one.channel, str(one.day), one.item.identity] += Fraction(1, episodes)
    return {
        key: ceil(have) - rule["most"]
        for key, have in counts.items()
        if have > rule["most"] and counting.judged(key[1], int(counting.night))
    }


def days_to_settle(counting, rule):
    return counting.night
