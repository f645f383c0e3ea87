"""Yearly amounts: history and plan count, and the rest is reported until the year ends."""

from __future__ import annotations

import io
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from scheduler.airings import build_airings
from scheduler.report.checking import check_lines
from scheduler.report.html import html_report
from scheduler.report.language import Language
from scheduler.report.period_sections import remains_section
from scheduler.report.tables import build_tables
from scheduler.report.text import text_report
from scheduler.report.workbook import workbook_report
from scheduler.rules import load, rules_of
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import aired, anchor, content, kz, programme, uz, window, write
from tests.rules.agreement import disagreements

if TYPE_CHECKING:
    from pathlib import Path

SOFT = {"hard": False, "price": 7}
YEAR = {"type": "quota", "id": "Q", "select": {"tag": "science"}, "period": "year", "least_minutes": 36500, **SOFT}


def plan(tmp_path: Path, **more: Any) -> Any:
    """Twenty minutes of science on every day of the horizon; a past day of it is an hour long."""
    start = more.pop("start", "2026-01-11")
    shown = [programme("a", 30), programme("past", 60, tags="science", episodes=99, runs=9)]
    history = [
        aired("Q.kz", f"{date(2026, 1, 1) + timedelta(days=number)}T12:00Z", "past", 60, episode=number + 1)
        for number in range(more.pop("aired", 10))
    ]
    spec = content([kz(window("20:00", "21:00"))], shown, rules=[{**YEAR, **more}], start=start, days=5)
    spec["anchors.csv"] = [anchor("lesson", "Q.kz", "10:00", "10:20", tags="science")]
    spec["history.csv"] = history
    return load(write(tmp_path, spec))


def kept(instance: Any) -> Any:
    airings = build_airings(instance, rules_of(instance))
    return timetable_of(airings, airings.past)


def row_of(instance: Any) -> Any:
    return next(row for row in verify(kept(instance)).measurements if row.rule == "Q")


def counted(instance: Any) -> int:
    """Minutes of science, counted here: ten past hours, and twenty minutes on each day that has an anchor."""
    past_days = {row.start_utc.date() for row in instance.history}
    begin, horizon = date(2026, 1, 1), instance.file.horizon
    until = horizon.start + timedelta(days=horizon.days)
    days = [begin + timedelta(days=number) for number in range((until - begin).days)]
    return 60 * len(past_days) + 20 * sum(day not in past_days for day in days)


def test_history_and_plan_count_and_the_rest_remains(tmp_path: Path) -> None:
    """A hundred minutes a day: 1,500 by the fifteenth of January, 36,500 in all."""
    instance = plan(tmp_path)
    row = row_of(instance)
    assert (row.have, row.need, row.interim) == (counted(instance), 1500, True)
    assert row.remains == 36500 - row.have
    assert row.miss == 1500 - row.have
    assert f"; {36500 - int(row.have):,} minutes of 36,500 remain until 2026-12-31" in str(row.text)


@pytest.mark.parametrize(("rest", "need"), [("all", 36500), ("none", 0), ("proportional", 1500)])
def test_what_remains_does_not_depend_on_what_is_asked_by_now(rest: str, need: int, tmp_path: Path) -> None:
    row = row_of(plan(tmp_path, rest=rest))
    assert (row.need, row.remains) == (need, 36500 - row.have)


def test_in_the_last_days_of_the_year_nothing_remains_and_the_year_is_judged(tmp_path: Path) -> None:
    row = row_of(plan(tmp_path, start="2026-12-27"))
    assert (row.remains, row.interim, row.need) == (None, False, 36500)


def test_what_is_had_already_leaves_nothing(tmp_path: Path) -> None:
    assert row_of(plan(tmp_path, least_minutes=100)).remains == Fraction(0)


def test_rows_and_check_agree_over_a_year(tmp_path: Path) -> None:
    shown = [programme("a", 30, tags="science", episodes=2), programme("past", 60, tags="science", episodes=9, runs=2)]
    rules = [{**YEAR, "least_minutes": 19000}, {**YEAR, "id": "R", "least_count": 300, "least_minutes": None}]
    rules = [{name: value for name, value in rule.items() if value is not None} for rule in rules]
    spec = content([kz(window("20:00", "21:00"))], shown, rules=rules, start="2026-01-11", days=2)
    spec["history.csv"] = [aired("Q.kz", "2026-01-03T12:00Z", "past", 60)]
    wrong, seen = disagreements(load(write(tmp_path, spec)), most=2)
    assert wrong == []
    assert seen["Q"]
    assert seen["R"]


def test_every_report_says_what_remains(tmp_path: Path) -> None:
    table = kept(plan(tmp_path))
    tables = build_tables(table)
    row = next(row for row in tables.verification.measurements if row.rule == "Q")
    section = remains_section(tables, Language("en"))
    (shown,) = section.rows
    assert shown.values[3:6] == (float(row.have), 1500.0, float(row.remains or 0))
    assert shown.values[6] == round(float(row.remains or 0) * 7 / 350, 1)
    for code in ("en", "kk", "ru"):
        title = remains_section(tables, Language(code)).title
        book = openpyxl.load_workbook(io.BytesIO(workbook_report(tables, code)))
        cells = {str(cell.value) for sheet in book for line in sheet.iter_rows() for cell in line}
        assert title in text_report(tables, code)
        assert title in html_report(tables, code)
        assert title in cells


def test_check_says_what_remains_of_a_year_that_is_on_its_way(tmp_path: Path) -> None:
    lines = check_lines(verify(kept(plan(tmp_path, rest="none"))), Language("en"))
    assert any(line.startswith("… Q: Q.kz, 2026: ") and "remain until 2026-12-31" in line for line in lines)


@pytest.mark.parametrize(("rest", "need"), [("none", 0), ("proportional", 27), ("all", 500)])
def test_least_amounts_of_an_agreement_say_what_remains(rest: str, need: int, tmp_path: Path) -> None:
    """Also where nothing is asked by now; 5 of the 90 days of the quarter have passed, and nothing was given."""
    measure = {"measure": "minutes", "period": "quarter", "least": {"KZ": 500}, "rest": rest}
    agreement = {"type": "parity", "id": "A", "parties": ["KZ", "UZ"], "measures": [measure], **SOFT}
    channels = [kz(window("20:00", "21:00")), uz(window("20:00", "21:00"))]
    spec = content(channels, [programme("a", 30)], agreements=[agreement], start="2026-01-01", days=5)
    verification = verify(kept(load(write(tmp_path, spec))))
    (row,) = (row for row in verification.measurements if row.rule == "A")
    assert (row.have, row.need, row.remains) == (0, need, 500)
    text = "\n".join(check_lines(verification, Language("en")))
    assert "0 minutes, at least" in text
    assert "500 minutes of 500 remain until 2026-03-31" in text
