"""A program without the slots of reruns has the same relaxation as the program with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from scheduler.arrays import outside
from scheduler.rules import RIGID
from scheduler.rules.placement_rows import RERUNS_OF_SLOT
from scheduler.solve.programs.highs import solved_linear
from scheduler.solve.search.time_limit import Budget
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.projection import Projection
from scheduler.solve.strands.relaxation import RelaxedColumns, lagrangian_bound
from scheduler.solve.strands.restricted import RestrictedProgram
from tests.builders import aired, build, formulated, kz, programme, window
from tests.solve.strand_cases import CASES, STRIP, built, first_order, relaxation

WITH_RERUNS = "reruns in one slot"
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


PROGRAMS = {"several": several_series, "one slot binds": one_slot_binds}


def program_of(folder, name: str) -> StrandProgram:
    return PROGRAMS[name](folder) if name in PROGRAMS else strand_program(formulated(built(folder, name)))


def solved(program: StrandProgram) -> RelaxedColumns:
    mip = RestrictedProgram(program)
    found = solved_linear(mip.lp(relaxed=True), Budget.of_seconds(60))
    return RelaxedColumns(mip.duals(found.duals), 0.0, found.amounts[: program.column_count])


@pytest.mark.parametrize("name", [WITH_RERUNS, *PROGRAMS])
def test_all_slots_of_reruns_are_projected(tmp_path, name):
    program = program_of(tmp_path, name)
    labels = program.formulation.labels["aspect"]
    stated = [at for at in program.origin if at >= 0 and labels[at].code == RERUNS_OF_SLOT]
    found = Projection.of(program)
    assert len(found.slot_row) == len(stated) > 0
    assert found.projected.column_count == program.column_count - len(stated)
    assert np.isin(found.projected.origin, program.origin).all()


@pytest.mark.parametrize("name", [*KEEPABLE, *PROGRAMS])
def test_the_projected_relaxation_has_the_same_optimum_duals_and_amounts(tmp_path, name):
    program = program_of(tmp_path, name)
    found = Projection.of(program)
    relaxed, optimum = solved(found.projected), relaxation(program)
    near = pytest.approx(optimum, rel=1e-6, abs=1e-3)
    assert relaxation(found.projected) == near
    assert lagrangian_bound(program, found.duals(relaxed.duals)) == near
    amounts = found.amounts(relaxed.amounts)
    assert program.value @ amounts == pytest.approx(found.projected.value @ relaxed.amounts)
    rigid = program.kind == RIGID
    missed = outside(program.matrix @ amounts, program.lower, program.upper)
    assert missed[rigid].max(initial=0.0) < 1e-6
    assert np.all(amounts <= program.column_upper + 1e-6)
    again = found.start(RelaxedColumns(found.duals(relaxed.duals), 0.0, amounts))
    assert np.array_equal(again.duals, relaxed.duals)
    assert np.array_equal(again.amounts, relaxed.amounts)


def test_reruns_that_may_have_only_one_slot_give_its_row_a_dual(tmp_path):
    program = one_slot_binds(tmp_path)
    found = Projection.of(program)
    duals = found.duals(solved(found.projected).duals)
    assert duals[found.group_row].max() > 0
    assert duals[found.slot_row] * found.size == pytest.approx(duals[found.group_row])


def test_a_slot_with_another_row_or_a_value_stays(tmp_path):
    program = several_series(tmp_path)
    found = Projection.of(program)
    value = program.value.copy()
    value[found.slot_column[0]] = 1.0
    group = found.group_row == found.group_row[0]
    rest = Projection.of(replace(program, value=value))
    assert len(rest.slot_row) == len(found.slot_row) - group.sum()


def test_the_first_order_method_comes_close_where_series_have_many_slots_of_reruns(tmp_path):
    program = several_series(tmp_path)
    optimum, found = relaxation(program), first_order(program)
    assert optimum - 1e-6 * abs(optimum) <= found.bound <= optimum + 2e-3 * abs(optimum)
    assert program.value @ found.amounts == pytest.approx(optimum - program.formulation.constant, rel=0.1)


def test_slots_that_share_a_row_stay(tmp_path):
    program = several_series(tmp_path)
    found = Projection.of(program)
    one, other = np.flatnonzero(found.group_row == found.group_row[0])[:2]
    matrix = program.matrix.tolil()
    matrix[found.slot_row[other], found.slot_column[other]] = 0
    matrix[found.slot_row[one], found.slot_column[other]] = -found.size[other]
    rest = Projection.of(replace(program, matrix=sparse.csr_array(matrix)))
    assert not np.isin(found.slot_column[found.group_row == found.group_row[0]], rest.slot_column).any()
    assert len(rest.slot_row) == (found.group_row != found.group_row[0]).sum()
