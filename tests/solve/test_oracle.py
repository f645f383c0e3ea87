"""The exact engine against every timetable of tiny instances: least weighted hard miss first, then value."""

from __future__ import annotations

import pytest

from scheduler.rules import load
from scheduler.solve import Settings, solve
from scheduler.verify import verify
from tests.builders import write
from tests.solve.cases import INSTANCES, OVER_CONSTRAINED, best_by_hand


@pytest.mark.parametrize("name", INSTANCES)
def test_exact_finds_the_best_of_all_timetables(name, tmp_path):
    instance = load(write(tmp_path, INSTANCES[name]))
    best, count = best_by_hand(instance)
    assert (best[0] > 0) == (name in OVER_CONSTRAINED)
    answer = solve(instance, Settings(strategy="exact", time_limit=60.0, workers=1))
    assert not answer.search.faults
    assert answer.search.best is not None
    assert (answer.search.best.hard_miss, -answer.search.best.value) == best, f"of {count} timetables"
    checked = verify(answer.timetable)
    assert answer.search.best.audience == checked.audience
    assert answer.search.best.penalty == checked.penalty
    assert (answer.status == "hard_missed") == (best[0] > 0)
    if best[0] == 0:
        assert answer.status == "optimal"
        assert answer.search.bound == answer.search.best.value
    else:
        assert answer.search.gap() is None
