"""What runs are worth after the horizon: rows against the check, and the best timetable of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scheduler.solve import Settings, solve
from scheduler.verify import verify
from tests.builders import build, formulated
from tests.rules.agreement import assert_rows_and_check_agree, assert_the_best_is_found
from tests.rules.keep_cases import CASES, FILM

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance


def built(folder: Path, name: str, **more: Any) -> Instance:
    case = {**CASES[name], **more}
    return build(folder, case.pop("channels"), case.pop("programmes"), **case)


@pytest.mark.parametrize("name", CASES)
def test_rows_and_check_agree_on_every_small_timetable(tmp_path, name):
    instance = built(tmp_path, name)
    kept_only = bool(instance.repeats)  # a repeat without its run is a run
    assert_rows_and_check_agree(instance, "keep", kept_only=kept_only)


@pytest.mark.parametrize("name", CASES)
def test_the_best_of_all_timetables_is_found(tmp_path, name):
    assert_the_best_is_found(built(tmp_path, name))


@pytest.mark.parametrize(("worth", "films"), [(0, 2), (1, 2), (10**6, 0)])
def test_a_run_is_kept_where_it_is_worth_more_later(tmp_path, worth, films):
    shown = [{**FILM, "appeal": 2, "keep_value": worth}]
    instance = built(tmp_path, "a film with two runs", programmes=shown)
    answer = solve(instance, Settings(strategy="exact", time_limit=20, workers=1))
    assert answer.timetable is not None
    assert len(answer.timetable.planned) == films
    assert verify(answer.timetable).penalty == films * worth


def test_without_a_value_there_is_no_such_rule(tmp_path):
    instance = built(tmp_path, "a film with two runs", programmes=[{**FILM, "keep_value": 0}])
    assert "keep" not in set(formulated(instance).labels["rule"])
