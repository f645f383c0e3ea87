"""Columns that every timetable with all hard rows has, and the columns that they exclude."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.certify import certified_bound
from scheduler.solve.proof.multipliers import certificate_of
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.strands.first_order import losses
from scheduler.solve.strands.fixed_columns import completed, without_excluded
from scheduler.solve.strands.program import strand_program
from scheduler.solve.strands.relaxation import clipped_duals, duals_of, lagrangian_bound, reduced_values, steps_beside
from tests.builders import aired, build, formulated, kz, programme, window
from tests.solve.strand_cases import EVENING, FILM, PARITY, SOFT_LEAST, STRIP, THEIRS, admissible, first_order, merit
from tests.solve.strand_cases import relaxation as optimum_of

LONG = programme("long", 60, genre="film", appeal=4.0)
GOES_ON = programme("series", 30, episodes=9, appeal=0.2)
OTHER = programme("other", 30, episodes=3, appeal=1.5)
BEFORE = [aired("Q.kz", "2026-12-06T14:30Z", "series", 30)]
R = {**kz(window("19:00", "20:00")), "id": "R.kz"}

MINUTES = {"measure": "minutes", "period": "horizon", "tolerance": 0.5, "least": 30}
SHORT_PARITY = {**PARITY, "measures": [MINUTES]}

GIVEN = {
    "a film and a series want its hour": {
        "channels": [kz(EVENING)],
        "programmes": [GOES_ON, OTHER, FILM, LONG],
        "days": 2,
        "history": BEFORE,
    },
    "two continue on two channels": {
        "channels": [kz(EVENING), R],
        "programmes": [GOES_ON, {**OTHER, "episodes": 8}, FILM],
        "days": 2,
        "history": [*BEFORE, aired("R.kz", "2026-12-06T14:00Z", "other", 30)],
    },
    "a lock takes an hour": {
        "channels": [kz(EVENING)],
        "programmes": [OTHER, {**FILM, "runs": 2}, LONG],
        "days": 2,
        "locks": [aired("Q.kz", "2026-12-08T14:30Z", "film", 30)],
    },
    "parity": {
        "channels": [kz(EVENING), {**R, "id": "U.uz", "territory": "UZ", "zone": "Asia/Tashkent"}],
        "programmes": [GOES_ON, THEIRS, FILM],
        "agreements": [SHORT_PARITY],
        "days": 2,
        "history": BEFORE,
    },
}
MEET = {
    "channels": [kz(EVENING)],
    "programmes": [GOES_ON, {**OTHER, "episodes": 8}, FILM],
    "days": 2,
    "history": [*BEFORE, aired("Q.kz", "2026-12-05T14:30Z", "other", 30)],
}


def formulation_of(folder, given):
    given = {"placement": STRIP, **given}
    return formulated(build(folder, given.pop("channels"), given.pop("programmes"), **given))


@pytest.mark.parametrize("name", GIVEN)
def test_every_timetable_with_all_hard_rows_has_the_fixed_columns_and_no_excluded_one(tmp_path, name):
    formulation = formulation_of(tmp_path, GIVEN[name])
    whole = strand_program(formulation)
    program = without_excluded(whole)
    assert program.excluded is not None
    assert program.column_count == whole.column_count - len(program.excluded.value) < whole.column_count
    points = [point for point in admissible(formulation) if merit(formulation, point)[0] == 0]
    assert points
    out = np.setdiff1d(whole.entries, program.entries)
    for point in points:
        assert not point[out].any()
        columns = program.columns_of(point)
        assert np.all(columns >= program.column_lower)
        assert np.array_equal(program.chosen(columns), point[: formulation.airing_count] > 0)


@pytest.mark.parametrize("name", GIVEN)
def test_the_relaxation_without_excluded_columns_has_the_same_optimum(tmp_path, name):
    whole = strand_program(formulation_of(tmp_path, GIVEN[name]))
    assert optimum_of(without_excluded(whole)) == pytest.approx(optimum_of(whole), rel=1e-7)


@pytest.mark.parametrize("name", GIVEN)
def test_completed_duals_prove_the_same_bound_for_the_whole_program(tmp_path, name):
    formulation, rng = formulation_of(tmp_path, GIVEN[name]), np.random.default_rng(3)
    whole = strand_program(formulation)
    program = without_excluded(whole)
    points = [point for point in admissible(formulation) if merit(formulation, point)[0] == 0]
    worth = {-merit(formulation, point)[1]: program.columns_of(point) for point in points}
    changed = 0
    for size in (0.0, 1.0, 100.0, 10_000.0) * 3:
        duals = clipped_duals(program, rng.normal(size=len(program.lower)) * size)
        best = steps_beside(program, Pricer(formulation), reduced_values(program, duals))
        for steps in (None, best, rng.uniform(size=best.shape) * size):
            bound, (more, at) = lagrangian_bound(program, duals, steps), completed(program, duals, steps)
            assert np.array_equal(more, clipped_duals(whole, more))
            assert lagrangian_bound(whole, more, at) == pytest.approx(bound, rel=1e-7, abs=1e-3)
            changed += not np.array_equal(more, duals)
            lost = losses(program, duals, steps)
            assert np.all(lost >= 0)
            for value, columns in worth.items():
                assert value <= bound - lost @ (columns > 0) + 1e-6
    assert changed


@pytest.mark.parametrize("name", GIVEN)
def test_the_bound_is_certified_for_all_columns(tmp_path, name):
    formulation = formulation_of(tmp_path, GIVEN[name])
    program = without_excluded(strand_program(formulation))
    found = first_order(program)
    assert certified_bound(*certificate_of(formulation, "", duals_of(program, found))) <= found.bound + 1


def test_fixed_columns_that_exclude_each_other_leave_the_program_as_it_is(tmp_path):
    whole = strand_program(formulation_of(tmp_path, MEET))
    assert without_excluded(whole) is whole


SHORT = {"channels": [kz(window("19:00", "19:30"))], "programmes": [OTHER, FILM], "days": 1}


@pytest.mark.parametrize("rules", [[], [{**SOFT_LEAST, "least_count": 1, "price": 1}]])
def test_without_fixed_columns_the_program_stays_as_it_is(tmp_path, rules):
    whole = strand_program(formulation_of(tmp_path, {**SHORT, "rules": rules}))
    assert without_excluded(whole) is whole
