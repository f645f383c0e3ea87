"""For every kind of rule: what its dates do, and what `run` in its selectors means."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import numpy as np
import pytest
from pydantic import ValidationError

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.instance import InputError, Selector
from scheduler.rules import AGREEMENTS, RULES, load, rules_of
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import anchor, build, choices, content, kz, programme, uz, window, write
from tests.rules.agreement import disagreements
from tests.rules.cases import KINDS as CORE
from tests.rules.rulebook_cases import RULEBOOK

KINDS = {str(kind.model_fields["type"].default): kind for kind in (*AGREEMENTS, *RULES)}
FEW = 3
"""This number of cases per kind is enough here: every case is compared whole elsewhere."""

CASES = {name: (RULEBOOK.get(name, []) + CORE.get(name, []))[:FEW] for name in KINDS}
SECTIONS = {"parity": "agreements"}
COUNTED_FROM_THEIR_DATES = ("campaign", "dubbing")
"""Kinds that count from their first day; here this is the horizon's."""


def written(spec, kind):
    """The rules of a kind in an instance's text."""
    file = spec["instance.yaml"]
    return [rule for rule in file[SECTIONS.get(kind, "rules")] if rule["type"] == kind]


def dated(spec, kind, **dates):
    """The same instance with other dates on the rules of a kind."""
    found = deepcopy(spec)
    for rule in written(found, kind):
        rule.pop("valid_from", None)
        rule.pop("valid_to", None)
        rule.update(dates)
    return found


def without(spec, kind):
    found = deepcopy(spec)
    section = SECTIONS.get(kind, "rules")
    found["instance.yaml"][section] = [rule for rule in found["instance.yaml"][section] if rule["type"] != kind]
    return found


def laid_out(folder, spec):
    instance = load(write(folder, spec))
    airings = build_airings(instance, rules_of(instance))
    return instance, airings, formulate(airings)


OUTSIDE = {"ended": {"valid_to": "2026-11-30"}, "to come": {"valid_from": "2027-03-01"}}


@pytest.mark.parametrize("when", OUTSIDE)
@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_of_other_dates_has_no_effect(kind, when, tmp_path):
    for number, (name, most, spec) in enumerate(CASES[kind]):
        own, airings, rows = laid_out(tmp_path / f"{number}a", dated(spec, kind, **OUTSIDE[when]))
        _, bare, plain = laid_out(tmp_path / f"{number}b", without(spec, kind))
        assert airings.frame.equals(bare.frame), name
        assert rows.labels.equals(plain.labels), name
        assert (rows.matrix != plain.matrix).nnz == 0, name
        ids = {rule["id"] for rule in written(spec, kind)}
        for chosen in [np.zeros(len(airings), dtype=bool), next(iter(_last(choices(rows, min(most, 1)))))]:
            assert not ids & {row.rule for row in verify(timetable_of(airings, chosen)).measurements}, name
        assert own.written_rules, name


