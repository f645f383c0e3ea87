"""Recombining: the best mixture of some timetables, against all mixtures counted one by one."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from scheduler.solve import Settings, recombine
from scheduler.solve.linear_rows import linear_rows
from scheduler.solve.recombine import CLOSENESS, Recombination
from scheduler.solve.search import Search
from tests.builders import formulated, kept_choices, smoke
from tests.solve.test_annealing import annealing_of
from tests.solve.test_blocks import SPECS, formulation_of
from tests.solve.test_oracle import OVER_CONSTRAINED

KEEPABLE = sorted(set(SPECS) - OVER_CONSTRAINED)


def recombination_from(formulation, start, ends):
    search = Search(formulation, Settings())
    search.offer(start)
    return Recombination(search, linear_rows(formulation), deque(np.flatnonzero(end) for end in ends), 1)


@pytest.mark.parametrize("name", KEEPABLE)
def test_two_timetables_are_mixed_to_the_best_that_their_airings_give(tmp_path, name):
    """Of those that leave the rules' own columns as they are."""
    formulation = formulation_of(tmp_path, name)
    n, found, random = formulation.airing_count, kept_choices(formulation), np.random.default_rng(1)
    assert len(found) > 3
    own = [formulation.point(chosen)[n:] for _, chosen in found]
    for _ in range(12):
        at, to = random.integers(len(found), size=2).tolist()
        (start_value, start), (_, other) = found[at], found[to]
        recombination = recombination_from(formulation, start, [other])
        recombination.step(recombination.search.best, 10.0)
        mixed = [each for each, (_, chosen) in enumerate(found) if not np.any(chosen & ~(start | other))]
        value = recombination.search.best.value
        assert value <= max(found[each][0] for each in mixed)
        best = max(found[each][0] for each in mixed if np.array_equal(own[each], own[at]))
        assert value >= best - 2 * CLOSENESS * abs(start_value) - 2


@pytest.mark.parametrize("name", KEEPABLE)
def test_with_all_airings_open_nothing_gets_worse_and_no_hard_row_is_missed(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    everything = np.ones(formulation.airing_count, dtype=bool)
    found = kept_choices(formulation)
    for value, start in found[:: max(1, len(found) // 8)]:
        recombination = recombination_from(formulation, start, [everything])
        recombination.step(recombination.search.best, 10.0)
        best = recombination.search.best
        assert best.hard_miss == 0 and best.value >= value


def test_cycles_leave_what_they_ended_with_and_a_mixture_betters_it(tmp_path):
    formulation = formulated(smoke(tmp_path, 0.9, 1))
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
    kept = min(kept_choices(formulation), key=lambda pair: pair[0])[1]
    assert formulation.hard_miss(formulation.misses(formulation.point(formulation.locked))) > 0

    def better(start, ends):
        recombination = recombination_from(formulation, start, [everything] * ends)
        before = recombination.search.best
        turns = iter([1.0, 1.0, 0.0])  # asked before a step and for its limit
        recombination.run(lambda: next(turns))
        return recombination.search.best is not before

    assert better(kept, 3)
    assert not better(kept, 2)
    assert not better(formulation.locked, 3)
    monkeypatch.setattr(recombine, "RECOMBINED_WINDOWS", 1)
    assert not better(kept, 3)
