"""What the strand engine does where the whole program is too large: first-order relaxation, likely columns, turns."""

from __future__ import annotations

import highspy
import numpy as np
import pytest

from scheduler.solve import Settings, solve
from scheduler.solve.params import DEFAULTS
from scheduler.solve.programs.highs import QuietHighs
from scheduler.solve.search.budget import Budget
from scheduler.solve.strands.first_order import first_order, losses
from scheduler.solve.strands.likely import likely_columns
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import lagrangian_bound
from scheduler.solve.strands.restricted import RestrictedProgram
from scheduler.solve.strands.start import first_choice
from tests.builders import formulated, kz, programme, window
from tests.solve.strand_cases import CASES, FILM, admissible, built, merit

KEEPABLE = [name for name in CASES if name != "a hard least out of reach"]
PARAMS = DEFAULTS.strands
LARGE = DEFAULTS.model_copy(update={"strands": PARAMS.model_copy(update={"whole_columns": 0})})


def relaxation(program: StrandProgram) -> float:
    """The optimum of the linear relaxation, by simplex."""
    highs, mip = QuietHighs(), RestrictedProgram(program)
    highs.setOptionValue("threads", 1)  # as everywhere: HiGHS refuses another number later in the same process
    highs.passModel(mip.lp(relaxed=True))
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return mip.bound_of(highs.getInfo().objective_function_value)


@pytest.mark.parametrize("name", KEEPABLE)
def test_the_first_order_method_comes_close_to_the_relaxation_and_never_below_it(tmp_path, name):
    program = strand_program(formulated(built(tmp_path, name)))
    optimum, offered = relaxation(program), []
    found = first_order(program, PARAMS, Budget.of_seconds(60), offered.append)
    assert found.bound == min(offered) == lagrangian_bound(program, found.duals)
    one = first_order(
        program, PARAMS.model_copy(update={"relaxation_rounds": 1}), Budget.of_seconds(60), offered.append
    )
    assert np.array_equal(one.amounts, one.early)
    assert np.array_equal(one.amounts, found.early)
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


def test_likely_columns_lose_least_and_hold_some_bundles_of_every_series(tmp_path):
    program = strand_program(formulated(built(tmp_path, "a series and a film")))
    lost = np.arange(program.column_count)[::-1].astype(np.float64)
    few = PARAMS.model_copy(update={"group_columns": 1, "likely_bundles": 1, "likely_airings": 1})
    found = likely_columns(program, few, lost)
    bundles = found[found < program.bundle_count]
    assert set(program.group[bundles]) == set(program.group[: program.bundle_count])
    assert program.bundle_count - 1 in bundles
    assert set(np.flatnonzero(program.channel < 0)) <= set(found)
    assert len(found) < program.column_count


def _both_episodes(tmp_path, monkeypatch):
    """A program in which a hard least asks for both episodes of a series."""
    least = {"type": "quota", "id": "S", "select": {"programme": "series"}, "least_count": 2, "period": "horizon"}
    case = {
        "channels": [kz(window("19:00", "19:30"))],
        "programmes": [programme("series", 30, episodes=2, placement="event"), FILM],
        "rules": [least],
        "days": 2,
    }
    monkeypatch.setitem(CASES, "a least of the poorer one", case)
    return strand_program(formulated(built(tmp_path, "a least of the poorer one")))


def test_known_amounts_that_keep_not_all_hard_rows_are_given_up(tmp_path, monkeypatch):
    """The amounts are those of a bundle of one episode, which the least does not allow."""
    program = _both_episodes(tmp_path, monkeypatch)
    airings = np.asarray(program.expand[: program.formulation.airing_count].sum(axis=0))
    short = np.flatnonzero(airings[: program.bundle_count] == 1)[:1]
    amounts = np.zeros(program.column_count)
    amounts[short] = 1.0
    found: list[np.ndarray] = []
    columns, budget = np.arange(program.column_count), Budget.of_seconds(60)
    first_choice(program, PARAMS, budget, columns, amounts, found.append)
    assert found
    for choice in found:
        activity = program.matrix @ choice
        assert (activity <= program.upper + 1e-6).all()
        assert (activity >= program.lower - 1e-6).all()
        assert not choice[short].any()


def test_a_start_keeps_the_bundles_that_the_amounts_are_sure_of(tmp_path):
    program = strand_program(formulated(built(tmp_path, "a series and a film")))
    columns = np.arange(program.column_count)
    for bundle in range(program.bundle_count):
        amounts = np.zeros(program.column_count)
        amounts[bundle] = 1.0
        found: list[np.ndarray] = []
        first_choice(program, PARAMS, Budget.of_seconds(60), columns, amounts, found.append)
        assert all(choice[bundle] == 1 for choice in found)
        assert found


def test_two_workers_begin_and_improve_together(tmp_path):
    instance = built(tmp_path, "a series and a film")
    formulation = formulated(instance)
    best = min(merit(formulation, point) for point in admissible(formulation))
    answer = solve(instance, Settings(strategy="scale", time_limit=3, workers=2, params=LARGE))
    assert not answer.search.faults
    assert answer.search.best is not None
    assert (answer.search.best.hard_miss, -answer.search.best.value) == best
