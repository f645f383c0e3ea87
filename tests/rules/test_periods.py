"""Past airings count, open periods are interim, and misses of the past are not misses of the plan."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.instance import InputError
from scheduler.rules import rules_of
from scheduler.timetable import timetable_csv, timetable_of
from scheduler.verify import verify
from tests.builders import aired, anchor, build, kz, programme, uz, window

SERIES = programme("series", 30, episodes=9, runs=2)
GUEST = programme("guest", 60, origin="UZ", episodes=9)
CAP = {"type": "quota", "id": "CAP", "select": {"origin": "foreign"}, "most_minutes": 120, "period": "week"}
PACE = {"type": "pace", "id": "FIVE", "select": {"programme": "series"}, "period": "week", "most": 2}


def evening(day, episode, programme_="series", minutes=30, hour=14, channel="Q.kz"):
    return aired(channel, f"2026-12-{day:02d}T{hour}:00:00Z", programme_, minutes, episode=episode)


def planned(instance, *wanted):
    """The formulation, its point and the timetable with some planned airings, by (programme, local day of December)."""
    airings = build_airings(instance, rules_of(instance))
    formulation, chosen = formulate(airings), airings.past.copy()
    for name, day in wanted:
        of = airings.programme == instance.programme_index[name]
        at = np.flatnonzero(of & (airings.broadcast_day == (day - instance.timeline.first_day.day)) & ~airings.past)
        chosen[at[airings.run[at] == 1][0]] = True
    return formulation, formulation.point(chosen), timetable_of(airings, chosen)


def missed(timetable):
    rows = (row for row in verify(timetable).measurements if not row.rigid)
    return {(row.rule, row.period): (row.miss, row.inherited) for row in rows}


def test_a_week_goes_on_over_the_edge_of_a_horizon(tmp_path):
    """120 minutes aired from Monday on; from Thursday on the week takes no more."""
    record = [evening(7, 1, "guest", 60), evening(8, 2, "guest", 60)]
    instance = build(
        tmp_path, [kz(window("18:00", "22:00"))], [GUEST], rules=[CAP], history=record, start="2026-12-10", days=3
    )
    formulation, point, timetable = planned(instance)
    assert not formulation.misses(point).any()
    assert missed(timetable) == {("CAP", "2026-W50"): (0, 0)}
    formulation, point, timetable = planned(instance, ("guest", 11))
    assert formulation.misses(point).sum() == 60
    assert missed(timetable) == {("CAP", "2026-W50"): (60, 0)}
    assert len(timetable_csv(timetable).splitlines()) == 2, "what is on record is no part of the answer"


def test_what_the_past_has_missed_is_inherited(tmp_path):
    record = [evening(day, day - 6) for day in (7, 8, 9)]
    instance = build(
        tmp_path, [kz(window("18:00", "22:00"))], [SERIES], rules=[PACE], history=record, start="2026-12-10", days=2
    )
    formulation, point, timetable = planned(instance)
    assert not formulation.misses(point).any()
    assert missed(timetable) == {("FIVE", "2026-W50"): (0, 1)}
    formulation, point, timetable = planned(instance, ("series", 10))
    assert formulation.misses(point).sum() == 1
    assert missed(timetable) == {("FIVE", "2026-W50"): (1, 1)}


def test_history_may_lie_inside_the_horizon(tmp_path):
    """Monday and Tuesday have aired on one channel: nothing is planned there, and they count."""
    record = [evening(7, 1), evening(8, 2)]
    pair = [kz(window("18:00", "22:00")), uz(window("18:00", "22:00"))]
    instance = build(tmp_path, pair, [SERIES], rules=[PACE], history=record, days=5)
    airings = build_airings(instance, rules_of(instance))
    free = airings.broadcast_day[(airings.channel == 0) & ~airings.past]
    assert set(free.tolist()) == {2, 3, 4}
    assert set(airings.broadcast_day[airings.channel == 1].tolist()) == {0, 1, 2, 3, 4}
    assert missed(planned(instance)[2]) == {("FIVE", "2026-W50"): (0, 0)}
    _, _, timetable = planned(instance, ("series", 9))
    assert missed(timetable) == {("FIVE", "2026-W50"): (1, 0)}
    assert timetable.episode.tolist() == [3]


@pytest.mark.parametrize(("rest", "asked"), [("all", 900), ("proportional", 900 * 7 // 92), ("none", 0)])
def test_a_least_amount_of_an_open_quarter_is_shared_out_by_days(tmp_path, rest, asked):
    rule = {"type": "quota", "id": "Q", "select": {"genre": "drama"}, "least_minutes": 900, "period": "quarter"}
    rules = [{**rule, "rest": rest, "hard": False, "price": 5}]
    instance = build(tmp_path, [kz(window("18:00", "22:00"))], [SERIES], rules=rules, start="2026-10-01", days=7)
    (row,) = [row for row in verify(planned(instance)[2]).measurements if row.rule == "Q"]
    assert (row.period, row.need, row.interim) == ("2026-Q4", asked, True)


def test_a_quarter_is_judged_by_the_horizon_in_which_it_ends(tmp_path):
    rule = {"type": "quota", "id": "Q", "select": {"programme": "series"}, "least_count": 3, "period": "quarter"}
    record = [aired("Q.kz", "2026-10-02T14:00:00Z", "series", 30), evening(20, 2)]
    channels, days = [kz(window("18:00", "22:00"))], {"start": "2026-12-25", "days": 7}
    instance = build(tmp_path, channels, [SERIES], rules=[rule], history=record, **days)
    (row,) = [row for row in verify(planned(instance)[2]).measurements if row.rule == "Q"]
    assert (row.have, row.need, row.miss, row.interim) == (2, 3 * 91 // 92, 0, False)


def parity(**more):
    measure = {"measure": "minutes", "period": "month", "tolerance": 0.1, "tolerance_of": "larger", **more}
    return {"type": "parity", "id": "P", "parties": ["KZ", "UZ"], "measures": [measure]}


@pytest.mark.parametrize(("days", "interim"), [(7, True), (24, False)])
def test_a_band_is_soft_until_its_period_ends(tmp_path, days, interim):
    channels = [kz(window("18:00", "19:00", accept={"origin": "UZ"})), uz(window("18:00", "19:00"))]
    instance = build(
        tmp_path, channels, [programme("ours", 60)], agreements=[parity()], start="2026-12-08", days=days, grid=60
    )
    formulation, point, timetable = planned(instance, ("ours", 9))
    bands = [row for row in verify(timetable).measurements if row.rule == "P" and row.sense == "most"]
    assert {row.interim for row in bands} == {interim}
    assert {row.hard for row in bands} == {not interim}
    assert max(row.miss for row in bands) == formulation.misses(point).max() == (0 if interim else 54)


def test_past_anchors_are_those_on_record(tmp_path):
    """On the day on record the news did not air; on the day before the horizon anchors.csv says what did."""
    rule = {"type": "quota", "id": "N", "select": {"genre": "news"}, "least_minutes": 0, "period": "week"}
    news = anchor("news", "Q.kz", "12:00", "12:30")
    record = [evening(7, 1)]
    channels = [kz(window("18:00", "22:00"))]
    instance = build(
        tmp_path, channels, [SERIES], rules=[rule], anchors=[news], history=record, start="2026-12-09", days=5
    )
    (row,) = [row for row in verify(planned(instance)[2]).measurements if row.rule == "N"]
    assert row.have == 6 * 30


RAMADAN = {"ramadan": {"first": "2026-12-05", "last": "2026-12-14"}}
"""Ten days, of which a horizon of the week from 7 December holds the third to the ninth."""


def test_a_named_range_of_dates_is_a_period(tmp_path):
    """What has aired since its first day counts; on its last day it is judged."""
    least = {"type": "quota", "id": "L", "select": {"genre": "drama"}, "least_minutes": 100, "period": "ramadan"}
    most = {"type": "quota", "id": "M", "select": {"genre": "drama"}, "most_count": 2, "period": "ramadan"}
    channels, record = [kz(window("18:00", "22:00"))], [evening(4, 1), evening(5, 2)]
    days = {"start": "2026-12-07", "history": record, "rules": [least, most], "periods": RAMADAN}
    open_ = build(tmp_path / "open", channels, [SERIES], days=7, **days)
    rows = {row.rule: row for row in verify(planned(open_, ("series", 8))[2]).measurements if row.rule in "LM"}
    assert {row.period for row in rows.values()} == {"ramadan"}
    assert (rows["L"].have, rows["L"].need, rows["L"].interim) == (60, 90, True)
    assert (rows["M"].have, rows["M"].need, rows["M"].interim) == (2, 2, True)
    whole = build(tmp_path / "whole", channels, [SERIES], days=8, **days)
    rows = {row.rule: row for row in verify(planned(whole, ("series", 8))[2]).measurements if row.rule in "LM"}
    assert (rows["L"].have, rows["L"].need, rows["L"].interim) == (60, 100, False)
    after = build(tmp_path / "after", channels, [SERIES], days=7, **{**days, "start": "2026-12-15"})
    assert not [row for row in verify(planned(after)[2]).measurements if row.rule in "LM"]


def test_an_agreement_over_a_named_range_is_interim_until_its_last_day(tmp_path):
    channels = [kz(window("18:00", "19:00", accept={"origin": "UZ"})), uz(window("18:00", "19:00"))]
    for days, interim in ((7, True), (8, False)):
        instance = build(
            tmp_path / str(days),
            channels,
            [programme("ours", 60)],
            agreements=[parity(period="ramadan", least={"KZ": 100})],
            start="2026-12-07",
            days=days,
            grid=60,
            periods=RAMADAN,
        )
        rows = [row for row in verify(planned(instance, ("ours", 9))[2]).measurements if row.rule == "P"]
        assert {(row.period, row.interim) for row in rows} == {("ramadan", interim)}
        (least,) = [row for row in rows if row.sense == "least"]
        assert (least.have, least.need) == (60, 70 if interim else 80), "nothing is known of the first two days"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"rules": [{**CAP, "period": "ramadam"}]}, "there is no period 'ramadam'; did you mean 'ramadan'?"),
        ({"rules": [{**CAP, "period": "cumulative"}]}, "`cumulative` is a period of agreements"),
        ({"agreements": [parity(period="6h")]}, "an agreement is not measured by `period: 6h`"),
        ({"periods": {"week": {"first": "2026-12-05", "last": "2026-12-14"}}}, "the period 'week' needs a name"),
        ({"periods": {"eid": {"first": "2026-12-05", "last": "2026-12-04"}}}, "before it begins"),
    ],
)
def test_a_period_that_there_is_not_is_an_error_with_its_place(tmp_path, more, said):
    with pytest.raises(InputError) as error:
        build(tmp_path, [kz(window("18:00", "22:00")), uz()], [SERIES], **{"periods": RAMADAN, **more})
    (problem,) = error.value.problems
    assert said in problem.message
    assert problem.line > 1


CAMPAIGN = {"type": "campaign", "id": "C", "select": {"genre": "drama"}, "parties": ["KZ"], "least_runs": 4}
CAMPAIGN |= {"valid_from": "2026-12-05", "valid_to": "2026-12-14", "hard": False, "price": 5}


@pytest.mark.parametrize(("rest", "asked"), [("all", 4), ("proportional", 4 * 9 // 10), ("none", 0)])
def test_a_campaign_is_judged_once_with_what_has_aired_of_it(tmp_path, rest, asked):
    channels, record = [kz(window("18:00", "22:00"))], [evening(4, 1), evening(5, 2)]
    more = {"start": "2026-12-07", "history": record, "rules": [{**CAMPAIGN, "rest": rest}]}
    open_ = build(tmp_path / "open", channels, [SERIES], days=7, **more)
    formulation, point, timetable = planned(open_, ("series", 8))
    (row,) = [row for row in verify(timetable).measurements if row.rule == "C"]
    assert (row.period, row.have, row.need, row.interim) == ("2026-12-05/2026-12-14", 2, asked, True)
    assert formulation.misses(point).sum() == max(asked - 2, 0)
    whole = build(tmp_path / "whole", channels, [SERIES], days=8, **more)
    formulation, point, timetable = planned(whole, ("series", 8))
    (row,) = [row for row in verify(timetable).measurements if row.rule == "C"]
    assert (row.have, row.need, row.miss, row.interim) == (2, 4, 2, False)
    assert formulation.misses(point).sum() == 2
    after = build(tmp_path / "after", channels, [SERIES], days=7, **{**more, "start": "2026-12-15"})
    assert not [row for row in verify(planned(after)[2]).measurements if row.rule == "C"]


def test_a_campaign_without_a_last_day_counts_its_own_horizon(tmp_path):
    rule = {**CAMPAIGN, "valid_to": None}
    instance = build(
        tmp_path, [kz(window("18:00", "22:00"))], [SERIES], rules=[rule, PACE], history=[evening(8, 1)],
        start="2026-12-10", days=3,
    )  # fmt: skip
    formulation, point, timetable = planned(instance, ("series", 11))
    (row,) = [row for row in verify(timetable).measurements if row.rule == "C"]
    assert (row.period, row.have, row.need) == ("horizon", 1, 4)
    assert formulation.misses(point).sum() == 3
