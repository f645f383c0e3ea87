"""Blocks solved again: against every timetable of tiny instances, and what the programs behind bounds have found."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.solve import Settings
from scheduler.solve.blocks.block_bound import Blocks
from scheduler.solve.blocks.block_mip import BlockMip, BlockOutcome
from scheduler.solve.blocks.block_reoptimise import BlockReoptimiser
from scheduler.solve.params import DEFAULTS
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.lagrangian import projected
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.search.incumbent import Search
from tests.builders import formulated, kept_choices, smoke
from tests.solve.cases import (
    KEEPABLE,
    SPECS,
    annealing_of,
    formulation_of,
    groupings,
    some_duals,
    strengthened,
)

PARAMS = DEFAULTS.block_reoptimise
OPEN = PARAMS.closeness + PARAMS.least_gain


def search_from(formulation, start, block=None, duals=None):
    """A search for better blocks of a timetable, by default at no duals, and with every window a block of its own."""
    search = Search(formulation, Settings(deterministic=True))
    search.offer(start)
    rows, windows = linear_rows(formulation), np.arange(len(formulation.window_start))
    blocks = Blocks(formulation, rows, Pricer(formulation), windows if block is None else block)
    blocks.set_duals(np.zeros(rows.count) if duals is None else duals)
    return BlockReoptimiser(search, rows, blocks, 1)


def some_starts(formulation):
    """Timetables that keep every hard row, with their value; and all of them."""
    found = kept_choices(formulation)
    return found[:: max(1, len(found) // 8)], found


@pytest.mark.parametrize("name", [name for name in KEEPABLE if not SPECS[name]["instance.yaml"]["agreements"]])
def test_one_block_of_all_windows_becomes_the_best_timetable_at_any_duals(tmp_path, name):
    """Of those that leave the rules' own columns as they are."""
    formulation = formulation_of(tmp_path, name)
    n, whole = formulation.airing_count, np.zeros(len(formulation.window_start), dtype=np.int64)
    starts, found = some_starts(formulation)
    for duals in some_duals(formulation, linear_rows(formulation), Pricer(formulation)):
        for value, start in starts:
            blocks = search_from(formulation, start, whole, duals)
            blocks.improve(None, blocks.search.budget)
            own = formulation.point(start)[n:]
            alike = [each for each, chosen in found if np.array_equal(formulation.point(chosen)[n:], own)]
            assert blocks.search.best.hard_miss == 0
            assert blocks.search.best.value >= max(value, max(alike) - 2 * OPEN * abs(value) - 2)


@pytest.mark.parametrize("name", KEEPABLE)
def test_no_block_can_be_bettered_alone_by_what_was_thought_possible(tmp_path, name):
    """At no duals a block loses what it is worth less than its best patterns; rows outside it may pay beyond that."""
    formulation = formulation_of(tmp_path, name)
    n, gained = formulation.airing_count, 0
    starts, found = some_starts(formulation)
    for value, start in starts:
        blocks, best = search_from(formulation, start), None
        while blocks.search.best is not best:
            best = blocks.search.best
            blocks.improve(None, blocks.search.budget)
        gained += best.value - value
        after, lost = best.point[:n].astype(bool), blocks.blocks.lost(best.point)
        for each, chosen in found:
            moved = np.unique(formulation.window[chosen != after])
            if len(moved) == 1 and np.array_equal(formulation.point(chosen)[n:], best.point[n:]):
                thought = max(blocks.blocks.regret[chosen & (formulation.window == moved[0])], default=0.0)
                possible = thought <= lost[moved[0]] - (each - best.value)
                assert not possible or best.value >= each - 2 * OPEN * abs(value) - 2
    assert gained > 0


