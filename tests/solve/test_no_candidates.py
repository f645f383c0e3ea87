"""Instances in which nothing can air: the empty timetable is the only one."""

from __future__ import annotations

from scheduler.solve import Settings, solve
from tests.builders import build, kz, window


def test_where_nothing_can_air_it_is_proven_that_a_hard_rule_cannot_hold(tmp_path):
    film = {"type": "quota", "id": "F", "select": {"genre": "film"}, "least_minutes": 30, "period": "day"}
    instance = build(tmp_path, [kz(window("19:00", "20:00"))], [], rules=[film])
    answer = solve(instance, Settings(time_limit=20.0))
    assert answer.hard_rules == "impossible"
    assert not answer.search.faults
