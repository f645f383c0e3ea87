"""The start and end of days, and periods without airtime, have the same meaning in every rule."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import load, rules_of
from scheduler.rules.framework.verdicts import span_of_label
from scheduler.timetable import read_timetable, timetable_of
from scheduler.verify import verify
from tests.builders import aired, build, content, kz, programme, table_text, window, write
from tests.rules.agreement import disagreements, missed_checks, missed_rows
from tests.rules.rulebook_cases import ALL_KINDS

BETWEEN_AIRINGS = ("cool_down",)
"""Rules on pairs of airings, on any days. Their rows are named by the day of the first airing."""

STRUCTURE = ("rights", "anchors", "airtime", "locks")
FIRST = {kind: cases[0] for kind, cases in ALL_KINDS.items() if kind not in STRUCTURE}


def at_night(spec):
    """The same instance over two days, with windows only before its first broadcast day and on beyond its last."""
    found = {**deepcopy(spec), "anchors.csv": [], "history.csv": [], "locks.csv": []}
    file = found["instance.yaml"]
    file["horizon"]["days"] = 2
    first = date.fromisoformat(file["horizon"]["start"])
    days = [f"{first + timedelta(days=at):%a}".lower() for at in (0, 1)]
    nights = [window("00:00", "03:30", days[0]), window("22:00", "30:00", days[1])]
    for one in file["channels"]:
        accepted = one["windows"][0].get("accept") if one["windows"] else None
        one["windows"] = [{**night, **({"accept": accepted} if accepted else {})} for night in nights]
    return found


def drawn(instance, rng, most=40):
    """A timetable of airings drawn one after the other that keeps what is rigid, with its rows."""
    airings = build_airings(instance, rules_of(instance))
    formulation, chosen = formulate(airings), airings.locked.copy()
    for at in rng.permutation(len(airings))[:most].tolist():
        chosen[at] = True
        if not formulation.is_admissible(formulation.point(chosen)):
            chosen[at] = False
    return formulation, chosen, timetable_of(airings, chosen)


@pytest.mark.parametrize("kind", FIRST)
def test_no_rule_judges_a_day_that_is_not_on_the_line(kind, tmp_path):
    """What airs before the first broadcast day begins, or after the last has ended, is in no row of a day."""
    _, _, spec = FIRST[kind]
    instance = load(write(tmp_path, at_night(spec)))
    first = instance.file.horizon.start
    last = first + timedelta(days=1)
    rng = np.random.default_rng(5)
    for _ in range(4):
        formulation, chosen, timetable = drawn(instance, rng)
        assert missed_rows(formulation, formulation.point(chosen)) == missed_checks(verify(timetable))
        labels = {row.period for row in verify(timetable).measurements if not row.rigid}
        labels |= set(formulation.labels["period"][formulation.kind > 0].tolist())
        days = [span for label in labels if (span := span_of_label(label)) and span[0] == span[1] and "T" not in label]
        assert kind in BETWEEN_AIRINGS or all(first <= day <= last for day, _ in days), sorted(labels)


RUNS = [
    {"type": "runs_per_day", "id": "once", "most": 1},
    {"type": "pace", "id": "pace", "select": {"programme": "s"}, "period": "day", "most": 1},
    {"type": "quota", "id": "count", "select": {"programme": "s"}, "period": "broadcast_day", "most_count": 1},
]


def test_the_night_before_counts_where_history_knows_the_day(tmp_path):
    """One run on Sunday evening, one planned at 1:00 on Monday: the broadcast day of Sunday has two."""
    night = [kz(window("00:00", "03:00"))]
    serial = [programme("s", 30, episodes=9)]
    for name, record, wanted in (
        ("known", [aired("Q.kz", "2026-12-05T14:00Z", "s", 30), aired("Q.kz", "2026-12-06T14:00Z", "s", 30, episode=2)],
         {"once", "pace", "count"}),
        ("unknown", [], set()),
    ):  # fmt: skip
        instance = build(tmp_path / name, night, serial, rules=RUNS, history=record, days=1)
        airings = build_airings(instance, rules_of(instance))
        chosen = airings.past.copy()
        chosen[np.flatnonzero((airings.broadcast_day == instance.timeline.planned_from - 1) & ~airings.past)[0]] = True
        timetable = timetable_of(airings, chosen)
        missed = {(row.rule, row.period) for row in verify(timetable).missed}
        assert missed == {(rule, "2026-12-06") for rule in wanted}
        formulation = formulate(airings)
        assert missed_rows(formulation, formulation.point(chosen)) == missed_checks(verify(timetable))


def test_a_premiere_in_the_first_night_is_judged_from_the_first_day_on(tmp_path):
    rule = {"type": "premiere", "id": "P", "select": {"programme": "s"}, "parties": ["KZ", "UZ"]}
    both = [kz(window("00:00", "03:00")), {**kz(window("22:00", "23:00")), "id": "O.uz", "territory": "UZ"}]
    instance = build(tmp_path, both, [programme("s", 60)], rules=[rule], days=2, grid=60)
    airings = build_airings(instance, rules_of(instance))
    late = {}
    for day in (0, 1):
        first = np.flatnonzero((airings.channel == 0) & (airings.broadcast_day == -1))[:1]
        other = np.flatnonzero((airings.channel == 1) & (airings.broadcast_day == day))[:1]
        table = timetable_of(airings, np.isin(np.arange(len(airings)), [*first, *other]))
        late[day] = [row.period for row in verify(table).missed]
    assert late == {0: [], 1: ["2026-12-07"]}
    wrong, seen = disagreements(instance, 2)
    assert not wrong, "\n".join(wrong)
    assert seen["P"]


MONDAYS = [kz(window("18:00", "20:00", days="mon"))]
OF_AIRTIME = [
    {"type": "quota", "id": "share", "select": {"genre": "news"}, "least_share": 0.5, "period": "day"},
    {"type": "quota", "id": "minutes", "select": {"genre": "news"}, "least_minutes": 5, "period": "day"},
    {"type": "quota", "id": "count", "select": {"genre": "news"}, "least_count": 1, "period": "day"},
    {"type": "either_or", "id": "either", "alternatives": [{"genre": "news"}, {"genre": "film"}], "least_share": 0.1,
     "period": "day"},
    {"type": "allowance", "id": "bonus", "select": {"genre": "drama"}, "most_minutes": 0, "of": {"genre": "news"},
     "per_minutes": 30, "adds_minutes": 10, "period": "day"},
]  # fmt: skip
OWED = {"type": "pace", "id": "owed", "select": {"programme": "s"}, "period": "day", "least": 1}


def test_a_share_of_nothing_is_no_row_and_what_is_owed_is_still_asked(tmp_path):
    """Airtime on Monday alone: rules of a channel's airtime have a row that day only, a pace on each day."""
    soft = [{**rule, "hard": False, "price": 3} for rule in (*OF_AIRTIME, OWED)]
    instance = build(tmp_path, MONDAYS, [programme("s", 60, episodes=3)], rules=soft, days=3)
    rng = np.random.default_rng(3)
    for _ in range(3):
        formulation, chosen, timetable = drawn(instance, rng, 3)
        found = {}
        for row in verify(timetable).measurements:
            found.setdefault(row.rule, set()).add(row.period)
        days = {str(date(2026, 12, day)) for day in (7, 8, 9)}
        assert found["owed"] == days
        assert {rule["id"]: found[rule["id"]] for rule in OF_AIRTIME} == {
            rule["id"]: {min(days)} for rule in OF_AIRTIME
        }
        assert missed_rows(formulation, formulation.point(chosen)) == missed_checks(verify(timetable))


