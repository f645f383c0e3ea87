"""Cumulative measures over time: all weeks on record count, or those since the carry-over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scheduler.airings import build_airings
from scheduler.report.exchange_weeks import exchange_weeks
from scheduler.rules import load, rules_of
from scheduler.rules.parity import agreements_of, exchanges
from scheduler.timetable import OnAir, timetable_of
from scheduler.verify import verify
from tests.builders import aired, content, kz, programme, uz, window, write
from tests.rules.agreement import disagreements

if TYPE_CHECKING:
    from pathlib import Path

EVENING = window("19:00", "20:00")
OURS, THEIRS = programme("ours", 30, episodes=20), programme("theirs", 20, origin="UZ", episodes=20)
GIVEN = [aired("O.uz", f"2026-12-{day:02d}T14:00Z", "ours", 30, episode=at) for at, day in enumerate((2, 3, 15), 1)]
RECEIVED = [aired("Q.kz", "2026-12-08T14:00Z", "theirs", 20)]
"""90 minutes given and 20 received: in the week of 30 November, of 7 and of 14 December."""

SOFT = {"hard": False, "price": 7}


def planned(folder: Path, *others: dict[str, Any], valid: dict[str, str] | None = None, **more: Any) -> Any:
    """An instance that begins on Wednesday, 16 December, and its timetable without planned airings."""
    measure = {"measure": "minutes", "period": "cumulative", "tolerance": 0, "tolerance_of": "sum", **more}
    agreement = {"type": "parity", "id": "A", "parties": ["KZ", "UZ"], "measures": [measure], **SOFT, **(valid or {})}
    spec = content(
        [kz(EVENING), uz(EVENING)], [OURS, THEIRS], agreements=[agreement], rules=others, start="2026-12-16", days=5
    )
    spec["history.csv"] = [*GIVEN, *RECEIVED]
    instance = load(write(folder, spec))
    airings = build_airings(instance, rules_of(instance))
    return timetable_of(airings, airings.past)


def balance(table: Any) -> int:
    (row,) = (one for one in verify(table).measurements if one.rule == "A" and one.aspect.code == "over")
    return int(row.have)


def test_all_weeks_on_record_count(tmp_path):
    assert balance(planned(tmp_path)) == 90 - 20


def test_what_counts_does_not_depend_on_other_rules(tmp_path):
    """A rule by months lets the line of time begin earlier."""
    month = {"type": "quota", "id": "Q", "select": {"genre": "drama"}, "period": "month", "most_minutes": 900, **SOFT}
    assert balance(planned(tmp_path / "all", month)) == 90 - 20
    assert balance(planned(tmp_path / "carried", month, carry_over=0)) == 30


@pytest.mark.parametrize(("carry_over", "said"), [(0, 30), (-40, 70), (40, -10)])
def test_a_carry_over_is_the_sum_of_the_weeks_before(carry_over, said, tmp_path):
    """Only the week of the horizon's first day counts beside it."""
    assert balance(planned(tmp_path, carry_over=carry_over)) == said


@pytest.mark.parametrize(
    ("more", "said"),
    [({}, ""), ({"carry_over": 0}, "from before: KZ and UZ are even"), ({"carry_over": -40}, "KZ owes UZ 40 minutes")],
)
def test_the_sentence_says_whether_weeks_or_a_carry_over_count(more, said, tmp_path):
    """A carry-over of 0 is not the same as none: the weeks on record are settled."""
    (rule,) = (one for one in rules_of(planned(tmp_path, **more).instance) if one.id == "A")
    words = str(rule.part_sentence(("measures", 0, "tolerance"), planned(tmp_path, **more).instance))
    assert said in words
    assert ("from before" in words) == bool(more)


@pytest.mark.parametrize(("first", "said"), [("2026-12-03", 40), ("2026-12-07", 10), ("2026-12-15", 30)])
def test_the_days_of_the_agreement_count(first, said, tmp_path):
    assert balance(planned(tmp_path, valid={"valid_from": first})) == said


def test_the_report_has_the_weeks_of_the_horizon(tmp_path):
    table = planned(tmp_path)
    (rule,) = agreements_of(table.instance.file.agreements)
    (week,) = exchanges(rule, OnAir(table))
    assert (week.period, week.given, week.received, week.balance) == ("to 2026-W51", 90, 20, 70)


@pytest.mark.parametrize(("more", "sums"), [({}, (90, 20, 70)), ({"carry_over": 0}, (30, 0, 30))])
def test_the_weekly_table_adds_the_same_weeks(more, sums, tmp_path):
    table = planned(tmp_path, **more)
    (week,) = exchange_weeks(table.instance, OnAir(table)).to_dict("records")
    assert (week["given"], week["received"]) == (30, 0)
    assert (week["cum_given"], week["cum_received"], week["cum_balance"]) == sums


@pytest.mark.parametrize("more", [{}, {"carry_over": 20}, {"measure": "first_run_minutes"}, {"least": 60}])
def test_rows_and_check_agree_on_every_small_timetable(more, tmp_path):
    wrong, seen = disagreements(planned(tmp_path, **more).instance, most=2)
    assert not wrong, "\n".join(wrong)
    assert seen["A"]
