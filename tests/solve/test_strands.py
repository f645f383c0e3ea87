"""The strand engine against every timetable of tiny instances, and its program against the formulation."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.rules import RIGID, SOFT, rules_of
from scheduler.solve import Settings, solve
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import lagrangian_bound
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import choices, formulated
from tests.solve.strand_cases import CASES, admissible, built, merit


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("strategy", ["exact", "scale"])
def test_the_best_of_all_timetables_is_found(tmp_path, name, strategy):
    instance = built(tmp_path, name)
    formulation = formulated(instance)
    best = min(merit(formulation, point) for point in admissible(formulation))
    answer = solve(instance, Settings(strategy=strategy, time_limit=20, workers=2))
    assert answer.search.best is not None
    assert (answer.search.best.hard_miss, -answer.search.best.value) == best
    if best[0] == 0:
        assert answer.search.bound is not None
        assert answer.search.bound == -best[1]


@pytest.mark.parametrize("name", CASES)
def test_every_timetable_that_check_accepts_is_a_point_of_the_program(tmp_path, name):
    instance = built(tmp_path, name)
    airings = build_airings(instance, rules_of(instance))
    formulation = formulated(instance)
    program = strand_program(formulation)
    accepted = 0
    for chosen in choices(formulation, 6):
        checked = verify(timetable_of(airings, chosen))
        point = formulation.point(chosen)
        if checked.broken:
            continue
        accepted += 1
        columns = program.columns_of(point)
        assert np.array_equal(program.expand @ columns, point)
        assert np.array_equal(program.chosen(columns), chosen)
        assert formulation.constant + program.value @ columns == checked.audience
        activity = program.matrix @ columns
        rigid = program.kind == RIGID
        assert np.all((activity >= program.lower - 1e-9)[rigid] & (activity <= program.upper + 1e-9)[rigid])
        assert missed_price(program, activity) == checked.penalty
    assert accepted > 2


def missed_price(program: StrandProgram, activity: np.ndarray) -> float:
    off = np.maximum(np.maximum(program.lower - activity, activity - program.upper), 0.0)
    units = np.ceil(off / program.miss_step - 1e-9)
    return float((program.price * units)[program.kind == SOFT].sum())


@pytest.mark.parametrize("name", [name for name in CASES if name != "a hard least out of reach"])
def test_no_duals_give_a_bound_below_a_timetable(tmp_path, name):
    formulation = formulated(built(tmp_path, name))
    program = strand_program(formulation)
    best = max(-merit(formulation, point)[1] for point in admissible(formulation) if not merit(formulation, point)[0])
    random = np.random.default_rng(3)
    for size in (0, 1, 100, 10_000):
        for _ in range(20):
            assert lagrangian_bound(program, random.normal(size=len(program.lower)) * size) >= best


@pytest.mark.parametrize("name", CASES)
def test_there_is_a_timetable_from_the_beginning(tmp_path, name):
    answer = solve(built(tmp_path, name), Settings(strategy="greedy", time_limit=20))
    assert answer.timetable is not None
    assert answer.verification is not None
    assert not answer.verification.broken


def test_the_answer_repeats_where_work_is_counted(tmp_path):
    instance = built(tmp_path, "a series and a film")
    settings = Settings(strategy="scale", time_limit=5, deterministic=True)
    first, second = solve(instance, settings), solve(instance, settings)
    assert first.search.best is not None
    assert second.search.best is not None
    assert np.array_equal(first.search.best.point, second.search.best.point)
    assert first.search.bounds == second.search.bounds
