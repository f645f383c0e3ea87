"""Fixed counts: the best times, and the best merged counts of two timetables, against all timetables."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.solve import Settings
from scheduler.solve.blocks.fixed_counts_search import FixedCounts
from scheduler.solve.params import DEFAULTS
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.search.incumbent import Search
from tests.builders import formulated, kept_choices, smoke
from tests.solve.cases import KEEPABLE, annealing_of, formulation_of, params_of, restart_with

PARAMS = DEFAULTS.fixed_counts
NOTHING_LOST = {"anchors and dull programmes", "parity", "reruns"}
"""Where no airing of a timetable of the same counts loses anything in fractions."""

ALWAYS_BEST = {"anchors and dull programmes", "reruns"}
"""Where other times of what the timetables begun from have are never better."""


def counts_from(formulation, start, block=None, settings=None, **values):
    """Every airing is a candidate; every window is a block of its own where blocks are not given."""
    search = Search(formulation, replace(settings or Settings(), params=params_of(fixed_counts=values)))
    search.offer(start)
    everything = np.ones(formulation.airing_count, dtype=bool)
    each = np.arange(len(formulation.window_start)) if block is None else block
    context = SimpleNamespace(
        formulation=formulation, search=search, rows=linear_rows(formulation), params=search.settings.params, seed=1
    )
    return FixedCounts(context, everything, each)


@pytest.mark.parametrize("reach", [PARAMS.reach, 0.0])
@pytest.mark.parametrize("name", KEEPABLE)
def test_times_are_the_best_for_given_counts(tmp_path, name, reach):
    """Of those that leave the rules' own columns as they are; also where none are as near as they are first sought."""
    formulation = formulation_of(tmp_path, name)
    n, found = formulation.airing_count, kept_choices(formulation)
    for value, start in found[:: max(1, len(found) // 12)]:
        fixed_counts = counts_from(formulation, start, reach=reach)
        count, own = fixed_counts._count(start), formulation.point(start)[n:]
        alike = [
            each
            for each, chosen in found
            if np.array_equal(fixed_counts._count(chosen), count) and np.array_equal(formulation.point(chosen)[n:], own)
        ]
        fixed_counts.merge(start)
        best = fixed_counts.search.best
        assert best.hard_miss == 0 and best.value >= value
        assert best.value >= max(alike) - 2 * PARAMS.closeness * abs(value) - 2
        assert np.array_equal(fixed_counts._count(best.point[:n].astype(bool)), count)


@pytest.mark.parametrize("name", KEEPABLE)
def test_blocks_take_the_best_counts_that_merging_allows(tmp_path, name):
    """Where a mixture is better than all times of the best, it or one that promises as much is chosen."""
    formulation = formulation_of(tmp_path, name)
    n, found, random = formulation.airing_count, kept_choices(formulation), np.random.default_rng(1)
    promised = 0
    for _ in range(25):
        at, to = random.integers(len(found), size=2).tolist()
        (value, start), (_, other) = found[at], found[to]
        fixed_counts = counts_from(formulation, start)
        one, two = fixed_counts._count(start), fixed_counts._count(other)
        if np.array_equal(one, two):
            continue
        assert np.array_equal(fixed_counts.group[fixed_counts.kind], formulation.window)
        best, everything = fixed_counts.search.best, fixed_counts.candidates
        mixtures = [
            np.where(np.isin(fixed_counts.group, np.flatnonzero(takes)), two, one).tolist()
            for takes in product((False, True), repeat=len(formulation.window_start))
        ]
        own = formulation.point(start)[n:]
        alike = [
            each
            for each, chosen in found
            if fixed_counts._count(chosen).tolist() in mixtures and np.array_equal(formulation.point(chosen)[n:], own)
        ]
        some = PARAMS.least_promise * abs(value)
        floor = max(value, fixed_counts._relaxation(best, everything, one)[0]) + some
        merged = fixed_counts._merged(best, everything, one, two)
        assert merged is None or merged.tolist() in mixtures
        assert merged is None or fixed_counts._relaxation(best, everything, merged)[0] >= floor - 1e-6 * abs(floor)
        if max(alike) > floor + some + 2:
            promised += 1
            assert merged is not None
            assert fixed_counts._relaxation(best, everything, merged)[0] >= max(alike) - some - 2
        fixed_counts.merge(other)
        assert fixed_counts.search.best.hard_miss == 0 and fixed_counts.search.best.value >= value
    assert promised


@pytest.mark.parametrize("name", KEEPABLE)
def test_no_timetable_of_the_counts_is_worth_more_than_the_relaxation_less_the_regret_of_its_airings(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    n, found, lost = formulation.airing_count, kept_choices(formulation), 0.0
    for _, start in found[:: max(1, len(found) // 12)]:
        fixed_counts = counts_from(formulation, start)
        count, own = fixed_counts._count(start), formulation.point(start)[n:]
        ceiling, loss = fixed_counts._relaxation(fixed_counts.search.best, fixed_counts.candidates, count)
        for value, chosen in found:
            if np.array_equal(fixed_counts._count(chosen), count) and np.array_equal(
                formulation.point(chosen)[n:], own
            ):
                most = loss[chosen].max(initial=0.0)
                assert ceiling - most >= value - 1e-6 * abs(value)
                lost = max(lost, most)
    assert lost > 0 or name in NOTHING_LOST


def test_what_is_locked_loses_nothing(tmp_path):
    """Else a poor lock would be left out of the airings among which times are sought."""
    formulation = formulation_of(tmp_path, "knapsacks")
    poor = min(kept_choices(formulation), key=lambda pair: pair[0])[1]
    for airing in np.flatnonzero(poor):
        locked = np.arange(len(poor)) == airing
        fixed_counts = counts_from(replace(formulation, locked=locked), poor)
        ceiling, loss = fixed_counts._relaxation(
            fixed_counts.search.best, fixed_counts.candidates, fixed_counts._count(poor)
        )
        assert np.isfinite(ceiling) and loss[airing] == 0


def anneal_in_haste(annealing):
    """So that times are left to better."""
    annealing.params = annealing.params.but(seconds=0.006, repair_seconds=0.006)
    return annealing.cycle()


def test_own_times_are_chosen_once_where_no_merged_counts_promise_more(tmp_path, monkeypatch):
    formulation = formulated(smoke(tmp_path, 0.9, 2))
    annealing = annealing_of(formulation, 1)
    assert anneal_in_haste(annealing)
    search, nothing = annealing.search, formulation.locked
    restart_with(search, Settings())
    block = np.arange(len(formulation.window_start))
    fixed_counts = FixedCounts(annealing.context, block=block)
    before = search.best.value
    monkeypatch.setattr(fixed_counts, "_merged", lambda *given: None)
    assert fixed_counts.merge(nothing)
    assert search.best.value > before
    monkeypatch.setattr(fixed_counts, "_choose_times", lambda *given: pytest.fail("sought again"))
    assert not fixed_counts.merge(nothing)


@pytest.mark.parametrize("name", KEEPABLE)
def test_times_in_a_few_windows_are_the_best_while_all_else_stays(tmp_path, monkeypatch, name):
    """In the end no other times within one window, with as many airings of each kind there, are better."""
    formulation = formulation_of(tmp_path, name)
    n, found, gained = formulation.airing_count, kept_choices(formulation), False
    for value, start in found[:: max(1, len(found) // 8)]:
        few = {"windows": 1.0, "grow": 1.0, "steps_in_vain": 40}
        block = np.zeros(len(formulation.window_start), dtype=np.int64)
        fixed_counts = counts_from(formulation, start, block, Settings(deterministic=True), **few)
        count, own = fixed_counts._count(start), formulation.point(start)[n:]
        fixed_counts.improve_times(fixed_counts.search.budget)
        best = fixed_counts.search.best
        assert best.hard_miss == 0 and best.value >= value
        gained |= best.value > value
        after = best.point[:n].astype(bool)
        assert np.array_equal(fixed_counts._count(after), count)
        for each, chosen in found:
            alike = np.array_equal(fixed_counts._count(chosen), count)
            moved = len(np.unique(formulation.window[chosen != after]))
            if alike and moved == 1 and np.array_equal(formulation.point(chosen)[n:], own):
                assert best.value >= each - (PARAMS.step_closeness + PARAMS.least_gain) * abs(value) - 2
    assert gained == (name not in ALWAYS_BEST)


def test_counts_of_another_timetable_improve_a_week(tmp_path):
    formulation = formulated(smoke(tmp_path, 0.9, 2))
    annealing, other = annealing_of(formulation, 1), annealing_of(formulation, 2)
    assert anneal_in_haste(annealing) and anneal_in_haste(other)
    assert annealing.ended() is not None and other.ended() is not None
    search = annealing.search
    block = np.arange(len(formulation.window_start))
    fixed_counts = FixedCounts(annealing.context, block=block)
    restart_with(search, Settings())
    before = search.best.value
    assert fixed_counts.merge(annealing.ended())
    timed = search.best.value
    assert timed > before
    fixed_counts.merge(other.ended())
    assert search.best.value >= timed and search.best.hard_miss == 0


def test_nothing_is_done_while_a_hard_row_is_missed(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    assert formulation.hard_miss(formulation.misses(formulation.point(formulation.locked))) > 0
    kept = max(kept_choices(formulation), key=lambda pair: pair[0])[1]
    fixed_counts = counts_from(formulation, formulation.locked)
    monkeypatch.setattr(fixed_counts, "_step", lambda *given: pytest.fail("a hard row is missed"))
    assert not fixed_counts.merge(kept)
    fixed_counts.improve_times(fixed_counts.search.budget)


def test_no_times_are_chosen_after_an_interrupt(tmp_path):
    formulation = formulation_of(tmp_path, "knapsacks")
    poor = min(kept_choices(formulation), key=lambda pair: pair[0])[1]
    fixed_counts = counts_from(formulation, poor)
    before = fixed_counts.search.best
    fixed_counts.search.interrupt()
    fixed_counts.improve_times(fixed_counts.search.budget)
    assert fixed_counts.search.best is before


def test_what_is_chosen_for_a_part_is_put_into_the_best_of_now(tmp_path):
    """Also where another worker has moved it on elsewhere; what it would not better is left."""
    formulation = formulation_of(tmp_path, "knapsacks")
    found = kept_choices(formulation)
    best, poor = max(found, key=lambda pair: pair[0])[1], min(found, key=lambda pair: pair[0])[1]
    search = Search(formulation, Settings())
    search.offer(poor)
    free = formulation.window == formulation.window[np.flatnonzero(best != poor)[0]]
    assert not search.offer_part(free, np.flatnonzero(poor & free))
    moved = Search(formulation, Settings())
    moved.offer(best & ~free | poor & free)
    before = moved.best
    assert moved.offer_part(free, np.flatnonzero(best & free))
    assert np.array_equal(moved.best.point[: len(best)].astype(bool), best)
    assert moved.best.beats(before)
    assert not moved.offer_part(free, np.flatnonzero(poor & free))


def test_a_carriage_is_one_content_on_one_channel(tmp_path):
    airings = build_airings(smoke(tmp_path, 0.7, 2), ())
    formulation = formulate(airings)
    pairs = np.unique(np.stack([airings.channel, airings.content]), axis=1, return_inverse=True)[1]
    assert len(np.unique(pairs)) > len(airings.instance.channels)
    assert np.array_equal(np.unique(formulation.carriage, return_inverse=True)[1], pairs)
    some = np.arange(0, len(airings), 7)
    assert np.array_equal(formulation.only_airings(some).carriage, formulation.carriage[some])
