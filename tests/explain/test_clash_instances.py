"""On every clash-* instance: the planted clauses are named, minimal by dropping each, and each first remedy works."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import yaml
from ortools.sat.python import cp_model

from scheduler.airings import build_airings
from scheduler.explain import explain
from scheduler.explain.clauses import clause_rows
from scheduler.explain.remedies import Remedy
from scheduler.explain.remedy_variant import remedy_variant
from scheduler.explain.text import explanation_lines, plain
from scheduler.formulation import formulate
from scheduler.instance import Placement
from scheduler.instance.files.yaml_document import read_yaml
from scheduler.rules import HARD, RIGID, load, rules_of
from scheduler.rules.framework.verdicts import verdict_on
from scheduler.solve import Budget, Settings
from scheduler.solve.cp_sat.exact import Model
from tests.planned import command

INSTANCES = Path(__file__).parents[2] / "instances"

PLANTED = {
    "clash-rights-supply": [{"KZ-UZ:least"}],
    "clash-window-capacity": [{"DOCS"}],
    "clash-anchors-share": [{"DOM"}],
    "clash-parity-ban": [{"KZ-CN:least", "CN-PRIME"}],
    "clash-domestic-vs-parity": [{"KZ-UZ:least", "DOM"}],
    "clash-two-agreements": [{"KZ-UZ:least", "KZ-KG:least"}],
    "clash-language-dub": [{"KZ-AZ:least", "AZ-DUB"}],
    "clash-watershed": [{"KZ-UZ:least", "AGE"}],
    "clash-least-vs-most": [{"DRAMA", "FOREIGN"}],
    "clash-tolerance": [{"KZ-CN:tolerance", "KZ-CN:least"}],
    "clash-two-at-once": [{"KZ-DOCS", "KZ-DRAMA"}, {"UZ-DOCS", "UZ-OWN"}],
    "clash-one-slot": [{"STEPPE-ROAD", "RIVER-HOUSE"}],
}
EXPECTED = {
    "clash-rights-supply": "least 120 cannot hold, 60 can",
    "clash-window-capacity": "least_minutes 120 cannot hold, 90 can",
    "clash-anchors-share": "least_share 55 % cannot hold, 33 % can",
    "clash-parity-ban": "open 60 more minutes on lotus",
    "clash-domestic-vs-parity": "least 75 cannot hold, 45 can",
    "clash-two-agreements": "open 15 more minutes on steppe",
    "clash-language-dub": "version_kinds subtitled as well",
    "clash-watershed": "barred 06:00–22:00 cannot hold, 06:00–20:45 can",
    "clash-least-vs-most": "most_minutes 50 cannot hold, 90 can",
    "clash-tolerance": "a permitted deviation of ±10 % of the sum of both sides (1.22 : 1) cannot hold, ±18 % of",
    "clash-two-at-once": "least_minutes 45 cannot hold, 0 can",
    "clash-one-slot": "least_count 2 cannot hold, 0 can",
}
ARITHMETIC = {
    "clash-rights-supply": "rights",
    "clash-window-capacity": "windows",
    "clash-anchors-share": "anchors",
    "clash-two-agreements": "together",
}


@cache
def explained(name: str):
    instance = load(INSTANCES / name)
    return instance, explain(instance, Settings(time_limit=600, workers=1), Budget.of_seconds(600))


def name_of(clause) -> str:
    return f"{clause.rule}:{clause.part[-1]}" if clause.part else clause.rule


def can_all_hold(instance) -> bool:
    """An independent test on the whole formulation, with hard rows and without soft rows."""
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    kept = np.flatnonzero(np.isin(formulation.kind, [HARD, RIGID]))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.solve(Model(formulation.only_rows(kept), hard_elastic=False).model) != cp_model.INFEASIBLE


def without(folder: Path, clauses) -> None:
    """Write an instance without some clauses: rules left out, parts of measures made to ask for nothing."""
    content = read_yaml(folder / "instance.yaml", "instance.yaml").content
    dropped = {clause.rule for clause in clauses if not clause.part}
    content["rules"] = [rule for rule in content["rules"] if rule["id"] not in dropped]
    for clause in clauses:
        if clause.part:
            agreement = next(one for one in content["agreements"] if one["id"] == clause.rule)
            measure = agreement["measures"][clause.part[1]]
            measure.update(
                {"least": 0}
                if clause.part[-1] == "least"
                else {"tolerance": 0.99, "tolerance_of": "sum", "floor": 100_000}
            )
    (folder / "instance.yaml").write_text(json.dumps(content), encoding="utf-8")


def edited(folder: Path, remedy) -> None:
    """Make the edit that a remedy proposes, at its line and column."""
    path = folder / "instance.yaml"
    lines = path.read_text(encoding="utf-8").split("\n")
    line, at = lines[remedy.line - 1], remedy.column - 1
    token = re.match(r'\[[^\]]*\]|"[^"]*"|[^,}\s]+', line[at:])
    new = plain(remedy, remedy.new)
    new = f'"{new}"' if isinstance(new, str) else str(new).replace("'", '"')
    lines[remedy.line - 1] = line[:at] + new + line[at + len(token[0]) :]
    path.write_text("\n".join(lines), encoding="utf-8")


def test_every_clash_instance_is_listed():
    assert {path.name for path in INSTANCES.glob("clash-*")} == set(PLANTED)
    assert len(PLANTED) >= 8


@pytest.mark.parametrize("name", PLANTED)
def test_every_period_of_a_clash_instance_ends_with_its_horizon(name):
    """If a period continues after the horizon, only a part of its least amounts is required, and its band is soft."""
    instance = load(INSTANCES / name)
    rules = {rule.id: rule for rule in rules_of(instance)}
    labels = clause_rows(instance, readmit=False).formulation.labels
    named = labels.loc[labels["rule"].isin(list(rules)), ["rule", "period"]].drop_duplicates()
    assert len(named)
    verdicts = {verdict_on(rules[rule], instance, str(period)) for rule, period in named.to_numpy().tolist()}
    assert verdicts == {"final"}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_clauses_are_named_and_minimal_and_remedies_work(name, tmp_path):
    instance, said = explained(name)
    assert said.verdict == "clash"
    assert said.complete and said.solved and said.least
    found = [{name_of(clause) for clause in clash.clauses} for clash in said.clashes]
    assert sorted(found, key=sorted) == sorted(PLANTED[name], key=sorted)
    assert all(clash.minimal and clash.confirmed for clash in said.clashes)
    assert EXPECTED[name] in "\n".join(explanation_lines(instance, said))
    reasons = {finding.reason for finding in said.findings}
    assert name not in ARITHMETIC or ARITHMETIC[name] in reasons

    assert not can_all_hold(instance)
    together = tmp_path / "together"
    shutil.copytree(INSTANCES / name, together)
    for remedies in said.remedies:
        edited(together, remedies[0])
    assert can_all_hold(load(together))


@pytest.mark.parametrize("name", PLANTED)
def test_the_saved_remedies_are_a_variant_with_which_all_rules_hold(name, tmp_path):
    instance, said = explained(name)
    path = tmp_path / "remedy.yaml"
    path.write_text(remedy_variant(instance, [one[0] for one in said.remedies]), encoding="utf-8")
    assert can_all_hold(load(INSTANCES / name, [path]))
    for number in range(len(said.remedies[0])):  # any other remedy of the first clash, too
        path.write_text(
            remedy_variant(instance, [said.remedies[0][number], *(one[0] for one in said.remedies[1:])]),
            encoding="utf-8",
        )
        assert can_all_hold(load(INSTANCES / name, [path])) or not said.remedies[0][number].enough


def test_remedies_of_tables_and_left_out_clauses_are_written_by_their_keys(tmp_path):
    content = {"agreements": [{"id": "A", "measures": [{"least": {"KZ": 9, "UZ": 8}}]}], "rules": [{"id": "R"}]}
    (tmp_path / "instance.yaml").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "locks.csv").write_text("channel,start_utc\nQ.kz,2026-12-07T13:00Z\n", encoding="utf-8")
    instance = replace(explained("clash-tolerance")[0], folder=tmp_path, variants=())
    made = [
        Remedy(("agreements", 0, "measures", 0, "least", "UZ"), 8, 5, "a", True, True, 1, 1),
        Remedy(("rules", 0), None, None, "b", True, True, 1, 1),
        Remedy(("programmes", "p1", "rights_to"), None, date(2026, 12, 9), "c", True, True, 2, 1, "programmes.csv"),
        Remedy(("programmes", "p1", "territories"), (), ("KZ", "UZ"), "d", True, True, 2, 1, "programmes.csv"),
        Remedy((), None, None, "e", True, True, 2, 1, "locks.csv"),
    ]
    text = remedy_variant(instance, made)
    assert text.startswith("# a\n# b\n")
    assert yaml.safe_load(text) == {
        "agreements": {"A": {"measures": [{"least": {"KZ": 9, "UZ": 5}}]}},
        "rules": {"R": None},
        "tables": {
            "programmes": {"p1": {"rights_to": "2026-12-09", "territories": "KZ;UZ"}},
            "locks": {"Q.kz 2026-12-07T13:00Z": None},
        },
    }
    assert remedy_variant(instance, []) == ""


def test_the_command_closes_the_loop(tmp_path):
    name, saved = str(INSTANCES / "clash-tolerance"), tmp_path / "remedy.yaml"
    code, said = command("explain", name, "--variant-out", saved, "--time-limit", 20, "-q")
    assert code == 1
    assert f"the first remedies are saved: parity solve {name} --variant {saved}" in said
    assert command("solve", name, "--out", tmp_path / "without", "--time-limit", 5, "-q")[0] == 1
    assert command("solve", name, "--variant", saved, "--out", tmp_path / "with", "--time-limit", 5, "-q")[0] == 0
    assert "exists" in command("explain", name, "--variant-out", saved, "-q")[1]
    code, said = command("explain", INSTANCES / "toy", "--variant-out", tmp_path / "no.yaml", "-q")
    assert code == 0
    assert "is not written" in said
    assert not (tmp_path / "no.yaml").exists()


@pytest.mark.parametrize("name", [name for name in PLANTED if len(PLANTED[name]) == 1])
def test_each_remedy_alone_works_and_the_next_nearer_value_does_not(name, tmp_path):
    _, said = explained(name)
    for number, remedy in enumerate(said.remedies[0]):
        assert remedy.proved and remedy.enough
        folder = tmp_path / str(number)
        shutil.copytree(INSTANCES / name, folder)
        edited(folder, remedy)
        assert can_all_hold(load(folder)), remedy.words
        nearer = replace(remedy, new=nearer_to(remedy.old, remedy.new, str(remedy.path[-1])))
        if nearer.new not in (remedy.old, None):
            edited_back = tmp_path / f"{number}-nearer"
            shutil.copytree(INSTANCES / name, edited_back)
            edited(edited_back, nearer)
            assert not can_all_hold(load(edited_back)), nearer


def nearer_to(old, new, field):
    """The value one notch nearer to the old one, None where there are no notches."""
    if isinstance(new, tuple):
        pairs = [nearer_to(one, other, "start") if one != other else one for one, other in zip(old, new, strict=False)]
        return tuple(pairs) if isinstance(new[0], int) else None
    notch = Fraction(1, 100) if isinstance(new, Fraction) else 15 if field in ("start", "end") else 1
    there = new - notch if new > old else new + notch
    return there if (there > old) == (new > old) else old


@pytest.mark.parametrize("name", PLANTED)
def test_dropping_any_clause_of_a_clash_frees_the_others(name, tmp_path):
    """Only what is planted is left in the file, then every subset of it is asked again from the file."""
    instance, _ = explained(name)
    everything = {name_of(clause): clause for clause in every_clause(instance)}
    for number, planted in enumerate(PLANTED[name]):
        for size in range(len(planted) + 1):
            for kept in combinations(sorted(planted), size):
                folder = tmp_path / f"{number}-{'-'.join(kept).replace(':', '.')}"
                shutil.copytree(INSTANCES / name, folder)
                without(folder, [clause for key, clause in everything.items() if key not in kept])
                assert can_all_hold(load(folder)) == (set(kept) != planted), kept


def every_clause(instance):
    """All clauses of an instance, including bans, without rights."""
    return [clause for clause in clause_rows(instance, readmit=True).clauses if clause.file == "instance.yaml"]


@pytest.mark.parametrize("name", PLANTED)
def test_clauses_are_named_with_their_lines(name):
    _, said = explained(name)
    lines = (INSTANCES / name / "instance.yaml").read_text(encoding="utf-8").split("\n")
    for clash in said.clashes:
        for clause in clash.clauses:
            here = lines[clause.line - 1][clause.column - 1 :]
            assert here.startswith(str(clause.part[-1]) if clause.part else ("{type", "type"))
    readme = (INSTANCES / name / "README.md").read_text(encoding="utf-8")
    for planted in PLANTED[name]:
        assert all(key.split(":")[0] in readme for key in planted)


def test_an_instance_without_a_clash_says_so():
    instance, said = explained("toy")
    assert said.verdict == "holds"
    assert "all hard rules can hold" in explanation_lines(instance, said)[0]


def test_the_two_series_of_one_slot_could_share_it_if_they_were_placed_freely(tmp_path):
    folder = tmp_path / "i"
    shutil.copytree(INSTANCES / "clash-one-slot", folder)
    content = read_yaml(folder / "instance.yaml", "instance.yaml").content
    assert not can_all_hold(load(folder))
    content["placement"] = [{"as": "free"}]
    (folder / "instance.yaml").write_text(json.dumps(content), encoding="utf-8")
    assert can_all_hold(load(folder))


@pytest.mark.parametrize("name", PLANTED)
def test_only_where_slots_matter_an_explanation_says_that_they_are_given(name):
    _, said = explained(name)
    given = [str(one) for clash in said.clashes for one in clash.because]
    assert ("series in regular slots, as `placement` says" in given) == (name == "clash-one-slot")


def test_a_clash_of_slots_has_day_sets_as_a_remedy_that_is_enough():
    """Monday to Friday in one slot for two series: with Monday to Wednesday and Thursday to Friday both can air."""
    instance, said = explained("clash-one-slot")
    found = [one for ones in said.remedies for one in ones if one.path[-1] == "day_sets"]
    (one,) = found
    assert one.path == ("placement", 0, "day_sets")
    assert (one.old, one.new) == (("mon-fri",), ("mon-fri", "mon-wed", "thu-fri"))
    assert one.enough
    assert str(one.words) == "placement of drama: the day sets [mon-wed], [thu-fri] as well"
    assert (one.line, one.column) == (21, 52)
    wider = Placement.model_validate({"select": {"genre": "drama"}, "as": "strand", "day_sets": [*one.new]})
    assert can_all_hold(replace(instance, file=instance.file.model_copy(update={"placement": (wider,)})))
    assert not can_all_hold(instance)
