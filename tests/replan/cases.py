"""Tiny instances before and after the news, and their published timetables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scheduler.rules import load
from scheduler.solve import Settings, solve
from scheduler.timetable import timetable_csv
from tests.builders import anchor, content, kz, programme, uz, window, write

if TYPE_CHECKING:
    from pathlib import Path

STRIP = [{"select": {"episodes_over": 1}, "as": "strand", "day_sets": ["all"]}]
SERIES = programme("series", 30, episodes=4, appeal=1.5)
OTHER = programme("other", 30, episodes=3, appeal=1.2)
FILM = programme("film", 30, genre="film", appeal=2.5)
DOCUMENTARY = programme("doc", 30, genre="documentary", appeal=0.7, runs=2)
LEAST = {"type": "quota", "id": "FILMS", "select": {"genre": ["film", "documentary"]}, "least_count": 2,
         "period": "horizon"}  # fmt: skip
PARITY = {
    "type": "parity",
    "id": "P",
    "parties": ["KZ", "UZ"],
    "measures": [{"measure": "minutes", "period": "horizon", "tolerance": 0.2, "least": 60}],
}
THEIRS = programme("theirs", 30, episodes=2, origin="UZ", versions="uzb:original", appeal=1.7)
OURS = programme("ours", 30, episodes=2)
MORE = programme("more", 30, origin="UZ", versions="uzb:original")

BEFORE: dict[str, dict[str, Any]] = {
    "a film withdrawn": {
        "channels": [kz(window("19:00", "20:00"))],
        "programmes": [FILM, DOCUMENTARY, programme("spare", 30, genre="film", appeal=0.2)],
        "rules": [LEAST],
        "days": 2,
    },
    "a strand loses a day": {
        "channels": [kz(window("19:00", "20:00"))],
        "programmes": [SERIES, FILM],
        "placement": STRIP,
        "days": 3,
    },
    "both sides give": {
        "channels": [kz(window("19:00", "20:00")), uz(window("19:00", "20:00"))],
        "programmes": [OURS, THEIRS, MORE],
        "agreements": [PARITY],
        "days": 1,
    },
}  # fmt: skip
AFTER: dict[str, dict[str, Any]] = {
    "a film withdrawn": {"programmes": [DOCUMENTARY, programme("spare", 30, genre="film", appeal=0.2)]},
    "a strand loses a day": {"anchors": [anchor("event", "Q.kz", "19:00", "20:00", date="2026-12-08")]},
    "both sides give": {"programmes": [OURS, programme("more", 30, origin="UZ", versions="uzb:original", episodes=2)]},
}  # fmt: skip


def published_in(folder: Path, spec: dict[str, Any]) -> Path:
    """Write an instance and its best timetable; says where that is."""
    write(folder, content(**spec))
    answer = solve(load(folder), Settings(strategy="exact", time_limit=10.0))
    assert answer.timetable is not None
    path = folder / "published.csv"
    path.write_text(timetable_csv(answer.timetable), encoding="utf-8")
    return path
