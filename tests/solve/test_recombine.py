"""Recombining: the best mixture of some timetables, against all mixtures counted one by one."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.generate import generate, suite
from scheduler.rules import load, rules_of
from scheduler.solve import Settings, recombine
from scheduler.solve.linear_rows import linear_rows
from scheduler.solve.recombine import CLOSENESS, Recombination
from scheduler.solve.search import Search
from tests.builders import choices
from tests.solve.test_annealing import annealing_of
from tests.solve.test_blocks import SPECS, formulation_of
from tests.solve.test_oracle import OVER_CONSTRAINED

KEEPABLE = sorted(set(SPECS) - OVER_CONSTRAINED)


def kept_choices(formulation):
    """(value, flags) of every timetable that misses no hard row and breaks no rigid one."""
    found = []
    for chosen in choices(formulation, 5):
        point = formulation.point(chosen)
        misses = formulation.misses(point)
        if formulation.is_admissible(point) and formulation.hard_miss(misses) == 0:
            found.append((formulation.audience(point) - formulation.penalty(misses), chosen))
    return found


def recombination_from(formulation, start, ends):
    search = Search(formulation, Settings())
    search.offer(start)
    return Recombination(search, linear_rows(formulation), deque(np.flatnonzero(end) for end in ends), 1)


@pytest.mark.parametrize("name", [name for name in KEEPABLE if name != "parity"])
def test_two_timetables_are_mixed_to_the_best_that_their_airings_give(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    found, random = kept_choices(formulation), np.random.default_rng(1)
    assert len(found) > 3
    for _ in range(12):
        (start_value, start), (_, other) = (found[int(at)] for at in random.integers(len(found), size=2))
        recombination = recombination_from(formulation, start, [other])
        recombination.step(recombination.search.best, 10.0)
        union = start | other
        best = max(value for value, chosen in found if not np.any(chosen & ~union))
        value = recombination.search.best.value
        assert start_value <= value <= best
        if not len(formulation.column_lower):  # the rules' own columns stay as they are
            assert value >= best - 2 * CLOSENESS * abs(start_value) - 2


@pytest.mark.parametrize("name", KEEPABLE)
def test_with_all_airings_open_nothing_gets_worse_and_no_hard_row_is_missed(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    everything = np.ones(formulation.airing_count, dtype=bool)
    for value, start in kept_choices(formulation)[:: max(1, len(kept_choices(formulation)) // 8)]:
        recombination = recombination_from(formulation, start, [everything])
        recombination.step(recombination.search.best, 10.0)
        best = recombination.search.best
        assert best.hard_miss == 0 and best.value >= value


def test_cycles_leave_what_they_ended_with_and_a_mixture_betters_it(tmp_path):
    generate(tmp_path, suite("smoke").dials_at(0.9), 1)
    instance = load(tmp_path)
    formulation = formulate(build_airings(instance, rules_of(instance)))
    annealing = annealing_of(formulation)
    assert not annealing.ends
    assert annealing.cycle() and annealing.search.best.hard_miss == 0
    assert len(annealing.ends) >= 2 and annealing.beside(2).ends is annealing.ends
    before = annealing.search.best.value
    likely = np.flatnonzero(np.random.default_rng(1).random(formulation.airing_count) < 0.7)
    recombination = Recombination(annealing.search, linear_rows(formulation), deque([likely]), 1)
    assert recombination.step(annealing.search.best, 20.0)
    assert annealing.search.best.value > before and annealing.search.best.hard_miss == 0


def test_the_size_says_how_many_are_put_together(tmp_path):
    formulation = formulation_of(tmp_path, "no rules")
    one = np.eye(formulation.airing_count, dtype=bool)
    recombination = recombination_from(formulation, formulation.locked, one[:6])
    recombination.size = 3.0
    assert np.count_nonzero(recombination._together(formulation.locked)) == 3
    recombination.size = 0.0
    assert np.count_nonzero(recombination._together(formulation.locked)) == 1


def test_it_waits_for_ends_and_for_a_timetable_that_keeps_all_hard_rows(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    everything = np.ones(formulation.airing_count, dtype=bool)
    start = formulation.locked
    assert formulation.hard_miss(formulation.misses(formulation.point(start))) > 0
    turns = iter([1.0, 1.0, 0.0])  # asked before a step and for its limit
    recombination = recombination_from(formulation, start, [everything] * 3)
    recombination.run(lambda: 1.0)
    assert np.array_equal(recombination.search.best.point, formulation.point(start))
    value, kept = min(kept_choices(formulation), key=lambda pair: pair[0])
    recombination_from(formulation, kept, [everything] * 2).run(lambda: 1.0)  # two ends are too few: returns at once
    recombination = recombination_from(formulation, kept, [everything] * 3)
    recombination.run(lambda: next(turns))
    assert recombination.search.best.value > value
    monkeypatch.setattr(recombine, "MOST_WINDOWS", 1)
    recombination_from(formulation, kept, [everything] * 3).run(lambda: 1.0)  # too many windows: returns at once
