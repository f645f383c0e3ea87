"""Where hard rows cannot all hold: the least weighted miss, and the most value with it."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.rules import HARD
from scheduler.solve import Settings
from scheduler.solve.search.incumbent import Search
from scheduler.solve.strands import strategy
from scheduler.solve.strands.least_miss import least_hard_miss, widened
from scheduler.solve.strands.program import strand_program
from tests.builders import build, formulated, kz, window
from tests.solve.strand_cases import CASES, FILM, SERIES, STRIP, admissible, built, merit

EVENING = kz(window("19:00", "20:00"))
"""Two places a day."""


def least(rule: str, genre: str, count: int) -> dict[str, object]:
    return {"type": "quota", "id": rule, "select": {"genre": genre}, "least_count": count, "period": "horizon"}


def clashing(folder):
    """On two days with two places each: three films and a series twice."""
    rules = [least("FILMS", "film", 3), least("DRAMA", "drama", 2)]
    films = [{**FILM, "programme": f"film-{number}"} for number in range(3)]
    return build(folder, [EVENING], [SERIES, *films], placement=STRIP, rules=rules, days=2)


def search_of(instance) -> Search:
    return Search(formulated(instance), Settings(strategy="scale", time_limit=30, workers=1))


@pytest.mark.parametrize("name", [*CASES, "clashing"])
def test_the_miss_is_the_least_of_all_timetables(tmp_path, name):
    search = search_of(clashing(tmp_path) if name == "clashing" else built(tmp_path, name))
    columns = least_hard_miss(search, strand_program(search.formulation), search.budget)
    best = min(merit(search.formulation, point) for point in admissible(search.formulation))
    assert columns is not None
    assert search.best is not None
    assert search.best.hard_miss == best[0]
    assert (best[0] > 0) == (name in ("clashing", "a hard least out of reach"))


def test_widened_rows_hold_for_the_choice_and_no_others_move(tmp_path):
    search = search_of(clashing(tmp_path))
    program = strand_program(search.formulation)
    columns = least_hard_miss(search, program, search.budget)
    assert columns is not None
    wide, activity = widened(program, columns), program.matrix @ columns
    assert np.all((activity >= wide.lower)[program.kind == HARD])
    missed = activity < program.lower
    assert missed[program.kind == HARD].any()
    assert np.array_equal((wide.lower != program.lower), missed & (program.kind == HARD))


@pytest.mark.parametrize("name", ["clashing", "a hard least out of reach"])
def test_the_strategy_finds_the_most_value_with_the_least_miss(tmp_path, monkeypatch, name):
    """Without the exact engine, which would find it in so small a program, too."""
    monkeypatch.setattr(strategy, "exact", lambda _: None)
    search = search_of(clashing(tmp_path) if name == "clashing" else built(tmp_path, name))
    strategy.strands(search)
    best = min(merit(search.formulation, point) for point in admissible(search.formulation))
    assert search.best is not None
    assert (search.best.hard_miss, -search.best.value) == best
