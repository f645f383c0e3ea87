"""The draft that the workers share: what they put together keeps the rigid rows, and the price of misses adapts."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.rules import HARD
from scheduler.solve.params import DEFAULTS
from scheduler.solve.search.time_limit import Budget
from scheduler.solve.strands.draft import Draft
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import lagrangian_bound
from scheduler.solve.strands.restricted import RestrictedProgram
from tests.builders import formulated
from tests.solve.strand_cases import built

PARAMS = DEFAULTS.strands


def draft_of(program: StrandProgram) -> Draft:
    return Draft(program, PARAMS, lagrangian_bound(program, np.zeros(len(program.lower))))


def missed(program: StrandProgram, point: np.ndarray) -> np.ndarray:
    activity = program.matrix @ point
    return (activity < program.lower - 1e-6) | (activity > program.upper + 1e-6)


def test_a_hard_row_is_missed_only_where_it_may_be(tmp_path):
    program = strand_program(formulated(built(tmp_path, "a hard least out of reach")))
    hard, budget = program.kind == HARD, Budget.of_seconds(60)
    assert RestrictedProgram(program).solve(budget, 20.0).infeasible
    outcome = RestrictedProgram(program, hard_price=1e-3, elastic=hard).solve(budget, 20.0)
    assert outcome.columns is not None
    assert missed(program, outcome.columns)[hard].any()


def test_what_two_workers_put_together_keeps_the_rigid_rows(tmp_path):
    """Each of two sister channels takes the series that only one may have."""
    program = strand_program(formulated(built(tmp_path, "sister channels")))
    draft = draft_of(program)
    bundles = np.arange(program.bundle_count)
    of_channel = [bundles[program.channel[bundles] == one] for one in draft.channels]
    group = program.group[of_channel[0]][np.isin(program.group[of_channel[0]], program.group[of_channel[1]])][0]
    chosen = [some[program.group[some] == group][:1] for some in of_channel]
    points = [draft.take(np.array([at])).copy() for at in (0, 1)]
    assert draft.busy.all()
    for point, some in zip(points, chosen, strict=True):
        point[some] = 1.0
    assert draft.put(np.array([0]), chosen[0], points[0])
    assert not draft.put(np.array([1]), chosen[1], points[1])
    assert not draft.busy.any()
    assert draft.point[chosen[0]].all()
    assert not draft.point[chosen[1]].any()


def test_only_better_columns_that_keep_the_rigid_rows_are_taken(tmp_path):
    program = strand_program(formulated(built(tmp_path, "a series and a film")))
    draft, nothing = draft_of(program), np.zeros(program.column_count)
    assert not draft.offer(nothing), "as good as the present one"
    assert not draft.offer(np.ones(program.column_count)), "overlaps"
    one = nothing.copy()
    one[np.flatnonzero(program.value > 0)[0]] = 1.0
    assert draft.offer(one)
    assert draft.point is one


def test_the_price_rises_while_a_hard_row_is_missed_and_falls_afterwards(tmp_path):
    program = strand_program(formulated(built(tmp_path, "a hard least out of reach")))
    draft = draft_of(program)
    before = draft.price
    assert draft.hard_misses().any()
    draft.adapt_price()
    assert draft.price == pytest.approx(before * PARAMS.hard_price_growth)
    for _ in range(100):
        draft.adapt_price()
    amount = float(draft.hard_misses().sum())
    assert draft.price == max(draft.most_price, PARAMS.miss_cost * draft.bound / amount)
    draft.program.lower[:], draft.program.upper[:] = -np.inf, np.inf
    for _ in range(100):
        draft.adapt_price()
    assert draft.price == draft.least_price
