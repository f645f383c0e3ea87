"""Cases of `quota`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from typing import Any

from tests.builders import anchor, channel, content, kz, programme
from tests.rules.kinds.shared import GUEST, HOUR, MONDAY, PAIR, PERIODS, SELECTS, SOFT, THURSDAY, on_record, written

_MIXED = [
    programme("film", 30, genre="film", origin="UZ", waivers="nrta", provenance="verified"),
    programme("long", 30, origin="UZ", episodes=60, provenance="synthetic-labelled", runs=2),
    programme("joint", 30, origin="KZ:0.5;UZ:0.5", domestic_in="UZ", provenance="synthetic-unlabelled"),
]

_CLAUSES = {
    "a waiver": {"select": {"origin": "foreign", "not": {"waiver": "nrta"}}, "most_minutes": 20},
    "long series": {"select": {"episodes_over": 50}, "most_count": 0},
    "provenance": {"select": {"provenance": ["synthetic-labelled", "synthetic-unlabelled"]}, "most_share": 0.2},
    "domestic by decree": {"select": {"origin": "domestic"}, "least_share": 0.6},
}

CASES = {
    name: content([kz(HOUR)], _MIXED, rules=[written("quota", period="day", **clause, **SOFT)])
    for name, clause in _CLAUSES.items()
}

_CHOICE = {"soundtracks": "kaz;rus", "versions": "rus:original;kaz:dubbed"}
CASES["the main soundtrack"] = content(
    [
        kz(HOUR, multi_audio=True, fallback={"audio": "rus", "soundtracks": ["rus", "kaz"]}),
        channel("R.kz", "KZ", "Asia/Almaty", HOUR),
    ],
    [programme("film", 30, **_CHOICE), programme("one", 30, versions="rus:original")],
    rules=[
        written(
            "quota", period="day", multi_audio=True, most_minutes=0,
            select={"soundtracks": "several", "not": {"version_kind": "dubbed"}}, **SOFT,
        )
    ],
    anchors=[anchor("talk", "Q.kz", "22:00", "22:20", audio="rus", soundtracks="kaz;rus")],
)  # fmt: skip

INHERITED = {
    "minutes": (
        {"type": "quota", "id": "R", "select": {"origin": "UZ"}, "most_minutes": 60},
        PAIR[:1], [GUEST], [on_record(7, 13, "guest"), on_record(8, 13, "guest", episode=2)], THURSDAY, 60,
    ),
    "count": (
        {"type": "quota", "id": "R", "select": {"origin": "UZ"}, "most_count": 1},
        PAIR[:1], [GUEST], [on_record(7, 13, "guest"), on_record(7, 14, "guest", episode=2)], MONDAY, 1,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {
        "select": one(*SELECTS, {"audio": "rus"}),
        "period": one(*PERIODS),
        "rest": one("all", "proportional", "none"),
        **_bound(one),
    }


def count(counting, rule):
    return counting.missed_quota(rule)


def _bound(one: Any) -> dict[str, Any]:
    return one(
        {"least_minutes": one(60, 200, 400)}, {"most_minutes": one(0, 60)}, {"least_count": one(1, 5)},
        {"most_count": 1}, {"least_share": one(0.2, "2/3")}, {"most_share": 0.1},
    )  # fmt: skip


def inherits(_world, rule, key):
    return "most_count" in rule or "most_minutes" in rule
