"""The figures of regularity and when series end, counted by hand on small timetables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.rules import rules_of
from scheduler.timetable import Regularity, Runway, regularity, runway, timetable_of
from tests.builders import aired, build, channel, kz, programme, window

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
    assert figures(tmp_path, days) == Regularity(1, 5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)


def test_a_series_on_two_channels_at_changing_times_is_not(tmp_path):
    starts = [
        ("Q.kz", "2026-12-07T19:00"),
        ("Q.kz", "2026-12-08T19:30"),  # not in one slot with 19:00
        ("R.kz", "2026-12-09T19:00"),
        ("Q.kz", "2026-12-10T20:30"),
        ("Q.kz", "2026-12-14T19:20"),  # in one slot with 19:30: a quarter of an hour is allowed, twenty minutes are not
    ]
    assert figures(tmp_path, starts) == Regularity(1, 5, 0.0, round(2 / 4, 4), 2 / 5, 0.0, 1.0, 1.0)


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


def test_a_series_in_two_versions_is_reported(tmp_path):
    dubbed = programme("s", 30, episodes=20, versions="uzb:original;kaz:dubbed;rus:dubbed")
    instance = build(tmp_path, [kz(window("19:00", "21:00"))], [dubbed], days=7, grid=30)
    airings = build_airings(instance, rules_of(instance))
    shown = []
    for day, version in ((0, 1), (1, 2)):
        mine = (airings.broadcast_day == day) & (airings.content == version)
        shown.append(int(np.flatnonzero(mine & (airings.run == 1))[0]))
    chosen = np.zeros(len(airings), dtype=bool)
    chosen[shown] = True
    assert regularity(timetable_of(airings, chosen)).one_version == 0.0
    chosen[shown[1]] = False
    assert regularity(timetable_of(airings, chosen)).one_version == 1.0


def test_a_series_with_a_missing_episode_has_a_hole(tmp_path):
    instance = build(tmp_path, [kz(window("19:00", "21:00"))], [programme("s", 30, episodes=20)], days=7, grid=30)
    airings = build_airings(instance, rules_of(instance))
    chosen = np.zeros(len(airings), dtype=bool)
    for day in (0, 1, 2):
        chosen[np.flatnonzero((airings.broadcast_day == day) & (airings.run == 1))[0]] = True
    whole = timetable_of(airings, chosen)
    assert regularity(whole).no_hole == 1.0
    assert regularity(replace(whole, episode=np.array([1, 2, 4]))).no_hole == 0.0


def test_a_series_ends_where_its_episodes_do_and_the_next_one_follows_in_its_slot(tmp_path):
    series = [programme("s", 30, episodes=3), programme("t", 30, episodes=7), programme("u", 30, episodes=9)]
    placed = [{"as": "strand", "day_sets": ["mon-wed"]}]
    instance = build(tmp_path, [kz(window("19:00", "21:00"))], series, days=14, grid=30, placement=placed)
    airings = build_airings(instance, rules_of(instance))
    chosen = np.zeros(len(airings), dtype=bool)
    for number, first, clock in ((0, 0, 14 * 60), (1, 7, 14 * 60), (2, 7, 15 * 60)):
        for day in range(first, first + 3):
            at = (airings.programme == number) & (airings.broadcast_day == day) & (airings.run == 1)
            at &= airings.start_minute % 1440 == clock
            assert at.sum() == 1
            chosen |= at
    found = {one.programme: one for one in runway(timetable_of(airings, chosen))}
    days = (0, 1, 2)
    assert found["s"] == Runway("s", "KZ", "Q.kz", "19:00", days, 3, 3, date(2026, 12, 9), "t")
    assert found["t"] == Runway("t", "KZ", "Q.kz", "19:00", days, 3, 7, date(2026, 12, 28), None)
    assert found["u"].successor is None
    assert found["u"].ends == date(2026, 12, 30)


def test_a_series_ends_on_the_weekdays_before_a_short_horizon_too(tmp_path):
    """Monday to Friday, five of twelve aired: three are planned until Wednesday, the others end next Tuesday."""
    past = [
        aired("Q.kz", f"2026-{day}T14:00Z", "s", 30, episode=episode)
        for episode, day in enumerate(("11-30", "12-01", "12-02", "12-03", "12-04"), start=1)
    ]
    placed = [{"as": "strand", "day_sets": ["mon-fri"]}]
    series = [programme("s", 30, episodes=12)]
    instance = build(tmp_path, [kz(window("19:00", "19:30"))], series, days=3, placement=placed, history=past)
    airings = build_airings(instance, rules_of(instance))
    (found,) = runway(timetable_of(airings, airings.run == 1))
    assert (found.weekdays, found.last_episode, found.ends) == ((0, 1, 2, 3, 4), 8, date(2026, 12, 15))


def test_where_nothing_is_placed_no_series_has_a_slot_to_end_in(tmp_path):
    instance = build(tmp_path, [kz(window("19:00", "21:00"))], [programme("s", 30, episodes=20)], days=7, grid=30)
    airings = build_airings(instance, rules_of(instance))
    chosen = np.zeros(len(airings), dtype=bool)
    chosen[0] = True
    assert runway(timetable_of(airings, chosen)) == ()


@pytest.mark.parametrize(
    ("past", "channel_", "kept"),
    [("14:00", "Q.kz", 1.0), ("14:15", "Q.kz", 1.0), ("14:30", "Q.kz", 0.0), ("14:00", "R.kz", 0.0), (None, "", None)],
)
def test_a_series_keeps_the_slot_of_the_week_before(tmp_path, past, channel_, kept):
    """At 19:00 on Monday and Tuesday (UTC+5), and on the Thursday before as history.csv says."""
    history = [] if past is None else [aired(channel_, f"2026-12-03T{past}Z", "s", 30)]
    starts = [("Q.kz", "2026-12-07T19:00"), ("Q.kz", "2026-12-08T19:00")]
    assert figures(tmp_path, starts, placement=[{"as": "strand"}], history=history, days=7).slot_kept == kept


def test_a_horizon_that_begins_in_the_middle_of_a_week_has_no_step_in_it(tmp_path):
    """Monday has aired, Wednesday and the next Monday are planned: one step, from this week to the next."""
    history = [aired("Q.kz", "2026-12-07T15:00Z", "s", 30)]
    starts = [("Q.kz", "2026-12-09T19:00"), ("Q.kz", "2026-12-14T19:00")]
    given = {"placement": [{"as": "strand"}], "history": history, "start": "2026-12-09"}
    assert figures(tmp_path, starts, **given).slot_kept == 1.0


def at_starts(folder: Path, starts: dict[str, list[str]], *, days: int, **more: Any) -> dict[str, Runway]:
    """The runway of a timetable with first runs of titles at 12-07T19:00 and so on, on one channel of Almaty."""
    names = [programme(name, 30, episodes=len(starts[name]) + 2) for name in starts]
    placed = [{"as": "strand", "slot_change_price": 5}]
    instance = build(folder, [kz(window("19:00", "21:00"))], names, days=days, placement=placed, **more)
    airings = build_airings(instance, rules_of(instance))
    chosen = np.zeros(len(airings), dtype=bool)
    for name, of_title in starts.items():
        minutes = [instance.timeline.minute_of(datetime.fromisoformat(f"2026-{one}+05:00")) for one in of_title]
        mine = airings.programme == instance.programme_index[name]
        chosen |= mine & np.isin(airings.start_minute, minutes) & (airings.run == 1)
    return {one.programme: one for one in runway(timetable_of(airings, chosen))}


def test_after_a_change_of_slot_the_runway_has_the_later_slot_and_what_follows_there(tmp_path):
    """Five places at 19:00 in the first week, three at 20:00 from the Monday on; t begins there."""
    first = [f"12-{day:02}T19:00" for day in range(7, 12)]
    starts = {"s": [*first, *(f"12-{day}T20:00" for day in (14, 15, 16))], "t": ["12-17T20:00", "12-18T20:00"]}
    found = at_starts(tmp_path, starts, days=12)
    assert (found["s"].start, found["s"].successor) == ("20:00", "t")


def test_a_lock_off_the_slot_is_no_weekday_of_the_runway(tmp_path):
    """Monday to Friday, and an exception on Saturday: of the two episodes left the last one airs on Tuesday."""
    starts = {"s": [*(f"12-{day:02}T19:00" for day in range(7, 12)), "12-12T20:30"]}
    lock = {"channel": "Q.kz", "start_utc": "2026-12-12T15:30Z", "programme": "s"}
    found = at_starts(tmp_path, starts, days=7, locks=[lock])["s"]
    assert (found.start, found.weekdays, found.ends) == ("19:00", (0, 1, 2, 3, 4), date(2026, 12, 15))
