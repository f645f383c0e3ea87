"""What is counted and by whose clock: broadcast dates, inhabitants, minutes of anchors that a timetable leaves out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.instance import InputError
from scheduler.rules import load, rules_of
from scheduler.timetable import OnAir, read_timetable, timetable_csv, timetable_frame, timetable_of
from scheduler.verify import verify, window_audience
from tests.builders import aired, anchor, build, channel, content, kz, programme, uz, window, write

BERLIN = channel("B.de", "KZ", "Europe/Berlin", window("03:00", "07:00"))


def everything(instance):
    airings = build_airings(instance, rules_of(instance))
    return timetable_of(airings, np.ones(len(airings), dtype=bool))


def test_a_broadcast_date_is_read_on_the_clock_on_the_day_it_springs_forward(tmp_path):
    """05:30 on the day on which 02:00 becomes 03:00 belongs to that day; 300 minutes earlier was the day before."""
    series = programme("series", 30, episodes=20, runs=1)
    instance = build(tmp_path, [BERLIN], [series], start="2027-03-28", days=1)
    table = everything(instance)
    frame = timetable_frame(table)
    dates = dict(zip(frame["start_local"], frame["broadcast_date"], strict=True))
    assert dates["2027-03-28T04:30"] == "2027-03-27"
    assert dates["2027-03-28T05:00"] == dates["2027-03-28T05:30"] == dates["2027-03-28T06:30"] == "2027-03-28"
    on_line = build_airings(instance, rules_of(instance))
    of_rules = {int(at): int(day) for at, day in zip(on_line.start_minute, on_line.broadcast_day, strict=True)}
    for start, date in zip(table.start.tolist(), frame["broadcast_date"], strict=True):
        assert date == ("2027-03-28" if of_rules[start] == 0 else "2027-03-27")


def test_a_written_broadcast_date_is_read_back(tmp_path):
    instance = build(tmp_path / "i", [BERLIN], [programme("series", 30, episodes=20)], start="2027-03-28", days=1)
    path = tmp_path / "timetable.csv"
    path.write_text(timetable_csv(everything(instance)), encoding="utf-8")
    assert len(read_timetable(instance, path)) == len(everything(instance))


def test_history_before_the_clock_changed_keeps_its_day(tmp_path):
    """05:30 summer time, weeks before a horizon in winter time, is that day and not the day before."""
    past = [aired("B.de", "2026-10-20T03:30Z", "series", 30)]
    instance = build(tmp_path, [BERLIN], [programme("series", 30, episodes=3)], start="2026-11-20", history=past)
    (run,) = instance.past.of(0, "KZ")
    assert run.day == -31


PER_MILLION = {"measure": "audience_per_million", "period": "horizon", "least": 1}


def per_million(territories, **more):
    night = window("23:00", "24:00")
    agreement = {"type": "parity", "id": "P", "parties": ["KZ", "UZ"], "measures": [PER_MILLION]}
    wide = uz(night, coverage=["UZ", "KG"])
    return content([kz(night), wide], [programme("one", 60)], agreements=[agreement], territories=territories, **more)


def test_a_territory_without_inhabitants_is_an_error_where_they_count(tmp_path):
    known = {"KZ": {"name": "K", "population": 20_000_000}, "UZ": {"name": "U", "population": 36_000_000}}
    with pytest.raises(InputError) as caught:
        load(write(tmp_path, per_million({**known, "KG": {"name": "G"}})))
    (problem,) = caught.value.problems
    assert problem.file == "instance.yaml"
    assert "these need a `population`: KG" in problem.message
    load(write(tmp_path, per_million({**known, "KG": {"name": "G", "population": 7_000_000}})))


def test_a_silent_territory_is_no_error_where_nothing_is_per_head(tmp_path):
    night = window("23:00", "24:00")
    build(tmp_path, [kz(night), uz(night)], [programme("one", 60)])


def test_audience_is_per_million_of_all_who_can_see_the_channel(tmp_path):
    people = {"KZ": 20_000_000, "UZ": 36_000_000, "KG": 4_000_000}
    named = {code: {"name": code, "population": number} for code, number in people.items()}
    instance = load(write(tmp_path, per_million(named)))
    airings = build_airings(instance, rules_of(instance))
    chosen = airings.channel == 1
    rows = verify(timetable_of(airings, chosen)).measurements
    (row,) = [one for one in rows if one.rule == "P" and one.subject.name == "KZ>UZ"]
    assert int(row.have) == int(airings.audience[chosen].sum()) // 40
    said = next(str(rule.sentence()) for rule in rules_of(instance) if rule.id == "P")
    assert "inhabitants of all territories that a channel is seen in" in said


def test_anchors_that_a_timetable_leaves_out_add_no_audience(tmp_path):
    news = [anchor("news", "Q.kz", "23:00", "23:30")]
    instance = build(tmp_path, [kz(window("22:30", "24:00"))], [programme("one", 30)], anchors=news)
    airings = build_airings(instance, rules_of(instance))
    table = timetable_of(airings, np.arange(len(airings)) == 0)
    keep = ~table.anchor
    columns = ("channel", "start", "minutes", "content", "episode", "first", "anchor")
    bare = replace(table, **{name: getattr(table, name)[keep] for name in columns})
    assert len(bare) == len(table) - 1
    assert window_audience(OnAir(bare)) == window_audience(OnAir(table))
    assert any("anchor" in str(row.aspect) for row in verify(bare).broken)