def test_a_basis_of_nothing_is_kept(tmp_path):
    """There is airtime, but none of the basis: half of nothing is nothing."""
    rule = {"type": "quota", "id": "Q", "select": {"tag": "x"}, "basis": {"genre": "film"}, "least_share": 0.5}
    instance = build(tmp_path, MONDAYS, [programme("s", 60)], rules=[{**rule, "period": "day"}], days=1)
    _, _, timetable = drawn(instance, np.random.default_rng(1))
    assert [(row.have, row.need, row.miss) for row in verify(timetable).measurements if row.rule == "Q"] == [(0, 0, 0)]


def test_fallback_is_a_rerun_only_where_it_says_so(tmp_path):
    rule = {"type": "quota", "id": "Q", "select": {"run": "rerun"}, "most_minutes": 60, "period": "day"}
    for name, fallback, have in (("silent", {}, 0), ("said", {"run": "rerun"}, 120), ("first", {"run": "first"}, 0)):
        channels = [kz(window("18:00", "20:00"), fallback={"genre": "other", **fallback})]
        instance = build(tmp_path / name, channels, [programme("s", 60)], rules=[rule], days=1)
        _, _, empty = drawn(instance, np.random.default_rng(1), 0)
        (row,) = [row for row in verify(empty).measurements if row.rule == "Q"]
        assert row.have == have
        wrong, _ = disagreements(instance, 1)
        assert not wrong, "\n".join(wrong)


def test_an_airing_inside_a_longer_one_does_not_hide_what_it_overlaps(tmp_path):
    """The third airing begins after the second has ended, but before the first has."""
    shown = [programme("long", 120), programme("short", 30), programme("later", 30)]
    instance = load(write(tmp_path, content([kz(window("18:00", "22:00"))], shown)))
    rows = [aired("Q.kz", f"2026-12-07T{at}Z", title, minutes) for at, title, minutes in (
        ("13:00", "long", 120), ("13:30", "short", 30), ("14:30", "later", 30)
    )]  # fmt: skip
    path = tmp_path / "timetable.csv"
    path.write_text(table_text(rows), encoding="utf-8")
    broken = verify(read_timetable(instance, path)).broken
    assert [(row.period[11:], row.aspect.code) for row in broken] == [("13:30Z", "overlap"), ("14:30Z", "overlap")]
