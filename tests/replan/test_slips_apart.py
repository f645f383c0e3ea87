"""Slips of simulcasts, and of series whose past differs between territories, against the recount of all timetables."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.instance.derived.history import broadcast_days
from scheduler.replan import read_published, replan
from scheduler.replan.params import ReplanParams
from scheduler.rules import load, rules_of
from scheduler.timetable import timetable_csv, timetable_of
from tests.builders import aired, channel, content, kz, programme, uz, window, write
from tests.replan.cases import sets, weights

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ReplanParams(time_limit=10.0)
PAIR = [
    kz(window("19:00", "19:30")),
    channel("R.kz", "KZ", "Asia/Almaty", window("19:00", "19:30")),
    uz(window("05:00", "05:10")),
]
WIDE = [
    kz(window("23:00", "23:30")),
    uz(window("22:00", "22:30")),
    channel("W.uz", "UZ", "Asia/Tashkent", window("20:00", "20:30"), coverage=["UZ", "KZ"]),
]


def past(*runs: tuple[str, int, int]) -> list[dict[str, Any]]:
    return [aired(where, f"2026-12-0{day}T18:00Z", "series", 30, episode=episode) for where, day, episode in runs]


def published(folder: Path, channels: list[dict[str, Any]], shown: list[tuple[str, int, int]], **more: Any) -> Path:
    """An instance with one series, published with a run on some (channel, day, run)."""
    history = more.pop("history", [])
    series = programme("series", 30, **more)
    write(folder, content(channels, [series], days=4, history=history))
    instance = load(folder)
    airings = build_airings(instance, rules_of(instance))
    day = airings.broadcast_day - instance.timeline.planned_from
    chosen = np.zeros(len(airings), dtype=bool)
    for name, on, run in shown:
        at = instance.channel_index[name]
        here = ~airings.past & (airings.channel == at) & (day == on) & (airings.run == run)
        assert here.sum() == 1, (name, on, run)
        chosen |= here
    path = folder / "published.csv"
    path.write_text(timetable_csv(timetable_of(airings, chosen | airings.past)), encoding="utf-8")
    return path


def again(folder: Path, path: Path, lost: list[tuple[str, int]], until: int) -> tuple[Any, list[tuple[int, int, int]]]:
    """The replan after some (channel, day) did not air, and the weights of every timetable."""
    instance = load(folder)
    read = read_published(instance, path)
    plan = read.timetable
    days = (
        broadcast_days(instance.timeline, instance.channels, plan.channel, plan.start) - instance.timeline.planned_from
    )
    missed = [
        int(np.flatnonzero((plan.channel == instance.channel_index[name]) & (days == day))[0]) for name, day in lost
    ]
    found = replan(instance, read, frozen_until=date(2026, 12, 7 + until), not_aired=missed, params=QUICK)
    return found, [weights(found, chosen) for chosen in sets(found)]


SIMULCASTS = {
    "nothing": ([], 0),
    "one channel of two": ([("Q.kz", 1)], 0),
    "both channels": ([("Q.kz", 1), ("R.kz", 1)], 1),
}


@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize("name", SIMULCASTS)
def test_a_lost_instant_of_a_simulcast_is_one_slip(name, both, tmp_path):
    lost, slips = SIMULCASTS[name]
    days = [(where, day, 1) for day in range(4) for where in ("Q.kz", "R.kz") if both or day < 2 or where == "R.kz"]
    path = published(tmp_path, PAIR, days, episodes=4, sharing="simulcast")
    found, every = again(tmp_path, path, lost, 2)
    least = min(weight for weight, _, _ in every)
    assert found.changes.weight == found.change_bound == found.found.change == least
    assert (least > 0) == bool(slips)
    assert len(found.changes.slips) <= slips
    assert found.found.count_bound <= min(number for _, number, _ in every)


NIGHT = [
    kz(window("28:30", "29:00"), window("12:00", "12:30")),
    channel("R.kz", "KZ", "Asia/Bishkek", window("05:30", "06:00")),
    uz(window("05:00", "05:10")),
]
"""The night of Q.kz, 04:30 in Almaty, is the next morning of R.kz, 05:30 in Bishkek: one instant, two days."""


@pytest.mark.parametrize("lost", [[], [("Q.kz", 0)]])
def test_an_instant_on_two_broadcast_days_comes_before_if_an_earlier_part_of_it_airs(tmp_path, lost):
    """Before noon of day 2 are the nights of Q.kz, each of them an instant of the next day of R.kz, which has none."""
    write(tmp_path, content(NIGHT, [programme("series", 30, sharing="simulcast", episodes=5)], days=3))
    instance = load(tmp_path)
    airings = build_airings(instance, rules_of(instance))
    day = airings.broadcast_day - instance.timeline.planned_from
    ours, theirs = (airings.channel == instance.channel_index[name] for name in ("Q.kz", "R.kz"))
    noon = ours & (airings.start_minute % 1440 == airings.start_minute[ours].min() % 1440)
    night = ours & ~noon
    assert airings.start_minute[night & (day == 0)] == airings.start_minute[theirs & (day == 1)]
    chosen = airings.past | (night & (day < 2)) | (noon & (day == 2))
    path = tmp_path / "published.csv"
    path.write_text(timetable_csv(timetable_of(airings, chosen)), encoding="utf-8")
    found, every = again(tmp_path, path, lost, 1)
    least = min(weight for weight, _, _ in every)
    assert found.changes.weight == found.change_bound == found.found.change == least
    assert (least > 0) == bool(lost)


APART: dict[str, tuple[dict[str, Any], list[tuple[str, int, int]], list[tuple[str, int]], int]] = {
    "nothing lost": (
        {"episodes": 4, "history": past(("O.uz", 3, 1))},
        [("Q.kz", 1, 1), ("W.uz", 2, 1), ("W.uz", 3, 1)], [], 1,
    ),
    "what catches up is lost": (
        {"episodes": 4, "history": past(("O.uz", 3, 1))},
        [("Q.kz", 0, 1), ("W.uz", 1, 1), ("W.uz", 2, 1)], [("Q.kz", 0)], 1,
    ),
    "a first run of the other is lost": (
        {"episodes": 4, "history": past(("O.uz", 3, 1))},
        [("O.uz", 0, 1), ("O.uz", 1, 1), ("O.uz", 2, 1)], [("O.uz", 1)], 2,
    ),
    "a first run of one is lost": (
        {"episodes": 4, "history": past(("O.uz", 1, 1), ("O.uz", 2, 2), ("O.uz", 3, 3))},
        [("Q.kz", 0, 1), ("Q.kz", 1, 1), ("Q.kz", 2, 1), ("W.uz", 3, 1)], [("Q.kz", 1)], 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_a_series_of_two_pasts_slips_as_the_recount_finds(name, tmp_path):
    more, shown, lost, until = APART[name]
    path = published(tmp_path, WIDE, shown, **more)
    found, every = again(tmp_path, path, lost, until)
    assert found.airings.numbered_apart.any()
    least = min(weight for weight, _, _ in every)
    assert found.changes.weight == found.change_bound == found.found.change == least
    assert (least > 0) == bool(lost)
    assert found.found.count_bound <= min(number for _, number, _ in every)


def test_where_a_rerun_could_show_several_episodes_the_bound_is_below_the_recount(tmp_path):
    history = past(("O.uz", 1, 1), ("O.uz", 3, 1), ("Q.kz", 4, 1))
    shown = [("Q.kz", 0, 1), ("Q.kz", 1, 2), ("Q.kz", 2, 2)]
    path = published(tmp_path, WIDE, shown, episodes=2, runs=2, days_between_runs=1, history=history)
    found, every = again(tmp_path, path, [("Q.kz", 1)], 2)
    assert found.airings.numbered_apart.any()
    assert found.change_bound <= min(weight for weight, _, _ in every) <= found.changes.weight
