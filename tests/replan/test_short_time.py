"""A replan whose time is too short: the published timetable without what can no longer air, and its message."""

from __future__ import annotations

import json
from html import unescape
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scheduler.replan import mip, read_published, replan
from scheduler.replan.params import ReplanParams
from scheduler.replan.stated import state
from scheduler.results import ReplanFile
from scheduler.rules import load, rules_of
from tests.builders import content, programme, write
from tests.planned import command
from tests.replan.cases import AFTER, BEFORE, published_in, sets, weights

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ReplanParams(time_limit=10.0)


@pytest.fixture
def slow_machine(monkeypatch):
    """HiGHS ends before its first step, as it does if the time is over. Counted, so the same on every machine."""
    made = mip._highs

    def no_work(*limits):
        highs = made(*limits)
        highs.setOptionValue("presolve", "off")
        highs.setOptionValue("simplex_iteration_limit", 0)
        highs.setOptionValue("ipm_iteration_limit", 0)
        highs.setOptionValue("mip_max_nodes", 0)
        highs.setOptionValue("mip_heuristic_effort", 0.0)
        return highs

    monkeypatch.setattr(mip, "_highs", no_work)


@pytest.fixture
def withdrawn(tmp_path) -> tuple[Path, Path]:
    """A film is withdrawn that a hard rule needs; another one could take its place."""
    path = published_in(tmp_path / "before", BEFORE["a film withdrawn"])
    return write(tmp_path / "after", content(**{**BEFORE["a film withdrawn"], **AFTER["a film withdrawn"]})), path


@pytest.mark.usefixtures("slow_machine")
@pytest.mark.parametrize("case", sorted(BEFORE))
def test_without_a_search_what_is_published_stays_if_it_can_air(tmp_path, case):
    path = published_in(tmp_path / "before", BEFORE[case])
    instance = load(write(tmp_path / "after", content(**{**BEFORE[case], **AFTER[case]})))
    published = read_published(instance, path)
    plan, rules = published.timetable, rules_of(instance)
    stated = state(instance, plan, None, (), None, np.zeros(len(plan), dtype=bool), rules)
    found = replan(instance, published, params=QUICK)
    assert found.found.change is None
    assert {entry.kind for entry in found.changes.entries} <= {"kept", "dropped"}
    assert not found.checked.broken
    kept = sum(entry.kind == "kept" for entry in found.changes.entries)
    assert kept == len(np.unique(stated.kept[0])) > 0
    assert 0 <= found.change_bound <= found.changes.weight
    assert (found.change_bound > 0) == (kept < len(plan))
    assert 0 < found.number_bound <= found.number


@pytest.mark.parametrize("case", sorted(BEFORE))
def test_the_bounds_without_a_search_are_true(tmp_path, case):
    """No timetable has less change than the changes that news forces."""
    path = published_in(tmp_path / "before", BEFORE[case])
    instance = load(write(tmp_path / "after", content(**{**BEFORE[case], **AFTER[case]})))
    published = read_published(instance, path)
    plan, rules = published.timetable, rules_of(instance)
    program = state(instance, plan, None, (), None, np.zeros(len(plan), dtype=bool), rules).program
    found = replan(instance, published, params=QUICK)
    every = [weights(found, chosen) for chosen in sets(found)]
    assert found.found.change is not None
    assert program.forced_weight <= min(weight for weight, _, _ in every)
    assert program.forced <= min(number for _, number, _ in every)
    assert found.found.count_bound == min(number for _, number, _ in every)


@pytest.mark.usefixtures("slow_machine")
def test_a_lock_takes_the_place_of_what_overlaps_it(tmp_path):
    spec = BEFORE["a film withdrawn"]
    path = published_in(tmp_path / "before", spec)
    plan = read_published(load(tmp_path / "before"), path).timetable
    at = plan.instance.timeline.moment(int(plan.start.min()))
    long = programme("long", 60, genre="film", appeal=0.1)
    lock = {"channel": "Q.kz", "start_utc": f"{at:%Y-%m-%dT%H:%MZ}", "duration_min": 60, "programme": "long",
            "episode": 1, "run": "first", "version_language": "kaz", "version_kind": "original"}  # fmt: skip
    folder = write(tmp_path / "after", content(**{**spec, "programmes": [*spec["programmes"], long], "locks": [lock]}))
    instance = load(folder)
    found = replan(instance, read_published(instance, path), params=QUICK)
    assert found.found.change is None
    assert found.formulation.is_admissible(found.formulation.point(found.chosen))
    shown = [found.instance.programmes[int(one)].programme for one in found.timetable.programme]
    assert "long" in shown
    dropped = [entry.old for entry in found.changes.entries if entry.kind == "dropped"]
    assert set(dropped) == set(np.flatnonzero(plan.start < plan.start.min() + 60).tolist())
    assert len(dropped) == 2


@pytest.mark.usefixtures("slow_machine")
@pytest.mark.parametrize(
    ("language", "short", "unproven"),
    [
        ("en", "the time was too short for a search", "it is not proven that it must be"),
        ("kk", "іздеуге уақыт жетпеді", "дәлелденбеген"),
        ("ru", "на поиск не хватило времени", "не доказано, что это неизбежно"),
    ],
)
def test_an_answer_without_a_search_says_so(withdrawn, tmp_path, language, short, unproven):
    folder, path = withdrawn
    out = tmp_path / "out"
    code, said = command("replan", folder, "--published", path, "--out", out, "--lang", language)
    assert code == 1, said
    page = unescape((out / "replan.html").read_text(encoding="utf-8"))
    for words in (short, unproven):
        assert words in said
        assert words in page
    written = ReplanFile.model_validate_json((out / "replan.json").read_text(encoding="utf-8"))
    assert not written.searched
    assert len(written.hard_missed) == 1
    assert written.hard_miss_bound < written.hard_miss
    code, said = command("explain", folder, "--published", path, "--lang", language)
    assert code == 1
    assert short in said


def test_an_answer_with_a_search_does_not_say_so(withdrawn, tmp_path):
    folder, path = withdrawn
    code, said = command("replan", folder, "--published", path, "--out", tmp_path / "out")
    assert code == 0, said
    assert "too short" not in said
    assert json.loads((tmp_path / "out" / "replan.json").read_text(encoding="utf-8"))["searched"]
