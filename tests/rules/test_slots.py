"""Named slots that any fitting title may fill: rows against check, and the best timetable of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scheduler.airings import build_airings
from scheduler.rules import rules_of
from scheduler.solve import Settings, solve
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import aired, build, formulated, kz, programme, uz, window
from tests.rules.agreement import assert_rows_and_check_agree, assert_the_best_is_found
from tests.rules.placement_cases import baku

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance

CINEMA = {"name": "cinema", "days": "mon-tue", "start": "19:30", "accept": {"genre": "film"}, "empty_price": 4000}
FILMS = [programme("a", 30, genre="film", appeal=0.9), programme("b", 60, genre="film", appeal=0.8)]
EVENING = window("19:00", "20:30")

CASES: dict[str, dict[str, Any]] = {
    "films": {"channels": [kz(EVENING, slots=[CINEMA])], "programmes": [*FILMS, programme("talk", 30)], "days": 3},
    "too long, and a season": {
        "channels": [kz(EVENING, slots=[{**CINEMA, "minutes": 30, "days": "all", "first": "2026-12-08"}])],
        "programmes": FILMS,
        "days": 3,
    },
    "two slots at night": {
        "channels": [
            kz(window("23:30", "24:30"), slots=[{**CINEMA, "start": "00:00"}]),
            uz(EVENING, slots=[CINEMA, {**CINEMA, "name": "other", "start": "19:00", "empty_price": 300}]),
        ],
        "programmes": FILMS,
        "days": 2,
    },
    "a series, a lock and history": {
        "channels": [kz(EVENING, slots=[{**CINEMA, "accept": {"genre": "drama"}, "days": "all"}])],
        "programmes": [programme("s", 30, episodes=4), programme("film", 30, genre="film")],
        "history": [aired("Q.kz", "2026-12-06T14:30Z", "s", 30)],
        "locks": [aired("Q.kz", "2026-12-08T14:30Z", "film", 30)],
        "days": 2,
        "placement": [{"select": {"genre": "drama"}, "as": "strand"}],
    },
    "its first day has aired": {
        "channels": [kz(EVENING, slots=[CINEMA])],
        "programmes": FILMS,
        "history": [aired("Q.kz", "2026-12-07T14:30Z", "a", 30)],
        "days": 3,
    },
    "a slot without a price beside it": {
        "channels": [{**baku(EVENING), "slots": [CINEMA, {**CINEMA, "name": "free of charge", "empty_price": 0}]}],
        "programmes": FILMS,
        "territories": {"AZ": {"name": "Azerbaijan"}},
        "days": 2,
    },
}


def built(folder: Path, name: str) -> Instance:
    case = dict(CASES[name])
    return build(folder, case.pop("channels"), case.pop("programmes"), **case)


@pytest.mark.parametrize("name", CASES)
def test_rows_and_check_agree_on_every_small_timetable(tmp_path, name):
    assert_rows_and_check_agree(built(tmp_path, name), "slots")


@pytest.mark.parametrize("name", CASES)
def test_the_best_of_all_timetables_is_found(tmp_path, name):
    assert_the_best_is_found(built(tmp_path, name))


def test_a_film_fills_the_slot_although_it_loses_viewers(tmp_path):
    instance = built(tmp_path, "films")
    answer = solve(instance, Settings(strategy="exact", time_limit=20, workers=1))
    assert answer.timetable is not None
    starts = [f"{instance.timeline.moment(int(at)):%dT%H:%M}" for at in answer.timetable.start]
    films = [instance.programmes[at].genre == "film" for at in answer.timetable.programme.tolist()]
    assert [start for start, film in zip(starts, films, strict=True) if film] == ["07T14:30", "08T14:30"]


def test_without_a_price_there_is_no_such_rule(tmp_path):
    case = dict(CASES["films"])
    unpriced = [kz(EVENING, slots=[{**CINEMA, "empty_price": 0}])]
    assert "slots" not in set(formulated(build(tmp_path, unpriced, case["programmes"])).labels["rule"])


@pytest.mark.parametrize("title", ["a", "talk"])
def test_a_day_that_has_aired_is_not_asked_for(tmp_path, title):
    """Whether the film was there or not: the plan cannot change it."""
    shown = [*FILMS, programme("talk", 30)]
    past = [aired("Q.kz", "2026-12-07T14:30Z", title, 30)]
    instance = build(tmp_path, [kz(EVENING, slots=[CINEMA])], shown, history=past, days=3)
    nothing = verify(timetable_of(airings := build_airings(instance, rules_of(instance)), airings.past))
    assert [(row.period, row.miss) for row in nothing.missed] == [("2026-12-08", 1)]
