"""Properties of any replan over drawn tiny instances with series in slots, blocks and missed episodes."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.replan import read_published, replan
from scheduler.replan.params import ReplanParams
from scheduler.rules import load
from scheduler.timetable import timetable_csv
from tests.builders import anchor, content, kz, programme, window, write
from tests.replan.cases import published_in

if TYPE_CHECKING:
    from scheduler.replan import Replan

DRAWN = settings(max_examples=4, deadline=None, derandomize=True, database=None)
QUICK = ReplanParams(time_limit=10.0)
FIRST = date(2026, 12, 7)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], int]:
    """An instance before the news, what the news changes, and the number of frozen days."""
    days = draw(st.integers(2, 3))
    kind = draw(st.sampled_from(["strand", "block", "followers", "films"]))
    missed = draw(st.sampled_from(["shift", "double", "catch_up"]))
    series = programme("series", 30, episodes=draw(st.integers(2, 5)), appeal=1.5)
    film = programme("film", 30, genre="film", appeal=draw(st.sampled_from([0.6, 2.0])))
    spec: dict[str, Any] = {"channels": [kz(window("19:00", "20:00"))], "programmes": [series, film], "days": days}
    line: dict[str, Any] = {"select": {"episodes_over": 1}, "as": "strand", "day_sets": ["all"]}
    if kind == "strand":
        spec["placement"] = [{**line, "missed_episode": missed}]
    if kind == "block":
        spec["placement"] = [{**line, "episodes_per_place": 2}]
    if kind == "followers":
        windows = window("10:00", "10:30"), window("19:00", "19:30")
        spec["channels"] = [kz(*windows)]
        spec["programmes"] = [{**series, "repeat_within_hours": 48}, film]
        spec["placement"] = [{**line, "followers": [{"after_days": 1, "start": "10:00"}]}]
    news: dict[str, Any] = {}
    match draw(st.sampled_from(["event", "withdrawn", "window", "rule"])):
        case "event":
            day = FIRST + timedelta(days=draw(st.integers(0, days - 1)))
            news["anchors"] = [anchor("event", "Q.kz", "19:00", "19:30", date=day.isoformat())]
        case "withdrawn":
            last = FIRST + timedelta(days=draw(st.integers(0, days - 1)))
            shown = spec["programmes"]
            news["programmes"] = [{**shown[0], "rights_to": last.isoformat()}, *shown[1:]]
        case "window":
            news["channels"] = [kz(window("10:00", "10:30"), window("19:00", "19:30"))]
            if kind == "followers":
                news["channels"] = [kz(window("19:00", "19:30"))]
        case "rule":
            news["rules"] = [{"type": "quota", "id": "FILM", "select": {"genre": "film"}, "least_count": 1,
                              "period": "horizon"}]  # fmt: skip
    return spec, news, draw(st.integers(0, days - 1))


def replanned(folder: Path, path: Path, **more: Any) -> Replan:
    instance = load(folder)
    return replan(instance, read_published(instance, path), params=QUICK, **more)


def kept_in(folder: Path, one: Replan) -> Path:
    path = folder / "again.csv"
    path.write_text(timetable_csv(one.timetable), encoding="utf-8")
    return path


@DRAWN
@given(weeks())
def test_nothing_new_changes_nothing(drawn: tuple[dict[str, Any], dict[str, Any], int]) -> None:
    spec, _, frozen = drawn
    with tempfile.TemporaryDirectory() as at:
        path = published_in(Path(at) / "before", spec)
        same = replanned(Path(at) / "before", path, frozen_until=FIRST + timedelta(days=frozen))
        assert same.changes.weight == same.number == 0
        assert timetable_csv(same.timetable) == path.read_text(encoding="utf-8")


@DRAWN
@given(weeks())
def test_the_second_time_changes_nothing_and_freedom_costs_nothing(
    drawn: tuple[dict[str, Any], dict[str, Any], int],
) -> None:
    spec, news, frozen = drawn
    with tempfile.TemporaryDirectory() as name:
        at = Path(name)
        path = published_in(at / "before", spec)
        write(at / "after", content(**{**spec, **news}))
        free = replanned(at / "after", path)
        assert replanned(at / "after", kept_in(at, free)).number == 0
        tied = replanned(at / "after", path, frozen_until=FIRST + timedelta(days=frozen))
        assert free.found.hard_miss <= tied.found.hard_miss + 1e-6
        assert free.change_bound <= free.changes.weight


@DRAWN
@given(weeks())
def test_what_is_frozen_stays_and_keeps_its_numbers(drawn: tuple[dict[str, Any], dict[str, Any], int]) -> None:
    spec, news, frozen = drawn
    until = FIRST + timedelta(days=frozen)
    with tempfile.TemporaryDirectory() as name:
        at = Path(name)
        path = published_in(at / "before", spec)
        write(at / "after", content(**{**spec, **news}))
        found = replanned(at / "after", path, frozen_until=until)
        plan = found.published.timetable
        entries = zip(plan.channel.tolist(), plan.start.tolist(), plan.content.tolist(), plan.episode.tolist(),
                      strict=True)  # fmt: skip
        stays = [entry for entry, held in zip(entries, found.frozen.frozen.tolist(), strict=True) if held]
        whole = found.timetable
        shown = set(zip(whole.channel.tolist(), whole.start.tolist(), whole.content.tolist(), whole.episode.tolist(),
                        strict=True))  # fmt: skip
        assert set(stays) <= shown


@pytest.mark.parametrize("frozen", [0, 1, 2])
@pytest.mark.parametrize("episodes", [1, 2, 3])
@pytest.mark.parametrize("days", ["all", "mon", "mon-tue"])
def test_repeats_of_frozen_first_runs_stay(tmp_path: Path, episodes: int, frozen: int, days: str) -> None:
    """Nothing is new, so nothing changes, even if no first run is left after the freeze."""
    spec: dict[str, Any] = {
        "channels": [kz(window("10:00", "10:30"), window("19:00", "19:30"))],
        "programmes": [programme("series", 30, episodes=episodes, appeal=1.5, repeat_within_hours=48)],
        "placement": [{"as": "strand", "day_sets": [days], "followers": [{"after_days": 1, "start": "10:00"}]}],
        "days": 3,
    }
    path = published_in(tmp_path / "before", spec)
    assert "rerun" in path.read_text(encoding="utf-8")
    same = replanned(tmp_path / "before", path, frozen_until=FIRST + timedelta(days=frozen))
    assert same.changes.weight == same.number == 0
    assert timetable_csv(same.timetable) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("missed", ["shift", "double", "catch_up"])
def test_a_missed_episode_once_recorded_changes_nothing_the_second_time(tmp_path: Path, missed: str) -> None:
    spec: dict[str, Any] = {
        "channels": [kz(window("19:00", "20:00"))],
        "programmes": [programme("series", 30, episodes=9, appeal=1.5)],
        "placement": [{"as": "strand", "day_sets": ["all"], "missed_episode": missed}],
        "days": 4,
    }
    path = published_in(tmp_path / "before", spec)
    until = FIRST + timedelta(days=2)
    once = replanned(tmp_path / "before", path, frozen_until=until, not_aired=[1])
    again = replanned(tmp_path / "before", path, frozen_until=until, not_aired=[1])
    assert timetable_csv(once.timetable) == timetable_csv(again.timetable)
    assert once.changes.weight == again.changes.weight == once.change_bound
