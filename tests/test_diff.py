"""Two timetables side by side: what was moved, added and dropped, and in what the second is worse."""

import numpy as np
import pytest

from scheduler.diff import changed_airings, compare
from scheduler.rules import load
from scheduler.timetable import build_timetable
from tests.builders import content, kz, programme, uz, window, write


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    spec = content(
        [kz(window("18:00", "21:00")), uz(window("18:00", "21:00"))],
        [programme("p", 30, episodes=9, runs=9), programme("q", 60, episodes=9, runs=9)],
        rules=[
            {"type": "quota", "id": "some", "channels": ["Q.kz"], "select": {"programme": ["p"]}, "least_minutes": 30}
        ],
    )
    return load(write(tmp_path_factory.mktemp("diff") / "i", spec))


def table(instance, *airings):
    """(channel, hour on the clock of UTC+5, programme, episode, first) of each airing."""
    zero = instance.timeline.minute_of(instance.timeline.origin) + 2 * 1440 - 300
    rows = [(c, zero + int(hour * 60), (30, 60)[p], p, e, first) for c, hour, p, e, first in airings]
    channel, start, minutes, content_, episode, first = (list(column) for column in zip(*rows, strict=True))
    whole = [np.array(column, dtype=np.int64) for column in (channel, start, minutes, content_, episode)]
    flags = np.array(first, dtype=bool)
    return build_timetable(instance, *whole, flags, np.zeros(len(rows), dtype=bool))


def words(before, after):
    frame = changed_airings(before, after)
    return sorted(zip(frame["change"], frame["programme"], strict=True))


def test_nothing_changed(instance):
    one = table(instance, (0, 18, 0, 1, True), (1, 19, 1, 1, True))
    assert words(one, one) == []
    assert not any(compare(one, one).worse().values())


def test_moved_added_dropped_and_altered(instance):
    before = table(instance, (0, 18, 0, 1, True), (0, 19, 1, 1, True), (1, 18, 0, 1, True))
    after = table(instance, (0, 18, 0, 2, True), (0, 20, 1, 1, True), (1, 19, 1, 2, True))
    assert words(before, after) == [("added", "q"), ("altered", "p"), ("dropped", "p"), ("moved", "q")]
    moved = changed_airings(before, after).set_index("change").loc["moved"]
    assert (moved["start_before"], moved["start_after"]) == ("2026-12-07T19:00", "2026-12-07T20:00")
    assert "start_local" in moved["what"]


def test_worse_is_said_by_what(instance):
    before = table(instance, (0, 18, 0, 1, True), (1, 19, 1, 1, True))
    after = table(instance, (1, 19, 1, 1, True), (1, 18, 0, 1, True))
    worse = compare(before, after).worse()
    assert worse["hard"]
    assert worse["changes"]
    assert not worse["parity"]
    assert not compare(after, before).worse()["hard"]
