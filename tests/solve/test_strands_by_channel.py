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
from scheduler.solve.strands.draft import Draft
from scheduler.solve.strands.first_order import FirstOrder
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import lagrangian_bound
from scheduler.solve.strands.restricted import RestrictedProgram
from tests.builders import formulated, programme, uz
from tests.solve.strand_cases import CASES, EVENING, admissible, built, merit

PARAMS = DEFAULTS.strands
COUNTED = Settings(strategy="scale", time_limit=60, deterministic=True)


def by_channel(program: StrandProgram) -> ByChannel:
    nothing, duals = np.zeros(program.column_count), np.zeros(len(program.lower))
    relaxed = FirstOrder(duals, lagrangian_bound(program, duals), nothing, nothing)
    draft = Draft(program, PARAMS, relaxed.bound, nothing)
    return ByChannel(Search(program.formulation, COUNTED), program, PARAMS, nothing, relaxed, draft)


def missed(program: StrandProgram, point: np.ndarray) -> np.ndarray:
    activity = program.matrix @ point
    return (activity < program.lower - 1e-6) | (activity > program.upper + 1e-6)


@pytest.mark.parametrize("name", CASES)
def test_channels_in_turn_keep_rigid_rows_and_one_channel_alone_is_best(tmp_path, name):
    formulation = formulated(built(tmp_path, name))
    program = strand_program(formulation)
    plan = by_channel(program)
    plan.choose(plan.search.budget, 1)
    draft = plan.draft
    assert not draft.open.any()
    assert not draft.busy.any()
    assert not missed(program, draft.point)[program.kind == RIGID].any()
    found = formulation.point(program.chosen(draft.point))
    assert formulation.is_admissible(found)
    if len(draft.channels) == 1:
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


def test_workers_first_take_channels_that_share_no_rigid_row_with_a_busy_one(tmp_path, monkeypatch):
    """Two Kazakh channels share the rows of a series, the Uzbek one has titles of its own."""
    sisters = CASES["sister channels"]
    theirs = programme("theirs", 30, origin="KZ", versions="uzb:original", territories="UZ")
    more = {"channels": [*sisters["channels"], uz(EVENING)], "programmes": [*sisters["programmes"], theirs]}
    monkeypatch.setitem(CASES, "three", {**sisters, **more})
    plan = by_channel(strand_program(formulated(built(tmp_path, "three"))))
    assert plan.tied.tolist() == [[True, True, False], [True, True, False], [False, False, True]]
    plan.order = np.array([0, 1, 2])
    assert [plan._next() for _ in range(4)] == [0, 2, 1, None]


def test_what_two_workers_merge_keeps_the_rigid_rows(tmp_path):
    """Each of two sister channels takes the series that only one may have."""
    program = strand_program(formulated(built(tmp_path, "sister channels")))
    draft = by_channel(program).draft
    bundles = np.arange(program.bundle_count)
    of_channel = [bundles[program.channel[bundles] == one] for one in draft.channels]
    group = program.group[of_channel[0]][np.isin(program.group[of_channel[0]], program.group[of_channel[1]])][0]
    chosen = [some[program.group[some] == group][:1] for some in of_channel]
    points = [draft.take(np.array([at]))[0] for at in (0, 1)]
    for point, some in zip(points, chosen, strict=True):
        point[some] = 1.0
    assert draft.put(np.array([0]), chosen[0], points[0], first=True)
    assert not draft.put(np.array([1]), chosen[1], points[1], first=True)
    assert draft.waiting.tolist() == [False, True], "the second channel waits again"
    assert not draft.busy.any()
    assert draft.point[chosen[0]].all()
    assert not draft.point[chosen[1]].any()


def test_the_price_rises_while_a_hard_row_is_missed_and_falls_afterwards(tmp_path):
    program = strand_program(formulated(built(tmp_path, "a hard least out of reach")))
    draft = by_channel(program).draft
    before = draft.price
    assert draft.hard_misses().any()
    draft.adapt_price()
    assert draft.price == pytest.approx(before * PARAMS.hard_price_growth)
    for _ in range(100):
        draft.adapt_price()
    missed = float(draft.hard_misses().sum())
    assert draft.price == max(draft.most_price, PARAMS.miss_cost * draft.bound / missed)
    draft.program.lower[:], draft.program.upper[:] = -np.inf, np.inf
    for _ in range(100):
        draft.adapt_price()
    assert draft.price == draft.least_price
