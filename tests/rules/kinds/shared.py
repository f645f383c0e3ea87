"""Channels, programmes and other values that the cases of several kinds of rules use."""

from __future__ import annotations

from typing import Any

from tests.builders import aired, channel, kz, programme, uz, window

SOFT = {"hard": False, "price": 7}
HOUR = window("23:00", "24:00")
THREE = {"KZ": {"name": "K", "population": 20_000}, "UZ": {"name": "U"}, "KG": {"name": "G"}}


def written(type_: str, **more: Any) -> dict[str, Any]:
    """A rule as it is written in an instance."""
    return {"type": type_, "id": "R", **more}


DUBBED = programme("guest", 30, origin="UZ", versions="uzb:original;kaz:dubbed;rus:dubbed", to_dub="kaz;rus", runs=2)
ALSO_DUBBED = programme("other", 30, origin="UZ", versions="kaz:dubbed", original_language="uzb", to_dub="kaz", cost=40)
SHORT_SERIES = programme("series", 30, episodes=5)
LOCAL = programme("local", 30)
SHORT_FILM = programme("film", 45, genre="film", episodes=3)
BERLIN = channel("D.de", "DE", "Europe/Berlin", window("00:30", "05:00", fallback={"genre": "film"}))
CLOCK_CHANGE = {"start": "2027-03-28", "territories": {"DE": {"name": "D"}, "KZ": {"name": "K"}}}
"""Clocks go forward in Berlin on this day."""
SHORT_GUEST = programme("guest", 30, origin="UZ", episodes=2)

EVENING = window("18:00", "22:00")
PAIR = [kz(EVENING), uz(EVENING)]
SISTERS = [kz(EVENING), channel("R.kz", "KZ", "Asia/Almaty", EVENING)]
SERIES = programme("series", 60, episodes=9, runs=3)
GUEST = programme("guest", 60, origin="UZ", episodes=9, runs=3)
FILM = programme("film", 60, genre="film", runs=9, age=18)
RELAY = programme("relay", 60, delivery="relay", episodes=9)
MONDAY = {"start": "2026-12-07", "days": 3}
THURSDAY = {"start": "2026-12-10", "days": 2}


def on_record(day, hour, title, where="Q.kz", **more):
    """An airing of an hour on a day of December 2026, as a row of history."""
    return aired(where, f"2026-12-{day:02d}T{hour}:00:00Z", title, 60, **more)


PERIODS = ("day", "broadcast_day", "week", "month", "quarter", "half_year", "year", "fair", "6h", "hour")
SELECTS = ({"genre": "drama"}, {"origin": "foreign"}, {"run": "first"}, {"run": "rerun"}, {"tag": "own"}, {})
PARTIES = ["KZ", "UZ"]
