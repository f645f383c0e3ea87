"""Series in regular slots: rows over bundles against the check, on every small timetable of tiny instances."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.rules import load, rules_of
from scheduler.solve import Settings, solve
from scheduler.strands import build_bundles, free_places
from scheduler.strands.bundles import start_clock
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import aired, build, content, formulated, kept_choices, kz, programme, write
from tests.rules.agreement import disagreements
from tests.rules.placement_cases import CASES, EVENING, ONCE, SERIES, SHORT_SATURDAY, sister, two_starts

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance


def built(folder: Path, case: dict[str, Any]) -> Instance:
    given = {**SERIES, **case}
    return build(folder, given.pop("channels"), given.pop("programmes"), **given)


@pytest.mark.parametrize("name", CASES)
def test_rows_and_check_agree_on_every_small_timetable(tmp_path, name):
    wrong, seen = disagreements(built(tmp_path, CASES[name]), most=4)
    assert not wrong, "\n".join(wrong)
    assert seen["broken"]


def test_a_place_of_one_does_not_show_the_place_of_two_after_the_horizon(tmp_path):
    wrong, seen = disagreements(built(tmp_path, SHORT_SATURDAY), most=4)
    assert not wrong, "\n".join(wrong)
    assert seen["broken"]


OFF_THE_SLOT = aired("Q.kz", "2026-12-08T14:30Z", "s", 30)
IN_THE_SLOT = {**OFF_THE_SLOT, "start_utc": "2026-12-08T14:00Z"}
YESTERDAY = aired("Q.kz", "2026-12-06T14:00Z", "s", 30)


LANGUAGE = ("version_language", "version_kind")


@pytest.mark.parametrize(
    ("place", "past", "blank"),
    [
        (OFF_THE_SLOT, [], ("run",)),
        (IN_THE_SLOT, [], ("run",)),
        (OFF_THE_SLOT, [YESTERDAY], LANGUAGE),
        (OFF_THE_SLOT, [YESTERDAY], ()),
        (IN_THE_SLOT, [YESTERDAY], ()),
    ],
    ids=["no run", "no run, in the slot", "no version, goes on", "whole, goes on", "whole, in the slot, goes on"],
)
def test_rows_and_check_agree_on_locks_with_empty_cells(place, past, blank, tmp_path):
    """A lock is an exception of the slot, also without a run or a version, and also where it is not kept."""
    lock = {name: cell for name, cell in place.items() if name not in (*blank, "episode")}
    more = {"locks": [lock], "history": past, "days": 2, "programmes": [programme("s", 30, episodes=4, runs=2)]}
    more |= {"placement": [{"as": "strand", "day_sets": ["all"]}]}
    wrong, seen = disagreements(built(tmp_path, {"channels": [two_starts()], **more}), most=3, compared=40)
    assert not wrong, "\n".join(wrong)
    assert seen["broken"]


@pytest.mark.parametrize("name", CASES)
def test_some_series_is_on_air_at_all(tmp_path, name):
    airings = build_airings(built(tmp_path, CASES[name]), rules_of(built(tmp_path, CASES[name])))
    assert len(build_bundles(airings))


def days_of(instance: Instance) -> Counter[tuple[int, ...]]:
    airings = build_airings(instance, rules_of(instance))
    bundles = build_bundles(airings)
    parts = np.split(airings.broadcast_day[bundles.airing], bundles.first[1:-1])
    return Counter(tuple(part.tolist()) for part in parts)


def test_bundles_of_a_week_are_the_day_sets_cut_at_the_episodes(tmp_path):
    case = {"channels": [kz(EVENING)], "programmes": [programme("s", 30, episodes=4)], "days": 7, **SERIES}
    single = {(day,): 1 for day in range(7)}
    assert days_of(built(tmp_path, case)) == Counter({(0, 1, 2, 3): 1, (5, 6): 1, **single})


def test_a_holiday_pauses_a_strand_and_no_other_day_may(tmp_path):
    assert (0, 2, 3) in days_of(built(tmp_path, CASES["a holiday"]))
    assert (0, 2) not in days_of(built(tmp_path, CASES["a holiday"]))


def test_a_strand_begins_with_its_week_and_goes_on_to_the_end_of_the_horizon(tmp_path):
    case = {"channels": [kz(EVENING)], "programmes": [programme("s", 30, episodes=20)], "days": 14}
    case["placement"] = [{"as": "strand", "day_sets": ["mon-fri"]}]
    week = tuple(range(7, 12))
    assert days_of(built(tmp_path, case)) == Counter({(0, 1, 2, 3, 4, *week): 1, week: 1})


def test_with_an_empty_section_nothing_is_placed(tmp_path):
    case = {"channels": [kz(EVENING)], "programmes": [programme("s", 30, episodes=4)], "days": 3, "placement": []}
    instance = built(tmp_path, case)
    assert not instance.placements
    assert "placement" not in set(formulated(instance).labels["rule"])


BY_KIND = [
    programme("s", 30, episodes=8),
    programme("t", 30, episodes=7),
    programme("q", 30, genre="quiz", episodes=8),
    programme("f", 30),
    programme("c", 30, genre="concert", episodes=9),
    programme("l", 30, delivery="live", episodes=9),
    programme("r", 30, delivery="relay", episodes=3),
]


def test_without_the_section_titles_are_placed_by_kind(tmp_path):
    made = content([kz(EVENING)], BY_KIND, days=3)
    del made["instance.yaml"]["placement"]
    instance = load(write(tmp_path, made))
    lines = [instance.placements.line[at, 0] for at in range(len(BY_KIND))]
    assert [instance.placements.lines[at].kind for at in lines[:3]] == ["strand", "event", "weekly"]
    assert lines[3:] == [-1] * 4


def test_a_series_does_not_alternate_between_channels_without_the_section(tmp_path):
    made = content([kz(EVENING), sister()], [programme("s", 30, episodes=6, appeal=2)], rules=[ONCE], days=3)
    shown = {}
    for section in ("missing", "free"):
        if section == "missing":
            del made["instance.yaml"]["placement"]
        else:
            made["instance.yaml"]["placement"] = [{"as": "free"}]
        instance = load(write(tmp_path / section, made))
        table = solve(instance, Settings(strategy="exact", time_limit=20, workers=1)).timetable
        shown[section] = list(zip(table.channel.tolist(), table.episode.tolist(), strict=True))
    assert shown == {"missing": [(1, 1), (1, 2), (1, 3)], "free": [(0, 1), (1, 2), (0, 3), (1, 4), (0, 5), (1, 6)]}


def test_a_series_in_the_middle_of_its_run_keeps_channel_start_and_weekdays(tmp_path):
    assert days_of(built(tmp_path, CASES["goes on, on its weekdays"])) == Counter({(0, 1): 1})
    case = {**CASES["goes on"], "channels": [two_starts(), sister()]}
    airings = build_airings(built(tmp_path / "slot", case), rules_of(built(tmp_path / "slot", case)))
    bundles = build_bundles(airings)
    assert set(airings.channel[bundles.airing].tolist()) == {0}
    assert set(start_clock(airings)[bundles.airing].tolist()) == {(19 - 5) * 60 + 30}


HELD = ["a lock of another title in the slot", "a lock without a run, in a place of two", "a live event in the slot"]


@pytest.mark.parametrize("name", HELD)
def test_a_series_in_the_middle_of_its_run_pauses_where_another_title_is_held(tmp_path, name):
    instance = built(tmp_path, CASES[name])
    answer = solve(instance, Settings("exact", time_limit=5.0, workers=1, deterministic=True))
    assert answer.verification is not None
    assert (answer.verification.broken, answer.verification.tally.hard) == ((), 0)
    airs = answer.timetable.programme[answer.timetable.planned].tolist()
    assert {instance.programmes[number].programme for number in airs} >= {"s"}
    assert len(set(airs)) == 2


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("its last episode aired at a lock off the slot", {14 * 60}),
        ("its only episode aired at a lock", {14 * 60, 14 * 60 + 30}),
        ("all its episodes aired at locks in one slot", {14 * 60 + 30}),
    ],
)
def test_an_exception_on_record_is_no_slot_before_the_horizon(name, starts, tmp_path):
    instance = built(tmp_path, CASES[name])
    airings = build_airings(instance, rules_of(instance))
    assert set((airings.start_minute[build_bundles(airings).airing] % 1440).tolist()) == starts


OWN_LOCKS = [
    "a lock off the slot",
    "a lock without a run or a version off the slot",
    "a lock without a run off the slot, it goes on",
    "a lock without a version, of two",
    "a lock that is a first run or a rerun, it goes on",
    "two locks on the days of a series, each a first run or a rerun",
    "a lock that is a first run or a rerun, in a place of two",
    "a locked rerun in the slot of its own series",
    "a lock of a series without episodes left",
]


@pytest.mark.parametrize("name", OWN_LOCKS)
def test_locks_of_a_series_are_kept_and_the_best_timetable_is_found(tmp_path, name):
    instance = built(tmp_path, CASES[name])
    best = max(value for value, _ in kept_choices(formulated(instance)))
    for strategy in ("exact", "scale"):
        answer = solve(instance, Settings(strategy, time_limit=5.0, workers=1, deterministic=True))
        assert answer.verification is not None
        assert (answer.verification.broken, answer.verification.tally.hard) == ((), 0)
        assert answer.search.best is not None
        assert answer.search.best.value == best
        assert answer.search.bound >= best


def test_a_programme_says_its_own_placement(tmp_path):
    case = {"channels": [kz(EVENING)], "programmes": [programme("s", 30, episodes=4, placement="event")], "days": 3}
    instance = built(tmp_path, {**case, "placement": []})
    assert days_of(instance) == Counter({(0, 1, 2): 1, (1, 2): 1, (2,): 1})
    free = {**case, "programmes": [programme("s", 30, episodes=4, placement="free")]}
    assert not built(tmp_path, {**free, **SERIES}).placements


def test_a_place_of_two_is_one_candidate_whose_episodes_follow_one_another(tmp_path):
    instance = built(tmp_path, CASES["two episodes off the window's marks"])
    airings = build_airings(instance, rules_of(instance))
    bundles = build_bundles(airings)
    starts = [airings.start_minute[part] % 1440 for part in np.split(bundles.airing, bundles.first[1:-1])]
    assert [part.tolist() for part in starts] == [[14 * 60, 14 * 60 + 30] * 2]
    assert days_of(instance) == Counter({(0, 0, 1, 1): 1})


def test_the_last_place_has_the_episodes_that_are_left(tmp_path):
    assert (0, 0, 1) in days_of(built(tmp_path, CASES["two episodes in a place"]))
    assert (0, 0, 0, 1) in days_of(built(tmp_path, CASES["three episodes in a place"]))


def test_a_day_on_which_the_second_episode_cannot_air_pauses_the_strand(tmp_path):
    assert days_of(built(tmp_path, CASES["two in a place, cut by an anchor"])) == Counter({(0, 0, 2, 2): 1})


def test_a_series_begins_only_if_its_episodes_fit_into_its_rights(tmp_path):
    """Two of four air on Monday and Tuesday; until the 14th Monday to Thursday leaves three days, Monday one."""
    case = CASES["rights end after the horizon"]
    assert days_of(built(tmp_path / "four", case)) == Counter({(0, 1): 2})
    more = {**case, "programmes": [{**case["programmes"][0], "episodes": 9}]}
    nine = built(tmp_path / "nine", more)
    assert not len(build_bundles(build_airings(nine, rules_of(nine))))
    began = {**more, "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)]}
    assert days_of(built(tmp_path / "began", began))


def test_a_place_in_no_named_slot_has_its_price(tmp_path):
    """At 19:30 Wednesday is no day of the slot; 19:00 is for films; on the sister channel it is too short."""
    instance = built(tmp_path, CASES["named slots"])
    airings = build_airings(instance, rules_of(instance))
    bundles = build_bundles(airings)
    head = bundles.airing[bundles.first[:-1]]
    found: dict[tuple[str, str], set[tuple[int, int]]] = {}
    for bundle, free in enumerate(free_places(airings, bundles).tolist()):
        channel = instance.channels[airings.channel[head[bundle]]].id
        chosen = np.zeros(len(airings), dtype=bool)
        chosen[bundles.airing[bundles.first[bundle] : bundles.first[bundle + 1]]] = True
        penalty = verify(timetable_of(airings, chosen)).penalty
        assert penalty == free * (900 if channel == "Q.kz" else 400)
        start = f"{instance.timeline.moment(int(airings.start_minute[head[bundle]])):%H:%M}"
        found.setdefault((channel, start), set()).add((int(chosen.sum()), free))
    assert found["Q.kz", "14:30"] == {(3, 1), (2, 1)}
    assert found["Q.kz", "14:00"] == {(3, 3), (2, 2)}
    assert all(days == free for days, free in found["R.kz", "16:00"])
