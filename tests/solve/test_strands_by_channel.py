"""A first timetable channel by channel: it keeps rigid rows always, and the hard rows where that is possible."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.rules import HARD, RIGID
from scheduler.solve import Settings
from scheduler.solve.params import DEFAULTS
from scheduler.solve.search.budget import Budget
from scheduler.solve.search.incumbent import Search
from scheduler.solve.strands.by_channel import ByChannel
from scheduler.solve.strands.first_order import FirstOrder
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import lagrangian_bound
from scheduler.solve.strands.restricted import RestrictedProgram
from tests.builders import formulated
from tests.solve.strand_cases import CASES, admissible, built, merit

PARAMS = DEFAULTS.strands
COUNTED = Settings(strategy="scale", time_limit=60, deterministic=True)


def by_channel(program: StrandProgram) -> ByChannel:
    nothing, duals = np.zeros(program.column_count), np.zeros(len(program.lower))
    relaxed = FirstOrder(duals, lagrangian_bound(program, duals), nothing, nothing)
    return ByChannel(Search(program.formulation, COUNTED), program, PARAMS, nothing, relaxed)


def missed(program: StrandProgram, point: np.ndarray) -> np.ndarray:
    activity = program.matrix @ point
    return (activity < program.lower - 1e-6) | (activity > program.upper + 1e-6)


@pytest.mark.parametrize("name", CASES)
def test_channels_in_turn_keep_rigid_rows_and_one_channel_alone_is_best(tmp_path, name):
    formulation = formulated(built(tmp_path, name))
    program = strand_program(formulation)
    plan = by_channel(program)
    plan.choose(plan.search.budget, lambda: False)
    assert not missed(program, plan.point)[program.kind == RIGID].any()
    found = formulation.point(program.chosen(plan.point))
    assert formulation.is_admissible(found)
    if len(plan.channels) == 1:
        assert merit(formulation, found) == min(merit(formulation, point) for point in admissible(formulation))


def test_channels_to_come_count_in_hard_rows_and_occupy_nothing(tmp_path):
    program = strand_program(formulated(built(tmp_path, "parity")))
    one, other = np.unique(program.channel[program.channel >= 0])
    planned = np.where(program.channel == other, 1.0, 0.0)
    free = np.flatnonzero(program.channel == one)
    mip = RestrictedProgram(program, free, planned=planned, elastic=np.zeros(len(program.lower), dtype=bool))
    without = RestrictedProgram(program, free, elastic=np.zeros(len(program.lower), dtype=bool))
    assert np.array_equal(mip.rows, without.rows)
    there, rigid = program.matrix[mip.rows] @ planned, program.kind[mip.rows] == RIGID
    finite = np.isfinite(without.upper)
    assert np.array_equal(mip.upper[finite], (without.upper - np.where(rigid, 0.0, there))[finite])
    assert there[~rigid].any()


def test_a_hard_row_is_missed_only_where_it_may_be(tmp_path):
    program = strand_program(formulated(built(tmp_path, "a hard least out of reach")))
    hard, budget = program.kind == HARD, Budget.of_seconds(60)
    assert RestrictedProgram(program).solve(budget, 20.0).infeasible
    outcome = RestrictedProgram(program, hard_price=1e-3, elastic=hard).solve(budget, 20.0)
    assert outcome.columns is not None
    assert missed(program, outcome.columns)[hard].any()


def test_planning_ends_when_another_worker_has_a_timetable(tmp_path):
    program = strand_program(formulated(built(tmp_path, "sister channels")))
    assert not by_channel(program).choose(Budget.of_seconds(60), lambda: True).any()
