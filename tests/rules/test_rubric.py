"""Titles of a rubric: the candidates and the check against slots counted by hand, and the best timetable of all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.instance import InputError, Instance, zone_clock
from scheduler.rules import rules_of
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import build, kz, programme, uz, window
from tests.rules.agreement import assert_the_best_is_found

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scheduler.airings import Airings

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


@pytest.mark.parametrize("name", CASES)
def test_candidates_and_check_are_the_slots_counted_by_hand(tmp_path, name):
    rubric = built(tmp_path / "rubric", name, RUBRIC)
    every = airings_of(built(tmp_path / "free", name, [{"as": "free"}]))
    accepted = set()
    for at in range(len(every)):
        chosen = np.zeros(len(every), dtype=bool)
        chosen[at] = True
        broken = verify(replace(timetable_of(every, chosen), instance=rubric)).broken
        if not broken:
            accepted |= said(every, [at])
        moment = rubric.timeline.moment_text(int(every.start_minute[at]))
        assert all(row.rule == "rubric" and row.period == moment for row in broken)
    admitted = airings_of(rubric)
    assert accepted == CASES[name][1] == said(admitted, range(len(admitted)))


@pytest.mark.parametrize("name", CASES)
def test_the_best_of_all_timetables_is_found(tmp_path, name):
    assert_the_best_is_found(built(tmp_path, name, RUBRIC))


def test_a_title_that_states_its_kind_is_of_a_rubric_and_another_film_is_not(tmp_path):
    films = [{**SHORT, "placement": "rubric"}, programme("other", 30, genre="film")]
    airings = airings_of(build(tmp_path, [kz(EVENING, slots=[CINEMA])], films))
    programmes = airings.instance.programmes
    starts = Counter(programmes[at].programme for at in airings.programme.tolist())
    assert starts["short"] == 1 < starts["other"]


@pytest.mark.parametrize(
    "field", [{"episodes_per_place": 2}, {"followers": [{"start": "10:00", "after_days": 1}]}, {"free_start_price": 5}]
)
def test_what_needs_a_slot_of_its_own_is_refused(tmp_path, field):
    with pytest.raises(InputError, match="freely or in rubrics"):
        build(tmp_path, [kz(EVENING, slots=[CINEMA])], [SHORT], placement=[{"as": "rubric", **field}])


def built(folder: Path, name: str, placement: list[dict[str, Any]]) -> Instance:
    case = dict(CASES[name][0])
    return build(folder, case.pop("channels"), case.pop("programmes"), placement=placement, **case)


def airings_of(instance: Instance) -> Airings:
    return build_airings(instance, rules_of(instance))


def said(airings: Airings, which: Iterable[int]) -> set[str]:
    """Title, day and local time of the films among some airings."""
    found = set()
    for at in which:
        title = airings.instance.programmes[airings.programme[at]]
        zone = zone_clock(airings.instance.channels[airings.channel[at]].zone)
        if title.genre == "film":
            moment = airings.instance.timeline.moment(int(airings.start_minute[at])).astimezone(zone)
            found.add(f"{title.programme} {moment:%d %H:%M}")
    return found
