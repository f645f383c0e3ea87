"""The part of a formulation that matters gives the same answers as the whole; limits are kept by counting."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from ortools.sat.python import cp_model

from scheduler.explain import explain
from scheduler.explain import feasible as feasible_module
from scheduler.explain.clauses import clause_rows
from scheduler.explain.core import core_of
from scheduler.explain.explanation_json import explanation_json
from scheduler.explain.feasible import FeasibilityOracle
from scheduler.explain.text import explanation_lines
from scheduler.rules import RIGID
from scheduler.rules.framework.aspect import Aspect
from scheduler.solve import Budget, EngineError, Settings
from scheduler.solve.cp_sat.exact import Model
from tests.builders import aired, build, kz, programme, uz, window

PARITY = {
    "type": "parity",
    "id": "KZ-UZ",
    "parties": ["KZ", "UZ"],
    "measures": [
        {"measure": "minutes", "period": "day", "tolerance": 0.1, "least": 60},
        {"measure": "titles", "period": "horizon", "tolerance": 0.3, "least": 2},
    ],
}
RULES = [
    {"type": "quota", "id": "FILM", "territories": ["KZ"], "select": {"genre": ["film"]}, "most_minutes": 0,
     "hours": ["18:00", "19:00"], "period": "day"},
    {"type": "quota", "id": "DRAMA", "select": {"genre": ["drama"]}, "least_minutes": 60, "period": "day"},
    {"type": "quota", "id": "DOM", "territories": ["KZ"], "select": {"origin": "domestic"}, "least_share": 0.4,
     "period": "day"},
    {"type": "age_watershed", "id": "AGE", "age": 18, "barred": ["06:00", "20:00"]},
    {"type": "runs_per_day", "id": "ONCE", "most": 1},
]  # fmt: skip
PROGRAMMES = [
    programme("k1", 30, episodes=2, runs=2),
    programme("k2", 60, genre="film", age=18),
    programme("k3", 30, runs_total=1, episodes=3),
    programme("u1", 30, origin="UZ", versions="uzb:original", episodes=2, runs=2),
    programme("u2", 60, origin="UZ", versions="uzb:original", genre="film"),
]


def instance(folder, **more):
    channels = [kz(window("18:00", "20:30")), uz(window("18:00", "20:30"))]
    return build(folder, channels, PROGRAMMES, agreements=[PARITY], rules=RULES, days=2, **more)


def ask(formulation) -> bool:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.solve(Model(formulation, hard_elastic=False).model) != cp_model.INFEASIBLE


@pytest.mark.parametrize("past", [False, True])
def test_the_core_holds_exactly_when_the_whole_does(tmp_path, past):
    history = [aired("Q.kz", "2026-12-05T14:00Z", "k3", 30)] if past else []
    rows = clause_rows(instance(tmp_path, history=history), readmit=True)
    formulation, rigid = rows.formulation, rows.formulation.kind == RIGID
    random = np.random.default_rng(7)
    answers = []
    for _ in range(60):
        kept = random.permutation(len(rows.keys))[: random.integers(1, len(rows.keys) + 1)].tolist()
        asked = rows.rows_of(kept) | rigid
        smaller, columns = core_of(formulation, asked)
        whole = ask(formulation.only_rows(np.flatnonzero(asked)))
        assert ask(smaller) == whole
        assert len(columns) == smaller.matrix.shape[1] <= formulation.matrix.shape[1]
        answers.append(whole)
    assert {True, False} == set(answers)


def test_a_banned_lock_still_clashes_in_the_core(tmp_path):
    """A lock that a ban would exclude stays a column, however small the core."""
    rows = clause_rows(instance(tmp_path), readmit=True)
    ban = next(at for at, key in enumerate(rows.keys) if key[0] == "AGE")
    asked = rows.rows_of([ban])
    barred = rows.formulation.matrix[np.flatnonzero(asked)].tocoo().col[0]
    rows.formulation.locked[barred] = True
    assert not ask(core_of(rows.formulation, asked)[0])
    rows.formulation.locked[barred] = False
    assert ask(core_of(rows.formulation, asked)[0])


class Ticks:
    """A clock that advances by one second at every reading."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(self) -> float:
        self.read += 1
        return float(self.read)


@pytest.mark.parametrize("seconds", [1, 5, 20, 60, 200])
def test_no_question_is_asked_after_the_deadline(tmp_path, monkeypatch, seconds):
    clock = Ticks()
    late = []
    plain_ask = feasible_module._ask

    def counted(*args, **kwargs):
        late.append(clock.read > seconds + 3)
        return plain_ask(*args, **kwargs)

    monkeypatch.setattr(feasible_module, "_ask", counted)
    loaded = instance(tmp_path)
    said = explain(loaded, Settings(time_limit=seconds, workers=1), Budget.of_seconds(seconds, clock))
    assert not any(late)
    assert said.verdict in ("clash", "undecided", "holds")
    explanation_json(loaded, said)
    assert explanation_lines(loaded, said)


