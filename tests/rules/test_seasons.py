"""A season takes the slot of the one before it: rows against the check, on every small timetable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scheduler.airings import build_airings
from scheduler.instance import InputError
from scheduler.rules import rules_of
from scheduler.timetable import timetable_of
from tests.builders import build, formulated, kept_choices
from tests.rules.agreement import disagreements
from tests.rules.season_cases import CASES, DAILY, ONE, TWO

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance


def built(folder: Path, name: str, **more: Any) -> Instance:
    case = {"placement": DAILY, **CASES[name], **more}
    return build(folder, case.pop("channels"), case.pop("programmes"), **case)


@pytest.mark.parametrize("name", CASES)
def test_rows_and_check_agree_on_every_small_timetable(tmp_path, name):
    wrong, seen = disagreements(built(tmp_path, name), most=3, kept_only=True)
    assert not wrong, "\n".join(wrong)
    assert seen["broken"]


def starts_of(instance: Instance, title: str) -> set[tuple[str, ...]]:
    """The starts of a title in every timetable that keeps the hard rules and airs it."""
    airings, found = build_airings(instance, rules_of(instance)), set()
    for _, chosen in kept_choices(formulated(instance)):
        table = timetable_of(airings, chosen)
        mine = table.start[table.programme == instance.programme_index[title]]
        found.add(tuple(f"{instance.timeline.moment(int(at)):%dT%H:%M}" for at in mine))
    return found - {()}


def test_the_second_season_begins_after_the_first_and_in_its_slot(tmp_path):
    assert starts_of(built(tmp_path, "both in the horizon"), "two") == {("08T14:00",), ("08T14:30",)}
    later = built(tmp_path / "later", "the first has ended")
    assert starts_of(later, "two") == {("07T14:30", "08T14:30"), ("08T14:30",)}
    begun = built(tmp_path / "begun", "the second has begun")
    assert starts_of(begun, "two") == {("07T14:00",), ("08T14:00",)}


def test_a_season_does_not_follow_itself_or_an_unknown_title(tmp_path):
    for after, said in (("two", "names the title itself"), ("three", "there is no programme 'three'")):
        with pytest.raises(InputError, match=said):
            built(tmp_path / after, "both in the horizon", programmes=[ONE, {**TWO, "after": after}])
