"""Annealing of a strand program: its moves keep every rigid row, their sums stay true, and tiny programs are solved."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from scheduler.rules import HARD, RIGID
from scheduler.solve.kernels.strand_moves import HARD_MISS, REWARD, VALUE, WEIGHTED, State, anneal
from scheduler.solve.params import DEFAULTS
from scheduler.solve.search.time_limit import Budget, Meter
from scheduler.solve.strands.annealing import StrandAnnealing
from scheduler.solve.strands.first_order import losses
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import RelaxedColumns, lagrangian_bound
from tests.builders import build, formulated, kz, window
from tests.solve.strand_cases import CASES, SERIES, STRIP, admissible, built, first_order, merit

KEEPABLE = [name for name in CASES if name != "a hard least out of reach"]
PARAMS = DEFAULTS.strand_annealing


def annealing(program: StrandProgram, **changed: object) -> StrandAnnealing:
    relaxed = first_order(program)
    return StrandAnnealing(program, PARAMS.but(**changed), losses(program, relaxed.duals, relaxed.steps), relaxed, 1e-3)


def counted(work: float) -> Budget:
    return Budget(Meter(counted=True), work)


def missed(program: StrandProgram, point: np.ndarray, kind: int) -> np.ndarray:
    activity = program.matrix @ point
    return ((activity < program.lower - 1e-6) | (activity > program.upper + 1e-6))[program.kind == kind]


@pytest.mark.parametrize("name", KEEPABLE)
def test_a_cycle_finds_the_best_timetable_of_a_tiny_program(tmp_path, name):
    formulation = formulated(built(tmp_path, name))
    program, found = strand_program(formulation), []
    annealing(program).cycle(counted(0.8), 1, found.append)
    assert found
    for columns in found:
        assert not missed(program, columns, RIGID).any()
        assert not missed(program, columns, HARD).any()
    points = [formulation.point(program.chosen(columns)) for columns in found]
    best = min(merit(formulation, point) for point in admissible(formulation))
    assert min(merit(formulation, point) for point in points) == best


def test_a_cycle_ends_where_no_columns_overlap(tmp_path):
    """Only one series fits, with one start on one day: there is no step at which a choice must be made."""
    instance = build(tmp_path, [kz(window("19:00", "19:30"))], [SERIES], days=1, placement=STRIP)
    program, found = strand_program(formulated(instance)), []
    one = annealing(program)
    assert not len(one.static.overlap_rows)
    one.cycle(counted(0.4), 1, found.append)
    assert [program.chosen(columns).tolist() for columns in found][-1] == [True]


def test_where_a_hard_row_cannot_hold_the_end_keeps_the_rigid_rows(tmp_path):
    program, found = strand_program(formulated(built(tmp_path, "a hard least out of reach"))), []
    end = annealing(program).cycle(counted(0.4), 1, found.append)
    assert not found
    assert end.any()
    assert not missed(program, end, RIGID).any()
    assert missed(program, end, HARD).any()


def sums_are_true(one: StrandAnnealing, state: State) -> None:
    """Compare what the moves keep up to date with the same figures from the chosen columns alone."""
    program, static, point = one.program, one.static, one._whole(state.chosen)
    shape = len(static.rows.lower), len(one.columns)
    by_column = sparse.csc_array((static.rows.coefficient, static.rows.row, static.rows.first), shape=shape)
    activity, whole = by_column @ state.chosen, len(program.lower)
    assert np.allclose(state.activity, activity)
    assert np.allclose(activity[:whole], program.matrix @ point)
    assert not missed(program, point, RIGID).any()
    off = np.maximum(np.maximum(static.rows.lower - activity, activity - static.rows.upper), 0.0)
    assert not (off[static.rows.strict] > 1e-6).any()
    off[static.rows.strict] = 0.0
    assert state.total[VALUE] == pytest.approx(program.value @ point, abs=1e-6)
    assert state.total[REWARD] == pytest.approx(state.reward @ state.chosen, abs=1e-6)
    assert state.total[WEIGHTED] == pytest.approx(state.weight @ off, abs=1e-6)
    assert state.total[HARD_MISS] == pytest.approx(static.worth.hard @ off, abs=1e-6)
    matrix = by_column.tocsr()
    for row in np.flatnonzero(static.rows.strict):
        entries = slice(matrix.indptr[row], matrix.indptr[row + 1])
        columns = matrix.indices[entries][matrix.data[entries] > 0]
        assert sorted(state.users[row, : state.used[row]]) == sorted(columns[state.chosen[columns]])


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("temperature", [1e-3, 1.0, 1e3])
def test_moves_keep_strict_rows_and_their_sums(tmp_path, name, temperature):
    one = annealing(strand_program(formulated(built(tmp_path, name))))
    (state, best), random = one._start(), np.random.default_rng(3)
    for share in (0.0, 0.3, 0.6, 0.9):
        rows = one._update(state, share)
        for _ in range(5):
            anneal(one.static, state, best, random, 50, temperature, rows)
            sums_are_true(one, state)


@pytest.mark.parametrize("name", KEEPABLE)
def test_a_cycle_may_begin_from_a_timetable(tmp_path, name):
    """It keeps the columns of the start as its state, and finds the best timetable from the worst."""
    formulation = formulated(built(tmp_path, name))
    program, found = strand_program(formulation), []
    points = sorted(admissible(formulation), key=lambda point: merit(formulation, point))
    one, start = annealing(program), program.columns_of(points[-1])
    state, _ = one._start(start)
    assert np.array_equal(one._whole(state.chosen), start)
    one.cycle(counted(1.6), 1, found.append, start=start)
    ends = [formulation.point(program.chosen(columns)) for columns in found]
    assert min(merit(formulation, point) for point in ends) == merit(formulation, points[0])


def test_without_a_relaxation_there_are_still_weights_and_temperatures(tmp_path):
    program, found = strand_program(formulated(built(tmp_path, "a series and a film"))), []
    nothing, duals = np.zeros(program.column_count), np.zeros(len(program.lower))
    relaxed = RelaxedColumns(duals, lagrangian_bound(program, duals), nothing)
    one = StrandAnnealing(program, PARAMS, losses(program, duals), relaxed, 1e-3)
    assert np.isfinite(one.weight).all()
    assert (one.static.spread > 1.0).all()
    one.cycle(counted(0.4), 1, found.append)
    assert found


def test_equal_seeds_and_work_give_equal_columns(tmp_path):
    program = strand_program(formulated(built(tmp_path, "a series and a film")))
    one, two, other = (annealing(program).cycle(counted(0.1), seed, lambda columns: None) for seed in (4, 4, 5))
    assert np.array_equal(one, two)
    assert other.any()


def test_the_credit_of_duals_ends_and_weights_follow_the_rows(tmp_path):
    one = annealing(strand_program(formulated(built(tmp_path, "parity"))))
    assert one.joining.any()
    one.credited[:], one.price[one.joining] = 7.0, 5.0
    state, _ = one._start()
    before = state.weight.copy()
    rows = one._update(state, 0.0)
    assert np.array_equal(state.reward, one.static.worth.value - 7.0 * PARAMS.credit)
    assert len(rows)
    one._update(state, 1.0)
    assert np.array_equal(state.reward, one.static.worth.value)
    assert (state.weight[rows] > before[rows]).any()
    assert state.total[WEIGHTED] > 0


def test_a_cycle_goes_on_until_no_hard_row_is_violated(tmp_path):
    program = strand_program(formulated(built(tmp_path, "parity")))
    one, found = annealing(program, sweep=1), []
    one.cycle(counted(1e-9), 1, found.append)
    assert not found  # after one move a balance is still violated
    budget = counted(1e-9)
    end = one.cycle(budget, 1, found.append, beyond=Budget(budget._meter, 1.0))
    assert found
    assert not missed(program, end, HARD).any()
    assert budget._meter.work < 1.0
