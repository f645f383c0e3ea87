"""The four figures of regularity, counted by hand on small timetables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.airings import build_airings
from scheduler.rules import rules_of
from scheduler.timetable import Regularity, regularity, timetable_of
from tests.builders import build, channel, kz, programme, window

if TYPE_CHECKING:
    from pathlib import Path

SISTER = channel("R.kz", "KZ", "Asia/Almaty", window("19:00", "21:00"))


def figures(folder: Path, starts: list[tuple[str, str]], **more: Any) -> Regularity:
    """The figures of a timetable with one series at (channel, local start such as 2026-12-07T19:00)."""
    given = {"days": 14, "grid": 5, **more}
    instance = build(folder, [kz(window("19:00", "21:00")), SISTER], [programme("s", 30, episodes=20)], **given)
    airings = build_airings(instance, rules_of(instance))
    chosen = np.zeros(len(airings), dtype=bool)
    for name, local in starts:
        utc = instance.timeline.minute_of(
            np.datetime64(f"{local}").item().replace(tzinfo=instance.timeline.origin.tzinfo)
        )
        here = (airings.channel == instance.channel_index[name]) & (airings.start_minute == utc - 5 * 60)
        assert here.sum() == 1
        chosen |= here
    return regularity(timetable_of(airings, chosen))


def test_a_strand_is_regular(tmp_path):
    days = [("Q.kz", f"2026-12-{day:02d}T19:30") for day in (7, 8, 9, 14, 15)]
    assert figures(tmp_path, days) == Regularity(1, 5, 1.0, 1.0, 1.0, 1.0)


def test_a_series_on_two_channels_at_changing_times_is_not(tmp_path):
    starts = [
        ("Q.kz", "2026-12-07T19:00"),
        ("Q.kz", "2026-12-08T19:30"),  # in one slot with 19:00
        ("R.kz", "2026-12-09T19:00"),
        ("Q.kz", "2026-12-10T20:30"),
        ("Q.kz", "2026-12-14T19:20"),  # a quarter of an hour is allowed, twenty minutes are not
    ]
    assert figures(tmp_path, starts) == Regularity(1, 5, 0.0, round(2 / 4, 4), 3 / 5, 0.0)


def test_a_start_may_be_a_quarter_of_an_hour_off_next_week(tmp_path):
    assert figures(tmp_path, [("Q.kz", "2026-12-07T19:00"), ("Q.kz", "2026-12-14T19:15")]).slot_kept == 1.0


def test_where_nothing_is_placed_titles_of_three_episodes_are_series(tmp_path):
    starts = [("Q.kz", "2026-12-07T19:00"), ("R.kz", "2026-12-08T19:00")]
    placed = [{"select": {"genre": "film"}, "as": "strand"}]
    assert figures(tmp_path / "none", starts).series == 1
    assert figures(tmp_path / "free", starts, placement=[{"as": "free"}]).series == 1
    instance = figures(tmp_path / "drama", starts[:1], placement=[{"as": "weekly"}])
    assert (instance.series, instance.one_channel) == (1, 1.0)
    assert figures(tmp_path / "film", starts, placement=placed).series == 1


def test_nothing_on_air_has_no_figures(tmp_path):
    assert figures(tmp_path, []) == Regularity(0, 0, None, None, None, None)
