"""The greedy start: gains against a recount of every row, and what it never does."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.rules import HARD, NO_BOUND, load
from scheduler.solve.greedy import _best_of_windows, _State, greedy_choice
from scheduler.solve.kernels import insertion_gains as compiled
from scheduler.solve.search.incumbent import Search, Settings
from tests.builders import formulated, smoke, write
from tests.solve.cases import INSTANCES

NAMES = sorted(set(INSTANCES) - {"nothing fits"})


def missed(formulation, activity):
    return np.maximum(np.maximum(formulation.lower - activity, activity - formulation.upper), 0) / formulation.miss_step


def recount(state):
    """What each open airing would add, from the whole matrix; −∞ where a rigid row would be missed more."""
    formulation, gain = state.formulation, np.full(state.formulation.airing_count, -np.inf)
    matrix = formulation.matrix.toarray()
    now = missed(formulation, state.counted.activity)
    for at in np.flatnonzero(state.open):
        then = missed(formulation, state.counted.activity + matrix[:, at])
        if not np.any((then > now) & state.counted.rigid):
            gain[at] = formulation.value[at] + (now - then) @ state.counted.weight
    return gain


@pytest.mark.parametrize("name", NAMES)
def test_gains_are_those_of_a_recount_while_airings_are_taken(tmp_path, name):
    state = _State.of(formulated(load(write(tmp_path, INSTANCES[name]))))
    for _ in range(4):
        expected = recount(state)
        found = state.gains()
        assert found == pytest.approx(expected)
        assert np.array_equal(state.open, np.isfinite(expected))
        best = _best_of_windows(state.formulation, found)
        if not len(best) or not state.take(int(best[0]), found[best[0]]):
            break
    assert np.array_equal(state.counted.activity, state.formulation.matrix[:, : len(state.chosen)] @ state.chosen)


def test_an_airing_is_taken_only_while_it_gains_more_than_half_of_what_was_promised(tmp_path):
    state = _State.of(formulated(smoke(tmp_path, 0.9, 1)))
    gain = state.gains()
    at = int(np.argmax(gain))
    before = state.counted.activity.copy()
    assert not state.take(at, 2 * gain[at])
    assert not state.chosen[at] and np.array_equal(state.counted.activity, before)
    assert state.take(at, 1.9 * gain[at])
    assert state.chosen[at] and not state.take(at, -np.inf)


def test_the_best_of_each_window_is_what_gains_most_per_step(tmp_path):
    formulation = formulated(smoke(tmp_path, 0.9, 1))
    gain = np.random.default_rng(1).normal(size=formulation.airing_count) * 100
    best = _best_of_windows(formulation, gain)
    density = gain / formulation.steps
    for window in range(len(formulation.window_start)):
        own = np.flatnonzero(formulation.window == window)
        assert density[best[formulation.window[best] == window]].tolist() == [density[own].max()]
    assert np.all(np.diff(density[best]) <= 0)
    assert len(_best_of_windows(formulation, -np.abs(gain))) == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_no_hard_cap_is_missed_by_the_start(tmp_path, seed):
    formulation = formulated(smoke(tmp_path, 0.9, seed))
    search = Search(formulation, Settings())
    found = search.evaluate(greedy_choice(formulation))
    caps = (formulation.kind == HARD) & (formulation.lower <= -NO_BOUND)
    caps &= formulation.matrix.min(axis=1).toarray().ravel() >= 0
    assert caps.any()
    assert not formulation.misses(found.point)[caps].any()


def test_what_is_compiled_before_a_search_is_all_that_the_start_needs(tmp_path):
    compiled.compile_gains()
    greedy_choice(formulated(smoke(tmp_path, 0.9, 1)))
    assert len(compiled.gains.signatures) == len(compiled.gain_of.signatures) == 1
