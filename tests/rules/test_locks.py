"""Locks: an airing keeps its place, its version and its episode; empty cells are free; what is not kept is named."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.instance import InputError
from scheduler.rules import HARD, load, rules_of
from scheduler.solve import Search, Settings, conclude, run
from scheduler.timetable import timetable_of
from scheduler.timetable.timetable import nothing_planned
from scheduler.verify import verify
from tests.builders import aired, build, channel, kz, programme, window, write
from tests.rules.agreement import disagreements
from tests.rules.cases import KINDS

HOUR = kz(window("22:00", "24:00"))
SERIES = programme("series", 60, episodes=5, runs=2)


def lock(**cells):
    return {name: cells[name] for name in cells}


def solved(instance):
    airings = build_airings(instance, rules_of(instance))
    search = Search(formulate(airings), Settings(strategy="exact", workers=1))
    run(search)
    return conclude(airings, search)


def lines(answer):
    """(local start, programme, episode) of the answer's airings."""
    table = answer.timetable
    instance = table.instance
    return [
        (f"{instance.timeline.moment(int(start)):%d %H:%M}", instance.contents.items[content].identity, int(episode))
        for start, content, episode, anchor in zip(table.start, table.content, table.episode, table.anchor, strict=True)
        if not anchor
    ]


CASES = {
    "a title at any start": ([lock(programme="series")], 0),
    "twice": ([lock(programme="series"), lock(programme="series")], 0),
    "a start, any title": ([lock(channel="Q.kz", start_utc="2026-12-08T17:00Z")], 0),
    "a channel's day": ([lock(channel="Q.kz", broadcast_date="2026-12-08", programme="other")], 0),
    "an episode at any start": ([lock(programme="series", episode=2)], 0),
    "an episode on a day": ([lock(programme="series", episode=2, broadcast_date="2026-12-08", channel="Q.kz")], 0),
    "a rerun of an episode": ([lock(programme="series", episode=1, run="rerun")], 0),
    "an episode at its place": ([aired("Q.kz", "2026-12-08T17:00Z", "series", 60, episode=2)], 0),
    "an episode that cannot be": ([aired("Q.kz", "2026-12-07T17:00Z", "series", 60, episode=3)], 1),
}


@pytest.mark.parametrize("name", CASES)
def test_rows_and_check_agree_and_the_answer_keeps_what_can_be_kept(name, tmp_path):
    locks, lost = CASES[name]
    instance = build(tmp_path, [HOUR], [SERIES, programme("other", 60)], locks=locks, days=2, grid=60)
    wrong, _ = disagreements(instance, 3)
    assert not wrong, "\n".join(wrong)
    answer = solved(instance)
    missed = [row for row in answer.verification.missed if row.rule == "locks"]
    assert len(missed) == lost
    assert all("is not kept" in str(row.text) and "episode 3" in str(row.text) for row in missed)
    assert not answer.verification.broken


@pytest.mark.parametrize("past", [(), (aired("Q.kz", "2026-12-05T17:00Z", "series", 60),)])
def test_an_episode_is_counted_from_what_has_aired(past, tmp_path):
    locks = [lock(programme="series", episode=2, run="rerun"), lock(programme="series", episode=1, run="rerun")]
    instance = build(tmp_path, [HOUR], [SERIES], locks=locks, history=list(past), days=3, grid=60)
    wrong, _ = disagreements(instance, 2, kept_only=True)
    assert not wrong, "\n".join(wrong)
    assert not solved(instance).verification.missed


@pytest.mark.parametrize("more", [{"sharing": "simulcast"}, {"delivery": "live"}], ids=["simulcast", "live"])
def test_airings_at_one_instant_are_one_run(more, tmp_path):
    """Episode 1 at 22:00 and episode 2 at 23:00, both on two channels."""
    starts = {1: "2026-12-07T17:00Z", 2: "2026-12-07T18:00Z"}
    locks = [aired(name, at, "series", 60, episode=of) for of, at in starts.items() for name in ("Q.kz", "R.kz")]
    sister = channel("R.kz", "KZ", "Asia/Almaty", window("22:00", "24:00"))
    instance = build(tmp_path, [HOUR, sister], [{**SERIES, **more}], locks=locks, grid=60)
    wrong, _ = disagreements(instance, 4)
    assert not wrong, "\n".join(wrong)
    assert not solved(instance).verification.missed


def test_what_has_aired_is_counted_once(tmp_path):
    """Episode 1 aired the day before the horizon, which a rule looks back on."""
    past = [aired("Q.kz", "2026-12-06T17:00Z", "series", 60)]
    locks = [aired("Q.kz", f"2026-12-{7 + at:02}T17:00Z", "series", 60, episode=2 + at) for at in range(2)]
    once = {"type": "runs_per_day", "id": "once", "most": 1, "hard": False, "price": 7}
    instance = build(tmp_path, [HOUR], [SERIES], locks=locks, history=past, rules=[once], days=2, grid=60)
    assert build_airings(instance, rules_of(instance)).past.any()
    wrong, _ = disagreements(instance, 3)
    assert not wrong, "\n".join(wrong)
    assert not [row for row in solved(instance).verification.missed if row.rule == "locks"]


def test_a_locked_airing_keeps_its_episode_by_what_airs_before(tmp_path):
    """Episode 3 at a place of its own: two first runs are planned before it, none of them after."""
    locks = [aired("Q.kz", "2026-12-08T18:00Z", "series", 60, episode=3)]
    instance = build(tmp_path, [HOUR], [SERIES], locks=locks, days=2, grid=60)
    answer = solved(instance)
    assert ("08 18:00", "series", 3) in lines(answer)


