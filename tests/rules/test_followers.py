"""Repeats that use no run: bundles and rows against the check, on every small timetable of tiny instances."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.instance import InputError
from scheduler.instance.derived.repeats import REPEAT
from scheduler.rules import rules_of
from scheduler.solve import Settings, solve
from scheduler.strands import build_bundles
from scheduler.timetable import chosen_of, timetable_of
from scheduler.verify import verify
from tests.builders import build, formulated, kept_choices, programme
from tests.rules.agreement import disagreements
from tests.rules.follower_cases import CASES, NEXT, placed

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance


def built(folder: Path, case: dict[str, Any]) -> Instance:
    given = dict(case)
    return build(folder, given.pop("channels"), given.pop("programmes"), **given)


@pytest.mark.parametrize("name", CASES)
def test_rows_and_check_agree_on_every_small_timetable(tmp_path, name):
    instance = built(tmp_path, CASES[name])
    airings = formulated(instance).airing_count
    wrong, seen = disagreements(instance, most=4 if airings <= 8 else 3 if airings <= 10 else 2)
    assert not wrong, "\n".join(wrong)
    assert seen["broken"]


def plans(instance: Instance) -> set[tuple[tuple[str, int], ...]]:
    """(start, episode) of each airing of every timetable that keeps the hard rules."""
    airings = build_airings(instance, rules_of(instance))
    found = set()
    for _, chosen in kept_choices(formulated(instance)):
        table = timetable_of(airings, chosen)
        assert not verify(table).broken
        assert np.array_equal(chosen_of(airings, table), chosen)
        clock = [f"{instance.timeline.moment(int(at)):%dT%H:%M}" for at in table.start]
        found.add(tuple(pair for pair in zip(clock, table.episode.tolist(), strict=True) if pair[1]))
    return found


def test_each_episode_comes_again_on_the_next_morning(tmp_path):
    whole = (("07T14:00", 1), ("08T05:00", 1), ("08T14:00", 2), ("09T05:00", 2), ("09T14:00", 3))
    assert plans(built(tmp_path, CASES["next morning"])) >= {(), whole}


def test_an_omnibus_has_the_episodes_of_the_days_before_in_order(tmp_path):
    both = (("07T14:00", 1), ("08T14:00", 2), ("09T07:00", 1), ("09T07:30", 2))
    late = (("08T14:00", 1), ("09T07:00", 1))
    assert plans(built(tmp_path, CASES["an omnibus"])) == {(), both, late}
    short = built(tmp_path / "short", CASES["an omnibus too late for the first"])
    assert plans(short) == {(), both[:2], late}


def test_the_first_follower_comes_first_where_the_rights_allow_one(tmp_path):
    one = (("07T14:00", 1), ("08T05:00", 1), ("08T14:00", 2), ("08T18:30", 2))
    assert one in plans(built(tmp_path, CASES["both, and the rights allow one"]))
    two = (("07T14:00", 1), ("07T18:30", 1), ("08T05:00", 1), ("08T14:00", 2), ("08T18:30", 2))
    assert two in plans(built(tmp_path / "two", CASES["both, and the rights allow two"]))


def test_what_aired_before_the_horizon_is_repeated_once(tmp_path):
    goes_on = (("07T05:00", 1), ("07T14:00", 2), ("08T05:00", 2), ("08T14:00", 3))
    assert plans(built(tmp_path, CASES["in the middle of its run"])) == {goes_on}
    found = plans(built(tmp_path / "again", CASES["a repeat on record"]))
    assert found == {(("07T14:00", 2), ("08T05:00", 2), ("08T14:00", 3), ("08T18:30", 3))}


def test_a_repeat_is_no_first_run_whatever_the_record_calls_it(tmp_path):
    found = plans(built(tmp_path, CASES["a repeat on record that is called a first run"]))
    assert found
    assert all(plan[0] == ("07T05:00", 2) for plan in found)


def test_a_repeat_uses_no_run_and_a_rerun_comes_after_it(tmp_path):
    """Two runs in all: the repeat of Tuesday morning is none of them, the rerun is on Wednesday at the earliest."""
    found = plans(built(tmp_path, CASES["runs beside repeats"]))
    assert (("07T14:00", 1), ("08T05:00", 1), ("09T05:00", 1)) in found
    assert not any(("08T05:00", 1) in plan and ("08T14:00", 1) in plan for plan in found)


def test_without_the_rights_nothing_is_repeated(tmp_path):
    case = {**CASES["next morning"], "programmes": [programme("s", 30, episodes=3)]}
    airings = build_airings(built(tmp_path, case), rules_of(built(tmp_path, case)))
    assert not (airings.run >= REPEAT).any()


@pytest.mark.parametrize("strategy", ["exact", "auto"])
@pytest.mark.parametrize("name", ["next morning", "two in a place", "an omnibus"])
def test_the_best_of_all_timetables_is_found(tmp_path, name, strategy):
    instance = built(tmp_path, CASES[name])
    best = max(value for value, _ in kept_choices(formulated(instance)))
    search = solve(instance, Settings(strategy=strategy, time_limit=20, workers=1)).search
    assert search.best is not None
    assert search.best.value == best


def test_bundles_hold_their_repeats(tmp_path):
    instance = built(tmp_path, CASES["next morning"])
    airings = build_airings(instance, rules_of(instance))
    bundles = build_bundles(airings)
    runs = [airings.run[part].tolist() for part in np.split(bundles.airing, bundles.first[1:-1])]
    assert [1, 1, 1, REPEAT + 1, REPEAT + 1] in runs


def test_a_follower_is_after_some_days_or_an_omnibus(tmp_path):
    for follower in ({"start": "10:00"}, {**NEXT, "omnibus": "sat"}):
        with pytest.raises(InputError, match="either after_days or omnibus"):
            built(tmp_path, {**CASES["next morning"], "placement": placed(follower)})
    with pytest.raises(InputError, match="followers are for the other kinds"):
        built(tmp_path, {**CASES["next morning"], "placement": [{"as": "free", "followers": [NEXT]}]})


@pytest.mark.parametrize("run", ["first", "rerun"])
def test_a_repeat_is_not_called_a_first_run(tmp_path, run):
    case = {**CASES["next morning"], "programmes": [{**CASES["next morning"]["programmes"][0], "episodes": 1}]}
    instance = built(tmp_path, case)
    airings = build_airings(instance, rules_of(instance))
    morning, evening = airings.start_minute % 1440 == 5 * 60, airings.start_minute % 1440 == 14 * 60
    first_evening = evening & (airings.run == 1) & (airings.broadcast_day == 0)
    next_morning = morning & (airings.run == REPEAT + 1) & (airings.broadcast_day == 1)
    timetable = timetable_of(airings, first_evening | next_morning)
    assert timetable.episode.tolist() == [1, 1]
    called = replace(timetable, first=np.array([True, run == "first"]))
    said = {(one.rule, one.aspect.code) for one in verify(called).broken}
    assert (("rights", "first runs") in said) == (run == "first")
