"""A lock off the slot of its series, in days that do not change any more."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler.replan import read_published, replan
from scheduler.replan.params import ReplanParams
from scheduler.rules import load
from tests.builders import kz, programme, window
from tests.replan.cases import published_in

QUICK = ReplanParams(time_limit=20.0)
SERIES = programme("s", 30, episodes=6, repeat_within_hours=30, appeal=2)
FOLLOWERS = [{"omnibus": "fri", "start": "10:00"}, {"after_days": 1, "start": "10:00"}]


@pytest.mark.parametrize("until", [date(2026, 12, 8), date(2026, 12, 9), date(2026, 12, 10)])
def test_the_series_keeps_its_slot_and_its_repeats(until, tmp_path):
    spec = {
        "channels": [kz(window("10:00", "11:00"), window("19:00", "20:30"))],
        "programmes": [SERIES],
        "locks": [{"channel": "Q.kz", "start_utc": "2026-12-07T14:00Z", "programme": "s", "run": "first"}],
        "placement": [{"as": "strand", "day_sets": ["all", "tue-thu"], "followers": FOLLOWERS}],
        "days": 5,
    }
    path = published_in(tmp_path, spec)
    instance = load(tmp_path)
    published = read_published(instance, path)
    assert published.timetable.planned.sum() > 5
    answer = replan(instance, published, frozen_until=until, params=QUICK)
    assert not answer.checked.hard_missed
    assert answer.number == 0
