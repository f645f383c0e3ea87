"""Runs by coverage: an airing uses a run, and shows the first one, in every territory that sees its channel."""

from __future__ import annotations

from collections import Counter
from itertools import islice, product

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.explain.clauses import clause_rows
from scheduler.explain.precheck import findings
from scheduler.formulation import formulate
from scheduler.report.tables import build_tables
from scheduler.rules import load, rules_of
from scheduler.solve import Settings, solve
from scheduler.timetable import chosen_of, read_timetable, timetable_csv, timetable_of
from scheduler.verify import verify
from tests.builders import (
    aired,
    build,
    channel,
    choices,
    content,
    formulated,
    kept_choices,
    kz,
    programme,
    uz,
    window,
    write,
)
from tests.rules.agreement import disagreements, missed_checks, missed_rows

THREE = {"KZ": {"name": "K"}, "UZ": {"name": "U"}, "KG": {"name": "G"}}


def wide(id_, start, *seen):
    return channel(
        id_, seen[0], "Asia/Tashkent", window(start, f"{int(start[:2]) + 1}:{start[3:]}"), coverage=list(seen)
    )


NARROW = [kz(window("23:00", "24:00")), uz(window("22:00", "23:00"))]
ONE = [*NARROW, wide("W.uz", "20:00", "UZ", "KZ")]
TWO = [NARROW[0], wide("W.uz", "20:00", "UZ", "KZ"), wide("V.kg", "22:00", "KG", "UZ")]


def history(*runs):
    return [aired(where, f"2026-12-0{day}T18:00Z", "series", 60, episode=episode) for where, day, episode in runs]


CASES = {
    "a film, one run": (ONE, {}, ()),
    "a film, two runs": (ONE, {"runs": 2}, ()),
    "a series": (ONE, {"episodes": 2}, ()),
    "two coverages that overlap": (TWO, {"episodes": 2}, ()),
    "two coverages, a film, two runs": (TWO, {"runs": 2}, ()),
    "one country is further": (ONE, {"episodes": 2}, history(("O.uz", 3, 1))),
    "both are as far": (ONE, {"episodes": 3}, history(("O.uz", 3, 1), ("Q.kz", 4, 1))),
    "it went on the wide channel": (ONE, {"episodes": 3}, history(("W.uz", 3, 1))),
    "one country has seen a rerun": (ONE, {"episodes": 3, "runs": 2}, history(("W.uz", 2, 1), ("O.uz", 4, 1))),
    "reruns of two pasts": (
        ONE,
        {"episodes": 3, "runs": 2},
        history(("O.uz", 1, 1), ("O.uz", 2, 2), ("Q.kz", 1, 1), ("Q.kz", 2, 2), ("Q.kz", 4, 1)),
    ),
    "two pasts in two coverages": (TWO, {"episodes": 3, "runs": 2}, history(("W.uz", 2, 1), ("V.kg", 4, 2))),
    "three runs, two pasts": (TWO, {"episodes": 2, "runs": 3}, history(("W.uz", 2, 1), ("V.kg", 4, 1), ("Q.kz", 4, 2))),
    "a film, one country has seen it": (ONE, {"runs": 2}, history(("O.uz", 3, 1))),
    "two coverages with pasts of their own": (TWO, {"episodes": 2, "runs": 2}, history(("V.kg", 3, 1))),
}


def spec(name, days=2):
    channels, more, past = CASES[name]
    shown = [programme("series", 60, **more)]
    return content(channels, shown, days=days, history=past, territories=THREE)


def together(airings, chosen):
    """No channel of several territories shares its k-th runs of a series with another channel seen there.

    Where the past differs between its territories, it may.
    """
    instance = airings.instance
    if instance.programmes[0].episodes == 1:
        return True
    at = np.flatnonzero(chosen).tolist()
    seen = [set(one.seen_in) for one in instance.channels]
    return not any(
        airings.run[one] == airings.run[other]
        and airings.channel[one] != airings.channel[other]
        and len(seen[airings.channel[one]]) > 1
        and instance.past.agrees(0, instance.channels[airings.channel[one]].seen_in)
        and seen[airings.channel[one]] & seen[airings.channel[other]]
        for one, other in product(at, at)
    )


