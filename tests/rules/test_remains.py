"""What remains of a pace and of a campaign that continue after the horizon, and until which day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scheduler.airings import build_airings
from scheduler.report.checking import check_lines
from scheduler.report.language import Language
from scheduler.report.period_sections import remains_section
from scheduler.report.tables import build_tables
from scheduler.rules import load, rules_of
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import aired, content, kz, programme, uz, window, write

if TYPE_CHECKING:
    from pathlib import Path

SOFT = {"hard": False, "price": 7}
PACE = {"type": "pace", "id": "P", "select": {"genre": "drama"}, "territories": ["KZ"], "least": 5, **SOFT}
CAMPAIGN = {"type": "campaign", "id": "C", "select": {"genre": "drama"}, "parties": ["KZ"], "least_runs": 10, **SOFT}
TEN_DAYS = {"valid_from": "2026-12-07", "valid_to": "2026-12-16"}
QUOTA = {"type": "quota", "id": "Q", "select": {"genre": "drama"}, "channels": ["Q.kz"], "period": "month", **SOFT}
MONDAY_HAS_AIRED = [aired("Q.kz", "2026-12-07T14:00Z", "a", 30)]


def timetable(folder: Path, rule: dict[str, Any], *, days: int = 2) -> Any:
    """Tuesday 8 December and the days after it, with nothing planned; one episode aired on Monday."""
    channels = [kz(window("19:00", "20:00")), uz(window("19:00", "20:00"))]
    spec = content(channels, [programme("a", 30, episodes=20)], rules=[rule], start="2026-12-08", days=days)
    spec["history.csv"] = MONDAY_HAS_AIRED
    instance = load(write(folder, spec))
    airings = build_airings(instance, rules_of(instance))
    return timetable_of(airings, airings.past)


def row_of(table: Any) -> Any:
    (row,) = (one for one in verify(table).measurements if one.rule in "PCQ")
    return row


@pytest.mark.parametrize(("rest", "need"), [("none", 0), ("proportional", 2), ("all", 5)])
def test_a_pace_says_what_remains_of_its_week(rest, need, tmp_path):
    row = row_of(timetable(tmp_path, {**PACE, "rest": rest}))
    assert (row.have, row.need, row.remains, row.miss) == (1, need, 4, max(need - 1, 0))
    assert str(row.text).endswith("; 4 runs of 5 remain until 2026-12-13")


def test_a_pace_with_a_most_says_it_too(tmp_path):
    row = row_of(timetable(tmp_path, {**PACE, "rest": "none", "most": 6}))
    assert (row.sense, row.need, row.remains) == ("most", 6, 4)


def test_nothing_remains_of_a_week_that_ends_in_the_horizon_or_of_a_pace_without_a_least(tmp_path):
    assert row_of(timetable(tmp_path / "ends", PACE, days=6)).remains is None
    assert row_of(timetable(tmp_path / "day", {**PACE, "period": "day"}, days=1)).remains is None
    assert row_of(timetable(tmp_path / "most", {**PACE, "least": 0, "most": 6})).remains is None


@pytest.mark.parametrize(("rest", "need"), [("none", 0), ("proportional", 3), ("all", 10)])
def test_a_campaign_says_what_remains_of_its_runs(rest, need, tmp_path):
    row = row_of(timetable(tmp_path, {**CAMPAIGN, **TEN_DAYS, "rest": rest}))
    assert (row.have, row.need, row.remains) == (1, need, 9)
    assert str(row.text).endswith("; 9 runs of 10 remain until 2026-12-16")


def test_a_campaign_of_the_horizon_has_nothing_after_it(tmp_path):
    assert row_of(timetable(tmp_path, CAMPAIGN)).remains is None


def test_what_remains_is_for_the_days_of_the_rule(tmp_path):
    """A rule that ends inside its period: not the last day of the month, and two minutes a week more."""
    table = timetable(tmp_path, {**QUOTA, "least_minutes": 310, "valid_to": "2026-12-16"})
    row = row_of(table)
    assert str(row.text).endswith(" remain until 2026-12-16")
    (line,) = remains_section(build_tables(table), Language("en")).rows
    assert line.values[6] == float(row.remains)  # seven days are left
    assert str(line.values[-1]) == Language("en").day(row.open_until)


def test_the_report_names_the_title_and_check_says_the_rest(tmp_path):
    table = timetable(tmp_path, {**PACE, "rest": "none"})
    (line,) = remains_section(build_tables(table), Language("en")).rows
    title = table.instance.programmes[0].title
    assert line.values[0] == f"P: {title}"
    assert any(
        line.startswith("… ") and "4 runs of 5 remain" in line for line in check_lines(verify(table), Language("en"))
    )
