"""A freeze to the minute: what starts before the moment stays, nothing else starts before it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.replan import NotFrozenError, read_published, replan
from scheduler.replan.freeze import is_frozen, last_frozen_days
from scheduler.replan.params import ReplanParams
from scheduler.rules import load
from tests.builders import anchor, content, kz, programme, window, write
from tests.replan.cases import AFTER, BEFORE, DOCUMENTARY, FILM, LEAST, published_in

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.replan import Replan

QUICK = ReplanParams(time_limit=10.0)
NOON = datetime(2026, 12, 7, 14, 30, tzinfo=UTC)  # 19:30 on the channel's clock, in the middle of the window

EVENING: dict[str, Any] = {
    "channels": [kz(window("19:00", "21:00"))],
    "programmes": [FILM, DOCUMENTARY, programme("spare", 30, genre="film", appeal=0.2)],
    "rules": [{**LEAST, "least_count": 4}],
    "days": 1,
}


def replanned(folder: Path, path: Path, **more: Any) -> Replan:
    instance = load(folder)
    return replan(instance, read_published(instance, path), params=QUICK, **more)


def starts(one: Replan) -> set[tuple[int, str]]:
    timetable = one.timetable
    return {
        (start, one.instance.programmes[number].programme)
        for start, number, fixed in zip(
            timetable.start.tolist(), timetable.programme.tolist(), timetable.anchor.tolist(), strict=True
        )
        if not fixed
    }


@pytest.mark.parametrize("case", BEFORE)
def test_what_starts_before_the_moment_is_as_it_was_published(tmp_path, case):
    path = published_in(tmp_path / "before", BEFORE[case])
    write(tmp_path / "after", content(**{**BEFORE[case], **AFTER[case]}))
    found = replanned(tmp_path / "after", path, frozen_until=NOON)
    plan = found.published.timetable
    minute = found.instance.timeline.minute_of(NOON)
    before = {
        (start, found.instance.programmes[number].programme)
        for start, number in zip(plan.start.tolist(), plan.programme.tolist(), strict=True)
        if start < minute
    }
    assert {one for one in starts(found) if one[0] < minute} == before
    assert len(found.held) == len(before)


def test_the_past_minutes_of_a_day_stay_unused(tmp_path):
    """A film is withdrawn that should have aired first: its time is over, and nothing takes it."""
    path = published_in(tmp_path / "before", EVENING)
    plan = read_published(load(tmp_path / "before"), path).timetable
    first = plan.start.min()
    gone = load(tmp_path / "before").programmes[int(plan.programme[np.argmin(plan.start)])].programme
    left = [one for one in EVENING["programmes"] if one["programme"] != gone]
    write(tmp_path / "after", content(**{**EVENING, "programmes": [*left, programme("new", 30, episodes=9, appeal=9)]}))
    whole = replanned(tmp_path / "after", path)
    found = replanned(tmp_path / "after", path, frozen_until=NOON)
    minute = found.instance.timeline.minute_of(NOON)
    assert first < minute
    assert min(start for start, _ in starts(found)) >= minute
    spent = replan(
        load(tmp_path / "after"), found.published, frozen_until=NOON,
        params=ReplanParams(time_limit=10.0, change_budget=10_000),
    )  # fmt: skip
    assert min(start for start, _ in starts(spent)) >= minute
    assert whole.changes.weight <= found.changes.weight


@pytest.mark.parametrize("case", BEFORE)
def test_the_least_change_is_that_of_all_timetables_that_keep_the_past(tmp_path, case):
    path = published_in(tmp_path / "before", BEFORE[case])
    write(tmp_path / "after", content(**{**BEFORE[case], **AFTER[case]}))
    found = replanned(tmp_path / "after", path, frozen_until=NOON)
    minute = found.instance.timeline.minute_of(NOON)
    formulation, airings = found.formulation, found.airings
    early = (airings.start_minute < minute) & ~airings.past
    kept = found.chosen & early
    least = formulation.hard_miss(formulation.misses(formulation.point(found.chosen)))
    free = np.flatnonzero(~early & ~airings.past)
    mine = weight_of(found, found.chosen)
    for size in range(min(len(free), 7) + 1):
        for picked in combinations(free.tolist(), size):
            chosen = airings.past | kept
            chosen[list(picked)] = True
            point = formulation.point(chosen)
            if formulation.is_admissible(point):
                miss = formulation.hard_miss(formulation.misses(point))
                assert miss >= least
                assert miss > least or weight_of(found, chosen) >= mine


def weight_of(one: Replan, chosen: np.ndarray) -> int:
    """The weighted change of a choice, recounted from its timetable."""
    from scheduler.replan.answer import _recount, _whole
    from scheduler.replan.changes import places_in
    from scheduler.replan.stated import steps_of
    from scheduler.timetable import timetable_of

    plan, instance = one.published.timetable, one.instance
    whole = _whole(instance, plan, one.frozen, timetable_of(one.airings, chosen))
    at = np.array(sorted(entry.old for entry in one.changes.entries if entry.old >= 0), dtype=np.int64)
    none = np.zeros(len(plan), dtype=bool)
    old = places_in(instance, plan, at, one.airings.day_of(plan.channel[at], plan.start[at]), none[at])
    now = steps_of(instance, one.frozen)
    return _recount(instance, plan, at, old, whole, one.frozen, one.airings, none, now).weight


def test_a_moment_at_the_start_of_a_day_is_that_date(tmp_path):
    path = published_in(tmp_path / "before", BEFORE["a strand loses a day"])
    instance = load(tmp_path / "before")
    plan = read_published(instance, path).timetable
    begins = datetime(2026, 12, 8, 0, 0, tzinfo=UTC)  # 05:00 on the channel's clock
    assert last_frozen_days(instance, begins).tolist() == last_frozen_days(instance, date(2026, 12, 8)).tolist()
    assert is_frozen(instance, plan, begins).tolist() == is_frozen(instance, plan, date(2026, 12, 8)).tolist()
    at = int(np.count_nonzero(is_frozen(instance, plan, begins)))
    third = instance.timeline.moment(int(np.sort(plan.start)[at]))
    assert int(is_frozen(instance, plan, third).sum()) == at
    assert int(is_frozen(instance, plan, third + timedelta(minutes=1)).sum()) == at + 1
    assert not is_frozen(instance, plan, None).any()


def test_an_airing_that_the_news_makes_impossible_is_no_longer_held(tmp_path):
    path = published_in(tmp_path / "before", EVENING)
    write(
        tmp_path / "after",
        content(**{**EVENING, "anchors": [anchor("event", "Q.kz", "19:00", "19:30", date="2026-12-07")]}),
    )
    found = replanned(tmp_path / "after", path, frozen_until=NOON)
    assert len(found.held) == 0
    assert found.changes.number > 0


def test_what_is_still_to_come_has_not_failed_to_air(tmp_path):
    path = published_in(tmp_path / "before", EVENING)
    plan = read_published(load(tmp_path / "before"), path).timetable
    late = int(np.argmax(plan.start))
    with pytest.raises(NotFrozenError):
        replanned(tmp_path / "before", path, frozen_until=NOON, not_aired=[late])
