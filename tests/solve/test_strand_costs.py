"""What clauses cost where series are placed, against every timetable of tiny instances."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.certify import certified_bound, certified_program
from scheduler.solve import Settings, prepare
from scheduler.solve.costs import clause_costs
from scheduler.solve.proof.multipliers import certificate_of
from scheduler.solve.run import run
from tests.builders import formulated, kz, programme, uz, window
from tests.solve.strand_cases import CASES, PARITY, admissible, built, merit

NAME = "parity"


def best_without(formulation, agreement: str) -> int:
    """The value of the best timetable where an agreement's rows are left out, misses of hard rows barred."""
    rest = formulation.only_rows(np.flatnonzero(~formulation.labels["rule"].isin([agreement]).to_numpy()))
    misses = [(point, rest.misses(point)) for point in admissible(formulation)]
    return max(rest.audience(point) - rest.penalty(off) for point, off in misses if not rest.hard_miss(off))


def test_the_interval_holds_what_an_agreement_costs(tmp_path):
    instance = built(tmp_path, NAME)
    formulation = formulated(instance)
    with_it = -min(merit(formulation, point) for point in admissible(formulation))[1]
    cost = best_without(formulation, "P") - with_it
    _, search = prepare(instance, Settings(strategy="scale", time_limit=20))
    run(search)
    clause_costs(search, ["P"])
    said = search.costs["clauses"]
    assert [one["clause"] for one in said] == ["P"]
    assert said[0]["at_least"] <= cost <= said[0]["at_most"]


def test_the_duals_of_the_relaxation_are_offered_for_the_certificate(tmp_path):
    _, search = prepare(built(tmp_path, NAME), Settings(strategy="scale", time_limit=20))
    assert search.duals is None
    search.try_offer(search.formulation.locked)
    clause_costs(search, ["P"])
    assert search.duals is not None
    assert search.duals.bound == pytest.approx(search.bounds["relaxation"], abs=1)
    _, certificate = certificate_of(search.formulation, "", search.duals)
    assert certified_bound(certified_program(search.formulation), certificate) <= search.bounds["relaxation"] + 1


def test_a_binding_least_has_a_marginal_price(tmp_path, monkeypatch):
    agreement = {**PARITY, "measures": [{"measure": "minutes", "period": "horizon", "tolerance": 0.2, "least": 60}]}
    poor = programme("theirs", 30, episodes=2, origin="UZ", versions="uzb:original", appeal=0.1)
    case = {
        "channels": [kz(window("19:00", "19:30")), uz(window("19:00", "19:30"))],
        "programmes": [programme("series", 30, episodes=3, appeal=1.5), poor],
        "agreements": [agreement],
        "days": 2,
    }
    monkeypatch.setitem(CASES, "a poor partner", case)
    instance = built(tmp_path, "a poor partner")
    _, search = prepare(instance, Settings(strategy="scale", time_limit=20))
    run(search)
    clause_costs(search, ["P"])
    assert [row["rule"] for row in search.costs["rows"]].count("P") >= 1


@pytest.mark.parametrize("limit", [0, 10**6])
def test_costs_are_left_out_where_there_are_too_many_columns(tmp_path, limit):
    settings = Settings(strategy="scale", time_limit=20)
    strands = settings.params.strands.model_copy(update={"whole_columns": limit})
    params = settings.params.model_copy(update={"strands": strands})
    _, search = prepare(built(tmp_path, NAME), Settings(strategy="scale", time_limit=20, params=params))
    assert (search.reserve > 0) == bool(limit)
    clause_costs(search, ["P"])
    assert bool(search.costs) == bool(limit)
