"""Re-timing: the best times of what is carried, and the best mixture of two timetables, against all of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.solve import Settings
from scheduler.solve.blocks.block_lns_rounds import Polishing
from scheduler.solve.blocks.fixed_counts_search import CLOSENESS, LEAST_GAIN, PROMISE, REACH, STEP_CLOSENESS, Retiming
from scheduler.solve.bounding import Bounding
from scheduler.solve.cp_sat.large_neighbourhood import Improvement
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.scale import _Worker
from scheduler.solve.search.incumbent import Search
from tests.builders import formulated, kept_choices, smoke
from tests.solve.cases import KEEPABLE, annealing_of, formulation_of, restart_with

NOTHING_LOST = {"anchors and dull programmes", "parity", "reruns"}
"""Where no airing of a timetable of the same counts loses anything in fractions."""

ALWAYS_BEST = {"anchors and dull programmes", "reruns"}
"""Where other times of what the timetables begun from have are never better."""


def retiming_from(formulation, start, block=None):
    """Every airing is likely; every window is a block of its own where blocks are not given."""
    search = Search(formulation, Settings())
    search.offer(start)
    everything = np.ones(formulation.airing_count, dtype=bool)
    each = np.arange(len(formulation.window_start)) if block is None else block
    return Retiming(search, linear_rows(formulation), everything, each, 1)


@pytest.mark.parametrize("reach", [REACH, 0.0])
@pytest.mark.parametrize("name", KEEPABLE)
def test_times_are_the_best_of_what_is_carried(tmp_path, monkeypatch, name, reach):
    """Of those that leave the rules' own columns as they are; also where none are as near as they are first sought."""
    monkeypatch.setattr("scheduler.solve.blocks.fixed_counts_search.REACH", reach)
    formulation = formulation_of(tmp_path, name)
    n, found = formulation.airing_count, kept_choices(formulation)
    for value, start in found[:: max(1, len(found) // 12)]:
        retiming = retiming_from(formulation, start)
        count, own = retiming._count(start), formulation.point(start)[n:]
        alike = [
            each
            for each, chosen in found
            if np.array_equal(retiming._count(chosen), count) and np.array_equal(formulation.point(chosen)[n:], own)
        ]
        retiming.run(start)
        best = retiming.search.best
        assert best.hard_miss == 0 and best.value >= value
        assert best.value >= max(alike) - 2 * CLOSENESS * abs(value) - 2
        assert np.array_equal(retiming._count(best.point[:n].astype(bool)), count)


@pytest.mark.parametrize("name", KEEPABLE)
def test_blocks_choose_what_to_carry_as_well_as_any_mixture_allows(tmp_path, name):
    """Where a mixture is better than all times of the best, it or one that promises as much is chosen."""
    formulation = formulation_of(tmp_path, name)
    n, found, random = formulation.airing_count, kept_choices(formulation), np.random.default_rng(1)
    promised = 0
    for _ in range(25):
        at, to = random.integers(len(found), size=2).tolist()
        (value, start), (_, other) = found[at], found[to]
        retiming = retiming_from(formulation, start)
        one, two = retiming._count(start), retiming._count(other)
        if np.array_equal(one, two):
            continue
        assert np.array_equal(retiming.group[retiming.kind], formulation.window)
        best, everything = retiming.search.best, retiming.likely
        mixtures = [
            np.where(np.isin(retiming.group, np.flatnonzero(takes)), two, one).tolist()
            for takes in product((False, True), repeat=len(formulation.window_start))
        ]
        own = formulation.point(start)[n:]
        alike = [
            each
            for each, chosen in found
            if retiming._count(chosen).tolist() in mixtures and np.array_equal(formulation.point(chosen)[n:], own)
        ]
        some = PROMISE * abs(value)
        floor = max(value, retiming._relaxed(best, everything, one)[0]) + some
        mixed = retiming._mixed(best, everything, one, two)
        assert mixed is None or mixed.tolist() in mixtures
        assert mixed is None or retiming._relaxed(best, everything, mixed)[0] >= floor - 1e-6 * abs(floor)
        if max(alike) > floor + some + 2:
            promised += 1
            assert mixed is not None
            assert retiming._relaxed(best, everything, mixed)[0] >= max(alike) - some - 2
        retiming.run(other)
        assert retiming.search.best.hard_miss == 0 and retiming.search.best.value >= value
    assert promised


@pytest.mark.parametrize("name", KEEPABLE)
def test_no_timetable_of_the_counts_is_worth_more_than_fractions_less_what_its_airings_lose(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    n, found, lost = formulation.airing_count, kept_choices(formulation), 0.0
    for _, start in found[:: max(1, len(found) // 12)]:
        retiming = retiming_from(formulation, start)
        count, own = retiming._count(start), formulation.point(start)[n:]
        ceiling, loss = retiming._relaxed(retiming.search.best, retiming.likely, count)
        for value, chosen in found:
            if np.array_equal(retiming._count(chosen), count) and np.array_equal(formulation.point(chosen)[n:], own):
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
        retiming = retiming_from(replace(formulation, locked=locked), poor)
        ceiling, loss = retiming._relaxed(retiming.search.best, retiming.likely, retiming._count(poor))
        assert np.isfinite(ceiling) and loss[airing] == 0


def anneal_in_haste(annealing):
    """So that times are left to better."""
    annealing.cooling = replace(annealing.cooling, seconds=0.006, mending=0.006)
    return annealing.cycle()


def test_the_times_of_the_best_are_sought_once_where_no_mixture_promises_more(tmp_path, monkeypatch):
    formulation = formulated(smoke(tmp_path, 0.9, 1))
    annealing = annealing_of(formulation, 1)
    assert anneal_in_haste(annealing)
    search, nothing = annealing.search, formulation.locked
    restart_with(search, Settings())
    block = np.arange(len(formulation.window_start))
    retiming = Retiming(search, linear_rows(formulation), annealing.likely, block, 1)
    before = search.best.value
    monkeypatch.setattr(retiming, "_mixed", lambda *given: None)
    assert retiming.run(nothing)
    assert search.best.value > before
    monkeypatch.setattr(retiming, "_timed", lambda *given: pytest.fail("sought again"))
    assert not retiming.run(nothing)


@pytest.mark.parametrize("name", KEEPABLE)
def test_times_in_a_few_windows_are_the_best_while_all_else_stays(tmp_path, monkeypatch, name):
    """In the end no other times within one window, with as many airings of each kind there, are better."""
    monkeypatch.setattr("scheduler.solve.blocks.fixed_counts_search.WINDOWS", 1.0)
    monkeypatch.setattr("scheduler.solve.blocks.fixed_counts_search.GROW", 1.0)
    monkeypatch.setattr("scheduler.solve.blocks.fixed_counts_search.IN_VAIN", 40)
    formulation = formulation_of(tmp_path, name)
    n, found, gained = formulation.airing_count, kept_choices(formulation), False
    for value, start in found[:: max(1, len(found) // 8)]:
        retiming = retiming_from(formulation, start, np.zeros(len(formulation.window_start), dtype=np.int64))
        restart_with(retiming.search, Settings(deterministic=True))
        count, own = retiming._count(start), formulation.point(start)[n:]
        retiming.adjust(retiming.search.budget)
        best = retiming.search.best
        assert best.hard_miss == 0 and best.value >= value
        gained |= best.value > value
        after = best.point[:n].astype(bool)
        assert np.array_equal(retiming._count(after), count)
        for each, chosen in found:
            alike = np.array_equal(retiming._count(chosen), count)
            moved = len(np.unique(formulation.window[chosen != after]))
            if alike and moved == 1 and np.array_equal(formulation.point(chosen)[n:], own):
                assert best.value >= each - (STEP_CLOSENESS + LEAST_GAIN) * abs(value) - 2
    assert gained == (name not in ALWAYS_BEST)


def test_what_another_timetable_carries_betters_a_week(tmp_path):
    formulation = formulated(smoke(tmp_path, 0.9, 1))
    annealing, other = annealing_of(formulation, 1), annealing_of(formulation, 2)
    assert anneal_in_haste(annealing) and anneal_in_haste(other)
    assert annealing.ended() is not None and other.ended() is not None
    search = annealing.search
    block = np.arange(len(formulation.window_start))
    retiming = Retiming(search, linear_rows(formulation), annealing.likely, block, 1)
    restart_with(search, Settings())
    before = search.best.value
    assert retiming.run(annealing.ended())
    timed = search.best.value
    assert timed > before
    retiming.run(other.ended())
    assert search.best.value >= timed and search.best.hard_miss == 0


def test_nothing_is_done_while_a_hard_row_is_missed(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    assert formulation.hard_miss(formulation.misses(formulation.point(formulation.locked))) > 0
    kept = max(kept_choices(formulation), key=lambda pair: pair[0])[1]
    retiming = retiming_from(formulation, formulation.locked)
    monkeypatch.setattr(retiming, "_step", lambda *given: pytest.fail("a hard row is missed"))
    assert not retiming.run(kept)
    retiming.adjust(retiming.search.budget)


def test_nothing_is_adjusted_after_an_interrupt(tmp_path):
    formulation = formulation_of(tmp_path, "knapsacks")
    poor = min(kept_choices(formulation), key=lambda pair: pair[0])[1]
    retiming = retiming_from(formulation, poor)
    before = retiming.search.best
    retiming.search.interrupt()
    retiming.adjust(retiming.search.budget)
    assert retiming.search.best is before


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


@pytest.mark.parametrize("kept", [False, True])
def test_while_a_hard_row_is_missed_weeks_are_polished_and_neighbourhoods_take_turns(tmp_path, monkeypatch, kept):
    search = Search(formulated(smoke(tmp_path, 0.7, 2)), Settings(time_limit=60.0))
    assert not len(search.formulation.column_upper)
    bounding = Bounding(search, Pricer(search.formulation))
    bounding.relax_plain()
    worker = _Worker.first(search, bounding, bounding.guide())
    assert worker.retiming is not None
    runs = []
    monkeypatch.setattr(Polishing, "run", lambda self, left: runs.append("polishing"))
    monkeypatch.setattr(Improvement, "run", lambda self, left: runs.append("neighbourhoods"))
    monkeypatch.setattr(Search, "keeps_hard_rows", lambda self: kept)
    worker.turn(0.5, alone=False)
    assert runs == ([] if kept else ["polishing", "neighbourhoods"])