def test_out_of_time_it_says_what_it_does_not_know(tmp_path, monkeypatch):
    """Only arithmetic has an answer, every question to the solver stays open."""
    rules = [{"type": "quota", "id": "Q", "select": {"genre": ["drama"]}, "least_minutes": 500, "period": "day"}]
    loaded = build(tmp_path, [kz(window("18:00", "20:00"))], [programme("a", 60)], rules=rules)
    monkeypatch.setattr(feasible_module, "_ask", lambda *args, **kwargs: (None, None))
    monkeypatch.setattr(feasible_module, "_ask_highs", lambda *args: None)
    said = explain(loaded, Settings(time_limit=60, workers=1), Budget.of_seconds(60))
    assert said.verdict == "clash"
    text = "\n".join(explanation_lines(loaded, said))
    assert "By arithmetic alone" in text
    assert "a smaller set of clauses may also clash" in text
    assert "the second proof, by another solver, did not end in time" in text
    assert not said.complete and not said.solved


def test_undecided_without_a_proof_either_way(tmp_path, monkeypatch):
    loaded = instance(tmp_path)
    monkeypatch.setattr(feasible_module, "_ask", lambda *args, **kwargs: (None, None))
    monkeypatch.setattr(
        "scheduler.explain.explanation.least_miss", lambda search: search.offer(search.formulation.locked)
    )
    said = explain(loaded, Settings(time_limit=60, workers=1), Budget.of_seconds(60))
    assert said.verdict == "undecided"
    assert "undecided within the time limit" in explanation_lines(loaded, said)[0]


def test_an_impossibility_that_highs_refutes_is_a_fault(tmp_path):
    """Every clause alone can hold here: whoever calls one impossible is wrong, and HiGHS shows it."""
    rows = clause_rows(instance(tmp_path), readmit=False)
    oracle = FeasibilityOracle(rows.formulation, Settings(workers=1), Budget.of_seconds(60))
    with pytest.raises(EngineError, match=r"CP-SAT .* finds a set of clauses impossible, HiGHS .* solves it"):
        oracle.confirms(rows.rows_of([0]))


def test_what_only_cp_sat_calls_impossible_is_not_decided(tmp_path, monkeypatch):
    loaded = instance(tmp_path)
    monkeypatch.setattr(feasible_module, "_ask", lambda *args: (False, None))
    monkeypatch.setattr(feasible_module, "_ask_highs", lambda *args: None)
    monkeypatch.setattr(
        "scheduler.explain.explanation.least_miss", lambda search: search.offer(search.formulation.locked)
    )
    said = explain(loaded, Settings(time_limit=60, workers=1), Budget.of_seconds(60))
    assert said.verdict == "undecided"


def test_a_set_is_minimal_only_where_the_check_confirms_a_timetable_for_each_clause_left_out(tmp_path, monkeypatch):
    bounds = {"type": "quota", "select": {"genre": "drama"}, "period": "day"}
    rules = [{**bounds, "id": "MORE", "least_minutes": 60}, {**bounds, "id": "LESS", "most_minutes": 30}]
    loaded = build(tmp_path, [kz(window("18:00", "20:00"))], [programme("a", 60)], rules=rules)
    said = explain(loaded, Settings(time_limit=60, workers=1), Budget.of_seconds(60))
    assert [[clause.rule for clause in clash.clauses] for clash in said.clashes] == [["MORE", "LESS"]]
    assert all(clash.minimal and clash.confirmed for clash in said.clashes)
    broken = SimpleNamespace(rule="airtime", aspect=Aspect("overlap"), rigid=True)
    monkeypatch.setattr("scheduler.explain.recheck.verify", lambda *_: SimpleNamespace(hard_missed=(broken,)))
    said = explain(loaded, Settings(time_limit=60, workers=1), Budget.of_seconds(60))
    assert not any(clash.minimal for clash in said.clashes)
    assert not said.complete
    assert not said.solved


def test_what_is_known_is_not_asked_again(tmp_path):
    rows = clause_rows(instance(tmp_path), readmit=False)
    oracle = FeasibilityOracle(rows.formulation, Settings(workers=1), Budget.of_seconds(60))
    once = rows.rows_of([at for at, key in enumerate(rows.keys) if key[0] == "ONCE"])
    assert oracle.holds(once) and oracle.holds(once)
    assert oracle.asked == 1
