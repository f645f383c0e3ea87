"""What is due: days before air by the calendars of both sides, and nothing that has been done."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.instance.model.deadline import Deadline, WorkCalendar
from tests.builders import write
from tests.planned import command
from tests.publication.cases import MARKER, filled, planned_in, spec

if TYPE_CHECKING:
    from pathlib import Path

MONDAY = date(2026, 12, 7)
PLAIN = WorkCalendar()


def deadline(**more: Any) -> Deadline:
    return Deadline.model_validate({"deadline": "press", "before": 3, **more})


def changed(**fields: Any) -> dict[str, Any]:
    """The case with other fields in instance.yaml."""
    return {**spec(), "instance.yaml": {**spec()["instance.yaml"], **fields}}


def asked(folder: Path, path: Path, *words: str) -> list[dict[str, Any]]:
    code, said = command("due", folder, path, "--json", *words)
    assert code == 0, said
    return list(json.loads(said))


def test_a_deadline_falls_on_the_last_day_on_which_both_sides_work():
    assert deadline().due(MONDAY, [PLAIN]) == date(2026, 12, 4)
    assert deadline(before=2).due(MONDAY, [PLAIN]) == date(2026, 12, 4)  # Saturday
    closed = WorkCalendar(holidays=(date(2026, 12, 4),))
    assert deadline(before=2).due(MONDAY, [PLAIN, closed]) == date(2026, 12, 3)
    moved = WorkCalendar(working=(date(2026, 12, 5),))
    assert deadline(before=2).due(MONDAY, [moved]) == date(2026, 12, 5)
    assert deadline(before=2).due(MONDAY, [moved, PLAIN]) == date(2026, 12, 4)


def test_working_days_count_those_on_which_both_sides_work():
    assert deadline(count="working_days").due(MONDAY, [PLAIN]) == date(2026, 12, 2)
    closed = WorkCalendar(holidays=(date(2026, 12, 3),))
    assert deadline(count="working_days").due(MONDAY, [PLAIN, closed]) == date(2026, 12, 1)


@given(
    st.integers(0, 40),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=30),
)
def test_between_a_deadline_and_the_day_lie_as_many_working_days_as_it_says(before, day, holidays):
    calendars = [PLAIN, WorkCalendar(holidays=tuple(holidays))]
    found = deadline(before=before, count="working_days").due(day, calendars)
    between = [found + timedelta(days=one) for one in range((day - found).days)]
    worked = sum(all(side.is_working(one) for side in calendars) for one in between)
    assert worked == before or (before == 0 and worked <= 1)
    assert all(side.is_working(found) for side in calendars)


def test_defaults_are_21_14_7_and_3_days(tmp_path):
    folder, path = planned_in(tmp_path)
    found = asked(folder, path, "--on", "2026-11-10", "--days", "30")
    mine = [one for one in found if one["channel"] == "O.uz" and one["first"] == "2026-12-07"]
    assert {(one["deadline"], one["due"]) for one in mine} == {
        ("grid", "2026-11-16"),
        ("press", "2026-11-23"),
        ("guide", "2026-11-30"),
        ("notice", "2026-12-04"),
    }
    assert {one["of"] for one in mine} == {"UZ"}
    assert {one["to"] for one in mine} == {"", "KZ"}
    late = asked(folder, path, "--on", "2026-11-17", "--days", "1")
    assert {one["overdue"] for one in late if one["due"] < "2026-11-17"} == {True}


def test_what_is_answered_and_published_is_no_longer_due(tmp_path):
    folder = write(tmp_path / "with", changed(deadlines=DEADLINES))
    _, path = planned_in(tmp_path)
    window = ("--on", "2026-11-20", "--days", "18")
    assert {one["deadline"] for one in asked(folder, path, *window)} == {"press", "master"}
    assert command("offer", folder, path, "--to", "UZ", "--out", tmp_path / "offer", "--on", "2026-11-20")[0] == 0
    waiting = [one for one in asked(folder, path, *window) if one["deadline"] == "objection"]
    assert {(one["of"], one["to"], one["channel"], one["silence"]) for one in waiting} == {
        ("UZ", "KZ", "O.uz", "accepted")
    }
    book = tmp_path / "offer" / "offer-UZ.xlsx"
    ids = filled(book, [("accepted", "")] * 50)
    assert sum(one["airings"] for one in waiting) == len(ids)
    assert command("answer", folder, path, book, "--from", "UZ", "--out", tmp_path / "answer")[0] == 0
    assert "objection" not in {one["deadline"] for one in asked(folder, path, *window)}
    assert command("publish", folder, path, "--until", "2026-12-07", "--channel", "O.uz")[0] == 0
    left = [one for one in asked(folder, path, *window) if one["deadline"] == "press" and one["channel"] == "O.uz"]
    assert {one["first"] for one in left} <= {"2026-12-08"}
    assert {one["agreement"] for one in asked(folder, path, *window) if one["deadline"] == "master"} == {"KZ-UZ"}


DEADLINES = [
    {"deadline": "press", "before": 10},
    {"deadline": "objection", "before": 5, "silence": "accepted"},
    {"deadline": "master", "before": 4, "agreement": "KZ-UZ"},
]


def test_a_party_sees_its_own_tasks_and_nothing_of_others(tmp_path):
    folder, path = planned_in(tmp_path)
    for words in ((), ("--json",), ("--lang", "ru"), ("--lang", "kk")):
        code, said = command("due", folder, path, "--on", "2026-11-10", "--days", "30", "--for", "UZ", *words)
        assert code == 0
        assert MARKER not in said
        assert "UZ" in said
    assert (
        command("due", folder, path, "--on", "2026-11-10", "--days", "1", "--for", "UZ")[1].strip() == "nothing is due"
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("calendars", {"XX": {}}, "there is no party 'XX'"),
        ("deadlines", [{"deadline": "press", "before": 3, "channels": ["Nowhere"]}], "there is no channel 'Nowhere'"),
        ("deadlines", [{"deadline": "press", "before": 3, "silence": "accepted"}], "only the deadline `objection` has"),
    ],
)
def test_names_in_deadlines_are_looked_up(tmp_path, field, value, said):
    folder = write(tmp_path / "wrong", changed(**{field: value}))
    code, told = command("check", folder)
    assert code == 2
    assert said in told
    assert "instance.yaml:" in told
