"""Which engine `auto` lets search, how it compares with each alone, and when the exact engine stops."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from scheduler.bench.row import read_rows
from scheduler.generate import generate, suite
from scheduler.rules import load
from scheduler.solve import Search, Settings, solve
from scheduler.solve import strategies as solving
from scheduler.solve.cp_sat.exact import exact
from scheduler.solve.greedy import greedy
from scheduler.solve.params import DEFAULTS
from scheduler.solve.whole_program import WholeProgram, beside_whole_program
from tests.builders import formulated, smoke
from tests.solve.cases import params_of

RESULTS = Path("benchmarks/results")
COUNTED = {"time_limit": 10.0, "deterministic": True, "workers": 1}
"""Where work is counted HiGHS's root is not limited; that of the week, two units, is to fit into the exact share."""


TURNS = {beside_whole_program: "whole program"}


def in_a_week(folder):
    """A generated instance that the exact engine does not prove in the tests' time: three countries for a week."""
    options = suite("free-smoke").options_at(0.9).model_copy(update={"days": 7, "titles": 120, "shortlist": 12})
    generate(folder, options, 3)
    return load(folder)


@pytest.mark.parametrize(
    ("airings", "proves", "engines"),
    [
        (DEFAULTS.auto.exact_airings, True, ["exact"]),
        (DEFAULTS.auto.exact_airings, False, ["exact", "whole program"]),
        (DEFAULTS.auto.exact_airings + 1, False, ["whole program"]),
        (DEFAULTS.auto.whole_airings, False, ["whole program"]),
        (DEFAULTS.auto.whole_airings + 1, False, ["scale"]),
    ],
)
def test_small_instances_are_solved_exactly_first_and_others_at_scale(monkeypatch, airings, proves, engines):
    asked = []
    monkeypatch.setattr(solving, "exact", lambda _, share: asked.append("exact") if 0 < share < 1 else None)
    monkeypatch.setattr(solving, "large", lambda _: asked.append("scale"))
    monkeypatch.setattr(solving, "scale", lambda _, improvers: asked.append(TURNS[improvers]))
    search = SimpleNamespace(
        formulation=SimpleNamespace(airing_count=airings, columns=()), finished=lambda: proves, settings=Settings()
    )
    solving.auto(search)
    assert asked == engines


@pytest.mark.parametrize("instance", [lambda folder: smoke(folder, 0.9, 2), in_a_week])
def test_auto_is_within_a_hundredth_of_the_better_engine(tmp_path, instance):
    """With the limit on what is small far off, so that both engines take part."""
    loaded, params = instance(tmp_path), params_of(auto={"exact_airings": 10_000})
    answers = {name: solve(loaded, Settings(name, **COUNTED, params=params)) for name in ("auto", "exact", "scale")}
    value = {name: answer.verification.value for name, answer in answers.items()}
    assert all(not answer.verification.hard_missed for answer in answers.values())
    assert value["auto"] >= 0.99 * max(value.values())
    assert answers["auto"].search.gap() <= answers["exact"].search.gap() + 0.001


def test_a_share_of_the_time_is_all_that_the_exact_engine_takes(tmp_path):
    search = Search(formulated(in_a_week(tmp_path)), Settings("exact", **COUNTED))
    exact(search, 0.4)
    assert not search.proven
    assert 0.45 * COUNTED["time_limit"] < search.budget.left() < 0.75 * COUNTED["time_limit"]


def test_the_exact_engine_stops_where_the_bound_is_near_enough(tmp_path):
    """From the optimum on nothing better is found: it is the bound that comes near."""
    formulation = formulated(smoke(tmp_path, 0.9, 2))
    whole = Search(formulation, Settings("exact", time_limit=60.0, workers=1, deterministic=True))
    exact(whole)
    assert whole.proven
    search = Search(formulation, Settings("exact", time_limit=60.0, gap=0.05, workers=1, deterministic=True))
    search.offer(whole.best.point[: formulation.airing_count].astype(bool))
    exact(search)
    assert not search.proven
    assert 0 < search.gap() <= 0.05
    assert search.meter.work < whole.meter.work


def test_in_all_recorded_rows_auto_is_within_a_hundredth_of_the_better_engine():
    rows = [row for file in sorted(RESULTS.glob("*.jsonl")) for row in read_rows(file) if row.answered]
    compared = set()
    for auto in (row for row in rows if row.engine == "auto"):
        others = [row for row in rows if row.instance == auto.instance and row.engine in ("exact", "scale")]
        assert all(auto.value >= 0.99 * row.value for row in others), auto.instance
        compared.update((auto.suite, row.engine) for row in others)
    assert {("free-smoke", "exact"), ("free-smoke", "scale"), ("free-week", "scale")} <= compared


@pytest.mark.parametrize("keeps", [False, True])
def test_the_whole_program_improves_the_timetable_and_the_bound(tmp_path, keeps):
    """From a greedy start that misses a hard row, and again from the first timetable that keeps all of them."""
    formulation = formulated(smoke(tmp_path, 0.9, 2))
    settings = Settings(time_limit=20.0, workers=1, deterministic=True)
    search = Search(formulation, settings)
    greedy(search)
    assert not search.keeps_hard_rows()
    WholeProgram(search).improve(None, search.budget)
    if keeps:
        first, search = search.best, Search(formulation, settings)
        search.offer(first.point[: formulation.airing_count].astype(bool))
        WholeProgram(search).improve(None, search.budget)
    assert search.keeps_hard_rows()
    assert search.best.value <= search.bound == search.bounds["highs"]
    assert search.gap() < 0.001
