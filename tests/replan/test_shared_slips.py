"""A slip of a series on several channels that share territories, against the recount of all timetables."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from scheduler.replan import read_published, replan
from scheduler.replan.params import ReplanParams
from scheduler.rules import load
from tests.builders import channel, content, kz, programme, uz, window, write
from tests.replan.cases import published_with_runs, sets, weights

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ReplanParams(time_limit=10.0)
BOTH = ["KZ", "UZ"]

PUBLISHED = {
    "both territories see both": ("QQRRQR", [1, 1, 2, 2, 1, 2], 3, BOTH),
    "one territory sees the sister": ("QQRRQR", [1, 1, 2, 2, 1, 2], 3, ["KZ"]),
}
"""By case: the channel and the run of each day, the episodes, and the territories that see the sister.

Where territories see both channels, all first runs are on one channel, and all reruns on one.
"""


def published(folder: Path, channels: str, runs: list[int], episodes: int, coverage: list[str]) -> Path:
    """One place a day on either channel; a series of some episodes with two runs."""
    series = programme("series", 30, runs=2, days_between_runs=1, episodes=episodes)
    days = [f"2026-12-{7 + day:02d}" for day in range(len(runs))]
    of = {name: [day for day, one in zip(days, channels, strict=True) if one == name] for name in "QR"}
    kazakh = [
        kz({"dates": of["Q"], "start": "19:00", "end": "19:30"}, coverage=BOTH),
        channel("R.kz", "KZ", "Asia/Almaty", {"dates": of["R"], "start": "21:00", "end": "21:30"}, coverage=coverage),
    ]
    shown = [one for one in kazakh if of[one["id"][0]]]
    write(folder, content([*shown, uz(window("05:00", "05:10"))], [series], days=len(runs)))
    return published_with_runs(folder, runs)


@pytest.mark.parametrize("lost", [None, 1, 2])
@pytest.mark.parametrize("name", PUBLISHED)
def test_only_a_run_lost_on_a_shared_channel_is_a_slip_of_later_ones(name, lost, tmp_path):
    path = published(tmp_path, *PUBLISHED[name])
    instance = load(tmp_path)
    read = read_published(instance, path)
    not_aired = [] if lost is None else [lost]
    found = replan(instance, read, frozen_until=date(2026, 12, 8 + (lost or 1)), not_aired=not_aired, params=QUICK)
    every = [weights(found, chosen) for chosen in sets(found)]
    least = min(weight for weight, _, _ in every)
    assert found.changes.weight == found.change_bound == least
    assert (least == 0) == (lost is None)
    assert found.found.change == least
    assert found.found.count_bound <= min(number for _, number, _ in every)
