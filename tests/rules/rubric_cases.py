"""Tiny instances with titles of a rubric, and the airings of films that their slots allow, counted by hand."""

from __future__ import annotations

from typing import Any

from tests.builders import kz, programme, uz, window

EVENING = window("19:00", "20:30")
CINEMA = {"name": "Uzbek cinema", "days": "mon,wed", "start": "19:30", "accept": {"genre": "film"}}
NIGHT = window("23:30", "24:30")
SHORT, LONG = programme("short", 30, genre="film"), programme("long", 60, genre="film")
TALK = programme("talk", 30, genre="talk")
RUBRIC = [{"select": {"genre": "film"}, "as": "rubric"}, {"as": "free"}]

CASES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "weekdays": (
        {"channels": [kz(EVENING, slots=[CINEMA])], "programmes": [SHORT, TALK], "days": 3},
        {"short 07 19:30", "short 09 19:30"},
    ),
    "length and season": (
        {
            "channels": [kz(EVENING, slots=[{**CINEMA, "minutes": 45, "days": "all", "last": "2026-12-08"}])],
            "programmes": [SHORT, LONG],
            "days": 3,
        },
        {"short 07 19:30", "short 08 19:30"},
    ),
    "two slots, and a channel without one": (
        {
            "channels": [kz(EVENING, slots=[CINEMA, {**CINEMA, "start": "19:00", "days": "tue"}]), uz(EVENING)],
            "programmes": [SHORT],
            "days": 3,
        },
        {"short 07 19:30", "short 08 19:00", "short 09 19:30"},
    ),
    "after midnight": (
        {
            "channels": [kz(NIGHT, slots=[{**CINEMA, "start": "00:00", "days": "mon"}])],
            "programmes": [SHORT],
            "days": 2,
        },
        {"short 08 00:00"},  # in the night of Monday
    ),
    "a slot for another genre": (
        {"channels": [kz(EVENING, slots=[{**CINEMA, "accept": {"genre": "talk"}}])], "programmes": [SHORT, TALK]},
        set(),
    ),
}
