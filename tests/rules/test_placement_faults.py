"""Faults planted in the check of series in regular slots, one at a time: the independent count disagrees with each."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from scheduler.rules import expected_days, placement, slot_sequence
from scheduler.rules.expected_days import Expected
from scheduler.rules.open_days import OpenDays
from scheduler.rules.placement import PlacementRule
from scheduler.strands import Exceptions
from tests.builders import write
from tests.recount.compare import differences
from tests.recount.mutate import CASES, text_of

if TYPE_CHECKING:
    from pathlib import Path

Plant = Callable[[pytest.MonkeyPatch], None]


class Fault(NamedTuple):
    """A planted fault, a case by its kind and name, and a timetable of it that shows the fault."""

    plant: Plant
    case: tuple[str, str]
    rows: tuple[dict[str, str], ...]
    days: int = 0  # of the horizon, if not those of the case
    window: tuple[str, str] | tuple[()] = ()  # begin and end of the first window, if not those of the case


def air(start: str, episode: int = 1, title: str = "s", *, month: str = "12-", **more: str) -> dict[str, str]:
    """A row of timetable.csv: a half hour on a day of December 2026, in UTC, 13T14:00."""
    cells = {"channel": "Q.kz", "start_utc": f"2026-{month}{start}Z", "duration_min": "30", "programme": title}
    cells |= {"episode": str(episode), "run": "first", "version_language": "kaz", "version_kind": "original"}
    return {**cells, "anchor": "", **more}


def airs(*starts: str, first: int = 1) -> tuple[dict[str, str], ...]:
    """First runs in order, from an episode on."""
    return tuple(air(start, at) for at, start in enumerate(starts, start=first))


def swapped(owner: Any, name: str, change: Callable[[Any], Any]) -> Plant:
    """Put another function in the place of one of the check."""
    return lambda patch: patch.setattr(owner, name, change(getattr(owner, name)))


def says(owner: Any, name: str, answer: Any) -> Plant:
    """Let a function of the check always answer the same."""
    return lambda patch: patch.setattr(owner, name, lambda *_, **__: answer)


def _not_late(real: Any) -> Any:
    return lambda self, slot, aired, *, going: real(self, slot, aired, going=False)


NONE = Exceptions({"first": frozenset(), "rerun": frozenset()}, {}, {})


class Everything:
    """A set of every slot."""

    def __ge__(self, other: object) -> bool:
        return True


SERIES_GOES_ON = (air("14T14:30", 2), air("15T14:30", 3), air("16T14:30", 4))
NEXT_MORNING = (air("08T05:00", 1, run="rerun"), air("09T05:00", 2, run="rerun"))
TWICE_A_DAY = (air("09T14:00", 1, run="rerun"), air("09T14:30", 2, run="rerun"))
CLOCKS = ("10-24T00:00", "10-25T01:00", "10-26T01:00")
MADE_UP = (air("07T14:00", 2), air("07T14:30", 3), air("08T14:00", 4), air("09T14:00", 5))

FAULTS: dict[str, Fault] = {
    "episodes that are left out": Fault(
        says(placement, "seen_runs", {}),
        ("placement", "over a weekend"),
        (air("11T14:00"), air("14T14:00", 3)),
    ),
    "airings off the slot": Fault(
        swapped(placement, "wrong_places", lambda real: lambda *given: (0, real(*given)[1])),
        ("placement", "daily"),
        airs("07T14:00", "08T14:00", "09T14:30"),
    ),
    "days that are missing": Fault(
        swapped(placement, "wrong_places", lambda real: lambda *given: (real(*given)[0], 0)),
        ("placement", "daily"),
        airs("07T14:00", "09T14:00"),
    ),
    "a series that goes on": Fault(says(Expected, "can_continue", False), ("placement", "goes on"), (), days=7),
    "a series that goes on too late": Fault(
        swapped(Expected, "wrong_days", _not_late), ("placement", "goes on"), SERIES_GOES_ON, days=10
    ),
    "the slot before the horizon": Fault(
        says(placement, "slots_before", {}), ("placement", "goes on"), airs("07T14:00", "08T14:00", "09T14:00", first=2)
    ),
    "the weekdays before the horizon": Fault(
        swapped(expected_days, "day_sets_kept", lambda real: lambda sets, before: sets),
        ("placement", "goes on, on its weekdays"),
        airs("07T14:00", "08T14:00", "09T14:00", first=5),
    ),
    "locks that are exceptions": Fault(
        says(placement, "exceptions_of", NONE),
        ("placement", "a lock off the slot"),
        airs("07T14:00", "08T14:30", "09T14:00"),
    ),
    "locks without a run or a version": Fault(
        says(placement, "exceptions_of", NONE),
        ("placement", "a lock without a run or a version off the slot"),
        airs("07T14:00", "08T14:30", "09T14:00"),
    ),
    "a first run at a lock without a run": Fault(
        says(Exceptions, "chosen", frozenset()),
        ("placement", "a lock that is a first run or a rerun, it goes on"),
        airs("07T14:00", "08T14:30", first=2),
    ),
    "a rerun at a lock without a run": Fault(
        says(Exceptions, "chosen", frozenset({0})),
        ("placement", "a lock that is a first run or a rerun, it goes on"),
        (air("07T14:00", 2), air("08T14:00", 3), air("08T14:30", 1, run="rerun")),
    ),
    "some of four locks without a run": Fault(
        swapped(PlacementRule, "_at_locks", lambda real: lambda *_: iter(())),
        ("placement", "four locks that are all first runs or none"),
        (air("07T14:00"), air("08T16:00", 2, channel="R.kz"), *airs("09T14:00", "10T14:00", "11T14:00", first=3)),
    ),
    "locked reruns in the slot of their series": Fault(
        says(OpenDays, "_is_locked", False),
        ("placement", "a locked rerun in the slot of its own series"),
        (air("07T14:00", 3), air("08T14:00", 1, run="rerun"), air("09T14:00", 4)),
    ),
    "reruns in one slot": Fault(
        swapped(PlacementRule, "_reruns", lambda real: lambda *_: iter(())),
        ("placement", "reruns"),
        (*airs("07T14:00", "08T14:00"), *TWICE_A_DAY),
        window=("19:00", "20:00"),
    ),
    "places that locks hold": Fault(
        says(OpenDays, "_is_held", False),
        ("placement", "a lock of another title in the slot"),
        (air("07T14:00", 2), air("08T14:00", title="film"), air("09T14:00", 3)),
    ),
    "days that rules close": Fault(
        swapped(OpenDays, "_admitted", lambda real: lambda self, found, elsewhere, run=1: [True] * len(found)),
        ("placement", "two in a place, and a ban on the second"),
        airs("07T14:00", "07T14:30", "08T14:00"),
    ),
    "rights that end": Fault(
        says(Expected, "episodes_lost", 0), ("placement", "rights end after the horizon"), airs("07T14:00")
    ),
    "weeks at least": Fault(
        says(Expected, "weeks", 99), ("slot changes", "weeks at least, and the rights end"), airs("13T14:00")
    ),
    "named slots": Fault(
        says(Expected, "is_named", True), ("placement", "named slots"), airs("07T14:30", "08T14:30", "09T14:30")
    ),
    "changes of slot": Fault(
        says(placement, "changes_of", 0), ("slot changes", "it goes on"), airs("13T14:00", "14T14:00", first=2)
    ),
    "a slot that may be changed": Fault(
        says(slot_sequence, "change_price", None), ("slot changes", "it goes on"), airs("13T14:00", "14T14:00", first=2)
    ),
    "a change on a Monday": Fault(
        swapped(slot_sequence, "_changed", lambda real: lambda *_: iter(())),
        ("slot changes", "over a Monday"),
        airs("12T14:00", "13T14:00", "14T14:30", "15T14:30"),
    ),
    "a change on another day": Fault(
        swapped(slot_sequence, "WEEK", lambda real: 8),
        ("slot changes", "over a Monday"),
        airs("12T14:00", "13T14:00", "14T14:00", "15T14:30"),
    ),
    "episodes that are made up": Fault(
        swapped(Expected, "_made_up", lambda real: lambda *_, **__: {}),
        ("placement", "a lost place is made up by a double one"),
        MADE_UP,
    ),
    "days that did not air": Fault(
        says(expected_days, "missed_days", ()),
        ("placement", "a series that has not begun loses a place"),
        airs("07T14:00", "09T14:00", "09T14:30", "10T14:00"),
    ),
    "what is still owed": Fault(
        says(expected_days, "owed", {}),
        ("placement", "a lost place is made up at the weekend"),
        (air("11T14:00", 2), air("12T14:00", 4), air("14T14:00", 5)),
    ),
    "repeats that followers ask for": Fault(
        says(placement, "repeats_asked_for", set()),
        ("followers", "next morning"),
        (*airs("07T14:00", "08T14:00", "09T14:00"), *NEXT_MORNING),
    ),
    "the season before": Fault(
        says(placement, "starts_after_season", Everything()),
        ("seasons", "both in the horizon"),
        (air("07T14:00", 1, "one"), air("08T14:30", 1, "two")),
    ),
    "the clock that is set back": Fault(
        swapped(expected_days, "clock_of", lambda real: lambda of, one: one.clock(of.timeline.broadcast_start)),
        ("placement", "clocks go back"),
        tuple(air(start, at, month="", channel="D.de") for at, start in enumerate(CLOCKS, start=1)),
    ),
}


def written(fault: Fault, folder: Path) -> Path:
    spec = deepcopy(next(spec for *name, spec in CASES if tuple(name) == fault.case))
    file = spec["instance.yaml"]
    if fault.days:
        file["horizon"]["days"] = fault.days
    if fault.window:
        file["channels"][0]["windows"][0] |= dict(zip(("start", "end"), fault.window, strict=True))
    return write(folder, spec)


@pytest.mark.parametrize("name", FAULTS)
def test_the_count_finds_the_fault(name, tmp_path, monkeypatch):
    fault = FAULTS[name]
    folder, text = written(fault, tmp_path), text_of(sorted(fault.rows, key=lambda row: row["start_utc"]))
    assert not differences(folder, text)[1]
    fault.plant(monkeypatch)
    wrong = differences(folder, text)[1]
    assert wrong, "check and count agree although the check is wrong"
    assert {rule for rule, *_ in wrong} == {"placement"}
