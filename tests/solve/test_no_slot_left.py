"""Series that have no slot left: all their airings are 0, and the certificate's program does not have them."""

from __future__ import annotations

import pytest

from scheduler.solve import Settings, solve
from tests.builders import aired, build, kz, programme, window

STRAND = [{"as": "strand", "day_sets": ["all"]}]
SERIES = programme("s", 30, episodes=9, appeal=3)


@pytest.mark.parametrize(
    ("series", "history", "placement"),
    [
        ({**SERIES, "rights_to": "2026-12-10"}, [], STRAND),
        (SERIES, [aired("Q.kz", "2026-12-03T14:00Z", "s", 30)], [{"as": "weekly"}]),
    ],
    ids=["the rights end before the last episode", "its weekday has no window"],
)
@pytest.mark.parametrize("strategy", ["exact", "scale"])
def test_a_series_without_a_slot_is_not_placed(tmp_path, series, history, placement, strategy):
    channel = kz(window("19:00", "19:30", "mon-tue"))
    film = programme("film", 30, genre="film", appeal=2, placement="free")
    instance = build(tmp_path, [channel], [series, film], days=2, placement=placement, history=history)
    answer = solve(instance, Settings(strategy=strategy, time_limit=10, workers=1))
    assert answer.timetable is not None
    assert [instance.programmes[answer.timetable.programme[at]].programme for at in answer.timetable.planned] == [
        "film"
    ]
    assert answer.search.bound == answer.search.best.value
