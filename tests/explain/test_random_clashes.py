"""Random clauses on a window of an hour: what explain says against all timetables, each judged by the check."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.explain import explain
from scheduler.rules import load, rules_of
from scheduler.solve import Budget, Settings
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import choices, content, formulated, kz, programme, window, write

PROGRAMMES = [
    programme("k", 30, episodes=2),
    programme("f", 30, genre="film"),
    programme("u", 30, origin="UZ", versions="uzb:original"),
]
SELECTIONS = ({"genre": ["film"]}, {"programme": "k"}, {"origin": "UZ"}, {"origin": "KZ"}, {"origin": "foreign"})
BOUNDS = (("least_minutes", 30), ("most_minutes", 30), ("least_count", 2), ("least_share", 0.7), ("most_share", 0.3))


SEEDS = (5, 11, 20, 27)


def random_rules(seed):
    draw = random.Random(seed)
    rules = []
    for number in range(draw.randint(3, 6)):
        bound, amount = draw.choice(BOUNDS)
        quota = {"type": "quota", "id": f"R{number}", "select": draw.choice(SELECTIONS), bound: amount, "period": "day"}
        rules.append(draw.choice([quota, quota, quota, {"type": "runs_per_day", "id": f"R{number}", "most": 1}]))
    return rules


def missed_sets(folder, rules):
    """The sets of clauses that the timetables miss, one for each timetable that keeps the rigid rows."""
    channels = [kz(window("18:00", "19:00"))]
    bare = load(write(folder / "bare", content(channels, PROGRAMMES)))
    instance = load(write(folder / "full", content(channels, PROGRAMMES, rules=rules)))
    airings, formulation, found = build_airings(bare, rules_of(bare)), formulated(bare), set()
    for chosen in choices(formulation, 2):
        if formulation.is_admissible(formulation.point(chosen)):
            timetable = replace(timetable_of(airings, np.asarray(chosen)), instance=instance)
            found.add(frozenset(row.rule for row in verify(timetable, rules_of(instance)).hard_missed))
    return instance, found


@pytest.mark.parametrize("seed", SEEDS)
def test_clashes_are_minimal_and_what_is_given_up_is_a_smallest_set(seed, tmp_path):
    rules = random_rules(seed)
    instance, missed = missed_sets(tmp_path, rules)
    every = sorted(rule["id"] for rule in rules)

    def can_hold(clauses):
        return any(not one & set(clauses) for one in missed)

    said = explain(instance, Settings(time_limit=60, seed=1, workers=1), Budget.of_seconds(60))
    assert said.verdict == ("holds" if can_hold(every) else "clash")
    minimal = {
        frozenset(some)
        for size in range(1, len(every) + 1)
        for some in combinations(every, size)
        if not can_hold(some) and all(can_hold(set(some) - {one}) for one in some)
    }
    assert {frozenset(clause.rule for clause in clash.clauses) for clash in said.clashes} <= minimal
    assert all(clash.minimal for clash in said.clashes)
    least = min(map(len, missed))
    sets = [
        {one.clause.rule for one in said.given_up},
        *({clause.rule for clause in clauses} for clauses in said.instead),
    ]
    assert said.complete == bool(minimal)
    for given_up in sets:
        assert len(given_up) == least
        assert can_hold(set(every) - given_up)
