"""Block LNS: the best choice of a block beside what stays, with coupling rows priced and within their tolerance."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.rules import SOFT
from scheduler.solve import Budget
from scheduler.solve.blocks.block_lns import BlockLns
from scheduler.solve.params import DEFAULTS
from scheduler.solve.search.time_limit import Meter
from tests.builders import choices, formulated, smoke
from tests.solve.cases import ENDLESS, FEW_WINDOWS, annealing_of, context_of, formulation_of


def block_lns_of(formulation, block, seed=1, params=DEFAULTS):
    """Block LNS over given blocks, without a repair."""
    return BlockLns(context_of(formulation, params), lambda chosen: None, seed, block)


@pytest.mark.parametrize("name", ["knapsacks", "reruns", "prices against each other"])
def test_one_block_of_all_windows_is_solved_to_the_best_timetable(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    assert not len(formulation.column_lower)
    block_lns = block_lns_of(formulation, np.zeros(len(formulation.window_start), dtype=np.int64))
    assert not block_lns.priced.any()
    found = block_lns.round(formulation.locked, ENDLESS)

    def worth(chosen):
        point = formulation.point(chosen)
        misses = formulation.misses(point)
        broken = (misses > 0) & (formulation.kind != SOFT)
        return -np.inf if broken.any() else formulation.audience(point) - formulation.penalty(misses)

    best = max(worth(chosen) for chosen in choices(formulation, 5))
    assert worth(found) >= best - 2 * block_lns.gap


def test_a_round_never_gets_worse_at_the_prices_and_breaks_no_local_row(tmp_path):
    formulation = formulated(smoke(tmp_path, 0.7, 4))
    annealing = annealing_of(formulation, params=FEW_WINDOWS)
    assert annealing.cycle() and annealing.search.best.hard_miss == 0
    chosen = annealing.search.best.point[: formulation.airing_count].astype(bool)
    block_lns = block_lns_of(formulation, np.arange(len(formulation.window_start)), params=FEW_WINDOWS)
    assert block_lns.priced.any()
    before = chosen.copy()
    found = block_lns.round(chosen, ENDLESS)
    assert np.array_equal(chosen, before) and not np.array_equal(found, before)

    def worth(choice):
        misses = formulation.misses(formulation.point(choice))
        return block_lns.reward[choice].sum() - formulation.penalty(misses)

    assert worth(found) > worth(before)
    misses = formulation.misses(formulation.point(found))
    assert not misses[~block_lns.priced & (formulation.kind != SOFT)].any()
    assert np.all(misses[block_lns.priced] <= np.ceil(block_lns.give / formulation.miss_step + 1e-9)[block_lns.priced])


def test_counted_work_repeats(tmp_path):
    formulation = formulation_of(tmp_path, "knapsacks")
    ways = []
    for _ in range(2):
        meter = Meter(counted=True)
        block_lns = block_lns_of(formulation, np.arange(len(formulation.window_start)), seed=3)
        found = block_lns.round(formulation.locked, Budget(meter, 9.0))
        ways.append((found.tolist(), meter.work))
    assert ways[0] == ways[1]
    assert ways[0][1]