def some_episodes_fit(airings, chosen):
    """Whether some episode for every airing makes it the run it is called in every territory that sees it."""
    item = airings.instance.programmes[0]
    at = np.flatnonzero(chosen)
    order = sorted(at.tolist(), key=lambda k: (airings.broadcast_day[k], airings.start_minute[k], airings.channel[k]))
    tries = product(range(1, item.episodes + 1), repeat=len(order))
    return together(airings, chosen) and any(
        _keeps(airings, order, dict(zip(order, one, strict=True))) for one in tries
    )


def _keeps(airings, order, episode):
    instance, item = airings.instance, airings.instance.programmes[0]
    for code in THREE:
        past = list(instance.past.of(0, code))
        days = {}
        for run in past:
            days.setdefault(run.episode, []).append(run.day)
        reached = max(days, default=0)
        for k in order:
            if code not in instance.channels[airings.channel[k]].seen_in:
                continue
            day, runs = int(airings.broadcast_day[k]), days.setdefault(episode[k], [])
            if len(runs) + 1 != airings.run[k] or len(runs) + 1 > item.runs:
                return False
            if not runs and episode[k] != reached + 1:
                return False
            if runs and day - runs[-1] < item.days_between_runs:
                return False
            runs.append(day)
            reached = max(reached, episode[k])
    return True


@pytest.mark.parametrize("name", CASES)
def test_rows_allow_exactly_what_some_episodes_keep_everywhere(name, tmp_path):
    instance = load(write(tmp_path, spec(name)))
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    allowed, refused = 0, 0
    for chosen in choices(formulation, 3):
        fits = formulation.is_admissible(formulation.point(chosen))
        assert fits == some_episodes_fit(airings, chosen), f"rows {fits}:\n{airings.frame[chosen]}"
        allowed, refused = allowed + fits, refused + (not fits)
    assert allowed
    assert refused


@pytest.mark.parametrize("name", CASES)
def test_rows_and_check_agree(name, tmp_path):
    wrong, seen = disagreements(load(write(tmp_path, spec(name))), 3)
    assert not wrong, "\n".join(wrong)
    assert seen["broken"]


@pytest.mark.parametrize("name", CASES)
def test_a_timetable_is_read_back_as_the_airings_it_was_made_of(name, tmp_path):
    """A rerun after a first run on a channel of another country that is seen there, too, is a rerun again."""
    instance = load(write(tmp_path / "i", spec(name)))
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    kept = (chosen for chosen in choices(formulation, 3) if formulation.is_admissible(formulation.point(chosen)))
    for chosen in islice(kept, 40):
        table = timetable_of(airings, chosen)
        (tmp_path / "timetable.csv").write_text(timetable_csv(table), encoding="utf-8")
        found = chosen_of(airings, read_timetable(instance, tmp_path / "timetable.csv"))
        assert np.array_equal(found, chosen), airings.frame[chosen]


def test_runs_that_remain_are_those_of_every_territory_that_sees_the_channel(tmp_path):
    """Two of three episodes air on the shared channel: in both countries one episode is left."""
    instance = load(write(tmp_path, {**spec("both are as far"), "history.csv": []}))
    airings = build_airings(instance, rules_of(instance))
    left = build_tables(timetable_of(airings, (airings.channel == 2) & (airings.run == 1))).runs_left
    assert left.set_index("territory")[["aired", "first_runs", "episodes_left", "runs_left"]].T.to_dict("list") == {
        "KZ": [2, 2, 1, 1],
        "UZ": [2, 2, 1, 1],
    }


def test_a_simulcast_on_two_channels_of_a_country_is_not_ruled_out_by_arithmetic(tmp_path):
    """The final has one run, at one instant on both: two hours of it."""
    asked = {"type": "quota", "id": "Q", "select": {"programme": "final"}, "least_minutes": 60, "period": "day"}
    measure = {"measure": "minutes", "period": "horizon", "least": {"UZ": 120}}
    agreement = {"type": "parity", "id": "P", "parties": ["KZ", "UZ"], "measures": [measure]}
    shown = [programme("final", 60, delivery="live", origin="UZ")]
    rules = [{**asked, "channels": ["Q.kz", "R.kz"]}]
    instance = build(tmp_path, TOGETHER, shown, rules=rules, agreements=[agreement], days=1, grid=60)
    assert not findings(clause_rows(instance, readmit=False))
    answer = solve(instance, Settings(strategy="exact", time_limit=20.0, workers=1))
    assert not verify(answer.timetable).hard_missed


