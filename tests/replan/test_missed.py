"""A place that did not air: its episode comes next, and the line says whether it shifts, doubles or catches up."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.replan import read_published, replan
from scheduler.replan.params import ReplanParams
from scheduler.rules import load
from scheduler.rules.commitments import commitments_of
from scheduler.timetable import timetable_csv
from tests.builders import anchor, content, kz, programme, rows_of, window, write
from tests.planned import command
from tests.replan.cases import published_in, sets, weights

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.replan import Replan

QUICK = ReplanParams(time_limit=10.0)


def serial(how: str, day_set: str = "all", **more: Any) -> dict[str, Any]:
    """A serial with room for two episodes a day, and what else can take the room."""
    return {
        "channels": [kz(window("19:00", "20:00", start_every=60))],
        "programmes": [programme("series", 30, episodes=9, appeal=1.5)],
        "placement": [{"as": "strand", "day_sets": [day_set], "missed_episode": how}],
        "days": 4,
        **more,
    }


def shown(one: Replan) -> list[tuple[int, int]]:
    """(day of the month, episode) of every airing."""
    timetable = one.timetable
    moments = [one.instance.timeline.moment(start) for start in timetable.start.tolist()]
    days = [moment.astimezone(UTC).day for moment in moments]
    every = zip(days, timetable.episode.tolist(), timetable.anchor.tolist(), strict=True)
    return [(day, episode) for day, episode, fixed in every if not fixed]


def replanned(folder: Path, path: Path, **more: Any) -> Replan:
    instance = load(folder)
    return replan(instance, read_published(instance, path), params=QUICK, **more)


@pytest.mark.parametrize(
    ("how", "days", "expected"),
    [
        ("shift", "all", [(7, 1), (9, 3), (10, 2), (11, 4), (12, 5), (13, 6)]),
        ("double", "all", [(7, 1), (9, 3), (10, 2), (10, 4), (11, 5), (12, 6), (13, 7)]),
        ("catch_up", "all", [(7, 1), (9, 3), (10, 2), (11, 4), (12, 5), (12, 6), (13, 7)]),
        ("catch_up", "mon-fri", [(7, 1), (9, 3), (10, 2), (11, 4), (12, 5)]),
    ],
)
def test_an_episode_that_did_not_air_in_the_freeze(tmp_path, how, days, expected):
    path = published_in(tmp_path / "before", serial(how, days, days=7))
    found = replanned(tmp_path / "before", path, frozen_until=date(2026, 12, 10), not_aired=[1])
    assert shown(found) == expected
    assert not found.checked.hard_missed
    assert found.changes.weight == found.change_bound


@pytest.mark.parametrize("how", ["shift", "double"])
def test_the_least_change_is_that_of_all_timetables(tmp_path, how):
    spec = serial(how)
    path = published_in(tmp_path / "before", spec)
    event = anchor("event", "Q.kz", "19:00", "20:00", date="2026-12-08")
    write(tmp_path / "after", content(**{**spec, "anchors": [event]}))
    found = replanned(tmp_path / "after", path)
    double = how == "double"
    assert shown(found) == [(7, 1), (9, 2), *([(9, 3)] if double else []), (10, 3 + double)]
    every = [weights(found, chosen)[0] for chosen in sets(found)]
    assert found.changes.weight == found.change_bound == min(every) > 0


def test_what_did_not_air_today_is_recorded_and_its_time_stays_unused(tmp_path):
    path = published_in(tmp_path / "before", serial("shift"))
    moment = datetime(2026, 12, 8, 14, 30, tzinfo=UTC)  # 19:30 on the channel's clock
    found = replanned(tmp_path / "before", path, frozen_until=moment, not_aired=[1])
    assert shown(found) == [(7, 1), (9, 2), (10, 3)]
    assert [row.episode for row in found.frozen.unaired] == [2]
    assert found.changes.weight >= found.change_bound > 0
    assert not found.checked.hard_missed


def test_the_answer_and_its_history_pass_the_check_and_a_second_replan(tmp_path):
    path = published_in(tmp_path / "plan", serial("double"))
    folder, out = tmp_path / "plan", tmp_path / "out"
    plan = read_published(load(folder), path).timetable
    name = f"Q.kz/{plan.instance.timeline.moment(int(plan.start[1])):%Y%m%dT%H%MZ}"
    given = ("--published", path, "--frozen-until", "2026-12-09", "--not-aired", name, "--out", out)
    code, said = command("replan", folder, *given)
    assert code == 0, said
    assert "records 1 airing that did not or will not air" in said
    assert command("check", folder, out / "timetable.csv")[0] == 1
    shutil.copy(out / "history.csv", folder / "history.csv")
    code, said = command("check", folder, out / "timetable.csv")
    assert code == 0, said
    instance = load(folder)
    again = replan(
        instance, read_published(instance, out / "timetable.csv"), frozen_until=date(2026, 12, 9), params=QUICK
    )
    assert again.number == 0
    assert timetable_csv(again.timetable) == (out / "timetable.csv").read_text(encoding="utf-8")


def test_history_keeps_its_rows_as_they_are_written(tmp_path):
    before = {"channel": "Q.kz", "start_utc": "2026-12-06T14:00Z", "duration_min": 30, "programme": "series",
              "episode": 1, "run": "first", "version_language": "kaz", "version_kind": "original"}  # fmt: skip
    path = published_in(tmp_path / "plan", serial("shift", history=[before]))
    plan = read_published(load(tmp_path / "plan"), path).timetable
    name = f"Q.kz/{plan.instance.timeline.moment(int(np.sort(plan.start)[0])):%Y%m%dT%H%MZ}"
    given = ("--published", path, "--frozen-until", "2026-12-08", "--not-aired", name, "--out", tmp_path / "out")
    assert command("replan", tmp_path / "plan", *given)[0] == 0
    rows = rows_of(tmp_path / "out" / "history.csv")
    assert [(row["start_utc"], row["episode"], row["status"]) for row in rows] == [
        ("2026-12-06T14:00Z", "1", ""),
        ("2026-12-07T14:00Z", "2", "not_aired"),
    ]


def test_series_continue_after_the_horizon_as_the_changed_plan_leaves_them(tmp_path):
    """An event takes Tuesday, so one episode less has aired at the end; the slot stays."""
    spec = serial("shift")
    path = published_in(tmp_path / "before", spec)
    event = anchor("event", "Q.kz", "19:00", "20:00", date="2026-12-08")
    write(tmp_path / "after", content(**{**spec, "anchors": [event]}))
    code, said = command("replan", tmp_path / "after", "--published", path, "--out", tmp_path / "out")
    assert code == 0, said
    plan = read_published(load(tmp_path / "before"), path).timetable
    (before,) = commitments_of(plan)
    (line,) = rows_of(tmp_path / "out" / "commitments.csv")
    assert (line["programme"], line["start"], line["days"]) == ("series", "19:00", "all")
    assert int(line["next_episode"]) == before.next_episode - 1
