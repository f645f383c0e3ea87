"""Budgets: shares, parts and attempts of one limit, by the clock and by counted work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from scheduler.solve import Budget
from scheduler.solve.search.time_limit import Meter


def at(now):
    """A budget of 100 seconds on a clock that is set by hand."""
    return Budget(Meter(clock=lambda: now[0]), 100.0)


def test_what_is_left_sinks_with_the_clock_and_is_never_negative():
    now = [5.0]
    budget = at(now)
    now[0] = 35.0
    assert budget.left() == 70.0 and not budget.over()
    now[0] = 500.0
    assert budget.left() == 0.0 and budget.over()


def test_a_share_is_of_what_is_left_when_it_is_made():
    now = [0.0]
    half = at(now).share(0.5)
    now[0] = 30.0
    assert half.left() == 20.0
    assert half.share(0.25).left() == pytest.approx(5.0)
    now[0] = 50.0
    assert half.over()


def test_a_first_part_ends_after_its_seconds_and_never_after_the_whole():
    now = [0.0]
    budget = at(now)
    assert budget.first(10.0).left() == 10.0
    now[0] = 95.0
    assert budget.first(10.0).left() == 5.0
    assert budget.share(0.5).first(10.0).left() == 2.5


def test_attempts_are_capped_and_the_cap_does_not_sink():
    now = [0.0]
    attempt = at(now).at_most(10.0)
    now[0] = 80.0
    assert attempt.left() == 10.0
    assert attempt.at_most(3.0).left() == 3.0
    now[0] = 96.0
    assert attempt.left() == 4.0


def test_a_budget_within_another_keeps_what_either_keeps():
    budget = at([0.0])
    assert budget.share(0.5).within(budget.share(0.2)).left() == pytest.approx(20.0)
    assert budget.share(0.5).within(budget.at_most(7.0)).left() == 7.0


def test_counted_work_and_not_the_clock_limits_a_counted_search():
    now = [0.0]
    counted = Meter(counted=True, clock=lambda: now[0])
    budget = Budget(counted, 10.0)
    now[0] = 1000.0
    assert budget.left() == 10.0
    budget.spend(4.0)
    assert budget.left() == 6.0 and counted.seconds() == 1000.0
    by_clock = at(now)
    by_clock.spend(50.0)
    assert by_clock.left() == 100.0


def test_nodes_are_limited_only_where_work_is_counted():
    counted = Budget(Meter(counted=True), 10.0)
    assert counted.node_limit(100) == 1000
    assert counted.at_most(2.0).node_limit(100) == 200
    assert counted.at_most(0.5).node_limit(100) == 50
    assert counted.at_most(0.0).node_limit(100) == 1
    assert Budget.of_seconds(10.0).node_limit(100) is None


def test_nothing_is_left_once_the_search_is_to_stop():
    stop = [False]
    budget = Budget(Meter(), 100.0, stopped=lambda: stop[0])
    part = budget.share(0.5).at_most(10.0)
    assert part.left() == 10.0
    stop[0] = True
    assert part.over() and budget.over()


def test_no_work_of_two_threads_is_lost():
    meter = Meter(counted=True)

    def spend(_):
        for _ in range(20_000):
            meter.spend(1.0)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(spend, range(4)))
    assert meter.work == 80_000