def _last(found):
    yield list(found)[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_dates_that_cover_the_horizon_change_nothing(kind, tmp_path):
    for number, (name, _, spec) in enumerate(CASES[kind]):
        wide = {"valid_from": "2026-11-01", "valid_to": "2027-02-01"}
        if kind in COUNTED_FROM_THEIR_DATES:
            horizon = spec["instance.yaml"]["horizon"]
            start = date.fromisoformat(str(horizon["start"]))
            wide = {"valid_from": str(start), "valid_to": str(start + timedelta(days=horizon["days"] - 1))}
        _, airings, rows = laid_out(tmp_path / f"{number}a", dated(spec, kind, **wide))
        _, bare, plain = laid_out(tmp_path / f"{number}b", dated(spec, kind))
        assert airings.frame.equals(bare.frame), name
        own = ["period", "subject"] if kind in COUNTED_FROM_THEIR_DATES else []  # rows are named by the dates
        assert rows.labels.drop(columns=own).equals(plain.labels.drop(columns=own)), name
        assert (rows.matrix != plain.matrix).nnz == 0, name
        assert rows.lower.tolist() == plain.lower.tolist(), name
        assert rows.upper.tolist() == plain.upper.tolist(), name


HALVES = {"from the second day": {"valid_from": "2026-12-08"}, "to the first day": {"valid_to": "2026-12-07"}}


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("kind", KINDS)
def test_rows_and_check_agree_on_dates_inside_the_horizon(kind, half, tmp_path):
    tried = 0
    for number, (name, _, spec) in enumerate(CASES[kind]):
        if spec["instance.yaml"]["horizon"]["start"] != "2026-12-07" or spec["instance.yaml"]["horizon"]["days"] > 3:
            continue
        longer = dated(spec, kind, **HALVES[half])
        longer["instance.yaml"]["horizon"]["days"] = 2
        wrong, _ = disagreements(load(write(tmp_path / str(number), longer)), 1)
        assert not wrong, "\n".join([name, *wrong])
        tried += 1
    assert tried


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_airs_outside_the_dates_neither_counts_nor_is_barred(kind, half, tmp_path):
    """Airings a whole day off the rule's dates leave every measurement of the rule as with nothing on air."""
    for number, (name, _, spec) in enumerate(CASES[kind]):
        start = spec["instance.yaml"]["horizon"]["start"]
        if start != "2026-12-07" or spec["programmes.csv"] == [] or spec["instance.yaml"]["horizon"]["days"] > 3:
            continue
        longer = dated(spec, kind, **HALVES[half])
        longer["instance.yaml"]["horizon"]["days"] = 2
        instance, airings, _ = laid_out(tmp_path / str(number), longer)
        _, free, _ = laid_out(tmp_path / f"{number}free", dated(without(longer, kind), kind))
        first, last = (0, 0) if half == "from the second day" else (1, 1)
        at_end = np.array([instance.timeline.clock(instance.channels[c].zone).day[e - 1] for c, e in _ends(free)])
        off = (free.broadcast_day >= first) & (free.broadcast_day <= last) & (at_end >= first) & (at_end <= last)
        off &= np.array([instance.timeline.clock(instance.channels[c].zone).day[s] for c, s in _starts(free)]) == first
        mine = {tuple(row) for row in airings.frame.to_numpy().tolist()}
        assert all(tuple(row) in mine for row in free.frame[off].to_numpy().tolist()), f"{name}: barred"
        nothing = missed_by(timetable_of(airings, np.zeros(len(airings), dtype=bool)), spec, kind)
        for at in np.flatnonzero(off).tolist()[:FEW]:
            chosen = np.arange(len(free)) == at
            table = timetable_of(free, chosen)
            found = missed_by(type(table)(instance, *list(_columns(table))), spec, kind)
            assert found == nothing, f"{name}: {free.frame.iloc[at].to_dict()}"


def _columns(table):
    return (getattr(table, name) for name in ("channel", "start", "minutes", "content", "episode", "first", "anchor"))


def _ends(airings):
    return zip(airings.channel.tolist(), airings.end_minute.tolist(), strict=True)


def _starts(airings):
    return zip(airings.channel.tolist(), airings.start_minute.tolist(), strict=True)


def missed_by(timetable, spec, kind):
    ids = {rule["id"] for rule in written(spec, kind)}
    return {
        (row.rule, row.subject, row.period, row.aspect): row.miss for row in verify(timetable).missed if row.rule in ids
    }


SELECTING = {
    (name, field): kind
    for name, kind in KINDS.items()
    for field, info in kind.model_fields.items()
    if "Selector" in str(info.annotation)
}
"""Every selector of every kind of rule."""

NEEDS = {
    "quota": {"most_count": 0, "period": "horizon"},
    "either_or": {"least_share": 0.9, "period": "day"},
    "renewal": {"least_share": 0.9},
    "languages": {"audio": ["rus"]},
    "runs_per_day": {"most": 0},
    "strand": {"days": "sat"},
    "campaign": {"parties": ["KZ"], "least_runs": 4},
    "supply": {"channels": ["Q.kz"], "shares": {"KZ": 0.5, "UZ": 0.5}, "most": 0, "tolerance": None},
    "premiere": {"parties": ["KZ", "UZ"]},
    "pace": {"most": 0, "period": "week"},
    "repeat": {"within_hours": 2},
    "cool_down": {"days": 2},
    "relay": {"starts": ["03:00"]},
    "calendar": {"dates": ["2026-12-07", "2026-12-08", "2026-12-09"]},
    "variety": {"most_minutes": 0, "hours": 1},
    "no_clash": {"most": 0},
    "lead_in": {"within": 0},
    "allowance": {"most_minutes": 0, "per_minutes": 30, "adds_minutes": 30, "period": "horizon"},
}
REFUSED = {("quota", "basis"), ("pace", "select"), ("premiere", "select"), ("repeat", "select")}
COUNTED = {
    **{(name, "select"): "select" for name in NEEDS if name not in ("calendar", "either_or")},
    ("either_or", "alternatives"): "alternatives",
    ("calendar", "bar"): "bar",
    ("calendar", "ask"): "ask",
    ("lead_in", "after"): "after",
    ("allowance", "of"): "of",
}


def rule_with(kind, field, selector):
    more = dict(NEEDS[kind])
    others = {
        "lead_in": {"select": {"genre": "drama"}},
        "allowance": {"select": {"genre": "none"}, "of": {"genre": "none"}},
    }
    if kind == "calendar" and field == "ask":
        more["least_minutes"] = 1000
    if kind == "either_or":
        selector = [selector, {"genre": "none"}]
    return {"type": kind, "id": "R", **more, **others.get(kind, {}), field: selector, "hard": False, "price": 7}


def test_every_selector_is_known_here():
    assert set(SELECTING) - REFUSED == set(COUNTED) - REFUSED


@pytest.mark.parametrize(("kind", "field"), sorted(REFUSED))
def test_reruns_are_refused_where_first_runs_are_counted(kind, field):
    rule = {**rule_with(kind, field, {"run": "rerun"}), "select": {"run": "rerun"}}
    if field == "basis":
        rule = {**rule, "most_count": None, "most_share": 0.5, "basis": {"run": "rerun"}}
    rule = {key: value for key, value in rule.items() if value is not None}
    with pytest.raises(ValidationError, match=r"run"):
        SELECTING[kind, field].model_validate(rule)


def two_channels():
    night = window("23:00", "24:00")
    return [kz(night, fallback={"genre": "own"}), uz(night, fallback={"genre": "own"})]


@pytest.mark.parametrize("run", ["first", "rerun"])
@pytest.mark.parametrize(("kind", "field"), sorted(set(COUNTED) - REFUSED))
def test_a_run_in_a_selector_means_the_same_everywhere(kind, field, run, tmp_path):
    """Rows and check agree with `run`; a run that the selector leaves out leaves the rule as with nothing on air."""
    series = programme("series", 60, runs=2, versions="kaz:original", tags="t", delivery="relay")
    rule = rule_with(kind, field, {"run": run, "programme": "series"})
    rule = {key: value for key, value in rule.items() if value is not None}
    instance = build(tmp_path, two_channels(), [series], rules=[rule], days=2)
    wrong, seen = disagreements(instance, 2)
    assert not wrong, "\n".join(wrong)
    airings = build_airings(instance, rules_of(instance))
    takes_part = {"first": airings.run == 1, "rerun": airings.run == 2}
    empty = missed(timetable_of(airings, np.zeros(len(airings), dtype=bool)))
    changed = {}
    for called, flags in takes_part.items():
        tables = [timetable_of(airings, np.arange(len(airings)) == at) for at in np.flatnonzero(flags).tolist()]
        changed[called] = any(missed(table) != empty for table in tables)
    other = "rerun" if run == "first" else "first"
    if field in ("after", "of") or kind == "renewal":  # it leads in, earns, or needs history: alone it misses nothing
        return
    if kind in ("strand", "cool_down"):
        changed = {called: value or called == run for called, value in changed.items()}
    assert changed[run], "the selected run has no effect"
    assert not changed[other], "a run that is not selected counts"
    assert seen["timetables"] > 1


def missed(timetable):
    return {(row.subject, row.period, row.aspect): row.miss for row in verify(timetable).missed if row.rule == "R"}


def test_hard_bans_of_one_run_leave_the_other(tmp_path):
    """A first run in the wrong language is barred, a rerun in it is not, and no first run is not a ban of reruns."""
    series = programme("series", 60, runs=2)
    rules = [{"type": "languages", "id": "L", "select": {"run": "first"}, "audio": ["rus"]}]
    instance = build(tmp_path / "languages", [kz(window("23:00", "24:00"))], [series], rules=rules, days=2)
    assert set(build_airings(instance, rules_of(instance)).run.tolist()) == {2}
    rules = [{"type": "runs_per_day", "id": "D", "select": {"run": "rerun"}, "most": 0}]
    instance = build(tmp_path / "runs", [kz(window("23:00", "24:00"))], [series], rules=rules, days=2)
    rows = formulate(build_airings(instance, rules_of(instance)))
    one = rows.labels["rule"] == "D"
    touched = rows.matrix[np.flatnonzero(one)].sum(axis=0)[: rows.airing_count]
    assert (touched > 0).tolist() == (build_airings(instance, rules_of(instance)).run == 2).tolist()


RUNS_OF_FALLBACK = {"neither": (None, 0, 0), "first": ("first", 120, 0), "rerun": ("rerun", 0, 120)}


@pytest.mark.parametrize("said", RUNS_OF_FALLBACK)
def test_fallback_counts_by_the_run_that_it_says(said, tmp_path):
    run, first, rerun = RUNS_OF_FALLBACK[said]
    fallback = {"genre": "own"} if run is None else {"genre": "own", "run": run}
    rules = [
        {"type": "quota", "id": name, "select": {"run": name}, "most_minutes": 0, "hard": False, "price": 1}
        for name in ("first", "rerun")
    ]
    night = kz(window("22:00", "24:00"), fallback=fallback)
    instance = build(tmp_path, [night], [programme("series", 60, runs=2)], rules=rules)
    wrong, _ = disagreements(instance, 2)
    assert not wrong, "\n".join(wrong)
    airings = build_airings(instance, rules_of(instance))
    rows = verify(timetable_of(airings, np.zeros(len(airings), dtype=bool))).measurements
    assert {row.rule: int(row.have) for row in rows if row.rule in ("first", "rerun")} == {
        "first": first,
        "rerun": rerun,
    }


def test_a_partner_may_premiere_after_the_last_day_of_the_rule(tmp_path):
    """Within two days of a premiere on the rule's last day; later than that, each day of the rule is a day late."""
    night = window("23:00", "24:00")
    rule = {
        "type": "premiere", "id": "P", "select": {"programme": "joint"}, "parties": ["KZ", "UZ"], "within_days": 2,
        "valid_from": "2026-12-08", "valid_to": "2026-12-08", "hard": False, "price": 1,
    }  # fmt: skip
    instance = build(tmp_path, [kz(night), uz(night)], [programme("joint", 60)], rules=[rule], days=5)
    wrong, seen = disagreements(instance, 2, enough=5)
    assert not wrong, "\n".join(wrong)
    assert seen["P"]
    airings = build_airings(instance, rules_of(instance))
    late = {}
    for there in range(5):
        here = (airings.channel == 0) & (airings.broadcast_day == 1)
        chosen = here | ((airings.channel == 1) & (airings.broadcast_day == there))
        late[there] = len([row for row in verify(timetable_of(airings, chosen)).missed if row.rule == "P"])
    assert late == {0: 0, 1: 0, 2: 0, 3: 0, 4: 1}


def test_calendar_days_outside_the_dates_are_left_out(tmp_path):
    rule = {
        "type": "calendar", "id": "C", "dates": ["2026-12-07", "2026-12-08"], "ask": {"genre": "film"},
        "least_minutes": 30, "valid_to": "2026-12-07",
    }  # fmt: skip
    instance = build(tmp_path, [kz(window("23:00", "24:00"))], [programme("local", 30)], rules=[rule], days=2)
    airings = build_airings(instance, rules_of(instance))
    rows = verify(timetable_of(airings, np.zeros(len(airings), dtype=bool))).measurements
    assert {row.period for row in rows if row.rule == "C"} == {"2026-12-07"}


def test_weeks_of_a_supply_outside_its_dates_are_not_asked_for(tmp_path):
    rule = {
        "type": "supply", "id": "S", "channels": "Q.kz", "shares": {"KZ": 0.5, "UZ": 0.5}, "least": 30,
        "period": "week", "valid_from": "2026-12-14",
    }  # fmt: skip
    shown = [programme("ours", 30, episodes=9), programme("theirs", 30, origin="UZ", episodes=9)]
    instance = build(tmp_path, [kz(window("23:00", "24:00"))], shown, rules=[rule], days=8)
    airings = build_airings(instance, rules_of(instance))
    assert set(formulate(airings).labels.query("rule == 'S'")["period"]) == {"2026-W51"}


def test_a_selector_with_run_inside_not_is_refused():
    with pytest.raises(ValidationError, match="state `run` next to `not`"):
        Selector.model_validate({"not": {"run": "first"}})


def test_measures_of_first_runs_refuse_reruns(tmp_path):
    measure = {"measure": "first_run_minutes", "period": "week", "least": 1, "select": {"run": "rerun"}}
    agreement = {"type": "parity", "id": "P", "parties": ["KZ", "UZ"], "measures": [measure]}
    night = window("23:00", "24:00")
    spec = content([kz(night), uz(night)], [programme("one", 30)], agreements=[agreement], anchors=[
        anchor("news", "Q.kz", "20:00", "20:30")
    ])  # fmt: skip
    with pytest.raises(InputError, match="first runs"):
        load(write(tmp_path, spec))
