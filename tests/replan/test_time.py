"""The time of a replan: what is left for the search, and for the causes of missed rows."""

from __future__ import annotations

import pytest

from scheduler.replan.answer import _for_search
from scheduler.replan.params import ReplanParams
from scheduler.solve.search.time_limit import Budget


@pytest.mark.parametrize(
    ("spent", "expected"),
    [(0.0, 10.0), (2.0, 6.0), (4.0, 2.0), (9.0, 2.0), (30.0, 2.0)],
)
def test_the_search_leaves_time_for_the_check(spent, expected):
    now = [0.0]
    budget = Budget.of_seconds(10.0, clock=lambda: now[0])
    now[0] = spent
    found = _for_search(budget, ReplanParams(time_limit=10.0, check_factor=1.0, search_least=0.2))
    assert found.left() == pytest.approx(expected, abs=0.1)
