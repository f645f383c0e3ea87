"""What the strand engine does where the whole program is too large: first-order relaxation, annealing, turns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scheduler.certify import certified_bound
from scheduler.solve import Settings, solve
from scheduler.solve.params import DEFAULTS
from scheduler.solve.proof.multipliers import certificate_of
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.search.time_limit import Budget
from scheduler.solve.strands.first_order import first_order, losses
from scheduler.solve.strands.program import strand_program
from scheduler.solve.strands.relaxation import duals_of, lagrangian_bound, reduced_values, steps_beside
from tests.builders import formulated
from tests.solve.strand_cases import CASES, admissible, built, merit, relaxation

KEEPABLE = [name for name in CASES if name != "a hard least out of reach"]
OVERLAPPING = ["a series and a film", "a film of two steps", "two episodes in a place"]  # outside bundles, too
PARAMS = DEFAULTS.strands
LARGE = DEFAULTS.model_copy(update={"strands": PARAMS.model_copy(update={"whole_columns": 0})})


@pytest.mark.parametrize("name", KEEPABLE)
def test_the_first_order_method_comes_close_to_the_relaxation_and_never_below_it(tmp_path, name):
    program = strand_program(formulated(built(tmp_path, name)))
    optimum, offered = relaxation(program), []
    found = first_order(program, PARAMS, Budget.of_seconds(60), offered.append)
    assert found.bound == min(offered) == lagrangian_bound(program, found.duals, found.steps)
    assert optimum - 1e-6 * abs(optimum) <= found.bound <= optimum + 2e-3 * abs(optimum)


@pytest.mark.parametrize("name", KEEPABLE)
def test_a_timetable_is_worth_no_more_than_the_bound_less_what_its_columns_lose(tmp_path, name):
    formulation = formulated(built(tmp_path, name))
    program, random = strand_program(formulation), np.random.default_rng(5)
    pricer = Pricer(formulation)
    points = [point for point in admissible(formulation) if merit(formulation, point)[0] == 0]
    for size in (0, 100, 10_000):
        duals = random.normal(size=len(program.lower)) * size
        best = steps_beside(program, pricer, reduced_values(program, duals))
        for steps in (None, best, random.uniform(size=best.shape) * size):
            bound, lost = lagrangian_bound(program, duals, steps), losses(program, duals, steps)
            assert np.all(lost >= 0)
            for point in points:
                value = -merit(formulation, point)[1]
                assert value <= bound - float(lost @ (program.columns_of(point) > 0)) + 1e-6


@pytest.mark.parametrize("name", CASES)
def test_of_airings_that_overlap_the_bound_counts_only_the_best_pattern(tmp_path, name):
    program, random = strand_program(formulated(built(tmp_path, name))), np.random.default_rng(5)
    pricer, bundles, lower = Pricer(program.formulation), program.bundle_count, []
    free = np.flatnonzero((program.channel >= 0) & (program.column_lower == 0))
    for size in (0, 1, 100, 10_000):
        duals = random.normal(size=len(program.lower)) * size
        reduced = reduced_values(program, duals)
        steps = steps_beside(program, pricer, reduced)
        assert np.all(steps >= 0)
        left = reduced_values(program, duals, steps)
        assert np.all(left[free[free >= bundles]] <= 1e-6)
        bound, plain = lagrangian_bound(program, duals, steps), lagrangian_bound(program, duals)
        assert bound <= plain * (1 + 1e-8)
        lower.append(bound < plain - 1)
    assert any(lower) or name not in OVERLAPPING


@pytest.mark.parametrize("name", KEEPABLE)
def test_the_bound_of_a_first_round_is_certified_with_the_duals_of_its_steps(tmp_path, name):
    """After two iterations the rows alone prove much less than rows and steps together."""
    formulation = formulated(built(tmp_path, name))
    program, params = strand_program(formulation), PARAMS.but(round_iterations=2, relaxation_rounds=1)
    found = first_order(program, params, Budget.of_seconds(60), lambda bound: None)
    assert found.steps is not None
    certified, certificate = certificate_of(formulation, "", duals_of(program, found))
    best = max(-merit(formulation, point)[1] for point in admissible(formulation) if not merit(formulation, point)[0])
    assert best <= certified_bound(certified, certificate) <= found.bound + 1
    if name in ("a series and a film", "two episodes in a place"):
        assert found.bound < lagrangian_bound(program, found.duals) - 1
        alone = certificate_of(formulation, "", duals_of(program, replace(found, steps=None)))
        assert certified_bound(*alone) > found.bound + 1


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
        assert answer.certified_bound is not None
        assert -best[1] <= answer.certified_bound <= answer.search.bounds["relaxation"] + 1


def test_two_workers_begin_and_improve_together(tmp_path):
    instance = built(tmp_path, "a series and a film")
    formulation = formulated(instance)
    best = min(merit(formulation, point) for point in admissible(formulation))
    answer = solve(instance, Settings(strategy="scale", time_limit=3, workers=2, params=LARGE))
    assert not answer.search.faults
    assert answer.search.best is not None
    assert (answer.search.best.hard_miss, -answer.search.best.value) == best