def test_a_lock_off_the_grid_and_of_another_length_is_kept(tmp_path):
    locks = [aired("Q.kz", "2026-12-07T17:07Z", "series", 52)]
    instance = build(tmp_path, [HOUR], [SERIES], locks=locks, days=1)
    wrong, _ = disagreements(instance, 2)
    assert not wrong, "\n".join(wrong)
    answer = solved(instance)
    assert ("07 17:07", "series", 1) in lines(answer)
    assert not answer.verification.broken
    minutes = answer.timetable.minutes[answer.timetable.start % 30 != 0]
    assert minutes.tolist() == [52]


def test_a_lock_off_the_window_s_marks_is_kept(tmp_path):
    locks = [aired("Q.kz", "2026-12-07T17:30Z", "series", 60)]
    hourly = kz(window("22:00", "24:00", start_every=60))
    instance = build(tmp_path, [hourly], [SERIES], locks=locks)
    assert [at for at, *_ in lines(solved(instance))] == ["07 17:30"]


def test_off_the_grid_needs_a_lock(tmp_path):
    locks = [aired("Q.kz", "2026-12-07T17:07Z", "series", 52)]
    bound = build(tmp_path / "a", [HOUR], [SERIES], locks=locks)
    free = build(tmp_path / "b", [HOUR], [SERIES])
    airings = build_airings(bound, rules_of(bound))
    table = timetable_of(airings, airings.locked)
    assert not verify(table).broken
    moved = type(table)(free, *(getattr(table, name) for name in COLUMNS))
    assert [row.aspect.code for row in verify(moved).broken] == ["place"]


COLUMNS = ("channel", "start", "minutes", "content", "episode", "first", "anchor")


def test_a_lock_names_its_version(tmp_path):
    two = {**SERIES, "versions": "kaz:original;rus:dubbed"}
    locks = [lock(programme="series", version_language="rus")]
    instance = build(tmp_path, [HOUR], [two], locks=locks, grid=60)
    table = solved(instance).timetable
    spoken = {instance.contents.items[content].audio for content in table.content.tolist()}
    assert "rus" in spoken


WRONG = {
    "nothing said": (lock(run="first"), "needs a `programme`"),
    "an episode of nothing": (lock(channel="Q.kz", start_utc="2026-12-07T17:00Z", episode=2), "an `episode` needs its"),
    "an unknown title": (lock(programme="serial"), "there is no programme 'serial'"),
    "an unknown channel": (lock(programme="series", channel="Q.uz"), "there is no channel 'Q.uz'"),
    "two days": (
        {**aired("Q.kz", "2026-12-07T17:00Z", "series", 60), "broadcast_date": "2026-12-09"}, "correct one",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_lock_that_says_too_little_or_wrong_is_refused(name, tmp_path):
    cells, message = WRONG[name]
    with pytest.raises(InputError, match=message):
        build(tmp_path, [HOUR], [SERIES], locks=[cells])


def test_a_lock_that_nothing_fits_is_named_before_solving(tmp_path):
    locks = [lock(programme="series", channel="Q.kz", broadcast_date="2027-01-01")]
    instance = build(tmp_path, [HOUR], [SERIES], locks=locks)
    with pytest.raises(InputError, match=r"'series' on Q\.kz on 2027-01-01"):
        build_airings(instance, rules_of(instance))


def test_planted_mistakes_in_the_rows_are_seen(tmp_path, monkeypatch):
    from scheduler.rules import locks as module

    real = module._place_among_runs
    monkeypatch.setattr(module, "_place_among_runs", lambda *told: real(*told) + 1)
    shown = [SERIES, programme("other", 60)]
    locks = [lock(programme="series", episode=1)]
    instance = build(tmp_path, [HOUR], shown, locks=locks, grid=60)
    wrong, _ = disagreements(instance, 2, enough=1)
    assert wrong


def test_the_case_of_the_collection_is_a_hard_row(tmp_path):
    _, _, spec = KINDS["locks"][0]
    rows = formulate(build_airings(instance := load(write(tmp_path, spec)), rules_of(instance)))
    mine = np.flatnonzero(rows.labels["rule"] == "locks")
    assert (rows.kind[mine] == HARD).any()


def test_a_lock_that_has_aired_before_the_horizon_asks_for_nothing(tmp_path):
    """However far the line of minutes reaches back: nothing is locked any more, and nothing is missed."""
    past = aired("Q.kz", "2026-12-06T14:00Z", "s", 60, episode=2)
    lock = {name: past[name] for name in past if name != "anchor"}
    instance = build(tmp_path, [HOUR], [programme("s", 60, episodes=5)], locks=[lock], history=[past], grid=60)
    assert not build_airings(instance, rules_of(instance)).locked.any()
    assert not [row for row in verify(nothing_planned(instance)).measurements if row.rule == "locks"]


def test_a_lock_on_an_episode_that_a_single_title_does_not_have_is_missed(tmp_path):
    lock = {"channel": "Q.kz", "start_utc": "", "programme": "film", "episode": 3}
    instance = build(tmp_path, [HOUR], [programme("film", 60)], locks=[lock], grid=60)
    airings = build_airings(instance, rules_of(instance))
    timetable = timetable_of(airings, np.arange(len(airings)) == 0)
    assert [row.miss for row in verify(timetable).measurements if row.rule == "locks"] == [1]
