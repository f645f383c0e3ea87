"""Cases of `calendar`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import content, kz, programme, window
from tests.recount.folder import day_of
from tests.rules.kinds.shared import FILM, LOCAL, MONDAY, PAIR, SHORT_FILM, SOFT, on_record, written

_DAYS = {"dates": ["2026-12-08", "2026-12-09"]}

CASES = {
    "barred and asked for": content(
        [kz(window("23:30", "24:30"))],
        [LOCAL, programme("film", 45, genre="film", episodes=3)],
        rules=[written("calendar", **_DAYS, bar={"genre": "drama"}, ask={"genre": "film"}, least_minutes=20, **SOFT)],
        days=2,
    ),
    "hard": content(
        [kz(window("23:30", "24:30"))],
        [LOCAL, programme("film", 45, genre="film", episodes=3)],
        rules=[written("calendar", dates=["2026-12-08"], bar={"genre": "drama"}, hours=["23:00", "24:00"])],
        days=2,
    ),
    "a day with windows of its own": content(
        [
            kz(
                window("23:00", "24:00"),
                {"dates": ["2026-12-08"], "start": "23:15", "end": "24:15", "fallback": {"genre": "memory"}},
            )
        ],
        [LOCAL, SHORT_FILM],
        rules=[written("calendar", dates=["2026-12-08"], ask={"genre": "memory"}, least_minutes=40)],
        days=2,
        grid=15,
    ),
}

INHERITED = {
    "a cap": (
        {"type": "calendar", "id": "R", "dates": ["2026-12-07"], "bar": {"genre": "film"}},
        PAIR[:1], [FILM], [on_record(7, 13, "film")], MONDAY, 60,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {
        "dates": [str(start + timedelta(days=at)) for at in (1, 3)],
        **one({"bar": {"genre": "film"}}, {"ask": {}}),
    }


def count(counting, rule):
    found = {}
    common = {name: value for name, value in rule.items() if name not in ("dates", "bar", "ask", "least_minutes")}
    for day in map(day_of, rule["dates"]):
        if counting.holds(rule, day):
            dated = {**common, "valid_from": day, "valid_to": day, "period": "day"}
            if rule.get("bar") is not None:
                found |= counting.missed_quota({**dated, "select": rule["bar"], "most_minutes": 0})
            if rule.get("ask") is not None:
                least = rule.get("least_minutes", 30)
                found |= counting.missed_quota({**dated, "select": rule["ask"], "least_minutes": least})
    return found


def inherits(_world, rule, key):
    return key[2] == "most"
