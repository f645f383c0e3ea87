"""Annealing: running totals against a recount, refills against the pricer, answers against all timetables."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from scheduler.rules import HARD, RIGID, SOFT, load
from scheduler.solve import Settings, prepare, solve
from scheduler.solve.annealing.penalties import Progress
from scheduler.solve.annealing.problem import intervals, own_last
from scheduler.solve.annealing.simulated_annealing import Annealing, compile_moves
from scheduler.solve.blocks.fixed_counts_search import FixedCounts
from scheduler.solve.kernels.annealing_moves import (
    HARD_MISS,
    RIGID_MISS,
    SOFT_PENALTY,
    VALUE,
    WEIGHTED,
    anneal,
    empty,
    fill,
    gain,
    insert,
    longest_path,
    new_path,
    refill,
    undo,
)
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.search.incumbent import Search
from tests.builders import formulated, smoke, write
from tests.solve.cases import (
    FEW_WINDOWS,
    INSTANCES,
    LOCKABLE,
    OVER_CONSTRAINED,
    annealing_of,
    best_by_hand,
    formulation_of,
    params_of,
)


@pytest.mark.parametrize("name", sorted(set(LOCKABLE) - {"nothing fits"}))
def test_running_totals_are_what_a_recount_finds(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    for seed in range(4):
        annealing = annealing_of(formulation, seed)
        around = annealing.search.best
        problem = annealing.around(annealing.context.candidates, around.point, annealing.penalties.weight)
        for progress in (Progress(0.0), Progress(0.2), Progress(0.7), Progress(1.0, 0.1), Progress(1.0, 0.9)):
            annealing._sweep(problem, progress, 0.1, annealing.unit)
            for at, merit in ((problem.state.at, None), (problem.best.at, problem.best.merit)):
                point = around.point.copy()
                point[: formulation.airing_count] = problem.choice(at)
                misses = formulation.misses(point)
                rigid = float(misses[formulation.kind == RIGID].sum())
                hard = float(formulation.hard_weight @ np.where(formulation.kind == HARD, misses, 0))
                penalty = float(formulation.price @ np.where(formulation.kind == SOFT, misses, 0))
                value = float(formulation.value @ (point[: formulation.airing_count] & ~formulation.locked))
                if merit is not None:
                    assert merit == pytest.approx([rigid, hard, penalty - value])
                    continue
                total = problem.state.total
                found = [total[VALUE], total[SOFT_PENALTY], total[HARD_MISS], total[RIGID_MISS]]
                assert found == pytest.approx([value, penalty, hard, rigid])
                assert total[WEIGHTED] == pytest.approx(float(problem.state.room[:, 3] @ misses), abs=1e-6)


@pytest.mark.parametrize("name", ["no rules", "locked", "reruns"])
def test_without_rows_a_refill_is_the_best_pattern(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    formulation = formulation.only_rows(np.zeros(0, dtype=np.int64))
    annealing = annealing_of(formulation)
    point = formulation.point(formulation.locked)
    problem = annealing.around(annealing.context.candidates, point, annealing.penalties.weight)
    path = new_path(problem.static)
    for interval, length in enumerate(problem.static.length.tolist()):
        part = np.array([interval, 0, length])
        refill(problem.static, problem.state, part, -1, 0.0, np.random.default_rng(1), path)
    value = formulation.value.astype(np.float64)
    locked = float(value[formulation.locked].sum())
    assert problem.state.total[VALUE] + locked == pytest.approx(Pricer(formulation).best(value).sum())


@pytest.mark.parametrize("name", sorted(set(LOCKABLE) - {"nothing fits"}))
def test_what_a_path_promises_is_what_each_airing_adds(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    annealing = annealing_of(formulation)
    problem = annealing.around(annealing.context.candidates, annealing.search.best.point, annealing.penalties.weight)
    static, state, random = problem.static, problem.state, np.random.default_rng(1)
    path, out = new_path(static), np.zeros(state.at.shape[1], dtype=np.int64)
    for progress in (Progress(0.0), Progress(0.4), Progress(1.0, 0.5)):
        annealing._sweep(problem, progress, 0.1, annealing.unit)
        for interval, length in enumerate(static.length.tolist()):
            part = np.array([interval, 0, length])
            empty(static, state, part, out, 0)
            longest_path(static, state, part, -1, 0.0, random, path)
            onward = np.zeros(length + 1)
            for step in reversed(range(length)):
                here = range(static.first[interval, step], static.first[interval, step + 1])
                fitting = [each for each in here if step + static.steps[each] <= length]
                ways = [gain(static, state, each) + onward[step + static.steps[each]] for each in fitting]
                onward[step] = max([onward[step + 1], *ways])
                assert path.onward[step] == pytest.approx(onward[step], rel=1e-9, abs=1e-3)
                if path.pick[step] >= 0:
                    assert path.expected[step] == pytest.approx(gain(static, state, path.pick[step]), abs=1e-3)


def test_rows_that_a_kind_has_alike_come_first():
    kind = np.array([0, 0, 1, 1, 1])
    rows = np.array([[7, 0, 4, 4, 4], [1, 2, 0, 0, 0], [3, 3, 0, 5, 5], [0, 0, 6, 6, 0]])
    row, coefficient, own = own_last(sparse.csc_array(rows), kind)
    first = np.concatenate([[0], np.cumsum(np.count_nonzero(rows, axis=0))])
    for each in range(5):
        part = slice(first[each], first[each + 1])
        assert sorted(zip(row[part], coefficient[part], strict=True)) == [
            (r, rows[r, each]) for r in range(4) if rows[r, each]
        ]
    alike = [set(row[first[each] : own[each]].tolist()) for each in range(5)]
    assert alike == [{2}, {2}, {0}, {0}, {0}]


def test_an_inserted_airing_is_in_and_what_shares_its_full_row_is_out(tmp_path):
    formulation = formulation_of(tmp_path, "reruns")
    annealing = annealing_of(formulation)
    problem = annealing.around(annealing.context.candidates, annealing.search.best.point, annealing.penalties.weight)
    static, state, random = problem.static, problem.state, np.random.default_rng(1)
    path, out = new_path(static), np.zeros(static.moves.intervals * state.at.shape[1], dtype=np.int64)
    made_way = 0
    for candidate in range(len(static.steps)):
        if state.at[static.interval[candidate], static.offset[candidate]] == candidate:
            continue
        before, total = state.at.copy(), state.total.copy()
        parts = np.zeros((static.moves.intervals, 3), dtype=np.int64)
        used, count = insert(static, state, random, candidate, parts, out, path)
        assert state.at[static.interval[candidate], static.offset[candidate]] == candidate
        made_way += used > 1
        undo(static, state, parts[:used], out, count)
        assert np.array_equal(state.at, before)
        assert state.total == pytest.approx(total)
    assert made_way


def test_locks_cut_windows_into_intervals(tmp_path):
    formulation = formulation_of(tmp_path, "locked")
    assert formulation.locked.sum() == 1
    window_, begin, end = intervals(formulation)
    steps = formulation.window_end - formulation.window_start
    assert (end - begin).sum() == steps.sum() - formulation.steps[formulation.locked].sum()
    lock = int(np.flatnonzero(formulation.locked)[0])
    cut = window_ == formulation.window[lock]
    first, after = formulation.start[lock], formulation.start[lock] + formulation.steps[lock]
    assert not np.any(cut & (begin < after) & (end > first))


@pytest.mark.parametrize("name", sorted(set(INSTANCES) - {"nothing fits"}))
def test_scale_finds_the_best_of_all_timetables(tmp_path, name):
    instance = load(write(tmp_path, INSTANCES[name]))
    best, count = best_by_hand(instance)
    answer = solve(instance, Settings(strategy="scale", time_limit=2.0, deterministic=True))
    assert not answer.search.faults
    found = answer.search.best
    assert (found.hard_miss > 0) == (name in OVER_CONSTRAINED)
    assert (found.hard_miss, -found.value) == best, f"of {count} timetables"
    if not found.hard_miss:
        assert answer.search.bounds
        assert min(answer.search.bounds.values()) >= found.value


@pytest.mark.parametrize("kept", [False, True])
def test_a_short_cycle_comes_first_beside_a_long_one(tmp_path, monkeypatch, kept):
    cycles = []

    def note(self, *, short=False):
        cycles.append(short)
        self.search.interrupt() if len(cycles) > 1 else time.sleep(0.5)
        return False

    monkeypatch.setattr(Annealing, "cycle", note)
    monkeypatch.setattr(Search, "keeps_hard_rows", lambda self: kept)
    solve(smoke(tmp_path, 0.7, 2), Settings(strategy="scale", time_limit=60.0, workers=2))
    assert cycles[0] != cycles[1]


@pytest.mark.parametrize(("most_windows", "long"), [(250, 2), (0, 1)])
def test_on_a_week_the_second_worker_restarts_after_its_short_cycle(tmp_path, monkeypatch, most_windows, long):
    cycles = []

    def note(self, *, short=False):
        cycles.append((id(self), short or self.cycles > 0))
        self.cycles += 1
        if len(cycles) > 10 and sum(one != id(self) for one, _ in cycles) > 1:
            self.search.interrupt()
        return False

    monkeypatch.setattr(Annealing, "cycle", note)
    monkeypatch.setattr(FixedCounts, "improve_times", lambda self, budget: None)
    params = params_of(fixed_counts={"most_windows": most_windows}, scale={"block_bound_share": 0.0})
    solve(smoke(tmp_path, 0.7, 2), Settings(strategy="scale", time_limit=60.0, workers=2, params=params))
    assert len({one for one, short in cycles if not short}) == long


@pytest.mark.parametrize("locked", [False, True])
def test_what_is_compiled_before_a_search_is_all_that_its_cycles_need(tmp_path, locked):
    annealing = annealing_of(formulation_of(tmp_path, "prices against each other"))
    n = annealing.formulation.airing_count
    compile_moves(replace(annealing.formulation, locked=np.full(n, locked)))
    assert annealing.cycle()
    assert len(anneal.signatures) == len(fill.signatures) == 1


@pytest.mark.parametrize(("strategy", "needed"), [("scale", True), ("exact", False), ("greedy", False), ("auto", True)])
def test_moves_are_compiled_before_the_clock_of_a_search_that_needs_them_runs(tmp_path, monkeypatch, strategy, needed):
    compiled = []
    monkeypatch.setattr(
        sys.modules["scheduler.solve.run"], "compile_moves", lambda formulation: compiled.append(time.monotonic())
    )
    _, search = prepare(load(write(tmp_path, INSTANCES["no rules"])), Settings(strategy))
    assert bool(compiled) == needed
    assert all(at <= search.meter.started for at in compiled)


def test_counted_work_repeats_and_another_seed_goes_another_way(tmp_path):
    formulation = formulation_of(tmp_path, "prices against each other")
    ways = []
    for seed in (1, 1, 2):
        annealing = annealing_of(formulation, seed)
        problem = annealing.around(
            annealing.context.candidates, annealing.search.best.point, annealing.penalties.weight
        )
        annealing._sweep(problem, Progress(0.0), 0.0, 1e12)
        ways.append((problem.state.at.tolist(), annealing.random.random()))
    assert ways[0] == ways[1] != ways[2]


def test_where_locks_leave_no_choice_there_is_nothing_to_anneal(tmp_path):
    formulation = formulation_of(tmp_path, "locked")
    annealing = annealing_of(formulation)
    assert annealing.cycle()
    annealing.formulation = replace(formulation, locked=np.ones(formulation.airing_count, dtype=bool))
    assert not annealing.cycle()


def test_weights_of_violated_rows_grow_and_rows_that_are_kept_never_weigh_less_than_at_first(tmp_path):
    formulation = formulation_of(tmp_path, "over-constrained")
    penalties = annealing_of(formulation).penalties
    misses = np.zeros(len(formulation.lower))
    misses[::2] = 1e9
    for at, share in ((Progress(0.1), 0.01), (Progress(0.5), 0.01), (Progress(1.0, 0.5), 0.01)):
        weight = penalties.weight.copy()
        penalties.grow(weight, misses, at, share)
        assert np.all(weight[penalties.firm & (misses > 0)] > penalties.weight[penalties.firm & (misses > 0)])
        assert np.all(weight[misses == 0] == penalties.weight[misses == 0])


def test_coupling_rows_are_tolerated_until_phase_2(tmp_path):
    formulation = formulated(smoke(tmp_path, 0.9, 1))
    penalties = annealing_of(formulation, params=FEW_WINDOWS).penalties
    assert penalties.coupling.any()
    assert set(formulation.labels.loc[penalties.coupling, "unit"]) <= {"minutes", "viewer-minutes"}
    penalties.tolerance = np.where(penalties.coupling, 5.0, 0.0)
    misses = np.full(len(formulation.lower), 4.0)
    assert penalties.exceeding(misses, Progress(0.9)).tolist() == (~penalties.coupling).tolist()
    assert penalties.exceeding(misses, Progress(1.0)).all()


def test_at_the_end_of_a_cycle_airings_count_their_value_and_nothing_is_credited(tmp_path):
    formulation = formulation_of(tmp_path, "parity")
    penalties = annealing_of(formulation).penalties
    airing = np.arange(formulation.airing_count)
    value = formulation.value.astype(np.float64)
    assert penalties.rewards(airing, value, Progress(1.0, 1.0)) == pytest.approx(value)
    counted = penalties.penalties(penalties.weight, Progress(1.0, 1.0))
    assert np.all(counted >= penalties.weight)


def test_long_cycles_and_those_that_begin_with_misses_leave_time_for_what_comes_after(tmp_path, monkeypatch):
    shares = []

    def note(self, problem, at, top, budget):
        if at == Progress(0.0):
            shares.append(budget * (1 + self.params.repair_seconds / self.params.seconds) / self.search.budget.left())

    monkeypatch.setattr(Annealing, "_anneal", note)
    for short in (True, False):
        for name in ("no rules", "over-constrained"):
            params = params_of(annealing={"seconds": 50.0, "repair_seconds": 20.0})  # longer than the time there is
            annealing = annealing_of(formulation_of(tmp_path / f"{short} {name}", name), params=params)
            annealing.cycle(short=short)
    assert shares == pytest.approx([1.0, 0.5, 0.5, 0.5])


@pytest.mark.parametrize("short", [False, True])
def test_only_the_first_cycle_is_hot_and_long_and_improved_between_its_phases(tmp_path, monkeypatch, short):
    annealing = annealing_of(formulation_of(tmp_path, "no rules"))
    annealing.search.settings = replace(annealing.search.settings, time_limit=1000.0)
    params, seen, improved = annealing.params, [], []
    monkeypatch.setattr(annealing, "_anneal", lambda problem, at, top, budget: seen.append((top, budget)))

    def between(chosen):
        improved.append(len(seen))
        return chosen

    annealing.between = between
    annealing.cycle(short=short)
    annealing.search.best = replace(annealing.search.best, audience=10**9)  # another worker's
    annealing.cycle()
    whole = annealing._seconds(len(annealing.last.static.length), short=False)
    expected = [part * (params.short if short else 1.0) for part in whole] + [part * params.short for part in whole]
    first, again, repair = params.first_temperature, params.next_temperature, params.repair_temperature
    assert [top for top, _ in seen] == [first, repair, again, repair]
    assert [budget for _, budget in seen] == pytest.approx(expected, rel=0.05)
    assert improved == ([] if short else [1])


def test_in_the_end_no_airing_is_worth_breaking_a_local_row_for(tmp_path):
    seen = 0
    for name in sorted(set(LOCKABLE) - {"nothing fits"}):
        formulation = formulation_of(tmp_path / name, name)
        formulation = replace(formulation, value=formulation.value * np.where(formulation.window == 0, 50, 1))
        penalties = annealing_of(formulation).penalties
        counted = penalties.penalties(penalties.weight, Progress(1.0))
        entry = formulation.matrix.tocoo()
        airing = entry.col < formulation.airing_count
        held = airing & (penalties.firm & ~penalties.coupling)[entry.row]
        units = np.abs(entry.data[held]) / formulation.miss_step[entry.row[held]]
        assert np.all(counted[entry.row[held]] * np.maximum(units, 1) > formulation.value[entry.col[held]])
        assert np.all(penalties.penalties(penalties.weight, Progress(1.0, 1.0)) >= counted)
        seen += np.count_nonzero(held)
    assert seen


def test_scale_repeats_with_counted_work(tmp_path):
    instance, answers = smoke(tmp_path, 0.9, 1), []
    for _ in range(2):
        settings = Settings(strategy="scale", time_limit=3.0, deterministic=True, workers=2)
        search = solve(instance, settings).search
        assert not search.faults
        answers.append(
            (search.best.point.tolist(), search.bounds, [(one.value, one.bound, one.step) for one in search.trajectory])
        )
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("limit", "gained", "missed", "restarts"),
    [
        (1000.0, 0.0, 0, True),
        (1000.0, 0.9e-4, 0, True),
        (1000.0, 1.1e-4, 0, False),
        (0.1, 0.0, 0, False),
        (1000.0, 0.0, 3, False),
    ],
)
def test_the_annealing_restarts_on_stagnation_where_there_is_time(
    tmp_path, monkeypatch, limit, gained, missed, restarts
):
    annealing, seen = annealing_of(formulation_of(tmp_path, "no rules")), []
    search, params = annealing.search, annealing.params
    search.settings = replace(search.settings, time_limit=limit)
    search.best = replace(search.best, hard_miss=missed, penalty=0)
    monkeypatch.setattr(annealing, "_anneal", lambda problem, at, top, budget: seen.append((at, top, budget)))
    monkeypatch.setattr(Search, "try_offer", lambda self, chosen: False)
    for more in (0.0, gained, 0.1):
        search.best = replace(search.best, audience=round(1e9 * (1 + more)))
        annealing.cycle()
    begun = [(top, budget) for at, top, budget in seen if at == Progress(0.0)]
    assert [top for top, _ in begun] == [
        params.first_temperature,
        params.first_temperature if restarts else params.next_temperature,
        params.next_temperature,
    ]
    assert not restarts or begun[1][1] == pytest.approx(begun[0][1])
    assert annealing.with_seed(3).began is None
