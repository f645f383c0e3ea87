"""What a planner reads about mistakes in `placement`, in named slots and in commitments.csv."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.instance import InputError
from scheduler.rules import load, rules_of
from scheduler.solve import Settings, solve
from scheduler.solve.answer_files import not_placed
from scheduler.why import absence
from scheduler.without_effect import before_solving
from scheduler.without_slot import titles_without_slot
from tests.builders import aired, build, content, kz, programme, table_text, window, write

CHANNEL = kz(window("19:00", "21:00", "mon-fri"))
SERIES = programme("s", 30, episodes=9)
CONCERT = programme("c", 30, genre="concert", episodes=2)
LINE = {
    "programme": "s",
    "channel": "Q.kz",
    "start": "19:30",
    "days": "mon-fri",
    "version_language": "kaz",
    "version_kind": "original",
    "next_episode": 3,
}
STRAND = {"as": "strand", "day_sets": ["mon-fri"]}


def folder_with(folder: Path, *lines: dict[str, Any], **more: Any) -> Path:
    given = {"placement": [{"select": {"genre": "concert"}, "as": "free"}, STRAND], "days": 7, **more}
    write(folder, content([given.pop("channel", CHANNEL)], given.pop("programmes", [SERIES, CONCERT]), **given))
    if lines:
        (folder / "commitments.csv").write_text(table_text(lines, LINE), encoding="utf-8")
    return folder


def errors(folder: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        load(folder)
    return [str(one) for one in error.value.problems]


def effects(folder: Path) -> list[str]:
    instance = load(folder)
    airings = build_airings(instance, rules_of(instance))
    return [str(one.text) for one in before_solving(airings, formulate(airings), rules_of(instance))]


def test_day_sets_are_shown_as_they_are_written(tmp_path):
    (said,) = errors(folder_with(tmp_path, placement=[{"as": "strand", "day_sets": ["Пн-Пт"]}]))
    assert "day_sets[0]: 'Пн-Пт' is not a weekday" in said


def test_capital_letters_are_weekdays(tmp_path):
    assert effects(folder_with(tmp_path, placement=[{"as": "strand", "day_sets": ["Mon-FRI", "ALL"]}])) == []


def test_a_weekly_title_has_one_weekday(tmp_path):
    (said,) = errors(folder_with(tmp_path, placement=[{"as": "weekly", "day_sets": ["mon", "sat, sun"]}]))
    assert said.endswith(
        "placement[0]: day_sets: a weekly title has one weekday, and sat-sun are 2; write one weekday in each of its"
        " day sets, or `as: strand`"
    )


def test_weekdays_are_listed_in_their_order(tmp_path):
    line = {"as": "strand", "followers": [{"omnibus": "Пн", "start": "12:00"}]}
    (said,) = errors(folder_with(tmp_path, placement=[line]))
    assert said.endswith("'Пн' is not one of the words known here; known: mon, tue, wed, thu, fri, sat, sun")


def test_a_wrong_cell_hides_no_unknown_title_of_other_rows(tmp_path):
    """The days of the last row are wrong once: that it has no day set then is no problem of its own."""
    lines = [{**LINE, "programme": "t"}, {**LINE, "channel": "R.kz"}, {**LINE, "days": "mo-fr"}]
    assert errors(folder_with(tmp_path, *lines)) == [
        "commitments.csv:2:1: there is no programme 't'; known: c, s",
        "commitments.csv:3:3: there is no channel 'R.kz'; did you mean 'Q.kz'?",
        "commitments.csv:4:14: days: 'mo-fr' is not a weekday or a span of them; expected mon, tue, …, sun, mon-fri or"
        " all",
    ]


def test_a_commitment_in_a_version_that_the_title_does_not_have(tmp_path):
    assert errors(folder_with(tmp_path, {**LINE, "version_language": "rus", "version_kind": "dubbed"})) == [
        "commitments.csv:2:22: 's' has no version 'rus dubbed'; it has kaz original"
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"start": "16:00"},
            "commitments.csv:2:8: warning: no window of 'Q.kz' has 30 minutes at 16:00 on mon-fri, so 's' takes another"
            " slot; correct start or days if it is to keep this one",
        ),
        (
            {"days": "sat"},
            "commitments.csv:2:8: warning: no window of 'Q.kz' has 30 minutes at 19:30 on sat, so 's' takes another"
            " slot; correct start or days if it is to keep this one",
        ),
        (
            {"programme": "c", "next_episode": 2},
            "commitments.csv:2:1: warning: 'c' airs freely or in rubrics on 'Q.kz', as `placement` says, so it keeps no"
            " slot; remove the line, or write another kind in its `placement`",
        ),
        ({}, None),
    ],
    ids=["start", "days", "free", "right"],
)
def test_commitments_that_nothing_can_keep_are_named(tmp_path, changed, said):
    instance = load(folder_with(tmp_path, {**LINE, **changed}))
    assert [str(one) for one in instance.warnings] == ([] if said is None else [said])


@pytest.mark.parametrize(
    ("changed", "meet"),
    [
        ({}, True),
        ({"start": "19:00"}, False),
        ({"days": "mon, wed"}, False),
        ({"days": "mon-thu; tue-fri"}, True),
        ({"days": "mon-thu; mon, sun"}, False),
        ({"days": "tue-fri", "next_episode": 5}, True),
        ({"days": "all", "next_episode": 5}, False),
    ],
    ids=["same days", "start", "days", "in both sets", "in one set", "its last episode", "its last one, a day before"],
)
def test_two_commitments_for_one_time_are_named(tmp_path, changed, meet):
    """The first line is of a series whose last episode is due on Tuesday, the 8th."""
    lines = [{**LINE, "days": "tue-fri", "next_episode": 4}, {**LINE, "programme": "t", **changed}]
    titles = [programme("s", 30, episodes=4), programme("t", 30, episodes=5)]
    instance = load(folder_with(tmp_path, *lines, programmes=[*titles, CONCERT]))
    said = "commitments.csv:3:8: warning: 't' and 's' (line 2) need 'Q.kz' at the same time on 2026-12-08;"
    assert [str(one).partition(" one of them")[0] for one in instance.warnings] == ([said] if meet else [])


def test_a_slot_after_midnight_is_in_the_window_of_the_evening(tmp_path):
    late = kz(window("23:00", "25:00"))
    assert load(folder_with(tmp_path, {**LINE, "start": "00:30"}, channel=late)).warnings == ()


def test_a_line_that_comes_too_late_holds_for_nothing(tmp_path):
    wide = {"select": {"episodes_over": 1}, "as": "strand"}
    narrow = {"select": {"programme": "s"}, "as": "event"}
    others = {"select": {"genre": "quiz"}, "as": "weekly"}  # for titles to come
    assert effects(folder_with(tmp_path, placement=[wide, narrow, others])) == [
        "line 2 of `placement` holds for no title: line 1 comes first and fits all of its titles; write it before that"
        " line"
    ]
    assert effects(folder_with(tmp_path / "right", placement=[narrow, wide, others])) == []


def test_followers_need_rights_to_repeat(tmp_path):
    line = {**STRAND, "followers": [{"after_days": 1, "start": "20:30"}]}
    assert effects(folder_with(tmp_path, placement=[line])) == [
        "the followers in line 1 of `placement` repeat nothing: none of its titles has `repeat_within_hours`"
    ]
    repeated = [{**SERIES, "repeat_within_hours": 48}]
    assert effects(folder_with(tmp_path / "right", placement=[line], programmes=repeated)) == []


def test_a_named_slot_outside_of_the_windows(tmp_path):
    slots = [
        {"name": "noon", "days": "mon-fri", "start": "12:00"},
        {"name": "evening", "days": "mon-fri", "start": "19:00", "accept": {"genre": "drama"}},
        {"name": "quiz", "days": "mon", "start": "20:00", "accept": {"genre": "quiz"}},
        {"name": "spring", "days": "mon", "start": "12:00", "first": "2027-03-01"},
    ]
    assert effects(folder_with(tmp_path, channel={**CHANNEL, "slots": slots}, programmes=[SERIES])) == [
        "nothing that it accepts can begin in the slot 'noon' of Q.kz, mon-fri 12:00",
        "nothing that it accepts can begin in the slot 'quiz' of Q.kz, mon 20:00",
    ]


def test_a_title_whose_weekday_is_not_in_the_horizon_has_no_slot(tmp_path):
    """Monday to Wednesday without the Saturday of a weekly show; the film could air."""
    weekly = [{"select": {"episodes_over": 1}, "as": "weekly", "day_sets": ["sat"]}]
    film = programme("film", 120, genre="film", appeal=0.1)
    instance = build(tmp_path, [CHANNEL], [SERIES, film], days=3, placement=weekly)
    settings = Settings("exact", time_limit=20.0)
    answer = solve(instance, settings)
    assert {one.programme: one.reason.code for one in not_placed(answer)} == {"s": "no_slot", "film": "outbid"}
    assert answer.timetable is not None
    assert absence(instance, answer.timetable, "s", settings).reason.code == "no_slot"
    assert absence(instance, answer.timetable, "film", settings).reason is None


def test_two_commitments_meet_after_midnight_and_in_the_windows_of_a_date(tmp_path):
    """On Tuesday, a date with a window of its own, nothing is open at 00:30: the two meet on Wednesday."""
    late = kz(window("23:00", "25:00"), {"dates": ["2026-12-08"], "start": "23:00", "end": "24:00"})
    lines = [{**LINE, "programme": title, "start": "00:30", "days": "tue-fri"} for title in ("s", "t")]
    titles = [programme("s", 30, episodes=9), programme("t", 30, episodes=9), CONCERT]
    instance = load(folder_with(tmp_path, *lines, channel=late, programmes=titles))
    (said,) = (str(one) for one in instance.warnings)
    assert "need 'Q.kz' at the same time on 2026-12-09" in said


def test_a_title_that_may_air_at_a_lock_only_is_not_without_slot(tmp_path):
    """The weekly show has no Saturday, but an editor has locked it on Monday, in any version and run."""
    weekly = [{"select": {"episodes_over": 1}, "as": "weekly", "day_sets": ["sat"]}]
    lock = {**aired("Q.kz", "2026-12-07T14:00Z", "s", 30, episode=""), "run": "", "version_language": ""}
    for locks, lost in (([], ["s"]), ([lock], [])):
        instance = build(tmp_path, [CHANNEL], [SERIES], days=3, placement=weekly, locks=locks)
        airings = build_airings(instance, rules_of(instance))
        found = titles_without_slot(airings, formulate(airings))
        assert [one.programme for one in found] == lost


def test_seasons_after_each_other_in_a_circle(tmp_path):
    """Three of them, and a fourth that leads into the circle; each circle is one problem."""
    after = {"a": "b", "b": "c", "c": "a", "d": "a", "e": "f", "f": ""}
    seasons = [{**programme(name, 30, episodes=9), "after": last} for name, last in after.items()]
    assert errors(folder_with(tmp_path, programmes=seasons, placement=[STRAND])) == [
        "programmes.csv:2:32: `after` goes in a circle, so none of these seasons can begin: a → b → c → a; leave it"
        " blank for the first one"
    ]
