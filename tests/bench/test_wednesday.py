"""The news of Wednesday is as the measurement describes it, and nothing before Wednesday changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from scheduler.bench.wednesday import EVENT, Limits, main, news, row
from scheduler.generate import generate, suite
from scheduler.replan import read_published
from scheduler.rules import load
from scheduler.solve import Settings, solve
from scheduler.timetable import timetable_csv

LIMITS = Limits(solve=5.0, replan=10.0)


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    folder = tmp_path_factory.mktemp("week")
    generate(folder, suite("smoke").options_at(0.7).model_copy(update={"days": 7}), 1)
    answer = solve(load(folder), Settings(time_limit=LIMITS.solve))
    assert answer.timetable is not None
    path = folder / "published.csv"
    path.write_text(timetable_csv(answer.timetable), encoding="utf-8")
    return folder, path


def test_the_news_withdraws_a_series_and_puts_an_event_in_place_of_anchors(week):
    folder, path = week
    instance = load(folder)
    plan = read_published(instance, path).timetable
    told = news(instance, plan)
    changed = [
        (before.programme, after.rights_to)
        for before, after in zip(instance.programmes, told.after.programmes, strict=True)
        if before != after
    ]
    wednesday = told.frozen_until
    assert wednesday.weekday() == 2
    assert changed == [(told.withdrawn, wednesday)]
    event = next(anchor for anchor in told.after.anchors if anchor.anchor == "wednesday.event")
    assert (event.channel, event.date, event.start, event.end) == (told.event_on, date(2026, 12, 11), *EVENT)
    for anchor in told.after.anchors:
        if (
            anchor.channel == told.event_on
            and anchor is not event
            and (anchor.date == event.date or (anchor.days and "fri" in anchor.days))
        ):
            assert anchor.end <= EVENT[0] or anchor.start >= EVENT[1]
    (missed,) = told.not_aired
    zone = instance.channels[int(plan.channel[missed])].zone
    assert instance.timeline.clock(zone).day[plan.start[missed]] - instance.timeline.planned_from == 1
    assert instance.programmes[int(plan.programme[missed])].programme != told.withdrawn


def test_the_replan_touches_nothing_before_wednesday(week):
    folder, path = week
    _, found = row(load(folder), path, LIMITS)
    assert found.touched == 0
    assert found.change_bound <= found.change
    assert 0 < found.number_bound <= found.number


def test_an_anchor_keeps_what_lies_outside_the_event(week):
    folder, path = week
    instance = load(folder)
    plan = read_published(instance, path).timetable
    channel = news(instance, plan).event_on
    owner = instance.channels[instance.channel_index[channel]]
    for start, end, parts in (
        (1080, 1170, [(1080, 1140)]),
        (1200, 1290, [(1260, 1290)]),
        (1110, 1290, [(1110, 1140), (1260, 1290)]),
    ):
        one = (
            news(instance, plan)
            .after.anchors[-1]
            .model_copy(
                update={
                    "anchor": "own",
                    "channel": owner.id,
                    "start": start,
                    "end": end,
                    "date": None,
                    "days": frozenset({"thu", "fri"}),
                }
            )
        )
        after = news(replace(instance, anchors=(*instance.anchors, one)), plan).after.anchors
        mine = [anchor for anchor in after if anchor.anchor.startswith("own")]
        assert [(a.start, a.end) for a in mine if a.date is not None] == parts
        assert [a.days for a in mine if a.date is None] == [frozenset({"thu"})]


def test_it_prints_both_bounds_and_the_time(week, capsys):
    folder, path = week
    assert main(folder, path, limits=LIMITS) == 0
    said = capsys.readouterr().out
    for words in ("weighted change", "bound", "s wall", "s of CPU", "frozen airings touched: 0"):
        assert words in said


def test_a_horizon_without_such_a_week_is_refused(tmp_path):
    generate(tmp_path, suite("smoke").options_at(0.7).model_copy(update={"days": 3}), 1)
    instance = load(tmp_path)
    (tmp_path / "none.csv").write_text(
        "channel,start_utc,duration_min,programme,episode,run,version_language,version_kind\n"
    )
    with pytest.raises(ValueError, match="Tuesday to Friday"):
        news(instance, read_published(instance, tmp_path / "none.csv").timetable)
