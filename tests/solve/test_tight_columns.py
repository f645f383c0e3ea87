"""The relaxation with cuts by the columns of a strand program: amounts, losses and duals."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.certify import certified_program
from scheduler.formulation import Formulation
from scheduler.generate import generate, suite
from scheduler.rules import SOFT, load
from scheduler.solve.params import DEFAULTS
from scheduler.solve.proof.tightened import Relaxation, Tightened, tightened
from scheduler.solve.search.time_limit import Budget
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import lagrangian_bound
from scheduler.solve.strands.simplex import simplex_relaxation
from scheduler.solve.strands.tight_columns import begin_of, tight_columns
from tests.builders import formulated
from tests.solve.strand_cases import CASES, built

USED = 1e-6


def relaxed(formulation: Formulation, rounds: int, *, begun: bool = False) -> tuple[StrandProgram, Tightened]:
    params = DEFAULTS.certificate.model_copy(update={"rounds": rounds, "poor_rounds": 100})
    program, certified, begin = strand_program(formulation), certified_program(formulation), None
    if begun:
        plain = simplex_relaxation(program, Budget.of_seconds(60))
        assert plain is not None
        begin = begin_of(program, plain, certified)
    found = tightened(certified, Budget.of_seconds(60), params, begin)
    assert found is not None
    return program, found


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_it_begins_where_the_relaxation_without_cuts_has_ended(tmp_path, seed):
    generate(tmp_path, suite("smoke").options_at(0.9), seed)
    formulation = formulated(load(tmp_path))
    program, certified = strand_program(formulation), certified_program(formulation)
    plain = simplex_relaxation(program, Budget.of_seconds(60))
    assert plain is not None
    relaxation = Relaxation(certified, begin=begin_of(program, plain, certified))
    spent = Budget.of_seconds(60)
    assert relaxation.solve(spent)
    assert relaxation.highs.getInfo().simplex_iteration_count == 0
    assert relaxation.value() == pytest.approx(plain.bound, rel=1e-6)
    assert len(relaxation.waiting) > 0
    # All rows hold, although the waiting ones are not stated: a point that misses one states it.
    assert relaxation.add_missed() == 0
    waiting = certified.matrix[relaxation.waiting]
    row = int(np.argmax(waiting.sum(axis=1) * (certified.upper[relaxation.waiting] == 1)))
    relaxation.point = lambda: np.asarray(waiting[[row]].todense(), dtype=float).ravel()  # type: ignore[method-assign]
    number, before = int(relaxation.waiting[row]), len(relaxation.rows)
    stated = relaxation.add_missed()
    assert stated >= 1
    assert number in relaxation.rows[before:]
    assert number not in relaxation.waiting
    assert len(relaxation.rows) == before + stated
    assert relaxation.solve(spent)  # the rows are satisfied by the last point, so nothing changes
    assert relaxation.value() == pytest.approx(plain.bound, rel=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_without_cuts_it_is_the_relaxation_of_the_strand_program(tmp_path, name):
    formulation = formulated(built(tmp_path, name))
    program = strand_program(formulation)
    plain = simplex_relaxation(program, Budget.of_seconds(60))
    if plain is None:  # no amounts keep the hard rows
        return
    program, found = relaxed(formulation, 0)
    columns, _ = tight_columns(program, found)
    assert columns.bound == pytest.approx(plain.bound, rel=1e-6)
    assert lagrangian_bound(program, columns.duals) == pytest.approx(plain.bound, rel=1e-6)


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("seed", [1, 3, 4])
def test_columns_that_it_uses_lose_nothing_and_all_hard_rows_hold(tmp_path, seed, begun):
    """Complementary slackness, with the part that cuts have in the reduced values."""
    generate(tmp_path, suite("smoke").options_at(0.9), seed)
    program, found = relaxed(formulated(load(tmp_path)), 300, begun=begun)
    assert max(found.duals.of_cuts, default=0.0) > 1
    columns, lost = tight_columns(program, found)
    free = (program.column_lower == 0) & (program.column_upper == 1)
    used = free & (columns.amounts > USED)
    assert used.any()
    assert np.all(lost[used] <= 1e-6 * np.abs(program.value).max())
    assert np.all(lost >= 0)
    activity = program.matrix @ columns.amounts
    slack = 1e-6 * (abs(program.matrix) @ columns.amounts + 1)
    missable = program.kind == SOFT
    assert np.all(missable | (activity >= program.lower - slack))
    assert np.all(missable | (activity <= program.upper + slack))