def test_what_blocks_lose_is_what_their_choices_are_worth_less_than_the_best(tmp_path):
    formulation = formulated(smoke(tmp_path, 0.9, 1))
    annealing = annealing_of(formulation)
    assert annealing.cycle()
    best = annealing.search.best
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    misses = formulation.misses(best.point)
    for duals in some_duals(formulation, rows, pricer):
        for grouping in groupings(formulation):
            blocks = Blocks(formulation, rows, pricer, grouping)
            bound = blocks.set_duals(duals)
            lost = blocks.lost(best.point)
            outside = blocks.inside < 0
            used = rows.activity(np.flatnonzero(best.point), best.point[best.point > 0].astype(np.float64))
            price = projected(rows, duals)
            side = np.where(price > 0, rows.upper, np.where(price < 0, rows.lower, 0.0))
            paid = np.where(price != 0, price * (side - used), 0.0)[outside].sum()
            owed = (misses * formulation.price)[outside].sum()
            assert bound - best.value == pytest.approx(lost.sum() + paid + owed, rel=1e-6, abs=10)
            assert lost.min() >= -1e-3


def test_what_the_programs_behind_bounds_have_found_is_exchanged_first(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    found = kept_choices(formulation)
    best, poor = max(found, key=lambda pair: pair[0]), min(found, key=lambda pair: pair[0])
    blocks = search_from(formulation, poor[1], np.zeros(len(formulation.window_start), dtype=np.int64))
    strengthened(blocks.blocks)
    assert blocks.blocks.blocks[0].closed
    monkeypatch.setattr(blocks, "_solve", lambda *given: 0.0)
    blocks.improve(None, blocks.search.budget)
    assert blocks.search.best.value == best[0]


def test_nothing_is_done_while_a_hard_row_is_missed_or_after_an_interrupt(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    poor = min(kept_choices(formulation), key=lambda pair: pair[0])[1]
    for start, interrupted in ((formulation.locked, False), (poor, True)):
        blocks = search_from(formulation, start)
        monkeypatch.setattr(blocks, "_solve", lambda *given: pytest.fail("there is no time, or a hard row is missed"))
        if interrupted:
            blocks.search.interrupt()
        blocks.improve(None, blocks.search.budget)


def test_a_block_that_does_not_end_is_tried_again_and_longer(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    poor = min(kept_choices(formulation), key=lambda pair: pair[0])[1]
    blocks, limits = search_from(formulation, poor, np.zeros(len(formulation.window_start), dtype=np.int64)), []
    nothing = np.zeros(0, dtype=np.int64)

    def cut_short(self, floor, gap, budget, node_rate, options):
        limits.append((budget.left(), budget.node_limit(node_rate)))
        return BlockOutcome(np.inf, ended=False, value=-np.inf, chosen=nothing, iterations=0)

    monkeypatch.setattr(BlockMip, "solve", cut_short)
    blocks.improve(None, blocks.search.budget)
    blocks.improve(None, blocks.search.budget)
    seconds = [PARAMS.first_seconds, PARAMS.most_seconds, PARAMS.most_seconds]
    assert limits == [(each, DEFAULTS.blocks.nodes_per_second * each) for each in seconds]


def test_half_of_what_may_be_gained_is_looked_for_then_half_of_what_is_left(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    poor = min(kept_choices(formulation), key=lambda pair: pair[0])[1]
    blocks = search_from(formulation, poor, np.zeros(len(formulation.window_start), dtype=np.int64))
    floors, least = [], PARAMS.least_gain * blocks.search.best.value
    lost = float(blocks.blocks.lost(blocks.search.best.point)[0])
    nothing = np.zeros(0, dtype=np.int64)

    def out_of_reach(self, floor, gap, budget, node_rate, options):
        floors.append(floor)
        return BlockOutcome(floor, ended=True, value=-np.inf, chosen=nothing, iterations=0)

    monkeypatch.setattr(BlockMip, "solve", out_of_reach)
    blocks.improve(None, blocks.search.budget)
    now = blocks.search.best.audience - blocks.search.best.penalty - formulation.constant
    wanted = np.array(floors) - now
    assert wanted[:3] == pytest.approx([lost / 2, lost / 4, lost / 8])
    assert least <= wanted.min() < 2 * least


def test_counted_work_repeats(tmp_path):
    formulation = formulation_of(tmp_path, "knapsacks")
    poor = min(kept_choices(formulation), key=lambda pair: pair[0])[1]
    ways = []
    for _ in range(2):
        blocks = search_from(formulation, poor)
        blocks.improve(None, blocks.search.budget)
        ways.append((blocks.search.best.point.tolist(), blocks.search.meter.work))
    assert ways[0] == ways[1] and ways[0][1] > 0
