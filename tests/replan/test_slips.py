"""A slip of reruns: what the program states against the recount of every timetable of tiny instances."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.replan import read_published, replan
from scheduler.replan.params import ReplanParams
from scheduler.rules import load
from tests.builders import content, kz, programme, uz, window, write
from tests.replan.cases import published_with_runs, sets, weights

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ReplanParams(time_limit=10.0)


def one_a_day(folder: Path, runs: list[int], coverage: list[str], **more: Any) -> Path:
    """An instance with one place a day and one series, published with a run number on each day."""
    series = programme("series", 30, runs=max(runs), days_between_runs=1, **more)
    channels = [kz(window("19:00", "19:30"), coverage=coverage), uz(window("05:00", "05:10"))]
    write(folder, content(channels, [series], days=len(runs)))
    return published_with_runs(folder, runs)


@pytest.mark.parametrize("coverage", [["KZ"], ["KZ", "UZ"]])
@pytest.mark.parametrize(
    ("runs", "episodes", "shown", "lost"),
    [
        ([1, 1, 2, 2, 1, 2], 3, [1, 2, 1, 2, 3, 3], 2),  # a rerun
        ([1, 1, 2, 2, 1, 2], 3, [1, 2, 1, 2, 3, 3], 1),  # a first run
        ([1, 2, 3, 1, 2, 3], 2, [1, 1, 1, 2, 2, 2], 2),  # a third run
        ([1, 2, 1, 3, 2, 3], 2, [1, 1, 2, 1, 2, 2], 1),  # a second run before a third
    ],
)
def test_a_run_lost_in_the_freeze_is_a_slip_of_later_ones(tmp_path, runs, episodes, shown, lost, coverage):
    path = one_a_day(tmp_path, runs, coverage, episodes=episodes)
    instance = load(tmp_path)
    published = read_published(instance, path)
    assert published.timetable.episode.tolist() == shown
    found = replan(instance, published, frozen_until=date(2026, 12, 10), not_aired=[lost], params=QUICK)
    every = [weights(found, chosen) for chosen in sets(found)]
    least = min(weight for weight, _, _ in every)
    assert found.changes.weight == found.change_bound == least > 0
    assert found.found.change == least
    assert found.found.count_bound <= min(number for _, number, _ in every)
