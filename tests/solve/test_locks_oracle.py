"""Part of a known timetable as locks: the answer may never be worth less than what is known.

Sixty generated instances of one to three days, each with five draws of locks from the timetable that it was built
around, which keeps every rule.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.generate import HIDDEN_FILE, generate, suite
from scheduler.rules import load, rules_of
from scheduler.solve import Search, Settings
from scheduler.solve.cp_sat.exact import exact
from scheduler.timetable import read_timetable

SEEDS = range(1, 61)
DRAWS = 5
SMALL = {"territories": 2, "hours": 1, "titles": 25, "shortlist": 5}


def known(folder, seed):
    """(formulation, the airings of the hidden timetable) of a small generated instance."""
    options = suite("free-smoke").options_at(0.6 + 0.1 * (seed % 5))
    options = options.model_copy(update={**SMALL, "days": 1 + seed % 3, "channels": 2 + seed % 2})
    generate(folder, options, seed)
    instance = load(folder)
    airings = build_airings(instance, rules_of(instance))
    hidden = read_timetable(instance, folder / HIDDEN_FILE)
    own = ~hidden.anchor
    columns = ("channel", "start", "content")
    there = set(
        zip(*(getattr(hidden, name)[own].tolist() for name in columns), hidden.first[own].tolist(), strict=True)
    )
    here = zip(airings.channel.tolist(), airings.start_minute.tolist(), airings.content.tolist(), strict=True)
    first = (airings.run == 1).tolist()
    chosen = np.array([(*one, run) in there for one, run in zip(here, first, strict=True)], dtype=bool)
    assert chosen.sum() == len(there)
    return formulate(airings), chosen


def solved(formulation, locked):
    search = Search(replace(formulation, locked=locked), Settings("exact", time_limit=5.0, workers=1))
    exact(search)
    return search


@pytest.mark.parametrize("seed", SEEDS)
def test_with_locks_of_a_known_timetable_nothing_worse_is_found_and_no_bound_is_below_it(tmp_path, seed):
    try:
        formulation, chosen = known(tmp_path, seed)
    except ValueError as error:
        assert "no programme can be exchanged" in str(error)
        return
    point = formulation.point(chosen)
    assert not formulation.misses(point).any()
    value, random = formulation.audience(point), np.random.default_rng(seed)
    for _ in range(DRAWS):
        search = solved(formulation, chosen & (random.random(len(chosen)) < random.choice([0.1, 0.2, 0.4])))
        assert search.best.hard_miss == 0
        assert search.best.value >= value
        assert search.bound >= search.best.value
        assert not search.faults
