"""A cap that the past alone has broken is no miss of the plan: every rule that planned airings cannot repair."""

from __future__ import annotations

import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import AGREEMENTS, RULES, load, rules_of
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import anchor, channel, content, programme, window, write
from tests.rules.agreement import disagreements
from tests.rules.kinds import KINDS
from tests.rules.kinds.shared import FILM, PAIR, RELAY, SERIES, on_record

CASES = {
    f"{name}: {case}": values
    for name, kind in KINDS.items()
    if isinstance(kind.INHERITED, dict)
    for case, values in kind.INHERITED.items()
}


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


def test_every_kind_has_a_file():
    assert set(KINDS) == {str(kind.model_fields["type"].default) for kind in (*AGREEMENTS, *RULES)}


def test_an_anchor_to_come_is_not_inherited(tmp_path):
    """History of another channel makes no difference to what the anchors of the week break."""
    rule = {"type": "quota", "id": "R", "select": {"genre": "news"}, "most_count": 1, "period": "day"}
    news = [anchor(f"news-{hour}", "Q.kz", f"{hour}:00", f"{hour}:30") for hour in (8, 9)]
    news = [{**one, "start": one["start"].zfill(5), "end": one["end"].zfill(5)} for one in news]
    for past in ([], [on_record(5, 13, "series", "O.uz")]):
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
        "relay": ({"type": "relay", "starts": ["21:00"]}, RELAY, on_record(4, 13, "relay"), 0),
        "renewal": ({"type": "renewal", "select": {}, "least_share": 1}, SERIES, on_record(4, 13, "series"), 0),
        "link_up": (
            {"type": "link_up", "programmes": ["film"], "channels": ["Q.kz", "O.uz"], "times": 0},
            {**FILM, "delivery": "live"}, on_record(4, 13, "film"), 0,
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
    spec = content(PAIR, [shown], rules=[rule], history=[on_record(7, 13, "film", "O.uz")], grid=60, days=2)
    instance = load(write(tmp_path, spec))
    airings = build_airings(instance, rules_of(instance))
    assert not verify(timetable_of(airings, airings.past)).broken


def test_a_third_run_on_record_is_no_second_one_where_a_wide_channel_showed_the_first(tmp_path):
    """The first run on a channel seen in both countries counts among the runs on record of each."""
    wide = channel("W.uz", "UZ", "Asia/Tashkent", window("18:00", "19:00"), coverage=["UZ", "KZ"])
    past = [
        on_record(4, 13, "series", "W.uz"),
        on_record(5, 13, "series", run="rerun"),
        on_record(6, 13, "series", run="rerun"),
    ]
    rule = {"type": "repeat", "id": "R", "select": {"genre": "drama"}, "within_hours": 30}
    instance = load(write(tmp_path, content([*PAIR, wide], [SERIES], rules=[rule], history=past, grid=60)))
    assert instance.on_record.run.tolist() == [2, 3, 1]
