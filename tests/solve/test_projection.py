"""A program without the slots of reruns: its relaxation, with one row per group or with limits of the reruns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from scheduler.arrays import outside
from scheduler.certify import certified_bound, certified_program
from scheduler.certify.cuts import derived
from scheduler.rules import RIGID
from scheduler.rules.placement_rows import RERUNS_OF_SLOT
from scheduler.solve.programs.highs import solved_linear
from scheduler.solve.proof.multipliers import certificate_of
from scheduler.solve.search.time_limit import Budget
from scheduler.solve.strands.first_order import losses, losses_of
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.projection import Projection
from scheduler.solve.strands.relaxation import RelaxedColumns, duals_of, lagrangian_bound, reduced_values
from scheduler.solve.strands.restricted import RestrictedProgram
from tests.builders import aired, build, formulated, kz, programme, window
from tests.solve.strand_cases import CASES, STRIP, built, first_order, relaxation, with_limits

WITH_RERUNS, ONE_GOOD_DAY = "reruns in one slot", "each slot of reruns has one good day"
KEEPABLE = [name for name in CASES if name != "a hard least out of reach"]  # the others have no relaxation


def several_series(folder) -> StrandProgram:
    """Two channels, and three series that may be repeated in many slots."""
    channels = [kz(window("18:00", "20:00")), {**kz(window("19:00", "21:00")), "id": "R.kz"}]
    series = [programme(name, 30, episodes=3, runs=2, appeal=size) for name, size in zip("abc", (1, 2, 3), strict=True)]
    return strand_program(formulated(build(folder, channels, series, days=7, placement=STRIP)))


def one_slot_binds(folder) -> StrandProgram:
    """Eight episodes have aired. Their reruns would fill four slots on two days, but may have one slot."""
    past = [aired("Q.kz", f"2026-11-{day}T14:30Z", "series", 30, episode=day - 19) for day in range(20, 28)]
    series = [programme("series", 30, episodes=8, runs=2, appeal=3.0)]
    channels = [kz(window("18:00", "20:00"))]
    return strand_program(formulated(build(folder, channels, series, days=2, placement=STRIP, history=past)))


PROGRAMS = {
    "several": several_series,
    "one slot binds": one_slot_binds,
}


def program_of(folder, name: str) -> StrandProgram:
    return PROGRAMS[name](folder) if name in PROGRAMS else strand_program(formulated(built(folder, name)))


def solved(program: StrandProgram) -> RelaxedColumns:
    mip = RestrictedProgram(program)
    found = solved_linear(mip.lp(relaxed=True), Budget.of_seconds(60))
    return RelaxedColumns(mip.duals(found.duals), 0.0, found.amounts[: program.column_count])


@pytest.mark.parametrize("name", [WITH_RERUNS, ONE_GOOD_DAY, *PROGRAMS])
def test_all_slots_of_reruns_are_projected(tmp_path, name):
    program = program_of(tmp_path, name)
    labels = program.formulation.labels["aspect"]
    stated = [at for at in program.origin if at >= 0 and labels[at].code == RERUNS_OF_SLOT]
    found = Projection.of(program, cuts=False)
    assert len(found.slot_row) == len(stated) > 0
    assert found.projected.column_count == program.column_count - len(stated)
    assert np.isin(found.projected.origin, program.origin).all()


@pytest.mark.parametrize("name", [*KEEPABLE, *PROGRAMS])
def test_the_projected_relaxation_has_the_same_optimum_duals_and_amounts(tmp_path, name):
    program = program_of(tmp_path, name)
    found = Projection.of(program, cuts=False)
    relaxed, optimum = solved(found.projected), relaxation(program)
    near = pytest.approx(optimum, rel=1e-6, abs=1e-3)
    assert relaxation(found.projected) == near
    duals, reruns = found.duals(relaxed.duals)
    assert reruns is None
    assert lagrangian_bound(program, duals) == near
    amounts = found.amounts(relaxed.amounts)
    assert program.value @ amounts == pytest.approx(found.projected.value @ relaxed.amounts)
    rigid = program.kind == RIGID
    missed = outside(program.matrix @ amounts, program.lower, program.upper)
    assert missed[rigid].max(initial=0.0) < 1e-6
    assert np.all(amounts <= program.column_upper + 1e-6)
    again = found.start(RelaxedColumns(duals, 0.0, amounts))
    assert np.array_equal(again.duals, relaxed.duals)
    assert np.array_equal(again.amounts, relaxed.amounts)


def test_reruns_that_may_have_only_one_slot_give_its_row_a_dual(tmp_path):
    program = one_slot_binds(tmp_path)
    found = Projection.of(program, cuts=False)
    duals, _ = found.duals(solved(found.projected).duals)
    assert duals[found.group_row].max() > 0
    assert duals[found.slot_row] * found.size == pytest.approx(duals[found.group_row])


def test_a_slot_with_another_row_or_a_value_stays(tmp_path):
    program = several_series(tmp_path)
    found = Projection.of(program, cuts=False)
    value = program.value.copy()
    value[found.slot_column[0]] = 1.0
    group = found.group_row == found.group_row[0]
    rest = Projection.of(replace(program, value=value), cuts=False)
    assert len(rest.slot_row) == len(found.slot_row) - group.sum()


def test_the_first_order_method_comes_close_where_series_have_many_slots_of_reruns(tmp_path):
    program = several_series(tmp_path)
    optimum, found = relaxation(program), first_order(program, cuts=False)
    assert optimum - 1e-6 * abs(optimum) <= found.bound <= optimum + 2e-3 * abs(optimum)
    assert program.value @ found.amounts == pytest.approx(optimum - program.formulation.constant, rel=0.1)


def test_slots_that_share_a_row_stay(tmp_path):
    program = several_series(tmp_path)
    found = Projection.of(program, cuts=False)
    one, other = np.flatnonzero(found.group_row == found.group_row[0])[:2]
    matrix = program.matrix.tolil()
    matrix[found.slot_row[other], found.slot_column[other]] = 0
    matrix[found.slot_row[one], found.slot_column[other]] = -found.size[other]
    rest = Projection.of(replace(program, matrix=sparse.csr_array(matrix)), cuts=False)
    assert not np.isin(found.slot_column[found.group_row == found.group_row[0]], rest.slot_column).any()
    assert len(rest.slot_row) == (found.group_row != found.group_row[0]).sum()


@pytest.mark.parametrize("name", [*KEEPABLE, *PROGRAMS])
def test_the_duals_of_the_relaxation_with_limits_prove_its_optimum(tmp_path, name):
    """The duals of the rows alone lead to the multipliers of the limits, and to the bound of both."""
    program = program_of(tmp_path, name)
    found, exactly = Projection.of(program, cuts=True), with_limits(program)
    relaxed = solved(exactly)
    duals, reruns = found.duals(relaxed.duals[found.rows])
    assert lagrangian_bound(program, duals, reruns=reruns) == pytest.approx(relaxation(exactly), rel=1e-6, abs=1e-3)
    assert (reruns is None) == (not len(found.slot_row))
    amounts = found.amounts(relaxed.amounts[found.columns])
    missed = outside(exactly.matrix @ amounts, exactly.lower, exactly.upper)
    assert missed[exactly.kind == RIGID].max(initial=0.0) < 1e-6


@pytest.mark.parametrize("name", [*KEEPABLE, *PROGRAMS])
def test_the_first_order_method_with_limits_comes_close_and_is_certified(tmp_path, name):
    program = program_of(tmp_path, name)
    optimum, found = relaxation(with_limits(program)), first_order(program)
    assert found.bound == lagrangian_bound(program, found.duals, found.steps, found.reruns)
    assert optimum - 1e-6 * abs(optimum) <= found.bound <= optimum + 2e-3 * abs(optimum)
    certified, certificate = certificate_of(program.formulation, "", duals_of(program, found))
    assert certified_bound(certified, certificate) <= found.bound + 1


def test_limits_prove_more_than_rows_of_slots(tmp_path):
    program = program_of(tmp_path, ONE_GOOD_DAY)
    limited = relaxation(with_limits(program))
    assert limited < relaxation(program) - 1
    found = first_order(program)
    certificate = certificate_of(program.formulation, "", duals_of(program, found))
    assert certified_bound(*certificate) < relaxation(program) - 1
    assert len(certificate[1].cuts) > 0
    points = optima(program)
    assert points <= certified_bound(*certificate)


def optima(program: StrandProgram) -> float:
    """The value of the best timetable that keeps all hard rows, by HiGHS."""
    outcome = RestrictedProgram(program).solve(Budget.of_seconds(60), 1e9)
    assert outcome.columns is not None
    return program.formulation.constant + float(program.value @ outcome.columns)


@pytest.mark.parametrize("size", [1, 100, 10_000])
@pytest.mark.parametrize("name", [WITH_RERUNS, ONE_GOOD_DAY, *PROGRAMS])
def test_no_timetable_is_worth_more_than_a_bound_with_limits_less_its_losses(tmp_path, name, size):
    program, random = program_of(tmp_path, name), np.random.default_rng(size)
    found = Projection.of(program, cuts=True)
    best = RestrictedProgram(program).solve(Budget.of_seconds(60), 1e9).columns
    assert best is not None
    for _ in range(5):
        duals, reruns = found.duals(random.normal(size=len(found.rows)) * size)
        bound, lost = lagrangian_bound(program, duals, reruns=reruns), losses(program, duals, reruns=reruns)
        assert np.all(lost >= 0)
        assert np.all(lost[found.slot_column] == 0)  # their losses are those of their reruns
        value = program.formulation.constant + float(program.value @ best)
        assert value <= bound - float(lost @ (best > 0.5)) + 1e-3
        plain = losses_of(program, reduced_values(program, duals, reruns=reruns))
        assert lost.sum() == pytest.approx(plain.sum())


def test_reruns_with_another_lower_limit_keep_the_row_of_their_group(tmp_path):
    program = several_series(tmp_path)
    found = Projection.of(program, cuts=True)
    assert found.limited.all()
    lower = program.column_lower.copy()
    lower[found.limits.column[0]] = 1.0
    rest = Projection.of(replace(program, column_lower=lower), cuts=True)
    group = found.group_row == found.group_row[found.limit_slot[0]]
    assert np.array_equal(rest.limited, ~group)
    assert np.isin(found.group_row[group], rest.rows).all()
    assert not np.isin(rest.group_row[rest.limited], rest.rows).any()
    assert not np.isin(rest.limits.column, found.limits.column[np.isin(found.limit_slot, np.flatnonzero(group))]).any()


def test_a_cut_of_a_rerun_is_its_limit(tmp_path):
    """Derived again from its rows and steps, every cut of a certificate is s_k − x_a − (others at once) ≥ 0."""
    program = several_series(tmp_path)
    found = Projection.of(program, cuts=True)
    none = np.zeros(len(found.rows))
    duals, reruns = found.duals(none)
    relaxed = RelaxedColumns(duals, np.inf, np.zeros(program.column_count), reruns=reruns)
    kept = duals_of(program, relaxed)
    assert len(kept.cuts) == (reruns.amount > 0).sum() > 0
    assert kept.of_cuts == reruns.amount[reruns.amount > 0].tolist()
    certified = certified_program(program.formulation)
    cuts = derived(certified, kept.cuts)
    entry = certified.entry
    for at, (rerun, slot) in enumerate(
        zip(reruns.rerun[reruns.amount > 0], reruns.slot[reruns.amount > 0], strict=True)
    ):
        row = cuts.matrix[[at]].toarray()[0]
        assert cuts.least[at] == 0
        assert row[entry == program.entries[rerun]].tolist() == [-1]
        assert row[entry == program.entries[slot]].tolist() == [1]
        assert row.sum() == 0
