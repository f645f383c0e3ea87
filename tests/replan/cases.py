"""Tiny instances before and after the news, and their published timetables."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.airings import build_airings
from scheduler.replan.answer import _recount, _whole
from scheduler.replan.changes import places_in
from scheduler.replan.stated import steps_of
from scheduler.rules import load, rules_of
from scheduler.solve import Settings, solve
from scheduler.timetable import timetable_csv, timetable_of
from tests.builders import anchor, content, kz, programme, uz, window, write

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.replan import Replan

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


def sets(one: Replan) -> list[np.ndarray]:
    """Every set of candidates that breaks no rigid and misses no hard row."""
    formulation = one.formulation
    n, found = formulation.airing_count, []
    for size in range(n + 1):
        for picked in combinations(range(n), size):
            chosen = one.airings.past.copy()
            chosen[list(picked)] = True
            point = formulation.point(chosen)
            if formulation.is_admissible(point) and not formulation.hard_miss(formulation.misses(point)):
                found.append(chosen)
        if size > 7:
            break
    return found


def weights(one: Replan, chosen: np.ndarray) -> tuple[int, int, int]:
    """(weighted change, number of changes, value) of a choice, counted from its timetable."""
    plan, instance = one.published.timetable, one.instance
    whole = _whole(instance, plan, one.frozen, timetable_of(one.airings, chosen))
    at = np.array(sorted(entry.old for entry in one.changes.entries if entry.old >= 0), dtype=np.int64)
    none = np.zeros(len(plan), dtype=bool)
    on_line = one.frozen.on_line(plan)
    days = one.airings.day_of(on_line.channel[at], on_line.start[at])
    old = places_in(instance, on_line, at, days, none[at])
    now = steps_of(instance, one.frozen)
    changes = _recount(instance, plan, at, old, whole, one.frozen, one.airings, none, now)
    point = one.formulation.point(chosen)
    value = one.formulation.audience(point) - one.formulation.penalty(one.formulation.misses(point))
    return changes.weight, changes.number, value


def published_with_runs(folder: Path, runs: list[int]) -> Path:
    """published.csv of an instance with one place a day: the candidate of each day with that run number."""
    instance = load(folder)
    airings = build_airings(instance, rules_of(instance))
    day = airings.broadcast_day - airings.broadcast_day.min()
    chosen = airings.run == np.array(runs)[day]
    assert chosen.sum() == len(runs)
    path = folder / "published.csv"
    path.write_text(timetable_csv(timetable_of(airings, chosen)), encoding="utf-8")
    return path
