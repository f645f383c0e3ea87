"""A start solution, rules for one run, and a timetable as chosen airings."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import Quota, load, rules_of
from scheduler.solve import Settings, prepare, solve
from scheduler.timetable import chosen_of, timetable_of
from scheduler.verify import verify
from tests.builders import choices, smoke, write
from tests.solve.cases import INSTANCES, NAMES

NO_FILM = {"type": "quota", "id": "NOFILM", "select": {"genre": "film"}, "most_minutes": 0, "period": "horizon"}


@pytest.mark.parametrize("name", NAMES)
def test_every_timetable_turns_back_into_its_airings(tmp_path, name):
    instance = load(write(tmp_path, INSTANCES[name]))
    airings = build_airings(instance, rules_of(instance))
    formulation, count = formulate(airings), 0
    for chosen in choices(formulation, 5):
        if formulation.is_admissible(formulation.point(chosen)):
            count += 1
            assert np.array_equal(chosen_of(airings, timetable_of(airings, chosen)), chosen)
    assert count > 1


def test_what_is_no_candidate_any_more_is_left_out(tmp_path):
    instance = load(write(tmp_path, INSTANCES["no rules"]))
    airings = build_airings(instance, rules_of(instance))
    best = solve(instance, Settings("exact", 30.0, workers=1)).timetable
    chosen = np.flatnonzero(chosen_of(airings, best))
    assert len(chosen) > 1
    frame = airings.frame.drop(index=chosen[0]).reset_index(drop=True)
    fewer = type(airings)(instance, frame, np.delete(airings.locked, chosen[0]))
    assert np.count_nonzero(chosen_of(fewer, best)) == len(chosen) - 1


@pytest.mark.parametrize("strategy", ["auto", "exact", "scale", "greedy"])
def test_every_strategy_begins_from_the_start_it_is_given(tmp_path, strategy):
    instance = smoke(tmp_path, 0.9, 1)
    known = solve(instance, Settings("scale", 5.0, deterministic=True))
    settings = Settings(strategy, 0.2, deterministic=True)
    for start in (known.timetable, known.search.best.point[: len(known.airings)].astype(bool)):
        _, search = prepare(instance, settings, start=start)
        assert search.best.value == known.search.best.value
    found = solve(instance, settings, start=known.timetable)
    assert not found.search.faults
    assert not known.search.best.beats(found.search.best) or found.search.best.value == known.search.best.value


def test_a_start_that_breaks_a_rigid_row_is_taken_as_far_as_it_fits(tmp_path):
    instance = load(write(tmp_path, INSTANCES["reruns"]))
    airings = build_airings(instance, rules_of(instance))
    everything = np.ones(len(airings), dtype=bool)
    _, search = prepare(instance, Settings("greedy", 5.0), start=everything)
    assert search.best is not None and search.best.point[: len(airings)].any()


def test_rules_are_added_for_one_run_and_the_instance_stays_as_it_is(tmp_path):
    instance = load(write(tmp_path, INSTANCES["no rules"]))
    plain = solve(instance, Settings("exact", 30.0, workers=1))
    assert "film" in {instance.contents.items[each].genre for each in plain.timetable.content.tolist()}
    more = (*rules_of(instance), Quota.model_validate(NO_FILM))
    strict = solve(instance, Settings("exact", 30.0, workers=1), rules=more)
    assert "film" not in {instance.contents.items[each].genre for each in strict.timetable.content.tolist()}
    assert strict.verification.value < plain.verification.value
    assert {row.rule for row in strict.verification.measurements} - {
        row.rule for row in plain.verification.measurements
    } == {"NOFILM"}
    assert verify(plain.timetable, more).missed and not verify(plain.timetable).missed
    again = solve(instance, Settings("exact", 30.0, workers=1))
    assert again.verification.value == plain.verification.value
