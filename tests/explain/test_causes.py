"""Causes other than clauses that explain names: locks, a carry-over, and numbers other than least and most amounts."""

from __future__ import annotations

import json

import pytest

from scheduler.explain import explain
from scheduler.explain.explanation_json import explanation_json
from scheduler.explain.text import explanation_lines
from scheduler.solve import Budget, Settings
from tests.builders import aired, build, kz, programme, uz, window

PROGRAMMES = [
    programme("k1", 30, episodes=9, runs=2),
    programme("u1", 30, origin="UZ", versions="uzb:original", episodes=9, runs=2),
    programme("t", 60, origin="TR", versions="tur:original", runs=2),
]


def parity(**more):
    return {"type": "parity", "id": "KZ-UZ", "parties": ["KZ", "UZ"], "measures": [{"measure": "minutes", **more}]}


def explained(folder, **more):
    """(text, first clash as for machines) of an instance with an hour on each side, which cannot hold its rules."""
    channels = [kz(window("18:00", "19:30")), uz(window("18:00", "19:30"))]
    made = build(folder, channels, PROGRAMMES, territories={"KZ": {"name": "K"}, "UZ": {"name": "U"}}, **more)
    said = explain(made, Settings(time_limit=60, seed=1, workers=1), Budget.of_seconds(60))
    assert said.verdict == "clash"
    assert said.solved
    return "\n".join(explanation_lines(made, said)), json.loads(explanation_json(made, said))["clashes"][0]


def lock(start, what, **more):
    return aired("Q.kz", f"2026-12-07T{start}Z", what, 60 if what == "t" else 30, version_language="tur", **more)


def test_a_lock_in_the_way_is_named_and_its_removal_offered(tmp_path):
    locks = [aired("Q.kz", "2026-12-07T14:00Z", "k1", 30), lock("13:00", "t")]
    text, clash = explained(tmp_path, agreements=[parity(period="day", least={"UZ": 60})], locks=locks)
    assert clash["because"] == ["the lock locks.csv:3: 't' episode 1 on Q.kz at 2026-12-07T13:00Z as a first run"]
    assert "the lock locks.csv:3: 't'" in text
    (drop,) = [one for one in clash["remedies"] if one["file"] == "locks.csv"]
    assert drop["line"] == 3
    assert drop["enough"]
    assert "drop the lock: 't' episode 1 on Q.kz" in text
    assert "locks.csv:3: leave this line out" in text


def test_locks_without_a_part_in_the_clash_are_not_named(tmp_path):
    locks = [aired("Q.kz", "2026-12-07T14:00Z", "k1", 30)]
    text, clash = explained(tmp_path, agreements=[parity(period="day", least={"UZ": 600})], locks=locks)
    assert not [cause for cause in clash["because"] if "lock" in cause]
    assert "drop" not in text


def test_a_lock_that_leaves_something_open_is_a_clause_of_its_own(tmp_path):
    locks = [
        {"programme": "t", "channel": "Q.kz", "broadcast_date": "2026-12-07"},
        {"programme": "k1", "channel": "O.uz", "broadcast_date": "2026-12-07"},
    ]
    rules = [{"type": "quota", "id": "no-turkish", "select": {"origin": "TR"}, "most_minutes": 30, "period": "day"}]
    text, clash = explained(tmp_path, rules=rules, locks=locks)
    assert [(one["rule"], one["file"], one["line"]) for one in clash["clauses"] if one["rule"] == "locks"] == [
        ("locks", "locks.csv", 2)
    ]
    assert "drop the lock: 't' on Q.kz on 2026-12-07" in text
    assert "'k1'" not in text


def test_a_carry_over_that_cannot_be_settled_is_named_and_a_nearer_one_offered(tmp_path):
    agreement = parity(period="horizon", tolerance=0, tolerance_of="sum", carry_over=120)
    text, clash = explained(tmp_path, agreements=[agreement])
    assert "the carry-over of 120 in KZ-UZ" in clash["because"]
    (offered,) = [one for one in clash["remedies"] if one["path"][-1] == "carry_over"]
    assert (offered["from"], offered["to"]) == (120, 90)  # what an hour and a half of one side can settle
    assert "carry_over 120 cannot hold, 90 can" in text


@pytest.mark.parametrize("carry", [0, 30])
def test_a_carry_over_without_a_part_in_the_clash_is_not_named(carry, tmp_path):
    agreement = parity(period="horizon", tolerance=0, tolerance_of="sum", carry_over=carry, least=600)
    text, clash = explained(tmp_path, agreements=[agreement])
    assert not [cause for cause in clash["because"] if "carry-over" in cause]
    assert "carry_over" not in text


def test_days_by_which_a_premiere_may_be_later_are_offered(tmp_path):
    rules = [
        {"type": "premiere", "id": "joint", "select": {"programme": "t"}, "parties": ["KZ", "UZ"], "within_days": 1},
        {"type": "quota", "id": "first", "channels": ["Q.kz"], "select": {"programme": "t"}, "least_count": 1,
         "period": "horizon", "valid_to": "2026-12-07"},
        {"type": "quota", "id": "later", "channels": ["O.uz"], "select": {"origin": "TR"}, "most_minutes": 0,
         "period": "horizon", "valid_to": "2026-12-08"},
    ]  # fmt: skip
    text, clash = explained(tmp_path, rules=rules, days=4)
    (offered,) = [one for one in clash["remedies"] if one["path"][-1] == "within_days"]
    assert (offered["from"], offered["to"]) == (1, 2)
    assert "joint: within_days 1 cannot hold, 2 can" in text


def domestic(**more):
    return {"type": "quota", "id": "DOM", "select": {"origin": "domestic"}, "least_share": 0.7, "period": "day", **more}


HALF = parity(tolerance=0.2, tolerance_of="sum", least=45, period="day")


def test_a_rule_from_which_a_treaty_exempts_is_named_last_and_only_in_its_clash(tmp_path):
    rule = domestic(territories=["KZ"], exempt="treaty")
    text, clash = explained(tmp_path / "exempt", rules=[rule], agreements=[HALF])
    assert "would need an international agreement: DOM does not bind" in text
    assert text.index("would need") > text.index("→")
    assert clash["exemptions"] == [
        "would need an international agreement: DOM does not bind channels that broadcast under one; it binds Q.kz"
    ]
    text, clash = explained(tmp_path / "bound", rules=[domestic(territories=["KZ"])], agreements=[HALF])
    assert "international agreement" not in text
    assert clash["exemptions"] == []
