"""Tiny instances with runs that are worth something after the horizon."""

from __future__ import annotations

from typing import Any

from tests.builders import aired, kz, programme, uz, window

EVENING = window("19:00", "20:00")
FILM = programme("film", 30, genre="film", runs=2, keep_value=4000)
STRAND = [{"as": "strand", "day_sets": ["all"], "followers": [{"after_days": 0, "start": "19:30"}]}]

CASES: dict[str, dict[str, Any]] = {
    "a film with two runs": {"channels": [kz(EVENING)], "programmes": [FILM, programme("talk", 30)], "days": 2},
    "two countries and what has aired": {
        "channels": [kz(EVENING), uz(EVENING)],
        "programmes": [{**FILM, "episodes": 2}],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "film", 30)],
        "days": 1,
    },
    "repeats that use no run": {
        "channels": [kz(EVENING)],
        "programmes": [programme("s", 30, episodes=2, keep_value=900, repeat_within_hours=2)],
        "days": 2,
        "placement": STRAND,
    },
}
