"""What the strand engine does where the whole program is too large: first-order relaxation, annealing, turns."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.solve import Settings, solve
from scheduler.solve.params import DEFAULTS
from scheduler.solve.search.time_limit import Budget
from scheduler.solve.strands.first_order import first_order, losses
from scheduler.solve.strands.program import strand_program
from scheduler.solve.strands.relaxation import lagrangian_bound
from tests.builders import formulated
from tests.solve.strand_cases import CASES, admissible, built, merit, relaxation

KEEPABLE = [name for name in CASES if name != "a hard least out of reach"]
PARAMS = DEFAULTS.strands
LARGE = DEFAULTS.model_copy(update={"strands": PARAMS.model_copy(update={"whole_columns": 0})})


@pytest.mark.parametrize("name", KEEPABLE)
def test_the_first_order_method_comes_close_to_the_relaxation_and_never_below_it(tmp_path, name):
    program = strand_program(formulated(built(tmp_path, name)))
    optimum, offered = relaxation(program), []
    found = first_order(program, PARAMS, Budget.of_seconds(60), offered.append)
    assert found.bound == min(offered) == lagrangian_bound(program, found.duals)
    assert optimum - 1e-6 * abs(optimum) <= found.bound <= optimum + 2e-3 * abs(optimum)


@pytest.mark.parametrize("name", KEEPABLE)
def test_a_timetable_is_worth_no_more_than_the_bound_less_what_its_columns_lose(tmp_path, name):
    formulation = formulated(built(tmp_path, name))
    program, random = strand_program(formulation), np.random.default_rng(5)
    points = [point for point in admissible(formulation) if merit(formulation, point)[0] == 0]
    for size in (0, 100, 10_000):
        duals = random.normal(size=len(program.lower)) * size
        bound, lost = lagrangian_bound(program, duals), losses(program, duals)
        assert np.all(lost >= 0)
        for point in points:
            assert -merit(formulation, point)[1] <= bound - float(lost @ (program.columns_of(point) > 0)) + 1e-6


@pytest.mark.parametrize("name", CASES)
def test_large_programs_end_at_the_best_of_all_timetables(tmp_path, name):
    instance = built(tmp_path, name)
    formulation = formulated(instance)
    best = min(merit(formulation, point) for point in admissible(formulation))
    answer = solve(instance, Settings(strategy="scale", time_limit=3, deterministic=True, params=LARGE))
    assert not answer.search.faults
    assert answer.search.best is not None
    assert (answer.search.best.hard_miss, -answer.search.best.value) == best
    if not best[0]:
        assert answer.search.bounds["relaxation"] >= -best[1]


def test_two_workers_begin_and_improve_together(tmp_path):
    instance = built(tmp_path, "a series and a film")
    formulation = formulated(instance)
    best = min(merit(formulation, point) for point in admissible(formulation))
    answer = solve(instance, Settings(strategy="scale", time_limit=3, workers=2, params=LARGE))
    assert not answer.search.faults
    assert answer.search.best is not None
    assert (answer.search.best.hard_miss, -answer.search.best.value) == best
