"""Weights step up at deadlines: days, or days on which both sides work."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from scheduler.replan import read_published, replan
from scheduler.replan.params import ReplanParams
from scheduler.replan.steps import steps
from scheduler.rules import load
from tests.builders import content, kz, programme, uz, window, write
from tests.replan.cases import AFTER, BEFORE, PARITY, published_in

SPEC: dict[str, Any] = {
    "channels": [kz(window("19:00", "20:00")), uz(window("19:00", "20:00"))],
    "programmes": [programme("a", 30, episodes=9), programme("b", 30, origin="UZ", versions="uzb:original")],
    "agreements": [PARITY],
    "days": 21,
}


def loaded(folder, **more):
    write(folder, content(**SPEC))
    path = folder / "instance.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**document, **more}, allow_unicode=True), encoding="utf-8")
    return load(folder)


def counted(instance, channel, now, day, deadlines, holidays):
    """1 + the deadlines that have passed, counted day by day. Both sides work from Monday to Friday."""
    first = instance.timeline.first_day
    today, air = first + timedelta(days=now), first + timedelta(days=day)

    def works(one):
        return one.weekday() < 5 and one not in holidays

    found = 1
    for before in deadlines:
        due, left = air, before
        while left:
            due -= timedelta(days=1)
            left -= works(due)
        while not works(due):
            due -= timedelta(days=1)
        found += today >= due
    return found


@pytest.mark.parametrize("now", [0, 3, 9])
def test_days_are_counted_as_they_are(tmp_path, now):
    instance = loaded(tmp_path)
    change, table = instance.file.change, steps(instance, now).factor
    expected = [change.factor(max(0, day - now)) for day in range(table.shape[1])]
    assert table.tolist() == [expected, expected]


@pytest.mark.parametrize("now", [0, 2, 5, 8])
def test_working_days_are_those_of_both_sides(tmp_path, now):
    holidays = [date(2026, 12, 16), date(2026, 12, 8)]
    instance = loaded(
        tmp_path,
        change={"deadlines": [10, 5, 1], "count": "working_days"},
        calendars={"KZ": {"holidays": holidays[:1]}, "UZ": {"holidays": holidays[1:]}},
    )
    table = steps(instance, now).factor
    for channel in range(2):
        for day in range(now, 21):
            assert table[channel, day] == counted(instance, channel, now, day, (10, 5, 1), holidays), (channel, day)


def test_the_change_of_a_replan_takes_the_steps(tmp_path):
    """The days before air are few, so every deadline of working days has passed: the change weighs as much for each."""
    case = "a film withdrawn"
    path = published_in(tmp_path / "before", BEFORE[case])
    found = []
    for count in ("days", "working_days"):
        folder = write(tmp_path / count, content(**{**BEFORE[case], **AFTER[case]}))
        document = yaml.safe_load((folder / "instance.yaml").read_text(encoding="utf-8"))
        document["change"] = {"deadlines": [1], "count": count}
        (folder / "instance.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        instance = load(folder)
        found.append(replan(instance, read_published(instance, path), params=ReplanParams(time_limit=10.0)))
    plain, working = found
    assert plain.changes.weight == plain.change_bound > 0
    assert (working.changes.weight, working.change_bound) == (plain.changes.weight, plain.change_bound)
