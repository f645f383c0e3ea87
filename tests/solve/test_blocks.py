"""The block bound against every timetable, the plain bound and planted faults, at the relaxation's and random duals."""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np
import pytest

from scheduler.rules import HARD, SOFT
from scheduler.solve import Budget, Settings, bounding
from scheduler.solve.blocks import block_bound as module
from scheduler.solve.blocks.block_bound import Blocks, inside_of, partition
from scheduler.solve.blocks.block_mip import BlockMip
from scheduler.solve.bounding import Bounding
from scheduler.solve.programs.highs import QuietHighs
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.lagrangian import evaluate_lagrangian, projected
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.search.incumbent import Search
from scheduler.solve.search.time_limit import Meter
from tests.builders import choices, formulated, smoke
from tests.solve.cases import (
    ENDLESS,
    SPECS,
    Left,
    attempts,
    best_without_hard_miss,
    formulation_of,
    groupings,
    params_of,
    some_duals,
    strengthened,
)

CLOSENESS = 1e-5


def situations(formulation):
    """Blocks at duals, with the plain bound there."""
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    for duals in some_duals(formulation, rows, pricer):
        plain = evaluate_lagrangian(formulation, rows, pricer, projected(rows, duals)).bound
        for grouping in groupings(formulation):
            blocks = Blocks(formulation, rows, pricer, grouping)
            blocks.set_duals(duals)
            yield blocks, plain


def wrong_bounds(formulation):
    """How many offered bounds lie below the best timetable."""
    best = best_without_hard_miss(formulation)
    return sum(bound < best for blocks, _ in situations(formulation) for bound in strengthened(blocks))


