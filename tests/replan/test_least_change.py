"""The least change against every timetable of tiny instances, and what must hold of any replan."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.replan import read_published, replan
from scheduler.replan.causes import causes
from scheduler.replan.mip import relaxation, sifted_relaxation
from scheduler.replan.params import ReplanParams
from scheduler.replan.stated import state
from scheduler.rules import load, rules_of
from scheduler.timetable import timetable_csv
from tests.builders import content, kz, programme, window, write
from tests.replan.cases import AFTER, BEFORE, FILM, SERIES, STRIP, published_in, sets, weights

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.replan import Replan

QUICK = ReplanParams(time_limit=10.0)


def replanned(folder: Path, path: Path, **more: Any) -> Replan:
    instance = load(folder)
    return replan(instance, read_published(instance, path), params=QUICK, **more)


@pytest.mark.parametrize("case", BEFORE)
def test_the_least_change_is_that_of_all_timetables(tmp_path, case):
    path = published_in(tmp_path / "before", BEFORE[case])
    write(tmp_path / "after", content(**{**BEFORE[case], **AFTER[case]}))
    found = replanned(tmp_path / "after", path)
    every = [weights(found, chosen) for chosen in sets(found)]
    least = min(weight for weight, _, _ in every)
    assert found.changes.weight == least > 0
    assert found.change_bound == least
    assert found.checked.value == max(value for weight, _, value in every if weight == least)
    assert found.found.count_bound <= min(number for _, number, _ in every)


@pytest.mark.parametrize("case", BEFORE)
@pytest.mark.parametrize("cost", ["change", "count"])
def test_a_relaxation_that_begins_with_few_columns_ends_with_the_same_bound(tmp_path, case, cost):
    path = published_in(tmp_path / "before", BEFORE[case])
    write(tmp_path / "after", content(**{**BEFORE[case], **AFTER[case]}))
    instance = load(tmp_path / "after")
    plan = read_published(instance, path).timetable
    none = np.zeros(len(plan), dtype=bool)
    program = state(instance, plan, None, (), None, none, rules_of(instance)).program.capped(hard=0.0)
    whole = relaxation(program, getattr(program, cost), 10.0)
    for free in (program.free_of_choice, np.zeros(program.columns, dtype=bool)):
        found = sifted_relaxation(program, getattr(program, cost), 10.0, free, 3)
        assert found.solved
        assert found.bound == pytest.approx(whole.bound, abs=1e-4)
        assert found.objective == pytest.approx(whole.objective, abs=1e-4)
    assert (
        sifted_relaxation(program, getattr(program, cost), 0.0, program.free_of_choice, 3).bound <= whole.bound + 1e-4
    )


def test_what_no_candidate_keeps_bounds_the_number_without_any_time(tmp_path):
    """The rights of a series end after its first airing: its two later airings are changes, whatever is solved."""
    spec = {"channels": [kz(window("19:00", "20:00"))], "programmes": [SERIES, FILM], "days": 3, "placement": STRIP}
    path = published_in(tmp_path / "before", spec)
    ended = {**SERIES, "rights_to": "2026-12-07"}
    write(tmp_path / "ended", content(**{**spec, "programmes": [ended, FILM]}))
    instance = load(tmp_path / "ended")
    plan = read_published(instance, path).timetable
    none = np.zeros(len(plan), dtype=bool)
    forced = state(instance, plan, None, (), None, none, rules_of(instance)).program.forced
    found = replanned(tmp_path / "ended", path)
    every = [weights(found, chosen)[1] for chosen in sets(found)]
    assert 2 <= forced <= min(every) == found.number == found.number_bound


@pytest.mark.parametrize("case", BEFORE)
def test_nothing_changed_changes_nothing_and_a_second_time_neither(tmp_path, case):
    path = published_in(tmp_path / "before", BEFORE[case])
    same = replanned(tmp_path / "before", path)
    assert same.changes.weight == same.number == same.number_bound == 0
    assert sorted(timetable_csv(same.timetable).splitlines()) == sorted(path.read_text(encoding="utf-8").splitlines())
    write(tmp_path / "after", content(**{**BEFORE[case], **AFTER[case]}))
    once = replanned(tmp_path / "after", path)
    again = tmp_path / "again.csv"
    again.write_text(timetable_csv(once.timetable), encoding="utf-8")
    twice = replanned(tmp_path / "after", again)
    assert twice.number == 0
    assert timetable_csv(twice.timetable) == timetable_csv(once.timetable)


@pytest.mark.parametrize("case", BEFORE)
def test_a_freer_replan_never_weighs_more(tmp_path, case):
    path = published_in(tmp_path / "before", BEFORE[case])
    write(tmp_path / "after", content(**{**BEFORE[case], **AFTER[case]}))
    free = replanned(tmp_path / "after", path)
    tied = replanned(tmp_path / "after", path, side="KZ")
    assert free.changes.weight <= tied.changes.weight or tied.found.hard_miss > 0
    assert free.found.hard_miss <= tied.found.hard_miss
    spent = replan(
        load(tmp_path / "after"),
        free.published,
        params=ReplanParams(time_limit=10.0, change_budget=1000),
    )
    assert spent.checked.value >= free.checked.value
    assert spent.changes.weight <= free.changes.weight + 1000


def test_an_episode_that_did_not_air_comes_next_and_frozen_numbers_stay(tmp_path):
    spec = {
        "channels": [kz(window("19:00", "19:30"))],
        "programmes": [programme("series", 30, episodes=9, appeal=1.5)],
        "placement": STRIP,
        "days": 5,
    }
    path = published_in(tmp_path / "before", spec)
    plan = read_published(load(tmp_path / "before"), path).timetable
    assert plan.episode.tolist() == [1, 2, 3, 4, 5]
    found = replanned(tmp_path / "before", path, frozen_until=date(2026, 12, 10), not_aired=[1])
    shown = found.timetable.episode[~found.timetable.anchor].tolist()
    assert shown == [1, 3, 2, 4]
    assert [(slip.airings, slip.by) for slip in found.changes.slips] == [(2, None)] or found.changes.slips[
        0
    ].airings == 2
    assert found.number == 2


@pytest.mark.parametrize("frozen_until", [date(2026, 12, 9), datetime(2026, 12, 9, 8, 0, tzinfo=UTC)])
def test_a_frozen_airing_of_the_night_before_moves_no_other(tmp_path, frozen_until):
    """Its broadcast day is before the horizon, but its window begins in it, and so does the line of the copy."""
    spec = {
        "channels": [kz(window("03:00", "03:30"), window("19:00", "20:00"))],
        "programmes": [SERIES, FILM, programme("more", 30, episodes=9, appeal=1.1, runs=2)],
        "rules": [{"type": "quota", "id": "FILMS", "select": {"genre": "film"}, "least_count": 1, "period": "week"}],
        "days": 4,
    }
    path = published_in(tmp_path / "before", spec)
    found = replanned(tmp_path / "before", path, frozen_until=frozen_until)
    assert found.frozen.days_ahead(found.instance) == 0
    assert found.frozen.frozen.any() and found.open_.any()
    assert found.changes.weight == found.number == 0
    assert found.found.change == 0
    withdrawn = [one if one is not FILM else {**FILM, "rights_to": "2026-12-07"} for one in spec["programmes"]]
    write(tmp_path / "after", content(**{**spec, "programmes": withdrawn}))
    later = replanned(tmp_path / "after", path, frozen_until=frozen_until)
    assert later.found.change == later.changes.weight
    assert {str(cause) for cause in causes(later).values()}.isdisjoint({"there is no longer a window at that time"})