def test_a_film_of_one_run_does_not_air_twice_where_both_are_seen(tmp_path):
    """On a channel seen in two countries, and again on a channel of the second: a run too many there."""
    instance = load(write(tmp_path, spec("a film, one run")))
    airings = build_airings(instance, rules_of(instance))
    first = np.flatnonzero((airings.channel == 2) & (airings.broadcast_day == 0))[:1]
    second = np.flatnonzero((airings.channel == 1) & (airings.broadcast_day == 1))[:1]
    chosen = np.isin(np.arange(len(airings)), [*first, *second])
    broken = verify(timetable_of(airings, chosen)).broken
    assert any("UZ" in str(row.text) for row in broken)


def test_numbering_is_the_same_in_every_territory(tmp_path):
    instance = load(write(tmp_path, spec("both are as far")))
    airings = build_airings(instance, rules_of(instance))
    chosen = (airings.channel == 2) & (airings.run == 1)
    table = timetable_of(airings, chosen)
    assert table.episode.tolist() == [2, 3]
    assert not verify(table).broken


def again(where, day):
    return aired(where, f"2026-12-0{day}T18:00Z", "series", 60, run="rerun")


COUNTED = {
    "a repeat": {
        "channels": [NARROW[1], ONE[2]],
        "history": [*history(("W.uz", 1, 1)), again("W.uz", 3), again("O.uz", 5)],
        "rules": [{"type": "repeat", "id": "R", "select": {"programme": "series"}, "within_hours": 26}],
        "days": 3,
    },
    "a lock": {
        "channels": ONE,
        "history": [*history(("W.uz", 1, 1), ("W.uz", 2, 2)), again("O.uz", 4)],
        "locks": [{"channel": "W.uz", "programme": "series", "episode": 2, "run": "rerun"}],
        "days": 2,
    },
}
"""Reruns on one channel of the two that see the shared one: the past differs."""


@pytest.mark.parametrize("name", COUNTED)
def test_rules_that_count_runs_agree_on_a_series_of_two_pasts(name, tmp_path):
    made = content(programmes=[programme("series", 60, episodes=3, runs=3)], territories=THREE, **COUNTED[name])
    instance = load(write(tmp_path, made))
    airings = build_airings(instance, rules_of(instance))
    assert airings.numbered_apart.any()
    assert airings.numbered_in_order(0)
    formulation, seen = formulate(airings), Counter()
    for chosen in choices(formulation, 4):
        point = formulation.point(chosen)
        if formulation.is_admissible(point):
            checked = verify(timetable_of(airings, chosen))
            assert not checked.broken
            assert missed_rows(formulation, point) == missed_checks(checked)
            seen[bool(checked.missed)] += 1
    assert seen[True]
    assert seen[False]


def test_a_channel_continues_after_a_country_that_was_behind_has_caught_up(tmp_path):
    """UZ has seen episode 1, KZ has not: after it airs on a channel of KZ, both see episode 2 on the shared one."""
    instance = load(write(tmp_path, spec("one country is further")))
    airings = build_airings(instance, rules_of(instance))
    behind = (airings.channel == 0) & (airings.broadcast_day == 0)
    shared = (airings.channel == 2) & (airings.broadcast_day == 1)
    both, alone = timetable_of(airings, behind | shared), timetable_of(airings, shared)
    assert both.episode.tolist() == [1, 2]
    assert not verify(both).broken
    assert verify(alone).broken


@pytest.mark.parametrize("name", ["one country is further", "two pasts in two coverages"])
def test_solve_finds_what_brute_force_finds(name, tmp_path):
    instance = load(write(tmp_path, spec(name)))
    best = max(value for value, _ in kept_choices(formulated(instance)))
    answer = solve(instance, Settings(strategy="exact", time_limit=20.0, workers=1))
    checked = verify(answer.timetable)
    assert not checked.broken
    assert checked.value == best


def test_a_series_that_needs_too_many_columns_does_not_air_where_its_past_differs(tmp_path):
    made = spec("one country is further")
    made["instance.yaml"]["episode_columns"] = 3
    instance = load(write(tmp_path, made))
    assert set(build_airings(instance, rules_of(instance)).channel.tolist()) == {0, 1}


