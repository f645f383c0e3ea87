"""Minutes in a row: breaks of advertising, which anchors carry, no longer than the maximum."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.instance import InputError
from scheduler.rules import load, rules_of
from scheduler.solve import Settings, solve
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import aired, anchor, choices, content, kz, programme, window, write
from tests.rules.agreement import disagreements

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance
    from scheduler.timetable import Timetable

SOFT = {"hard": False, "price": 7}
BREAK = {"type": "variety", "id": "B", "select": {"genre": "advertising"}, "most_minutes": 5, "in_a_row": True, **SOFT}
SPOTS = [programme("spot", 4, genre="advertising", episodes=3, runs=3), programme("film", 6, genre="film")]


def breaks(tmp_path: Path, *fixed: tuple[str, str], rule: dict[str, Any] | None = None, **more: Any) -> Instance:
    """A window of ten minutes of which advertising stands before and after, where it is given so."""
    spec = content(
        [kz(window("20:00", more.pop("until", "20:10")))],
        more.pop("shown", SPOTS),
        rules=[rule or BREAK],
        grid=2,
        **more,
    )
    spec["anchors.csv"] = [
        anchor(f"ads{number}", "Q.kz", start, end, genre="advertising") for number, (start, end) in enumerate(fixed)
    ]
    return load(write(tmp_path, spec))


def beyond(table: Timetable, most: int) -> int:
    """Minutes beyond the most in every unbroken run of advertising, counted from the timetable's entries."""
    contents = table.instance.contents
    shown = {
        minute
        for start, length, at in zip(table.start.tolist(), table.minutes.tolist(), table.content.tolist(), strict=True)
        if contents.genre[at] == "advertising"
        for minute in range(start, start + length)
    }
    runs = groupby(enumerate(sorted(shown)), key=lambda pair: pair[1] - pair[0])
    return sum(max(len(list(run)) - most, 0) for _, run in runs)


@pytest.mark.parametrize(
    "fixed",
    [
        (("19:58", "20:00"),),
        (("19:55", "20:00"), ("20:10", "20:12")),
        (("19:50", "19:57"), ("19:58", "20:00")),
        (("18:00", "18:04"), ("18:04", "18:07")),
    ],
)
def test_misses_are_the_minutes_beyond_the_most_on_every_timetable(
    fixed: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    instance = breaks(tmp_path, *fixed)
    airings, seen = build_airings(instance, rules_of(instance)), set()
    for chosen in choices(formulate(airings), 3):
        table = timetable_of(airings, chosen)
        missed = sum(row.miss for row in verify(table).missed if row.rule == "B")
        assert missed == beyond(table, 5)
        seen.add(missed)
    assert len(seen) > 1 or seen == {2}
    assert disagreements(instance, most=3)[0] == []


def test_rows_and_check_agree_where_the_fallback_is_advertising(tmp_path: Path) -> None:
    spec = content(
        [kz(window("23:50", "24:04", fallback={"genre": "advertising"}))], SPOTS, rules=[BREAK], grid=2, days=2
    )
    wrong, seen = disagreements(load(write(tmp_path, spec)), most=2)
    assert wrong == []
    assert seen["B"]


def test_a_break_over_midnight_and_what_has_aired_count(tmp_path: Path) -> None:
    """Four minutes before midnight are on record, four of the plan come after it: three beyond five."""
    spec = content([kz(window("20:00", "20:10"))], SPOTS, rules=[BREAK], grid=2)
    spec["anchors.csv"] = [anchor("early", "Q.kz", "00:00", "00:04", genre="advertising", date="2026-12-07")]
    spec["history.csv"] = [aired("Q.kz", "2026-12-06T18:56Z", "spot", 4)]
    instance = load(write(tmp_path, spec))
    airings = build_airings(instance, rules_of(instance))
    rows = [row for row in verify(timetable_of(airings, airings.past)).measurements if row.rule == "B"]
    assert sum(row.miss + row.inherited for row in rows) == 3


def test_a_hard_break_keeps_spots_apart(tmp_path: Path) -> None:
    """Eight minutes are free: two spots of four are worth most, but eight in a row, so that one of them is left out."""
    spots = [{**SPOTS[0], "appeal": "9"}, SPOTS[1]]
    hard = {name: value for name, value in BREAK.items() if name not in SOFT}
    answer = solve(
        breaks(tmp_path, rule=hard, shown=spots, until="20:08"), Settings(strategy="exact", time_limit=20.0, workers=1)
    )
    assert answer.status == "optimal"
    assert answer.timetable is not None
    assert beyond(answer.timetable, 5) == 0
    loose = solve(
        breaks(tmp_path / "soft", shown=spots, until="20:08"), Settings(strategy="exact", time_limit=20.0, workers=1)
    )
    assert loose.timetable is not None
    assert beyond(loose.timetable, 5) > 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"hours": 1}, "needs either `hours` or `in_a_row: true`"),
        ({"in_a_row": False}, "needs either `hours` or `in_a_row: true`"),
        ({"every": 5}, "drop its `every`"),
    ],
)
def test_a_break_without_sense_is_refused(more: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        breaks(tmp_path, rule={**BREAK, **more})
