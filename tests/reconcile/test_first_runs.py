"""First runs of what has aired, by the territories that see a channel."""

from __future__ import annotations

import pandas as pd
import pytest

from scheduler.reconcile.written import _first_runs
from tests.builders import aired, build, channel, kz, programme, uz, window

EVENING = window("19:00", "21:00")
BOTH = channel("B.kz", "KZ", "Asia/Almaty", EVENING, coverage=["KZ", "UZ"])


def lines(instance, *rows):
    columns = ("channel", "minute", "identity", "aired_episode", "anchor")
    begin = instance.timeline.planned_from * 1440
    found = [
        (instance.channel_index[name], begin + at * 60, "series", episode, False)
        for at, (name, episode) in enumerate(rows)
    ]
    return pd.DataFrame(found, columns=list(columns))


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ([("B.kz", 1), ("O.uz", 1)], [True, False]),
        ([("O.uz", 1), ("Q.kz", 1), ("B.kz", 1)], [True, True, False]),
        ([("Q.kz", 1), ("O.uz", 1)], [True, True]),
        ([("B.kz", 1), ("B.kz", 2), ("O.uz", 2)], [True, True, False]),
    ],
)
def test_an_airing_is_a_run_in_each_territory_that_sees_its_channel(rows, first, tmp_path):
    instance = build(tmp_path, [kz(EVENING), uz(EVENING), BOTH], [programme("series", 30, episodes=9)])
    assert _first_runs(instance, lines(instance, *rows)) == first


def test_history_counts_in_each_territory_that_saw_it(tmp_path):
    past = aired("B.kz", "2026-12-06T14:00Z", "series", 30)
    series = programme("series", 30, episodes=9)
    instance = build(tmp_path, [kz(EVENING), uz(EVENING), BOTH], [series], history=[past])
    assert _first_runs(instance, lines(instance, ("O.uz", 1), ("Q.kz", 1), ("O.uz", 2))) == [False, False, True]