@pytest.mark.parametrize("columns", [0, 2000])
def test_a_series_on_air_continues_where_one_country_has_seen_a_rerun(columns, tmp_path):
    """Its slot is on the shared channel. However many columns it needs, rows and check both ask that it goes on."""
    past = [("W.uz", "2026-12-05T15:00Z", "first"), ("O.uz", "2026-12-06T17:00Z", "rerun")]
    past = [aired(where, at, "series", 60, run=run) for where, at, run in past]
    shown = [programme("series", 60, episodes=3, runs=2)]
    made = content(ONE, shown, days=2, history=past, territories=THREE)
    made["instance.yaml"] |= {"episode_columns": columns, "placement": [{"as": "strand", "day_sets": ["all"]}]}
    formulation = formulated(load(write(tmp_path, made)))
    goes_on = formulation.labels["aspect"].astype(str).str.contains("goes on")
    answer = solve(load(tmp_path), Settings(strategy="exact", time_limit=20.0, workers=1))
    checked = verify(answer.timetable)
    assert goes_on.any()
    assert any("goes on" in str(row.aspect) for row in checked.measurements)
    assert not checked.broken
    assert 2 in answer.timetable.channel.tolist()


def test_history_on_a_channel_of_two_territories_counts_in_both_and_once_in_all(tmp_path):
    instance = load(write(tmp_path, spec("it went on the wide channel")))
    assert [len(instance.past.of(0, code)) for code in ("KZ", "UZ", "KG")] == [1, 1, 0]
    assert instance.past.total(0) == 1


