"""Window pricing against every pattern that there is, and the code that is compiled before a search."""

from __future__ import annotations

import sys
import time
from itertools import combinations
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from scheduler.rules import load
from scheduler.solve import Settings, prepare
from scheduler.solve.kernels import longest_paths
from scheduler.solve.relaxation.pricing import Pricer, step_duals
from tests.builders import formulated, smoke, write
from tests.solve.cases import INSTANCES

if TYPE_CHECKING:
    from scheduler.formulation import Formulation

COMPILED = (longest_paths.best_of_cells, longest_paths.onward, longest_paths.before, longest_paths.along)


def drawn(seed: int) -> tuple[Formulation, np.ndarray]:
    """Three windows of up to six steps with a dozen airings, up to two of them locked, and rewards of either sign."""
    random = np.random.default_rng(seed)
    begin = np.array([0, 10, 12])
    length = random.integers(2, 7, 3)
    window = random.integers(0, 3, 12)
    steps = np.minimum(random.integers(1, 4, 12), length[window])
    start = begin[window] + random.integers(0, length[window] - steps + 1)
    locked = np.zeros(12, dtype=bool)
    for airing in random.permutation(12)[: random.integers(0, 3)]:
        clash = locked & (window == window[airing])
        clash &= (start < start[airing] + steps[airing]) & (start[airing] < start + steps)
        locked[airing] = not clash.any()
    formulation = SimpleNamespace(
        window=window, start=start, steps=steps, locked=locked, window_start=begin, window_end=begin + length
    )
    formulation.airing_count = 12
    return cast("Formulation", formulation), random.integers(-5, 10, 12).astype(float)


def every_pattern(formulation: Formulation, window: int) -> list[tuple[int, ...]]:
    """All sets of airings of a window that do not overlap and hold its locked ones."""
    own = np.flatnonzero(formulation.window == window)
    start, end = formulation.start, formulation.start + formulation.steps
    return [
        some
        for count in range(len(own) + 1)
        for some in combinations(own.tolist(), count)
        if all(end[a] <= start[b] or end[b] <= start[a] for a, b in combinations(some, 2))
        and set(own[formulation.locked[own]]) <= set(some)
    ]


@pytest.mark.parametrize("seed", range(40))
def test_the_best_pattern_and_every_loss_are_those_of_all_patterns(seed):
    formulation, reward = drawn(seed)
    pricer = Pricer(formulation)
    best, found = pricer.patterns(reward)
    loss, top = pricer.regrets(reward)
    assert np.array_equal(pricer.best(reward), best)
    assert np.array_equal(top, best)
    for window in range(3):
        patterns = every_pattern(formulation, window)
        worth = {some: reward[list(some)].sum() for some in patterns}
        most = max(worth.values())
        assert best[window] == most
        picked = tuple(sorted(found.airing[found.first[window] : found.first[window + 1]].tolist()))
        assert worth[picked] == most
        for airing in np.flatnonzero(formulation.window == window):
            with_it = [value for some, value in worth.items() if airing in some]
            assert loss[airing] == (most - max(with_it) if with_it else np.inf)


@pytest.mark.parametrize("seed", range(40))
def test_duals_of_steps_pay_for_every_airing_and_add_up_to_the_best_patterns(seed):
    formulation, reward = drawn(seed)
    pricer = Pricer(formulation)
    duals = step_duals(formulation, pricer, reward)
    offset = formulation.start - formulation.window_start[formulation.window]
    here = zip(formulation.window, offset, formulation.steps, strict=True)
    paid = np.array([duals[window, begin : begin + steps].sum() for window, begin, steps in here])
    assert np.all(duals >= 0)
    assert np.all((paid >= reward) | formulation.locked)
    lost = np.bincount(formulation.window, weights=(reward - paid) * formulation.locked, minlength=3)
    assert duals.sum(axis=1) + lost == pytest.approx(pricer.best(reward))


def test_what_is_compiled_before_a_search_is_all_that_pricing_needs(tmp_path):
    longest_paths.compile_paths()
    pricer = Pricer(formulated(smoke(tmp_path, 0.9, 1)))
    reward = np.ones(len(pricer.airing))
    pricer.patterns(reward)
    pricer.regrets(reward)
    assert [len(each.signatures) for each in COMPILED] == [1, 1, 1, 1]


@pytest.mark.parametrize("needed", ["compile_gains", "compile_paths"])
@pytest.mark.parametrize("strategy", ["auto", "exact", "scale", "greedy"])
def test_what_every_search_needs_is_compiled_before_its_clock_runs(tmp_path, monkeypatch, strategy, needed):
    done = []
    monkeypatch.setattr(sys.modules["scheduler.solve.run"], needed, lambda: done.append(time.monotonic()))
    _, search = prepare(load(write(tmp_path, INSTANCES["no rules"])), Settings(strategy))
    assert len(done) == 1
    assert done[0] <= search.meter.started
