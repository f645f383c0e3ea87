"""What the strand engine does where the whole program is too large: first-order relaxation, annealing, turns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from scheduler.certify import certified_bound
from scheduler.rules.placement_rows import rows_with_aspect
from scheduler.solve import Settings, solve
from scheduler.solve.params import DEFAULTS
from scheduler.solve.proof.multipliers import certificate_of
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.search.time_limit import Budget, Meter
from scheduler.solve.strands.first_order import FirstOrder, losses
from scheduler.solve.strands.merging import Merging
from scheduler.solve.strands.program import strand_program
from scheduler.solve.strands.relaxation import clipped_duals, duals_of, lagrangian_bound, reduced_values, steps_beside
from scheduler.solve.strands.simplex import simplex_relaxation
from tests.builders import build, formulated, kz, programme, window
from tests.solve.strand_cases import CASES, admissible, built, first_order, merit, relaxation, with_limits

KEEPABLE = [name for name in CASES if name != "a hard least out of reach"]
OVERLAPPING = ["a series and a film", "a film of two steps", "two episodes in a place"]  # outside bundles, too
PARAMS = DEFAULTS.strands
LARGE = DEFAULTS.model_copy(update={"strands": PARAMS.model_copy(update={"whole_columns": 0})})


@pytest.mark.parametrize("name", KEEPABLE)
def test_the_first_order_method_comes_close_to_the_relaxation_and_never_below_it(tmp_path, name):
    program = strand_program(formulated(built(tmp_path, name)))
    optimum, offered = relaxation(with_limits(program)), []
    found = first_order(program, offer=offered.append)
    assert found.bound == min(offered) == lagrangian_bound(program, found.duals, found.steps, found.reruns)
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
    found = first_order(program, params)
    assert found.steps is not None
    certified, certificate = certificate_of(formulation, "", duals_of(program, found))
    best = max(-merit(formulation, point)[1] for point in admissible(formulation) if not merit(formulation, point)[0])
    assert best <= certified_bound(certified, certificate) <= found.bound + 1
    if name in ("a series and a film", "two episodes in a place"):
        assert found.bound < lagrangian_bound(program, found.duals) - 1
        alone = certificate_of(formulation, "", duals_of(program, replace(found, steps=None)))
        assert certified_bound(*alone) > found.bound + 1


@pytest.mark.parametrize("kind", ["event", "strand"])
def test_of_series_that_continue_after_the_horizon_the_bound_of_exact_duals_is_certified(tmp_path, kind):
    """Rows on series that continue have the sides of the row "at most one bundle", and other best multipliers."""
    titles = [programme(f"s{number}", 30, episodes=30, appeal=1 + number / 10) for number in range(4)]
    titles += [programme("t", 30, episodes=30, rights_from="2026-12-10"), programme("film", 30, genre="film")]
    lines = [{"select": {"programme": "t"}, "as": kind, "day_sets": ["mon-fri"]}]
    placement = [*(lines if kind == "strand" else ()), {"select": {"episodes_over": 1}, "as": kind}]
    formulation = formulated(build(tmp_path, [kz(window("19:00", "20:30"))], titles, days=9, placement=placement))
    assert rows_with_aspect(formulation.labels, "after the horizon").sum() > 2
    program = strand_program(formulation)
    found = simplex_relaxation(program, Budget(Meter(counted=True), np.inf))
    assert found is not None
    certified, certificate = certificate_of(formulation, "", duals_of(program, found))
    assert certified_bound(certified, certificate) == pytest.approx(relaxation(program), rel=1e-3)


@pytest.mark.parametrize("name", KEEPABLE)
def test_instalments_lead_where_one_run_leads(tmp_path, name):
    program = strand_program(formulated(built(tmp_path, name)))
    params = PARAMS.but(round_iterations=40, few_columns=program.column_count // 2, relaxation_rounds=6, round_gain=0.0)
    with ThreadPoolExecutor(max_workers=1) as pool:
        one, two = FirstOrder(program, params, pool), FirstOrder(program, params, pool)
        offered, again = [], []
        one.run(Budget(Meter(counted=True), np.inf), offered.append)
        two.run(Budget(Meter(counted=True), 1e-9), again.append)
        assert len(two.bounds) == 1
        two.run(Budget(Meter(counted=True), np.inf), again.append)
        assert len(one.bounds) > 1
        assert (one.bounds, offered) == (two.bounds, again)
        assert np.array_equal(one.best.duals, two.best.duals)
        two.run(Budget(Meter(counted=True), np.inf), again.append)  # it has ended
        assert two.bounds == one.bounds


@pytest.mark.parametrize("name", KEEPABLE)
def test_a_relaxation_begins_at_the_point_of_an_earlier_one(tmp_path, name):
    program = strand_program(formulated(built(tmp_path, name)))
    long, short = PARAMS.but(round_gain=0.0), PARAMS.but(round_iterations=1, relaxation_rounds=1)
    with ThreadPoolExecutor(max_workers=1) as pool:
        earlier = first_order(program, long)
        again = FirstOrder(program, short, pool, start=earlier)
        method, projection = again.method, again.projection
        duals, _ = projection.duals(method.duals(method.y))
        amounts = projection.amounts(method.amounts(method.x))
        assert duals == pytest.approx(clipped_duals(program, earlier.duals), rel=1e-5, abs=1e-2)
        assert amounts == pytest.approx(earlier.amounts, rel=1e-5, abs=1e-5)
        again.run(Budget(Meter(counted=True), np.inf), lambda _: None)
    assert again.best.bound <= first_order(program, short).bound + 1


def test_the_first_cycles_come_between_the_instalments(tmp_path, monkeypatch):
    run, construct, cycle, calls = FirstOrder.run, Merging.construct, Merging.cycle, []

    def approach(self, budget, offer):
        calls.append(("instalment", budget.left()))
        run(self, budget, offer)

    def anneal(self, budget, start=None):
        calls.append(("cycle", budget.left() / cycle(self)))
        return construct(self, budget, start)

    monkeypatch.setattr(FirstOrder, "run", approach)
    monkeypatch.setattr(Merging, "construct", anneal)
    pace = {"strand_annealing": DEFAULTS.strand_annealing.but(pace=20.0)}
    instance = built(tmp_path, "parity")
    solve(instance, Settings(strategy="scale", time_limit=3, deterministic=True, params=LARGE.model_copy(update=pace)))
    names = [name for name, _ in calls]
    first = names.index("instalment", 1)
    assert names[0] == "instalment"
    assert names[1:first] == ["cycle"] * (first - 1)
    assert first in (2, 3)  # a whole cycle follows if the short one has violated a hard row at its end
    assert set(names[first + 1 :]) == {"cycle"}
    amounts = [amount for _, amount in calls]
    assert amounts[0] == pytest.approx(3 * PARAMS.relaxation_share * PARAMS.first_instalment, rel=0.1)
    assert amounts[1] == pytest.approx(DEFAULTS.strand_annealing.first_cycle)


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