@pytest.mark.parametrize("name", SPECS)
def test_block_bounds_lie_between_the_best_timetable_and_the_plain_bound(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    best = best_without_hard_miss(formulation)
    if best is None:
        return
    for blocks, plain in situations(formulation):
        before = blocks.bound()
        assert before == pytest.approx(plain, rel=1e-9)
        for bound in strengthened(blocks):
            assert best <= bound < before
            before = bound


@pytest.mark.parametrize("name", [name for name in SPECS if not SPECS[name]["instance.yaml"]["agreements"]])
def test_one_block_of_all_windows_gives_the_optimum_at_any_duals(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    best = best_without_hard_miss(formulation)
    if best is None or len(formulation.column_lower):
        return
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    for duals in some_duals(formulation, rows, pricer):
        blocks = Blocks(formulation, rows, pricer, groupings(formulation)[2])
        blocks.set_duals(duals)
        assert blocks.strengthen(lambda bound: None, ENDLESS, closeness=1e-7)
        assert blocks.bound() == pytest.approx(best, rel=1e-4)
        one = blocks.blocks[0]
        if len(one.inside):
            assert blocks.whole - (one.plain - one.lower) == pytest.approx(best, rel=1e-6)


@pytest.mark.parametrize("name", SPECS)
def test_a_bound_is_valid_wherever_the_search_stops(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    best = best_without_hard_miss(formulation)
    if best is None:
        return
    for count in (0, 1, 2):
        for blocks, _ in situations(formulation):
            strengthened(blocks, count)
            assert blocks.bound() >= best


def whole_program(formulation):
    """The program over all airings and rows."""
    rows = linear_rows(formulation)
    airings, inside = np.arange(formulation.airing_count), np.arange(rows.count)
    return BlockMip(formulation, rows, airings, inside, formulation.value.astype(np.float64))


@pytest.mark.parametrize("name", sorted(SPECS))
def test_every_airing_is_of_one_kind_and_kinds_count_alike_in_rows_that_join_windows(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    mip = whole_program(formulation)
    kinds, counted = mip.alike.toarray(), mip.on_rows.toarray()
    several = [len(np.unique(formulation.window[row != 0])) > 1 and row.max() != -row.min() for row in counted]
    if not any(several):
        assert not len(kinds)
        return
    assert np.array_equal(kinds.sum(axis=0), np.ones(formulation.airing_count))
    columns = counted[several].T
    alike = (columns[:, None] == columns[None]).all(axis=2)
    assert np.array_equal(kinds.T @ kinds > 0, alike)


@pytest.mark.parametrize("name", sorted(SPECS))
def test_rows_over_counts_say_what_rows_over_airings_said(tmp_path, name):
    mip = whole_program(formulation_of(tmp_path, name))
    counted, kinds = mip.on_counts.toarray(), mip.alike.toarray()
    assert np.array_equal(mip.on_airings.toarray() + counted @ kinds, mip.on_rows.toarray())
    for own, whole in zip(mip.on_airings.toarray(), mip.on_rows.toarray(), strict=True):
        per_kind = [whole[kind > 0] for kind in kinds]
        counts_alike = len(kinds) > 0 and all(np.all(each == each[0]) for each in per_kind)
        assert np.any(own) != counts_alike


def knapsack(tmp_path, seed):
    """The program of all windows as one block at drawn rewards, and what the best choice is worth."""
    formulation = formulation_of(tmp_path, "knapsacks")
    rows, random = linear_rows(formulation), np.random.default_rng(seed)
    reward = formulation.value * random.uniform(0.2, 2.0, formulation.airing_count)
    inside = np.flatnonzero(inside_of(formulation, rows, np.zeros(len(formulation.window_start), dtype=np.int64)) == 0)
    mip = BlockMip(formulation, rows, np.arange(formulation.airing_count), inside, reward)
    best = max(mip.worth(chosen) for chosen in choices(formulation, 5))
    return mip, best


@pytest.mark.parametrize("seed", range(4))
def test_a_program_that_is_cut_short_or_has_a_floor_is_never_below_its_best_choice(tmp_path, seed):
    mip, best = knapsack(tmp_path, seed)
    for floor in (best - 1e6, best - 1, best + 1e4):
        for budget in (Budget.of_seconds(9.0), Budget.of_seconds(0.0), Budget(Meter(counted=True), 0.0)):
            found = mip.solve(floor, 1.0, budget, 1.0)
            assert found.bound >= max(floor, best)
            assert found.value <= best
            if found.ended and floor < best:
                assert found.bound <= best + 1.0 + 2 * mip.margin


@pytest.mark.parametrize("seed", range(3))
def test_what_a_program_thinks_its_choice_is_worth_counts_for_its_bound(tmp_path, monkeypatch, seed):
    """By its tolerances HiGHS may count a unit less of a miss than there is, and has dropped nodes by that."""
    mip, best = knapsack(tmp_path, seed)
    monkeypatch.setattr(BlockMip, "worth", lambda self, taken: -np.inf)
    for budget in (Budget.of_seconds(9.0), Budget(Meter(counted=True), 1.0)):
        assert mip.solve(best - 1e6, 1.0, budget, 1.0).bound >= best


def test_a_block_whose_program_cannot_gain_more_is_not_solved_again(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    real, solved = BlockMip.solve, []

    def vague(self, *args, **options):
        solved.append(self)
        return replace(real(self, *args, **options), bound=1e18)

    monkeypatch.setattr(BlockMip, "solve", vague)
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    blocks = Blocks(formulation, rows, pricer)
    blocks.set_duals(next(some_duals(formulation, rows, pricer)))
    assert blocks.strengthen(lambda bound: None, Left(lambda: 1.0 if len(solved) < 200 else 0.0), closeness=CLOSENESS)
    assert solved


@pytest.mark.parametrize("name", SPECS)
def test_large_blocks_keep_what_small_ones_have_gained_and_stay_above_the_best_timetable(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    best = best_without_hard_miss(formulation)
    if best is None:
        return
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    every = np.zeros(len(formulation.window_start), dtype=np.int64)
    for duals in some_duals(formulation, rows, pricer):
        small = Blocks(formulation, rows, pricer, groupings(formulation)[1])
        small.set_duals(duals)
        strengthened(small)
        large = Blocks(formulation, rows, pricer, every)
        large.set_duals(duals, small)
        assert large.bound() == pytest.approx(small.bound(), rel=1e-9)
        if len(small.blocks) > 1:
            assert large.blocks[0].last == pytest.approx(sum(one.last for one in small.blocks))
        assert all(best <= bound < small.bound() for bound in strengthened(large))


def test_what_is_known_of_a_block_that_stays_the_same_is_kept(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    small = Blocks(formulation, rows, pricer)
    small.set_duals(np.zeros(rows.count))
    strengthened(small)
    again = Blocks(formulation, rows, pricer, small.block)
    again.set_duals(np.zeros(rows.count), small)
    monkeypatch.setattr(BlockMip, "solve", None)
    assert small.bound() < small.whole
    assert again.strengthen(lambda bound: None, ENDLESS, closeness=CLOSENESS)
    assert again.bound() == small.bound()


def test_a_block_is_left_alone_where_there_is_no_more_time_than_its_last_attempt_took(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    blocks = Blocks(formulation, rows, pricer)
    blocks.set_duals(np.zeros(rows.count))
    tried = []
    monkeypatch.setattr(Blocks, "_attempt", lambda self, number, *rest: tried.append(number))
    for one in blocks.blocks[1:]:
        one.closed = True
    blocks.blocks[0].closed, blocks.blocks[0].last = False, 3.0
    assert not blocks.strengthen(lambda bound: None, Left(lambda: 0.0 if tried else 3.0), closeness=CLOSENESS)
    assert tried == []
    assert not blocks.strengthen(lambda bound: None, Left(lambda: 0.0 if tried else 4.0), closeness=CLOSENESS)
    assert tried == [0]


@pytest.mark.parametrize("status", ["kModelEmpty", "kUnknown", "kSolveError"])
def test_blocks_are_given_up_where_the_solver_fails(tmp_path, monkeypatch, status):
    formulation = formulation_of(tmp_path, "knapsacks")
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    blocks, offered = Blocks(formulation, rows, pricer), []
    bound = blocks.set_duals(np.zeros(rows.count))
    monkeypatch.setattr(QuietHighs, "getModelStatus", lambda self: getattr(highspy.HighsModelStatus, status))
    assert blocks.strengthen(offered.append, attempts(100), closeness=CLOSENESS)
    assert (blocks.bound(), offered) == (bound, [])


@pytest.mark.parametrize(("closed", "sizes"), [(True, [2, 4, 8]), (False, [2])])
def test_blocks_are_doubled_while_all_of_them_are_closed(tmp_path, monkeypatch, closed, sizes):
    params = params_of(blocks={"large": 2}, bounding={"worthwhile": -1.0, "attempt": 40.0})
    search = Search(formulated(smoke(tmp_path, 0.7, 2)), Settings(time_limit=60.0, workers=2, params=params))
    windows = len(search.formulation.window_start)
    assert windows == 8
    for place in (module, bounding):
        monkeypatch.setattr(
            place, "partition", lambda f, rows, most=1, finer=None, params=None: np.arange(windows) // most
        )
    whole = Bounding(search, Pricer(search.formulation))
    whole.relax_plain()
    solved, now = [], [0.0]
    search.meter = Meter(clock=lambda: now[0])

    def note(self, blocks, budget, *closeness):
        if blocks.count < windows:
            solved.append((windows // blocks.count, budget.left()))
            now[0] = 28.0
        return closed

    monkeypatch.setattr(Bounding, "_solve", note)
    whole.strengthen_by_blocks(0.5)
    assert solved == [(size, 30.0 if size == 2 else 2.0) for size in sizes]


@pytest.mark.parametrize(("closed_at", "limits"), [(10.0, [10.0]), (20.0, [10.0, 20.0]), (None, [10.0, 20.0, 40.0])])
def test_attempts_get_longer_while_a_block_is_open_and_time_remains(tmp_path, monkeypatch, closed_at, limits):
    search = Search(formulated(smoke(tmp_path, 0.7, 2)), Settings(time_limit=60.0, workers=2))
    whole, left, tried = Bounding(search, Pricer(search.formulation)), [100.0], []

    def solve(self, blocks, budget, *closeness):
        tried.append(budget.left())
        left[0] -= tried[-1]
        return tried[-1] == closed_at

    monkeypatch.setattr(Bounding, "_solve", solve)
    budget = Budget(Meter(clock=lambda: 100.0 - left[0]), 100.0)
    closed = whole._solve_longer(Blocks(search.formulation, whole.rows, whole.pricer), budget)
    assert (closed, tried) == (closed_at is not None, limits)


def test_a_larger_block_is_tried_though_its_parts_took_longer_than_it_may(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    duals, windows = np.zeros(rows.count), np.arange(len(formulation.window_start))
    small = Blocks(formulation, rows, pricer, windows)
    small.set_duals(duals)
    for one in small.blocks:
        one.last = 17.0
    large = Blocks(formulation, rows, pricer, np.zeros_like(windows))
    large.set_duals(duals, small, 10.0)
    tried = []
    monkeypatch.setattr(Blocks, "_attempt", lambda self, number, *rest: tried.append(number))
    large.strengthen(lambda bound: None, Left(lambda: 0.0 if tried else 10.0), closeness=CLOSENESS)
    assert tried == [0]


def test_a_program_without_airings_is_worth_what_nothing_is(tmp_path):
    formulation = formulation_of(tmp_path, "knapsacks")
    rows, none = linear_rows(formulation), np.zeros(0, dtype=np.int64)
    soft, hard = (np.flatnonzero((rows.kind == kind) & (rows.lower > 0)) for kind in (SOFT, HARD))
    assert len(soft)
    assert len(hard)
    for inside, worth in ((none, 0.0), (soft, -float(rows.price[soft] @ np.ceil(rows.lower[soft] / rows.step[soft])))):
        found = BlockMip(formulation, rows, none, inside, formulation.value).solve(
            -1e9, 1.0, Budget.of_seconds(1.0), 1.0
        )
        assert (found.value, found.ended) == (worth, True)
        assert found.bound == pytest.approx(worth, abs=1e-3)
    found = BlockMip(formulation, rows, none, hard, formulation.value).solve(-5.0, 1.0, Budget.of_seconds(1.0), 1.0)
    assert (found.value, found.ended) == (-np.inf, True)
    assert found.bound == pytest.approx(-5.0, abs=1e-3)


def test_a_partition_that_continues_a_finer_one_joins_whole_blocks(tmp_path):
    formulation = formulation_of(tmp_path, "knapsacks")
    rows = linear_rows(formulation)
    finer = partition(formulation, rows, 1)
    block = partition(formulation, rows, 40, finer)
    assert len(np.unique(block)) <= len(np.unique(finer))
    assert all(len(np.unique(block[finer == number])) == 1 for number in np.unique(finer).tolist())


@pytest.mark.parametrize("name", ["knapsacks", "parity", "reruns"])
def test_rows_are_inside_the_block_that_holds_all_their_airings(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    rows, n = linear_rows(formulation), formulation.airing_count
    block = partition(formulation, rows)
    matrix = formulation.matrix.toarray()
    for row, inside in enumerate(inside_of(formulation, rows, block).tolist()):
        met = set(block[formulation.window[np.flatnonzero(matrix[row, :n])]].tolist())
        assert inside == (met.pop() if len(met) == 1 and not matrix[row, n:].any() else -1)


def test_counted_work_repeats(tmp_path):
    formulation = formulation_of(tmp_path, "knapsacks")
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    runs = []
    for _ in range(2):
        blocks, meter, offered = Blocks(formulation, rows, pricer), Meter(counted=True), []
        blocks.set_duals(np.zeros(rows.count))
        blocks.strengthen(offered.append, Budget(meter, 5.0), closeness=CLOSENESS)
        runs.append((offered, meter.work))
    assert runs[0] == runs[1]
    assert runs[0][1]


def test_a_forgotten_floor_is_noticed(tmp_path, monkeypatch):
    whole = BlockMip.solve
    monkeypatch.setattr(BlockMip, "solve", lambda self, floor, gap, *more: whole(self, -1e15, gap, *more))
    assert sum(wrong_bounds(formulation_of(tmp_path / name, name)) for name in ("knapsacks", "parity", "reruns"))


def test_inside_rows_that_stay_priced_are_noticed(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    whole = Blocks.set_duals

    def priced_twice(self, duals, *more):
        bound = whole(self, duals, *more)
        duals = projected(self.rows, duals)
        self.reward = self.formulation.value - (self.rows.by_airing @ duals)[: self.formulation.airing_count]
        return bound

    monkeypatch.setattr(Blocks, "set_duals", priced_twice)
    assert wrong_bounds(formulation)


def test_rows_of_two_blocks_that_are_taken_for_inside_are_noticed(tmp_path, monkeypatch):
    formulation = formulation_of(tmp_path, "knapsacks")
    monkeypatch.setattr(module, "inside_of", lambda f, rows, block: np.full(rows.count, int(block.max())))
    assert wrong_bounds(formulation)