SISTERS = [kz(window("23:00", "24:00")), channel("R.kz", "KZ", "Asia/Almaty", window("21:00", "22:00"))]
AGAIN = {"type": "repeat", "id": "R", "select": {"programme": "series"}, "within_hours": 26}
REPEATS = {
    "two sisters": content(
        SISTERS, [programme("series", 60, episodes=3, runs=2)], rules=[{**AGAIN, "hard": False, "price": 7}], days=3
    ),
    "one of two sisters": content(
        SISTERS, [programme("series", 60, episodes=3, runs=2)], rules=[{**AGAIN, "channels": ["Q.kz"]}], days=3
    ),
    "a first run before the horizon is owed one": content(
        SISTERS[:1], [programme("series", 60, episodes=3, runs=2)], rules=[AGAIN], days=3,
        history=[aired("Q.kz", "2026-12-06T18:00Z", "series", 60)],
    ),
    "dates end before the repeat": content(
        SISTERS[:1], [programme("series", 60, episodes=3, runs=2)], rules=[{**AGAIN, "valid_to": "2026-12-07"}], days=3
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REPEATS)
def test_a_repeat_is_that_episode_there(name, tmp_path):
    wrong, seen = disagreements(load(write(tmp_path, REPEATS[name])), 3, kept_only=True)
    assert not wrong, "\n".join(wrong)
    assert seen["R"]


def test_another_episode_on_a_sister_channel_is_no_repeat(tmp_path):
    """Episode 1 on one channel and 2 on the other; the second runs come the other way round: both are missed."""
    instance = load(write(tmp_path, REPEATS["two sisters"]))
    airings = build_airings(instance, rules_of(instance))

    def at(number, day, run):
        hit = (airings.channel == number) & (airings.broadcast_day == day) & (airings.run == run)
        return int(np.flatnonzero(hit)[0])

    crossed = [at(1, 0, 1), at(0, 0, 1), at(0, 1, 2), at(1, 2, 2)]
    straight = [at(1, 0, 1), at(0, 0, 1), at(1, 1, 2), at(0, 1, 2)]
    missed = {}
    for name, picked in (("crossed", crossed), ("straight", straight)):
        table = timetable_of(airings, np.isin(np.arange(len(airings)), picked))
        missed[name] = sum(row.miss for row in verify(table).missed if row.rule == "R")
    assert missed == {"crossed": 2, "straight": 0}


LINK = [
    {"type": "link_up", "id": "L", "programmes": ["final"], "channels": ["Q.kz", "R.kz", "O.uz"]},
    {"type": "order", "id": "O", "programmes": ["quiz", "final"]},
]
TOGETHER = [
    kz(window("23:00", "25:00")),
    channel("R.kz", "KZ", "Asia/Almaty", window("22:30", "25:00")),
    uz(window("22:30", "25:00")),
]


def test_a_final_airs_on_two_channels_of_one_country(tmp_path):
    shown = [programme("final", 60, delivery="live"), programme("quiz", 60)]
    instance = build(tmp_path, TOGETHER, shown, rules=LINK[:1], days=1, grid=60)
    airings = build_airings(instance, rules_of(instance))
    moment = max(airings.start_minute[airings.programme == 0], key=lambda m: int((airings.start_minute == m).sum()))
    chosen = (airings.programme == 0) & (airings.start_minute == moment) & (airings.run == 1)
    table = timetable_of(airings, chosen)
    assert chosen.sum() == 3
    assert set(table.episode.tolist()) == {1}
    assert not verify(table).missed
    formulation = formulate(airings)
    assert formulation.is_admissible(formulation.point(chosen))
    wrong, _ = disagreements(instance, 3)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("episodes", [1, 2])
def test_two_instants_of_a_live_event_are_two_runs(episodes, tmp_path):
    shown = [programme("final", 60, delivery="live", episodes=episodes, runs=2)]
    instance = build(tmp_path, TOGETHER[:2], shown, days=2, grid=60)
    wrong, seen = disagreements(instance, 2)
    assert not wrong, "\n".join(wrong)
    assert seen["broken"]


def test_a_final_on_two_channels_of_one_country_comes_after_its_quiz(tmp_path):
    shown = [programme("final", 60, delivery="live"), programme("quiz", 60)]
    instance = build(tmp_path, TOGETHER, shown, rules=LINK, days=1, grid=60)
    wrong, seen = disagreements(instance, 3)
    assert not wrong, "\n".join(wrong)
    assert seen["O"]


PARTS = {"type": "order", "id": "O", "programmes": ["one", "two"], "hard": False, "price": 7}
SEASONS = [programme("one", 60, episodes=2), programme("two", 60, episodes=2)]
ORDERS = {
    "nothing has aired": [],
    "the second part has begun in one country": [aired("O.uz", "2026-12-05T18:00Z", "two", 60)],
    "the second part has begun where both are seen": [aired("W.uz", "2026-12-05T18:00Z", "two", 60)],
    "the first part is further in one country": [aired("V.kg", "2026-12-05T18:00Z", "one", 60)],
}
OVERLAPPING = [*NARROW, *TWO[1:]]
"""Coverages: KZ; UZ; UZ and KZ; KG and UZ."""


@pytest.mark.parametrize("name", ORDERS)
def test_parts_are_in_order_in_every_territory_that_sees_them(name, tmp_path):
    """Two coverages that overlap: what is missed is counted again, territory by territory."""
    made = content(OVERLAPPING, SEASONS, rules=[PARTS], history=ORDERS[name], territories=THREE)
    instance = load(write(tmp_path, made))
    wrong, seen = disagreements(instance, 3, kept_only=True)
    assert not wrong, "\n".join(wrong)
    assert seen["O"]
    airings = build_airings(instance, rules_of(instance))
    aired_before = [
        (row.channel, row.programme, instance.timeline.minute_of(row.start_utc)) for row in instance.history
    ]
    across = 0
    for chosen in choices(formulate(airings), 3):
        table = timetable_of(airings, chosen & ~airings.past)
        found = {(row.subject.name, row.period): row.miss for row in verify(table).missed if row.rule == "O"}
        first = aired_before + [
            (instance.channels[c].id, instance.programmes[p].programme, int(s))
            for c, p, s, run in zip(table.channel, table.programme, table.start, table.first, strict=True)
            if run
        ]
        wanted = {}
        for where, part, start in first[len(aired_before) :]:
            sooner = {
                (other, then)
                for territory in THREE
                for other, later, then in first
                if (part, later) == ("one", "two")
                and then < start
                and territory in seen_in(instance, where)
                and territory in seen_in(instance, other)
            }
            if sooner:
                wanted[where, f"{instance.timeline.moment(start):%Y-%m-%dT%H:%MZ}"] = len(sooner)
                across += any(other != where for other, _ in sooner)
        assert found == wanted
    assert across, "no order across channels was missed"


def seen_in(instance, name):
    return instance.channels[instance.channel_index[name]].seen_in
