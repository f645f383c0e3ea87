"""HiGHS on a part of a strand program: what it reports while it searches."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.generate import generate, suite
from scheduler.rules import HARD, load
from scheduler.solve.search.time_limit import Budget
from scheduler.solve.strands.program import strand_program
from scheduler.solve.strands.restricted import RestrictedProgram
from tests.builders import formulated


@pytest.mark.parametrize("seed", [1, 3])
def test_bounds_are_reported_while_it_searches_and_fall_to_the_last_one(tmp_path, seed):
    generate(tmp_path, suite("smoke").options_at(0.9), seed)
    program, reported = strand_program(formulated(load(tmp_path))), list[float]()
    outcome = RestrictedProgram(program).solve(Budget.of_seconds(60), 20.0, bounded=reported.append)
    assert outcome.columns is not None
    assert reported
    assert np.all(np.isfinite(reported))
    assert np.all(np.diff(reported) <= 1e-6 * abs(outcome.bound))
    assert reported[-1] >= outcome.bound - 1e-6 * abs(outcome.bound)


def test_no_bound_is_reported_where_hard_rows_may_be_missed_at_a_price(tmp_path):
    generate(tmp_path, suite("smoke").options_at(0.9), 1)
    program, reported = strand_program(formulated(load(tmp_path))), list[float]()
    part = RestrictedProgram(program, hard_price=1e-3, elastic=program.kind == HARD)
    outcome = part.solve(Budget.of_seconds(60), 20.0, bounded=reported.append)
    assert outcome.columns is not None
    assert not reported


def test_it_stops_when_asked(tmp_path):
    generate(tmp_path, suite("smoke").options_at(0.9), 1)
    program, asked = strand_program(formulated(load(tmp_path))), list[float]()

    def stopped() -> bool:
        asked.append(1.0)
        return True

    outcome = RestrictedProgram(program).solve(Budget.of_seconds(60), 20.0, stopped=stopped)
    assert asked
    assert not outcome.proven
