"""A cap that the past alone has broken is no miss of the plan: every rule that planned airings cannot repair."""

from __future__ import annotations

import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import RULES, load, rules_of
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import aired, anchor, channel, content, kz, programme, uz, window, write
from tests.rules.agreement import disagreements

EVENING = window("18:00", "22:00")
PAIR = [kz(EVENING), uz(EVENING)]
SISTERS = [kz(EVENING), channel("R.kz", "KZ", "Asia/Almaty", EVENING)]
SERIES = programme("series", 60, episodes=9, runs=3)
GUEST = programme("guest", 60, origin="UZ", episodes=9, runs=3)
FILM = programme("film", 60, genre="film", runs=9, age=18)
RELAY = programme("relay", 60, delivery="relay", episodes=9)


def at(day, hour, title, where="Q.kz", **more):
    return aired(where, f"2026-12-{day:02d}T{hour}:00:00Z", title, 60, **more)


MONDAY = {"start": "2026-12-07", "days": 3}
"""History of Monday lies inside of this horizon."""

THURSDAY = {"start": "2026-12-10", "days": 2}
CASES = {
    "quota minutes": (
        {"type": "quota", "id": "R", "select": {"origin": "UZ"}, "most_minutes": 60},
        PAIR[:1], [GUEST], [at(7, 13, "guest"), at(8, 13, "guest", episode=2)], THURSDAY, 60,
    ),
    "quota count": (
        {"type": "quota", "id": "R", "select": {"origin": "UZ"}, "most_count": 1},
        PAIR[:1], [GUEST], [at(7, 13, "guest"), at(7, 14, "guest", episode=2)], MONDAY, 1,
    ),
    "age_watershed": (
        {"type": "age_watershed", "id": "R", "age": 18, "barred": ["06:00", "19:00"]},
        PAIR[:1], [FILM], [at(7, 13, "film")], MONDAY, 60,
    ),
    "calendar": (
        {"type": "calendar", "id": "R", "dates": ["2026-12-07"], "bar": {"genre": "film"}},
        PAIR[:1], [FILM], [at(7, 13, "film")], MONDAY, 60,
    ),
    "languages": (
        {"type": "languages", "id": "R", "audio": ["rus"]}, PAIR[:1], [SERIES], [at(7, 13, "series")], MONDAY, 60,
    ),
    "relay": (
        {"type": "relay", "id": "R", "starts": ["21:00"]}, PAIR[:1], [RELAY], [at(7, 13, "relay")], MONDAY, 1,
    ),
    "lead_in": (
        {"type": "lead_in", "id": "R", "select": {"genre": "drama"}},
        PAIR[:1], [SERIES], [at(7, 13, "series")], MONDAY, 1,
    ),
    "order": (
        {"type": "order", "id": "R", "programmes": ["guest", "series"]},
        PAIR[:1], [SERIES, GUEST], [at(7, 13, "series"), at(7, 14, "guest")], MONDAY, 1,
    ),
    "no_clash": (
        {"type": "no_clash", "id": "R", "select": {"genre": "film"}, "every": 60},
        SISTERS, [FILM], [at(7, 13, "film"), at(7, 13, "film", "R.kz", run="rerun")], MONDAY, 1,
    ),
    "variety": (
        {"type": "variety", "id": "R", "select": {"genre": "drama"}, "most_minutes": 60, "hours": 36, "every": 720},
        PAIR[:1], [SERIES], [at(9, 13, "series"), at(9, 14, "series", episode=2)], THURSDAY, 120,
    ),
    "strand": (
        {"type": "strand", "id": "R", "select": {"programme": "series"}},
        PAIR[:1], [SERIES], [at(7, 13, "series"), at(8, 14, "series", episode=2)], THURSDAY, 1,
    ),
    "supply": (
        {"type": "supply", "id": "R", "channels": "Q.kz", "shares": {"KZ": 0.5, "UZ": 0.5}, "most": 60,
         "period": "week"},
        PAIR[:1], [GUEST, SERIES], [at(7, 13, "guest"), at(8, 13, "guest", episode=2)], THURSDAY, 60,
    ),
    "supply over the horizon": (
        {"type": "supply", "id": "R", "channels": "Q.kz", "shares": {"KZ": 0.5, "UZ": 0.5}, "most": 60},
        PAIR[:1], [GUEST, SERIES], [at(7, 13, "guest"), at(7, 14, "guest", episode=2)], MONDAY, 60,
    ),
    "link_up": (
        {"type": "link_up", "id": "R", "programmes": ["film"], "channels": ["Q.kz"]},
        PAIR[:1], [programme("film", 60, delivery="live", episodes=9)],
        [at(7, 13, "film"), at(7, 14, "film", episode=2)], MONDAY, 1,
    ),
    "runs_per_day": (
        {"type": "runs_per_day", "id": "R", "most": 1},
        PAIR[:1], [SERIES], [at(7, 13, "series"), at(7, 14, "series", episode=2)], MONDAY, 1,
    ),
    "pace": (
        {"type": "pace", "id": "R", "select": {"genre": "drama"}, "most": 1},
        PAIR[:1], [SERIES], [at(7, 13, "series"), at(7, 14, "series", episode=2)], MONDAY, 1,
    ),
    "cool_down": (
        {"type": "cool_down", "id": "R", "days": 2},
        SISTERS, [SERIES], [at(7, 13, "series"), at(7, 14, "series", "R.kz", episode=2)], MONDAY, 2,
    ),
}  # fmt: skip
OTHERWISE = {
    "either_or": "asks for a least share", "renewal": "asks for a least share", "campaign": "asks for least amounts",
    "repeat": "a repeat that is owed may follow", "premiere": "the other party may follow",
    "budget": "speaks of what is planned", "allowance": "may be earned yet",
    "dubbing": "see test_history",
}  # fmt: skip


