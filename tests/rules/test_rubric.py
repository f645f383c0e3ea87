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
from tests.builders import build, kz, programme
from tests.rules.agreement import assert_the_best_is_found
from tests.rules.rubric_cases import CASES, CINEMA, EVENING, RUBRIC, SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scheduler.airings import Airings


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


def test_a_locked_airing_is_an_exception(tmp_path):
    """Tuesday is no day of the slot; the title still begins in it on the other days."""
    lock = {"channel": "Q.kz", "start_utc": "2026-12-08T14:00:00Z", "programme": "short", "run": "first"}
    instance = built(
        tmp_path, "weekdays", RUBRIC, locks=[{**lock, "version_language": "kaz", "version_kind": "original"}]
    )
    airings = airings_of(instance)
    assert said(airings, range(len(airings))) == {"short 07 19:30", "short 08 19:00", "short 09 19:30"}
    chosen = airings.locked.copy()
    assert chosen.sum() == 1
    assert not verify(timetable_of(airings, chosen)).broken
    free = replace(timetable_of(airings, chosen), instance=built(tmp_path / "free", "weekdays", RUBRIC))
    assert [row.rule for row in verify(free).broken] == ["rubric"]


def built(folder: Path, name: str, placement: list[dict[str, Any]], **more: Any) -> Instance:
    case = {**CASES[name][0], **more}
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
