"""The relaxation with cuts by the columns of a strand program: amounts, losses and duals."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.certify import certified_program
from scheduler.formulation import Formulation
from scheduler.generate import generate, suite
from scheduler.rules import SOFT, load
from scheduler.solve.params import DEFAULTS
from scheduler.solve.proof.tightened import Tightened, tightened
from scheduler.solve.search.time_limit import Budget
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import lagrangian_bound
from scheduler.solve.strands.simplex import simplex_relaxation
from scheduler.solve.strands.tight_columns import tight_columns
from tests.builders import formulated
from tests.solve.strand_cases import CASES, built

USED = 1e-6


def relaxed(formulation: Formulation, rounds: int) -> tuple[StrandProgram, Tightened]:
    params = DEFAULTS.certificate.model_copy(update={"rounds": rounds})
    found = tightened(certified_program(formulation), Budget.of_seconds(60), params)
    assert found is not None
    return strand_program(formulation), found


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


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_columns_that_it_uses_lose_nothing(tmp_path, seed):
    """Complementary slackness, with the part that cuts have in the reduced values."""
    generate(tmp_path, suite("smoke").options_at(0.9), seed)
    program, found = relaxed(formulated(load(tmp_path)), 30)
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