def made(name):
    rule, channels, programmes, past, days, _ = CASES[name]
    return content(channels, programmes, rules=[rule], history=past, grid=60, **days)


@pytest.mark.parametrize("name", CASES)
def test_what_the_past_alone_has_broken_is_inherited(name, tmp_path):
    """The rule is hard: nothing planned misses nothing, and whatever is planned misses only what it adds."""
    instance = load(write(tmp_path, made(name)))
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    nothing = verify(timetable_of(airings, airings.past))
    assert sum(row.inherited for row in nothing.measurements if row.rule == "R") == CASES[name][-1]
    assert not [row for row in nothing.missed if row.rule == "R"]
    assert not formulation.misses(formulation.point(airings.past)).any()
    wrong, _ = disagreements(instance, 1, kept_only=True)
    assert not wrong, "\n".join(wrong)


def test_every_kind_of_rule_is_here():
    kinds = {str(kind.model_fields["type"].default) for kind in RULES}
    assert {name.split()[0] for name in CASES} | set(OTHERWISE) == kinds


def test_an_anchor_to_come_is_not_inherited(tmp_path):
    """History of another channel makes no difference to what the anchors of the week break."""
    rule = {"type": "quota", "id": "R", "select": {"genre": "news"}, "most_count": 1, "period": "day"}
    news = [anchor(f"news-{hour}", "Q.kz", f"{hour}:00", f"{hour}:30") for hour in (8, 9)]
    news = [{**one, "start": one["start"].zfill(5), "end": one["end"].zfill(5)} for one in news]
    for past in ([], [at(5, 13, "series", "O.uz")]):
        folder = tmp_path / str(len(past))
        instance = load(write(folder, content(PAIR, [SERIES], rules=[rule], anchors=news, history=past, days=1)))
        airings = build_airings(instance, rules_of(instance))
        (row,) = [one for one in verify(timetable_of(airings, airings.past)).missed if one.rule == "R"]
        assert (row.subject.name, row.have, row.miss, row.inherited) == ("Q.kz", 2, 1, 0)
        assert formulate(airings).misses(formulate(airings).point(airings.past)).tolist().count(1) == 1


@pytest.mark.parametrize("kind", ["relay", "renewal", "link_up"])
def test_what_aired_before_the_horizon_is_not_of_the_horizon(kind, tmp_path):
    """Another rule's look back lengthens the line; rules that count the horizon count as without it."""
    back = {"type": "strand", "id": "S", "select": {"genre": "drama"}, "hard": False, "price": 3}
    rule, shown, past, have = {
        "relay": ({"type": "relay", "starts": ["21:00"]}, RELAY, at(4, 13, "relay"), 0),
        "renewal": ({"type": "renewal", "select": {}, "least_share": 1}, SERIES, at(4, 13, "series"), 0),
        "link_up": (
            {"type": "link_up", "programmes": ["film"], "channels": ["Q.kz", "O.uz"], "times": 0},
            {**FILM, "delivery": "live"}, at(4, 13, "film"), 0,
        ),
    }[kind]  # fmt: skip
    rules = [{**rule, "id": "R", "hard": False, "price": 3}, back]
    instance = load(write(tmp_path, content(PAIR, [shown], rules=rules, history=[past], grid=60)))
    assert instance.timeline.planned_from > 0
    airings = build_airings(instance, rules_of(instance))
    rows = [row for row in verify(timetable_of(airings, airings.past)).measurements if row.rule == "R"]
    assert rows
    assert {int(row.have) for row in rows} == {have}
    assert not formulate(airings).misses(formulate(airings).point(airings.past)).any()


def test_an_event_that_took_place_elsewhere_before_its_rule_breaks_nothing(tmp_path):
    """A first run on a channel that takes no part is on record: the plan is not to blame."""
    rule = {"type": "link_up", "id": "R", "programmes": ["film"], "channels": ["Q.kz"], "times": 0}
    shown = programme("film", 60, delivery="live", episodes=9)
    spec = content(PAIR, [shown], rules=[rule], history=[at(7, 13, "film", "O.uz")], grid=60, days=2)
    instance = load(write(tmp_path, spec))
    airings = build_airings(instance, rules_of(instance))
    assert not verify(timetable_of(airings, airings.past)).broken


def test_a_third_run_on_record_is_no_second_one_where_a_wide_channel_showed_the_first(tmp_path):
    """The first run on a channel seen in both countries counts among the runs on record of each."""
    wide = channel("W.uz", "UZ", "Asia/Tashkent", window("18:00", "19:00"), coverage=["UZ", "KZ"])
    past = [
        at(4, 13, "series", "W.uz"), at(5, 13, "series", run="rerun"), at(6, 13, "series", run="rerun"),
    ]  # fmt: skip
    rule = {"type": "repeat", "id": "R", "select": {"genre": "drama"}, "within_hours": 30}
    instance = load(write(tmp_path, content([*PAIR, wide], [SERIES], rules=[rule], history=past, grid=60)))
    assert instance.on_record.run.tolist() == [2, 3, 1]
