"""Cases of `age_watershed`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from tests.rules.kinds.shared import FILM, MONDAY, PAIR, on_record

CASES = {}
"""They stand in `tests/rules/cases.py`."""

INHERITED = {
    "a cap": (
        {"type": "age_watershed", "id": "R", "age": 18, "barred": ["06:00", "19:00"]},
        PAIR[:1], [FILM], [on_record(7, 13, "film")], MONDAY, 60,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {"age": 18, "barred": ["06:00", one("23:00", "24:00")]}


def count(counting, rule):
    common = {name: value for name, value in rule.items() if name not in ("age", "barred")}
    return counting.missed_quota(
        {**common, "select": {"age": rule["age"]}, "hours": rule["barred"], "period": "day", "most_minutes": 0}
    )
