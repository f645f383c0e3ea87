"""Random instances with a rule of every kind around the end of a quarter: parts are judged as the whole.

After them: nights and clock changes, each as an instance of its own.
"""

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.rules import AGREEMENTS, RULES, load, rules_of
from scheduler.timetable import timetable_of
from tests.builders import channel, content, programme, window, write
from tests.cuts import cut_and_judged, judged
from tests.rules.kinds import KINDS

SOFT = {"hard": False, "price": 7}
LATE, NIGHT = window("22:00", "25:00"), window("00:00", "05:00")


@pytest.mark.parametrize("seed", range(6))
def test_random_instances_are_judged_in_parts_as_in_one_piece(seed, tmp_path):
    for day, wanted, parts in judged(tmp_path, seed, few=True):
        assert parts == wanted, f"cut after {day} days"
        assert len({rule for rule, *_ in wanted}) > 8


def test_every_kind_of_rule_is_drawn():
    assert {str(kind.model_fields["type"].default) for kind in (*AGREEMENTS, *RULES)} == set(KINDS)


def almaty(*windows, zone="Asia/Almaty"):
    return channel("Q.kz", "KZ", zone, *windows)


def tashkent(*windows):
    return channel("O.uz", "UZ", "Asia/Tashkent", *windows)


def missed(folder, spec, starts, day):
    """What the whole misses, cut after a day, of first runs that begin at (channel, UTC); both parts must miss it."""
    instance = load(write(folder / "whole", spec))
    airings = build_airings(instance, rules_of(instance))
    chosen = np.zeros(len(airings), dtype=bool)
    for name, moment in starts:
        label = [f"{instance.timeline.moment(one):%d %H:%M}" for one in airings.start_minute.tolist()]
        here = (np.array(label) == moment) & (airings.channel == instance.channel_index[name]) & (airings.run == 1)
        chosen[np.flatnonzero(here)[0]] = True
    ((_, wanted, parts),) = cut_and_judged(folder, spec, timetable_of(airings, chosen), [day])
    assert parts == wanted
    return {(period, miss) for (_, _, period, _), miss in wanted.items()}


EVENT = programme("link", 30, delivery="live", genre="quiz", episodes=3)
SERIES = programme("series", 60, episodes=9)


@pytest.mark.parametrize("other", [LATE, NIGHT])
def test_a_link_up_after_midnight_is_judged_once(other, tmp_path):
    """At half past midnight, in a window that begins before: the other channel takes no part."""
    rule = {"type": "link_up", "id": "R", "programmes": "link", "channels": ["Q.kz", "O.uz"], **SOFT}
    spec = content([almaty(LATE), tashkent(other)], [EVENT], rules=[rule], days=3)
    assert missed(tmp_path, spec, [("Q.kz", "07 19:30")], 1) == {("2026-12-07T19:30Z", 1)}


def test_a_link_up_of_two_horizons_takes_place(tmp_path):
    """One channel's window begins before the midnight at which the horizon is cut, the other's after it."""
    rule = {"type": "link_up", "id": "R", "programmes": "link", "channels": ["Q.kz", "O.uz"], **SOFT}
    spec = content([almaty(LATE), tashkent(NIGHT)], [EVENT], rules=[rule], days=3)
    assert missed(tmp_path, spec, [("Q.kz", "07 19:30"), ("O.uz", "07 19:30")], 1) == set()


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ({"type": "quota", "select": {"genre": "drama"}, "most_share": 0.05, "period": "week"}, {("2026-W50", 15)}),
        (
            {"type": "variety", "select": {"genre": "general"}, "most_minutes": 200, "hours": 24, "every": 720},
            {("2026-12-10T19:00Z", 40), ("2026-12-11T07:00Z", 100), ("2026-12-11T19:00Z", 100),
             ("2026-12-12T07:00Z", 100), ("2026-12-12T19:00Z", 100), ("2026-12-13T07:00Z", 100)},
        ),
    ],
)  # fmt: skip
def test_nothing_is_known_of_the_day_before_the_first_night_on_record(rule, wanted, tmp_path):
    """What begins at 02:00 in a window from 00:00 is of that day: the day before is not on record with it."""
    spec = content([almaty(NIGHT)], [SERIES], rules=[{"id": "R", **rule, **SOFT}], start="2026-12-11", days=4)
    assert missed(tmp_path, spec, [("Q.kz", "10 21:00")], 1) == wanted


@pytest.mark.parametrize(
    "rule",
    [
        {"type": "either_or", "alternatives": [{"genre": "film"}, {"genre": "quiz"}], "least_share": 0.5},
        {"type": "allowance", "select": {"genre": "drama"}, "most_minutes": 30, "of": {"genre": "film"},
         "per_minutes": 60, "adds_minutes": 15},
        {"type": "quota", "select": {"genre": "drama"}, "most_minutes": 30},
    ],
)  # fmt: skip
def test_a_broadcast_day_is_judged_after_its_night(rule, tmp_path):
    """Its night, from 00:00, is planned with the next day."""
    rule = {"id": "R", "period": "broadcast_day", **rule, **SOFT}
    spec = content([almaty(window("19:00", "20:00"), NIGHT)], [SERIES], rules=[rule], days=3)
    found = missed(tmp_path, spec, [("Q.kz", "07 14:00"), ("Q.kz", "07 21:00")], 1)
    assert "2026-12-07" in {period for period, _ in found}


def test_a_repeat_within_a_day_of_23_hours_is_still_open_after_it(tmp_path):
    """Clocks in Berlin are put forward on 28 March 2027: 24 hours after 23:30 on the 27th is 00:30 on the 29th."""
    rule = {"type": "repeat", "id": "R", "select": {}, "within_hours": 24, **SOFT}
    series = programme("series", 30, episodes=9, runs=2)
    zone = almaty(window("23:30", "24:00"), NIGHT, zone="Europe/Berlin")
    spec = content([zone], [series], rules=[rule], start="2027-03-26", days=4)
    assert missed(tmp_path, spec, [("Q.kz", "27 22:30")], 3) == {("2027-03-27T22:30Z", 1)}
