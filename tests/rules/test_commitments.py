"""Series that continue after the horizon: the commitments that solve writes, and their use in the next horizon."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.instance import Commitment, InputError
from scheduler.instance.model.commitment import day_sets_text
from scheduler.rules import load, rules_of
from scheduler.rules.commitments import commitments_csv, commitments_of
from scheduler.solve import Settings, solve
from scheduler.solve.answer_files import answer_texts
from scheduler.timetable import runway, timetable_of
from scheduler.verify import verify
from tests.builders import aired, build, content, formulated, kept_choices, kz, programme, table_text, window, write
from tests.planned import command
from tests.rules.agreement import disagreements
from tests.rules.over_time import cut, part
from tests.rules.placement_cases import CASES, SERIES, two_starts

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance

SAMPLED = 5
LINE = {
    "programme": "s",
    "channel": "Q.kz",
    "start": "19:30",
    "days": "all",
    "version_language": "kaz",
    "version_kind": "original",
    "next_episode": 3,
}
"""A series that continues at 19:30. Two of its episodes have aired."""


def going_on(folder: Path, *lines: dict[str, Any], **more: Any) -> Instance:
    given = {"channels": [two_starts()], "programmes": [programme("s", 30, episodes=4)], "days": 3, **SERIES, **more}
    spec = content(given.pop("channels"), given.pop("programmes"), **given)
    write(folder, spec)
    (folder / "commitments.csv").write_text(table_text(lines, LINE), encoding="utf-8")
    return load(folder)


def plans(instance: Instance) -> set[tuple[tuple[str, int], ...]]:
    """(start, episode) of each airing of every timetable that keeps the hard rules; check and rows agree on each."""
    airings = build_airings(instance, rules_of(instance))
    found = set()
    for _, chosen in kept_choices(formulate(airings)):
        table = timetable_of(airings, chosen)
        assert not verify(table).hard_missed
        clock = [f"{instance.timeline.moment(int(at)):%dT%H:%M}" for at in table.start]
        found.add(tuple(zip(clock, table.episode.tolist(), strict=True)))
    return found


def test_a_commitment_holds_slot_and_episode(tmp_path):
    assert plans(going_on(tmp_path, LINE)) == {(("07T14:30", 3), ("08T14:30", 4))}


def test_without_it_the_series_is_free(tmp_path):
    assert len(plans(going_on(tmp_path))) > 5


def test_history_overtakes_the_episode_and_not_the_slot(tmp_path):
    history = [aired("Q.kz", "2026-12-06T14:00Z", "s", 30, episode=3)]
    instance = going_on(tmp_path, LINE, history=history)
    assert [str(one) for one in instance.warnings] == [
        "commitments.csv:2:31: warning: history.csv has episode 3 of 's' already, so it continues at 4; solve the"
        " horizon before again, or correct next_episode"
    ]
    assert plans(instance) == {(("07T14:30", 4),)}


def test_a_day_set_that_a_commitment_leaves_open_is_chosen_by_the_plan(tmp_path):
    placement = [{"as": "strand", "day_sets": ["all", "mon, tue", "mon"]}]
    both = {**LINE, "days": "mon, tue; mon", "next_episode": 1}
    found = plans(going_on(tmp_path, both, placement=placement))
    assert found == {(("07T14:30", 1), ("08T14:30", 2)), (("07T14:30", 1),)}


def test_a_commitment_that_no_bundle_can_keep_is_missed_by_rows_and_check(tmp_path):
    titles = [programme("s", 30, episodes=9, rights_to="2026-12-12"), programme("film", 30)]
    placement = [{"select": {"programme": "s"}, "as": "strand", "day_sets": ["all"]}]
    instance = going_on(tmp_path, {**LINE, "next_episode": 1}, programmes=titles, placement=placement)
    wrong, _ = disagreements(instance, most=2)
    assert not wrong
    answer = solve(instance, Settings(strategy="exact", time_limit=20, workers=1))
    assert [str(one.text) for one in answer.verification.hard_missed] == [
        "placement: 'S' in KZ does not continue in its slot, Q.kz 19:30"
    ]


def test_a_slot_that_is_gone_leaves_the_series_free(tmp_path):
    found = plans(going_on(tmp_path, {**LINE, "start": "12:00"}))
    assert (("07T14:00", 3), ("08T14:00", 4)) in found
    assert (("07T14:30", 3), ("08T14:30", 4)) in found


def test_what_is_wrong_in_it_is_said_with_its_place(tmp_path):
    with pytest.raises(InputError) as error:
        going_on(tmp_path, LINE, {**LINE, "start": "19:00"}, {**LINE, "programme": "t"}, {**LINE, "next_episode": 5})
    assert sorted(str(problem) for problem in error.value.problems) == [
        "commitments.csv:3:1: 's' continues in KZ in one slot; line 2 has another, remove one (and 1 more places)",
        "commitments.csv:4:1: there is no programme 't'; known: s",
        "commitments.csv:5:31: 's' has 4 episodes, the next would be 5; remove the line or correct one of the numbers",
    ]


def test_solve_writes_them_and_the_next_week_reads_them(tmp_path):
    films = programme("film", 30, genre="film", appeal=1.1)
    case = {
        "channels": [kz(window("19:00", "19:30"))],
        "programmes": [programme("s", 30, episodes=9, appeal=1.5), programme("t", 30, episodes=2, appeal=1.2), films],
        "placement": [{"select": {"episodes_over": 1}, "as": "strand", "day_sets": ["mon-wed", "mon-fri", "thu-fri"]}],
        "days": 7,
    }
    answer = solve(
        build(tmp_path / "one", case["channels"], case["programmes"], days=7, placement=case["placement"]),
        Settings(strategy="exact", time_limit=20, workers=1),
    )
    text = answer_texts(answer)["commitments.csv"]
    assert list(csv.reader(io.StringIO(text))) == [
        list(LINE),
        ["s", "Q.kz", "19:00", "mon-fri", "kaz", "original", "6"],
    ]
    write(tmp_path / "two", content(case["channels"], case["programmes"], start="2026-12-14", **_rest(case)))
    (tmp_path / "two" / "commitments.csv").write_text(text, encoding="utf-8")
    second = solve(load(tmp_path / "two"), Settings(strategy="exact", time_limit=20, workers=1)).timetable
    mine = second.programme == second.instance.programme_index["s"]
    assert second.episode[mine].tolist() == [6, 7, 8, 9]
    assert commitments_of(second) == ()


@pytest.mark.parametrize(("days", "begun", "continue_"), [("mon-thu", 1, ["s"]), ("tue-thu", 2, ["e", "s"])])
def test_what_an_event_leaves_over_meets_no_other_series_in_the_next_week(tmp_path, days, begun, continue_):
    """A four-part event from Friday on needs Monday, too."""
    channels = [kz(window("19:00", "19:30"))]
    titles = [programme("e", 30, episodes=4, appeal=1.5), programme("s", 30, episodes=12)]
    placement = [{"select": {"programme": "e"}, "as": "event"}, {"as": "strand", "day_sets": [days]}]
    past = [
        aired("Q.kz", f"2026-12-{day:02d}T14:00Z", "s", 30, episode=number)
        for number, day in enumerate(range(begun, 4), start=1)
    ]
    more = {"placement": placement, "days": 7}
    one = build(tmp_path / "one", channels, titles, history=past, **more)
    settings = Settings(strategy="exact", time_limit=20, workers=1)
    answer = solve(one, settings)
    text = answer_texts(answer)["commitments.csv"]
    assert sorted(line.split(",")[0] for line in text.splitlines()[1:]) == continue_
    write(tmp_path / "two", content(channels, titles, start="2026-12-14", **more))
    (tmp_path / "two" / "commitments.csv").write_text(text, encoding="utf-8")
    second = solve(load(tmp_path / "two"), settings).timetable
    assert not verify(second).hard_missed
    assert {second.instance.programmes[at].programme for at in second.programme.tolist()} >= {*continue_}


@pytest.mark.parametrize(("days", "continue_"), [("wed, thu", ["t"]), ("thu", ["s", "t"])])
def test_series_that_pause_on_a_holiday_do_not_meet_on_that_weekday_in_the_next_week(tmp_path, days, continue_):
    """A drama on Monday to Wednesday pauses on Wednesday; a concert cycle begins on Thursday."""
    closed = {"dates": ["2026-12-09"], "start": "12:00", "end": "12:20"}
    evening = window("19:00", "19:30", "mon-thu")
    titles = [programme("s", 30, episodes=9, appeal=1.2), programme("t", 30, episodes=9, genre="concert", appeal=5)]
    placement = [
        {"select": {"programme": "s"}, "as": "strand", "day_sets": ["mon-wed"]},
        {"as": "strand", "day_sets": [days]},
    ]
    settings = Settings(strategy="exact", time_limit=20, workers=1)
    more = {"placement": placement, "days": 7}
    one = build(tmp_path / "one", [kz(evening, closed)], titles, **more)
    text = answer_texts(solve(one, settings))["commitments.csv"]
    assert sorted(line.split(",")[0] for line in text.splitlines()[1:]) == continue_
    write(tmp_path / "two", content([kz(evening)], titles, start="2026-12-14", **more))
    (tmp_path / "two" / "commitments.csv").write_text(text, encoding="utf-8")
    second = load(tmp_path / "two")
    assert not second.warnings
    assert not verify(solve(second, settings).timetable).hard_missed


def _rest(case: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in case.items() if name not in ("channels", "programmes")}


def test_a_series_that_pauses_keeps_its_commitment(tmp_path):
    sunday = {**LINE, "days": "sun"}
    instance = going_on(tmp_path, sunday, placement=[{"as": "strand", "day_sets": ["mon-fri", "sun"]}])
    airings = build_airings(instance, rules_of(instance))
    nothing = timetable_of(airings, np.zeros(len(airings), dtype=bool))
    assert not verify(nothing).hard_missed
    assert commitments_of(nothing) == instance.commitments


ONCE = [name for name in CASES if "lock" not in name and name != "reruns"]
"""Cases without exceptions, which a commitment leaves out, and without reruns, for which it has the latest day."""


@pytest.mark.parametrize("name", ONCE)
def test_what_is_accepted_whole_is_accepted_after_a_commitment(name, tmp_path):
    case = {**SERIES, **CASES[name]}
    spec = content(case.pop("channels"), case.pop("programmes"), **case)
    whole = load(write(tmp_path / "whole", spec))
    airings = build_airings(whole, rules_of(whole))
    kept = [chosen for _, chosen in kept_choices(formulate(airings)) if np.any(chosen & ~airings.past)]
    start, days = whole.file.horizon.start, whole.file.horizon.days
    for number, chosen in enumerate(kept[:: max(1, len(kept) // SAMPLED)]):
        timetable = timetable_of(airings, chosen & ~airings.past)
        for day in range(1, days):
            middle = start + timedelta(days=day)
            before, after = cut(whole, timetable, middle)
            if not before:
                continue
            folder = tmp_path / f"{number}-{day}"
            known = [row for row in spec["history.csv"] if row["start_utc"][:10] < middle.isoformat()]
            _, one = part(folder / "one", spec, start, day, known, before)
            folder = folder / "two"
            folder.mkdir()
            (folder / "commitments.csv").write_text(commitments_csv(commitments_of(one)), encoding="utf-8")
            _, two = part(folder, spec, middle, days - day, [*spec["history.csv"], *before], after)
            said = verify(two)
            missed = [row for row in said.hard_missed if row.period != "horizon"]
            wrong = [str(row.text) for row in (*said.broken, *missed)]
            assert not wrong, f"cut at {middle}: {wrong}\n{commitments_of(one)}\n{airings.frame[chosen]}"


def test_day_sets_are_read_as_they_are_written():
    for said in ("all", "mon-fri", "mon-fri; mon-thu", "mon, wed", "sun", "sat-sun"):
        line = Commitment.model_validate({**LINE, "days": said})
        assert day_sets_text(line.days) == said


def test_rights_count_the_episodes_before(tmp_path):
    instance = going_on(tmp_path, {**LINE, "next_episode": 4})
    assert instance.past.last_episode(0, "KZ") == 3
    assert formulated(instance).airing_count
    assert plans(instance) == {(("07T14:30", 4),)}


def test_a_runway_counts_places(tmp_path):
    """Thirteen episodes two by two: ten in the first week, the last three on Monday and Tuesday."""
    case = {"channels": [kz(window("19:00", "20:00"))], "programmes": [programme("s", 30, episodes=13)], "days": 7}
    two = [{"as": "strand", "day_sets": ["mon-fri"], "episodes_per_place": 2}]
    instance = build(tmp_path, case["channels"], case["programmes"], days=7, placement=two)
    airings = build_airings(instance, rules_of(instance))
    table = timetable_of(airings, airings.broadcast_day < 5)
    assert not verify(table).broken
    (run,) = runway(table)
    assert (run.last_episode, run.ends, run.start) == (10, date(2026, 12, 15), "19:00")
    (line,) = commitments_of(table)
    assert (line.start, line.next_episode) == (19 * 60, 11)


def test_solve_says_where_the_commitments_are(tmp_path):
    going_on(tmp_path / "plan", LINE)
    code, said = command("solve", tmp_path / "plan", "--out", tmp_path / "out", "--time-limit", "5")
    assert code == 0
    assert str(tmp_path / "out" / "commitments.csv") in said
    assert (tmp_path / "out" / "commitments.csv").exists()


def test_a_series_that_stops_is_named_with_its_territory_and_slot(tmp_path):
    instance = going_on(tmp_path, LINE)
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    texts = {
        str(row.text)
        for chosen in (formulation.locked, next(chosen for _, chosen in kept_choices(formulation)))
        for row in verify(timetable_of(airings, chosen)).measurements
        if row.aspect.code == "goes on"
    }
    assert texts == {
        "placement: 'S' in KZ does not continue in its slot, Q.kz 19:30",
        "placement: 'S' in KZ continues in its slot, Q.kz 19:30",
    }
