"""Why a programme is not there: what is stated holds if it is solved with the programme at that place."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scheduler.instance.derived.aired import Lock
from scheduler.report.absence_words import forced_lines
from scheduler.report.language import Language
from scheduler.solve import Settings, solve
from scheduler.solve.answer_files import not_placed
from scheduler.why import absence, force
from tests.absences import LIMIT, absences
from tests.builders import build, content, kz, programme, uz, window, write
from tests.planned import command
from tests.small_instances import small_instances

CHANNELS = [
    kz(window("18:00", "20:00", accept={"origin": "UZ"})),
    uz(window("18:00", "20:00", accept={"origin": "KZ"})),
]
PROGRAMMES = [
    programme("u1", 120, origin="UZ", versions="uzb:original;kaz:dubbed", appeal="3"),
    programme("u2", 60, origin="UZ", versions="uzb:original;kaz:dubbed", appeal="2", genre="film"),
    programme("u3", 119, origin="UZ", versions="uzb:original;kaz:dubbed", age=18),
    programme("k1", 60, versions="kaz:original;uzb:dubbed"),
]
BARRED = {"type": "age_watershed", "id": "AGE", "territories": ["KZ"], "age": 18, "barred": ["06:00", "23:00"]}
RULES = [BARRED]


@pytest.fixture
def planned(tmp_path):
    instance = build(tmp_path, CHANNELS, PROGRAMMES)
    return instance, solve(instance, Settings("exact", time_limit=20.0)).timetable


@pytest.mark.parametrize("seed", [3, 6])
def test_a_title_forced_to_its_best_place_changes_the_value_as_was_said(seed):
    said = list(absences(next(small_instances(seed))))
    assert len([one for one in said if one.at_least is not None]) > 1
    assert any(one.at_most is not None for one in said)
    assert [one.line() for one in said if one.wrong] == []


def test_the_best_place_of_a_series_is_a_slot_for_all_of_it(tmp_path):
    two = [programme("s1", 30, episodes=3, appeal=1.5), programme("s2", 30, episodes=3, appeal=1.4)]
    strip = [{"select": {"episodes_over": 1}, "as": "strand", "day_sets": ["all"]}]
    instance = build(tmp_path, [kz(window("19:00", "19:30"))], two, days=2, placement=strip)
    answer = solve(instance, LIMIT)
    assert set(answer.timetable.programme.tolist()) == {0}
    (said,) = [one.place for one in not_placed(answer)]
    assert (said.airings, said.start_utc, said.pushes_out) == (2, "2026-12-07T14:00Z", ("s1",))
    forced = force(instance, answer.timetable, absence(instance, answer.timetable, "s2", LIMIT), LIMIT)
    assert forced.timetable.programme.tolist() == [1, 1]
    lost = answer.verification.value - forced.verification.value
    assert said.loses_at_least <= lost == said.loses_at_most
    (one,) = absences(instance)
    assert (one.programme, one.at_most, one.wrong) == ("s2", lost, ())


def test_what_stands_in_the_way_is_named(tmp_path):
    """A film over a cap would miss it; a film in the time of a lock would miss the lock."""
    cap = {"type": "quota", "id": "CAP", "territories": ["KZ"], "select": {"genre": "film"}, "most_minutes": 60,
           "period": "day"}  # fmt: skip
    instance = build(
        tmp_path, CHANNELS, [*PROGRAMMES, {**PROGRAMMES[1], "programme": "u4", "appeal": "1"}], rules=[cap]
    )
    locked = replace(
        instance, locks=(Lock(channel="Q.kz", start_utc=datetime(2026, 12, 7, 13, tzinfo=UTC), programme="u2"),)
    )
    answer = solve(locked, LIMIT)
    places = {one.programme: one.place for one in not_placed(answer)}
    assert places["u4"].misses == ("CAP",)
    assert places["u4"].hard
    assert places["u4"].loses_at_most is None
    assert (places["u1"].misses, places["u1"].hard) == (("locks",), True)


def test_the_best_place_and_what_it_pushes_out(planned):
    instance, timetable = planned
    said = absence(instance, timetable, "u2", Settings(time_limit=20.0))
    assert (said.aired, said.reason) == ((), None)
    assert said.place.channel == "Q.kz"
    forced = force(instance, timetable, said, Settings("exact", time_limit=20.0))
    assert forced.verification.value == forced.bound < said.value
    assert said.value - forced.verification.value >= said.place.loses_at_least > 0


def test_a_place_that_is_none_has_its_reason(planned):
    instance, timetable = planned
    settings = Settings(time_limit=20.0)
    assert absence(instance, timetable, "u2", settings, channel="O.uz").reason.code == "no_window"
    there = absence(instance, timetable, "u2", settings, channel="Q.kz", at=datetime(2026, 12, 7, 14, tzinfo=UTC))
    assert there.starts == 1
    nothing = absence(instance, timetable, "u2", settings, channel="Q.kz", at=datetime(2026, 12, 7, 3, tzinfo=UTC))
    assert (nothing.reason, nothing.place, nothing.starts) == (None, None, 0)
    assert [channel for channel, _ in absence(instance, timetable, "u1", settings).aired] == ["Q.kz"]


def test_a_rule_that_bars_it_is_named(tmp_path):
    instance = build(tmp_path, CHANNELS, PROGRAMMES, rules=RULES)
    timetable = solve(instance, Settings("exact", time_limit=20.0)).timetable
    for channel in (None, "Q.kz"):
        reason = absence(instance, timetable, "u3", Settings(time_limit=20.0), channel).reason
        assert (reason.code, reason.rule) == ("rule", "AGE")


def test_a_place_at_which_the_hard_rules_cannot_hold_is_said_to_be_proven(tmp_path):
    """A film of two hours where a channel may air an hour of films: not "not found in time"."""
    cap = {"type": "quota", "id": "CAP", "channels": ["Q.kz"], "select": {"programme": "u1"}, "most_minutes": 60,
           "period": "day"}  # fmt: skip
    instance = build(tmp_path, CHANNELS, PROGRAMMES, rules=[cap])
    settings = Settings("exact", time_limit=20.0)
    plan = solve(instance, settings).timetable
    absent = absence(instance, plan, "u1", settings)
    forced = force(instance, plan, absent, settings)
    assert forced.impossible
    assert forced.timetable is None or forced.verification.hard_missed
    said = forced_lines(absent, plan, forced, Language("en"))
    assert "which is proven" in said[0]
    assert "in time" not in "".join(said)
    possible = absence(instance, plan, "u2" if "u2" not in plan_of(plan) else "u3", settings)
    assert not force(instance, plan, possible, settings).impossible


def plan_of(plan):
    """The ids of the programmes of a timetable."""
    return {plan.instance.programmes[at].programme for at in plan.programme.tolist()}


def test_the_command_says_it_in_words(tmp_path):
    folder, out = write(tmp_path / "i", content(CHANNELS, PROGRAMMES, rules=RULES)), tmp_path / "out"
    assert command("solve", folder, "--out", out, "--time-limit", 10, "-q")[0] == 0
    words = ["why", folder, out / "timetable.csv", "--programme"]
    code, said = command(*words, "u2")
    assert code == 0
    assert "the best is Q.kz, Mon 7 Dec 1" in said
    assert "it pushes out: U1 (Q.kz 2026-12-07T18:00)" in said
    assert "AGE" in command(*words, "u3")[1]
    assert "cannot air there: no window accepts it" in command(*words, "u2", "--channel", "O.uz")[1]
    assert "cannot start at that time" in command(*words, "u2", "--channel", "Q.kz", "--at", "2026-12-07T10:00")[1]
    assert command(*words, "U2", "--channel", "q.KZ", "--no-solve") == command(
        *words, "u2", "--channel", "Q.kz", "--no-solve"
    )
    office = [*words, "u2", "--channel", "Q.kz", "--no-solve", "--at"]
    assert command(*office, "07.12.2026 19:00") == command(*office, "2026-12-07T19:00")
    record = json.loads(command(*words, "u2", "--no-solve", "--json")[1])
    assert (record["place"]["channel"], record["forced"]) == ("Q.kz", None)
    assert "көрермен-минут" in command(*words, "u2", "--lang", "kk")[1]
    for wrong, error in (
        (["u9"], "there is no programme 'u9'; known: k1, u1"),
        (["u2", "--channel", "Q"], "there is no channel 'Q'"),
        (["u2", "--at", "2026-12-07T10:00"], "name the channel with --channel"),
        (["u2", "--channel", "Q.kz", "--at", "ten"], "'ten' is not a time"),
        (["u2", "--channel", "Q.kz", "--at", "2030-12-07T10:00"], "lies outside the horizon"),
    ):
        code, said = command(*words, *wrong)
        assert code == 2
        assert error in said
