"""Turns of CP-SAT in a large program: they lead from any timetable to the best one and change only what is free."""

from __future__ import annotations

import numpy as np
import pytest
from ortools.sat.python import cp_model

from scheduler.rules import HARD
from scheduler.solve import Settings
from scheduler.solve.params import DEFAULTS
from scheduler.solve.search.incumbent import Search
from scheduler.solve.search.time_limit import Budget
from scheduler.solve.strands.cp_sat_part import LARGEST_VALUE, cp_sat_model
from scheduler.solve.strands.draft import Draft
from scheduler.solve.strands.local_search import LocalSearch
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import lagrangian_bound
from scheduler.solve.strands.restricted import RestrictedProgram
from tests.builders import formulated
from tests.solve.strand_cases import CASES, admissible, built, merit

PARAMS = DEFAULTS.strands
COUNTED = Settings(strategy="scale", time_limit=60, deterministic=True)
PRICE = 1e3


def local_search(program: StrandProgram, **changed: object) -> LocalSearch:
    search, nothing = Search(program.formulation, COUNTED), np.zeros(program.column_count)
    params = PARAMS.model_copy(update=changed)
    draft = Draft(program, params, lagrangian_bound(program, np.zeros(len(program.lower))))
    return LocalSearch(search, program, params, nothing, nothing, draft, seed=1)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("drafting", [60.0, 0.0])
def test_turns_lead_from_the_worst_timetable_to_the_best(tmp_path, name, drafting):
    """Both on a draft that begins with nothing and, without time for it, on the best timetable."""
    formulation = formulated(built(tmp_path, name))
    points = sorted(admissible(formulation), key=lambda point: merit(formulation, point))
    turns = local_search(strand_program(formulation))
    assert turns.search.try_offer(points[-1][: formulation.airing_count].astype(bool))
    for _ in range(8):
        turns.turn(Budget.of_seconds(drafting))
    best = turns.search.best
    assert best is not None
    assert (best.hard_miss, -best.value) == merit(formulation, points[0])


@pytest.mark.parametrize("name", CASES)
def test_the_model_of_all_columns_has_the_best_timetable_for_its_optimum(tmp_path, name):
    formulation = formulated(built(tmp_path, name))
    program = strand_program(formulation)
    points = sorted(admissible(formulation), key=lambda point: merit(formulation, point))
    part = RestrictedProgram(program, np.arange(program.column_count), hard_price=PRICE, elastic=program.kind == HARD)
    for start in (points[0], points[-1]):
        columns = program.columns_of(start)
        model, solver = cp_sat_model(part, columns), cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.fix_variables_to_their_hinted_value = True
        assert solver.solve(model) == cp_model.OPTIMAL, "the hint is complete and keeps every row"
        solver.parameters.fix_variables_to_their_hinted_value = False
        assert solver.solve(model) == cp_model.OPTIMAL
        found = np.array(list(solver.response_proto.solution)[: program.column_count], dtype=np.float64)
        assert merit(formulation, formulation.point(program.chosen(found))) == merit(formulation, points[0])


def test_values_of_columns_stay_small_and_no_price_is_lost(tmp_path):
    program = strand_program(formulated(built(tmp_path, "a series and a film")))
    part = RestrictedProgram(program, np.arange(program.column_count), hard_price=1e-9, elastic=program.kind == HARD)
    gains = np.array(list(cp_sat_model(part, np.zeros(program.column_count)).proto.objective.coeffs))
    assert np.abs(gains[: program.column_count]).max() <= LARGEST_VALUE
    assert np.all(gains[program.column_count :] > 0)


def test_a_turn_has_the_columns_of_the_timetable_and_no_more_of_a_channel_than_allowed(tmp_path):
    formulation = formulated(built(tmp_path, "sister channels"))
    program = strand_program(formulation)
    start = min(admissible(formulation), key=lambda point: merit(formulation, point))
    point = program.columns_of(start)
    turns = local_search(program)
    one = turns.channels[:1]
    held = np.flatnonzero((point > 0) & (program.channel == one[0]))
    drawn = turns.drawn(point, one, 2)
    on_channels = drawn[program.channel[drawn] >= 0]
    assert set(program.channel[on_channels]) == set(one)
    assert set(held) <= set(drawn)
    assert len(set(on_channels) - set(held)) <= 2


def test_columns_that_help_a_missed_row_are_drawn_whatever_they_lose(tmp_path, monkeypatch):
    """The draft is empty and misses a least number of films, whose columns have the largest loss."""
    least = {"type": "quota", "id": "FILMS", "select": {"genre": "film"}, "least_count": 2, "period": "horizon"}
    monkeypatch.setitem(CASES, "films", {**CASES["a series and a film"], "rules": [least], "days": 4})
    program = strand_program(formulated(built(tmp_path, "films")))
    turns = local_search(program)
    wanted = turns.draft.wanted()
    assert (wanted == 1).sum() == 1
    assert (wanted[program.kind != HARD] == 0).all()
    helpful = program.matrix.T @ wanted > 0
    turns.lost = np.where(helpful, 1e9, 0.0)
    point = np.zeros(program.column_count)
    assert not helpful[turns.drawn(point, turns.channels, 4)].any()
    found = turns.drawn(point, turns.channels, 4, helpful)
    assert 1 <= helpful[found].sum() <= 2
    assert (~helpful[found] & (program.channel[found] >= 0)).sum() == 2


def test_a_channel_without_gains_is_drawn_less_often_but_always_again(tmp_path):
    turns = local_search(strand_program(formulated(built(tmp_path, "sister channels"))))
    assert len(turns.channels) == 2
    turns._learn(np.array([0]), gained=False)
    assert turns.promise.tolist() == [PARAMS.search_memory, 1.0]
    for _ in range(5_000):
        turns._learn(np.array([0, 1]), gained=False)
        assert turns.promise.max() >= PARAMS.least_rate
    turns._learn(np.array([1]), gained=True)
    assert turns.promise[1] == 1.0
