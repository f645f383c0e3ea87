"""What clauses cost: an interval that holds the true cost, in the words that a reader sees, and marginal prices."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.bench.proofs import instances
from scheduler.cells import Executor
from scheduler.cost import UnknownClauseError, clause_cost, clause_costs, clauses_of, evening_viewers
from scheduler.formulation import formulate
from scheduler.report.cost_words import cost_message
from scheduler.report.language import Language
from scheduler.rules import rules_of
from scheduler.rules.framework.measures import UNITS
from scheduler.solve import Budget, Search, Settings, costs, prepare, run, solve
from scheduler.solve.cost_interval import BestWithAll, interval
from tests.builders import build, content, kz, programme, uz, window, write
from tests.costs import Compared, compared_costs, known_of, optimum
from tests.planned import command
from tests.small_instances import SOFT_KINDS, small_instances

TWO_SIDES = {
    "channels": [kz(window("18:00", "21:00", start_every=30)), uz(window("18:00", "21:00", start_every=30))],
    "programmes": [
        programme("k1", 60, versions="kaz:original;uzb:dubbed", episodes=2, appeal="2"),
        programme("u1", 60, origin="UZ", versions="uzb:original;kaz:dubbed", episodes=3, appeal="0.2"),
        programme("u2", 30, origin="UZ", versions="uzb:original;kaz:dubbed", episodes=3, appeal="0.1"),
    ],
}
PARITY = {
    "type": "parity",
    "id": "P",
    "parties": ["KZ", "UZ"],
    "measures": [{"measure": "minutes", "period": "day", "tolerance": 0, "tolerance_of": "sum"}],
}


def two_sides(folder, **more):
    return build(folder, **{**TWO_SIDES, "agreements": [PARITY], **more})


@pytest.mark.parametrize("seed", [1, 6])
def test_the_interval_of_every_clause_holds_its_true_cost(seed):
    compared = list(compared_costs(next(small_instances(seed))))
    assert len(compared) == 6
    assert [one.line() for one in compared if not one.right] == []
    assert any(one.at_least > 0 for one in compared)


def test_a_true_cost_outside_its_interval_is_wrong():
    assert Compared("i", "P", 5, 5, None).right
    assert not Compared("i", "P", 4, 5, None).right
    assert not Compared("i", "P", 6, 2, 5).right
    assert Compared("i", "P", 6, 2, 5).line() == "i: P: 6 in 2 to 5: WRONG"


def test_small_instances_have_agreements_of_every_measure_and_base():
    instances = list(islice(small_instances(), 40))
    measures = [each for one in instances for agreement in one.file.agreements for each in agreement.measures]
    assert {each.measure for each in measures} == set(UNITS)
    assert {each.tolerance_of for each in measures} == {"sum", "larger", "smaller", "agreed"}
    assert {rule.type for one in instances for rule in one.file.rules} == set(SOFT_KINDS)
    assert {len(agreement.parties) for one in instances for agreement in one.file.agreements} == {2, 3}


def test_both_sides_proven_give_the_cost_itself(tmp_path):
    instance = two_sides(tmp_path)
    answer = solve(instance, Settings("exact", time_limit=20.0))
    known = BestWithAll(answer.search.best.value, answer.search.bound, keeps=True)
    said = clause_cost(instance, "P", answer.timetable, known, Settings("exact", time_limit=20.0))
    true = optimum(instance, "P") - known.value
    assert true > 0
    assert (said.state, said.at_least, said.at_most, said.estimate) == ("interval", true, true, true)


def test_the_price_of_a_missed_soft_clause_is_part_of_its_cost(tmp_path):
    soft = {"type": "quota", "id": "SOFT", "territories": ["KZ"], "select": {"genre": "film"}, "least_minutes": 90,
            "period": "day", "hard": False, "price": 7}  # fmt: skip
    instance = two_sides(tmp_path, rules=[soft])
    timetable, known = known_of(instance)
    said = clause_cost(instance, "SOFT", timetable, known, Settings("exact", time_limit=20.0))
    assert said.at_least == said.at_most == 90 * 7  # no film is there: it is missed whole, whatever airs


def test_an_agreement_of_three_parties_is_left_out_whole(tmp_path):
    third = {**kz(window("18:00", "20:00", start_every=30)), "id": "K.kg", "name": "K.kg", "territory": "KG"}
    more = {
        "territories": {code: {"name": code} for code in ("KZ", "UZ", "KG")},
        "channels": [*TWO_SIDES["channels"], third],
        "agreements": [{**PARITY, "parties": ["KZ", "UZ", "KG"]}],
    }
    instance = two_sides(tmp_path, **more)
    assert clauses_of(instance) == ["P"]
    timetable, known = known_of(instance)
    said = clause_cost(instance, "P", timetable, known, Settings("exact", time_limit=20.0))
    assert said.at_least <= optimum(instance, "P") - optimum(instance) <= said.at_most
    assert said.at_least > 0
    _, search = prepare(instance, Settings("scale", time_limit=2.0))
    run(search)
    costs.clause_costs(search, ["P"])
    assert search.costs["clauses"][0]["at_most"] > 0


def test_where_a_hard_rule_is_missed_there_is_no_cost(tmp_path):
    instance = two_sides(tmp_path)
    said = clause_cost(instance, "P", known_of(instance)[0], BestWithAll(5, 9, keeps=False), Settings("exact"))
    assert (said.state, said.at_least, said.at_most) == ("not_kept", None, None)


def test_bounds_far_away_say_that_the_cost_is_not_known():
    said = interval("P", BestWithAll(90, 120, keeps=True), 100, 130, searched=True)
    assert (said.at_least, said.at_most, said.estimate) == (0, 40, 10)
    unbounded = interval("P", BestWithAll(90, None, keeps=True), 100, None)
    assert (unbounded.state, unbounded.at_least, unbounded.at_most, unbounded.estimate) == ("no_bound", 0, None, None)


def test_clauses_are_the_agreements_all_of_them_or_those_named(tmp_path):
    rule = {"type": "quota", "id": "Q", "territories": ["KZ"], "select": {}, "most_minutes": 600, "period": "day"}
    instance = two_sides(tmp_path, rules=[rule])
    assert clauses_of(instance) == ["P"]
    assert clauses_of(instance, ["all"]) == ["P", "Q"]
    assert clauses_of(instance, ["Q", "Q"]) == ["Q"]
    with pytest.raises(UnknownClauseError, match="there is no clause 'R'"):
        clauses_of(instance, ["R"])


@pytest.mark.parametrize(
    ("known", "worth", "bound", "words"),
    [
        ((500, 500), 500, 500, "P: costs nothing, and this is proven"),
        ((500, 500), 560, 600, "P: at least 60 and at most 100 viewer-minutes (12 % to 20 % of the value)"),
        ((500, 500), 560, 560, "P: exactly 60 viewer-minutes (12 % of the value)"),
        ((500, 590), 560, 600, "P: the cost is not known to within 100 viewer-minutes (20 % of the value)"),
        ((500, 500), 560, None, "P: at least 60 viewer-minutes; no bound without it is known"),
    ],
)
def test_a_cost_in_words(tmp_path, known, worth, bound, words):
    instance = two_sides(tmp_path)
    cost = interval("P", BestWithAll(*known, keeps=True), worth, bound)
    assert Language("en").render(cost_message(cost, instance, 500)) == words
    searched = interval("P", BestWithAll(*known, keeps=True), worth, bound, searched=True)
    if bound != 500:
        said = Language("en").render(cost_message(searched, instance, 500))
        assert said == f"{words}; best estimate 60; this equals 0 viewers lost in every minute of prime time"
    assert evening_viewers(instance, 3_000) == 10  # of one evening of five hours


def test_the_command_writes_costs_that_the_report_shows(tmp_path):
    folder = write(tmp_path / "i", content(**TWO_SIDES, agreements=[PARITY]))
    out = tmp_path / "out"
    assert command("solve", folder, "--out", out, "--time-limit", "5", "-q")[0] == 0
    code, said = command("cost", folder, "--answer", out, "--time-limit", "3", "-q")
    assert code == 0
    assert said.startswith(("P: at least ", "P: exactly "))
    written = json.loads((out / "costs.json").read_text(encoding="utf-8"))
    assert written["clauses"][0]["at_least"] == written["clauses"][0]["at_most"] > 0
    assert said.splitlines()[0] in command("report", folder, out / "timetable.csv")[1]
    code, error = command("cost", folder, "--answer", out, "--clause", "PP")
    assert code == 2
    assert "there is no clause 'PP'; did you mean 'P'?" in error
    code, error = command("cost", folder, "--answer", tmp_path, "-q")
    assert code == 2
    assert "holds no timetable.csv: parity solve" in error


def test_costs_side_by_side_are_those_of_one_process(tmp_path):
    rule = {"type": "quota", "id": "Q", "territories": ["KZ"], "select": {}, "most_minutes": 600, "period": "day"}
    instance = two_sides(tmp_path, rules=[rule])
    timetable, known = known_of(instance)
    counted = Settings("exact", time_limit=20.0, workers=1, deterministic=True)
    apart = clause_costs(instance, ["P", "Q"], timetable, known, counted, executor=Executor(jobs=2))
    alone = [clause_cost(instance, clause, timetable, known, counted) for clause in ("P", "Q")]
    assert sorted(apart, key=lambda one: one.clause) == alone
    assert len({one.at_least for one in alone}) == 2
    missed = clause_costs(instance, ["P"], timetable, BestWithAll(5, 9, keeps=False), counted)
    assert [one.state for one in missed] == ["not_kept"]


def relaxed(formulation):
    """(bound of the relaxation, marginal prices of its rows by index)."""
    budget = Budget.of_seconds(60)
    found = costs._free(Search(formulation, Settings(time_limit=60.0)), budget)(None)
    assert found is not None
    numbered = replace(formulation, labels=formulation.labels.assign(period=np.arange(len(formulation.lower))))
    return found.bound, {row["period"]: row["cost"] for row in costs._row_costs(numbered, found)}


@pytest.mark.parametrize("seed", [1, 4, 6])
def test_marginal_prices_agree_with_finite_differences(seed):
    """The relaxation is concave in a side: a unit less gains at most the price, a unit more costs at least it."""
    instance, _ = next(iter(instances(1, seed)))
    formulation = formulate(build_airings(instance, rules_of(instance)))
    base, prices = relaxed(formulation)
    assert prices
    near = 1e-6 * abs(base) + 1
    for row, price in list(prices.items())[:5]:
        step = int(formulation.miss_step[row])
        at = np.arange(len(formulation.lower)) == row
        looser = replace(formulation, lower=formulation.lower - step * at, upper=formulation.upper + step * at)
        tighter = replace(formulation, lower=formulation.lower + step * at, upper=formulation.upper - step * at)
        assert relaxed(looser)[0] >= base - near
        assert relaxed(looser)[0] - base <= price + near
        assert base - relaxed(tighter)[0] >= price - near
