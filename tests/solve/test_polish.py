"""Polishing: the best choice of a block beside what stays, with broad rows priced and within their tolerance."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.rules import SOFT
from scheduler.solve import Budget
from scheduler.solve.annealing import penalties as landscape
from scheduler.solve.blocks.block_lns import Polish
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.search.budget import Meter
from tests.builders import choices, formulated, smoke
from tests.solve.cases import ENDLESS, annealing_of, formulation_of


def polish_of(formulation, block):
    annealing = annealing_of(formulation)
    return Polish(formulation, linear_rows(formulation), annealing.guide, annealing.landscape, block)


@pytest.mark.parametrize("name", ["knapsacks", "reruns", "prices against each other"])
def test_one_block_of_all_windows_is_polished_to_the_best_timetable(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    assert not len(formulation.column_lower)
    polish = polish_of(formulation, np.zeros(len(formulation.window_start), dtype=np.int64))
    assert not polish.priced.any()
    found = polish.round(formulation.locked, np.random.default_rng(1), ENDLESS)

    def worth(chosen):
        point = formulation.point(chosen)
        misses = formulation.misses(point)
        broken = (misses > 0) & (formulation.kind != SOFT)
        return -np.inf if broken.any() else formulation.audience(point) - formulation.penalty(misses)

    best = max(worth(chosen) for chosen in choices(formulation, 5))
    assert worth(found) >= best - 2 * polish.gap


def test_a_round_never_gets_worse_at_the_prices_and_breaks_no_narrow_row(tmp_path, monkeypatch):
    monkeypatch.setattr(landscape, "FEW_WINDOWS", 2)
    formulation = formulated(smoke(tmp_path, 0.7, 2))
    annealing = annealing_of(formulation)
    assert annealing.cycle() and annealing.search.best.hard_miss == 0
    chosen = annealing.search.best.point[: formulation.airing_count].astype(bool)
    polish = polish_of(formulation, np.arange(len(formulation.window_start)))
    assert polish.priced.any()
    before = chosen.copy()
    found = polish.round(chosen, np.random.default_rng(1), ENDLESS)
    assert np.array_equal(chosen, before) and not np.array_equal(found, before)

    def worth(choice):
        misses = formulation.misses(formulation.point(choice))
        return polish.reward[choice].sum() - formulation.penalty(misses)

    assert worth(found) > worth(before)
    misses = formulation.misses(formulation.point(found))
    assert not misses[~polish.priced & (formulation.kind != SOFT)].any()
    assert np.all(misses[polish.priced] <= np.ceil(polish.give / formulation.miss_step + 1e-9)[polish.priced])


def test_counted_work_repeats(tmp_path):
    formulation = formulation_of(tmp_path, "knapsacks")
    ways = []
    for _ in range(2):
        meter = Meter(counted=True)
        polish = polish_of(formulation, np.arange(len(formulation.window_start)))
        found = polish.round(formulation.locked, np.random.default_rng(3), Budget(meter, 9.0))
        ways.append((found.tolist(), meter.work))
    assert ways[0] == ways[1]
    assert ways[0][1]
