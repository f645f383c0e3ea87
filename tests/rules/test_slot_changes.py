"""Changes of slot at a price, and runs of some weeks at least: rows against the check, on every small timetable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.instance import InputError
from scheduler.rules import rules_of
from scheduler.rules.commitments import commitments_of
from scheduler.solve import Settings, solve
from scheduler.strands import build_bundles
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import build, formulated, kz, programme, window
from tests.rules.agreement import disagreements
from tests.rules.slot_change_cases import CASES, PRICE, SERIES, TWO_STARTS, placed

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance


def built(folder: Path, name: str, **more: Any) -> Instance:
    case = {"placement": placed(), **CASES[name], **more}
    return build(folder, case.pop("channels"), case.pop("programmes"), **case)


@pytest.mark.parametrize("name", CASES)
def test_rows_and_check_agree_on_every_small_timetable(tmp_path, name):
    instance = built(tmp_path, name)
    airings = formulated(instance).airing_count
    wrong, seen = disagreements(instance, most=4 if airings <= 9 else 3)
    assert not wrong, "\n".join(wrong)
    assert seen["broken"]


def plans(instance: Instance, title: str = "s") -> dict[tuple[str, ...], int]:
    """The starts of a title in every timetable of one bundle of it, each with its penalty."""
    airings = build_airings(instance, rules_of(instance))
    bundles, found = build_bundles(airings), {}
    for part in np.split(bundles.airing, bundles.first[1:-1]):
        chosen = np.zeros(len(airings), dtype=bool)
        chosen[part] = True
        checked = verify(timetable_of(airings, chosen | airings.past))
        assert not checked.broken
        starts = tuple(f"{instance.timeline.moment(int(at)):%dT%H:%M}" for at in airings.start_minute[part])
        found[starts] = checked.penalty
    return found


def test_a_series_changes_its_start_on_a_monday_at_its_price(tmp_path):
    early, late = ("13T14:00", "14T14:00"), ("13T14:30", "14T14:30")
    found = plans(built(tmp_path, "it goes on", channels=[kz(TWO_STARTS)], history=[]))
    assert found == {
        early: 0,
        late: 0,
        (early[0], late[1]): PRICE,
        (late[0], early[1]): PRICE,
        early[1:]: 0,
        late[1:]: 0,
    }


def test_a_series_that_goes_on_changes_once_and_stays_on_its_channel(tmp_path):
    early, late = ("13T14:00", "14T14:00"), ("13T14:30", "14T14:30")
    kept, changed = {late: 0, late[1:]: 0}, {early: PRICE, early[1:]: PRICE, (late[0], early[1]): PRICE}
    assert plans(built(tmp_path, "it goes on")) == kept | changed


def test_a_slot_that_is_gone_is_a_change_at_its_price(tmp_path):
    paid = plans(built(tmp_path / "price", "its slot is gone"))
    free = plans(built(tmp_path / "none", "its slot is gone, without a price"))
    assert paid.keys() == free.keys()
    assert set(paid.values()) == {PRICE}
    assert set(free.values()) == {0}
    assert ("13T16:00", "14T16:00") in paid  # on the sister channel
    ends = plans(built(tmp_path / "ends", "its slot ends with the week"))
    assert {starts for starts, penalty in ends.items() if not penalty} == {("13T14:00",)}
    assert ends["13T14:00", "14T14:30", "15T14:30"] == PRICE


@pytest.mark.parametrize(("price", "starts"), [(1, {"14:30", "15:00"}), (10**6, {"14:30"})])
def test_the_best_timetable_changes_only_where_it_pays(tmp_path, price, starts):
    viewers = [
        {"channel": "Q.kz", "days": days, "hour": hour, "viewers": 900 if (days == "sun") == (hour == 19) else 100}
        for days in ("mon-sat", "sun")
        for hour in range(24)
    ]
    instance = built(
        tmp_path,
        "it goes on",
        channels=[kz(window("19:30", "20:30"))],
        placement=placed(slot_change_price=price),
        programmes=[{**SERIES, "appeal": 2}],
        audience=viewers,
    )
    answer = solve(instance, Settings(strategy="exact", time_limit=20, workers=1))
    assert answer.timetable is not None
    minutes = answer.timetable.start[answer.timetable.programme >= 0].tolist()
    assert {f"{instance.timeline.moment(at):%H:%M}" for at in minutes} == starts


def test_a_commitment_has_the_slot_after_the_change(tmp_path):
    instance = built(tmp_path, "it goes on")
    airings = build_airings(instance, rules_of(instance))
    bundles = build_bundles(airings)
    clock = {}
    for part in np.split(bundles.airing, bundles.first[1:-1]):
        chosen = np.zeros(len(airings), dtype=bool)
        chosen[part] = True
        (line,) = commitments_of(timetable_of(airings, chosen | airings.past))
        clock[tuple((airings.start_minute[part] % 60).tolist())] = line.start
    assert clock == {(30, 30): 1170, (30,): 1170, (0, 0): 1140, (0,): 1140, (30, 0): 1140}


def test_a_run_of_some_weeks_at_least_has_only_day_sets_that_last(tmp_path):
    short = plans(built(tmp_path, "weeks at least, and the episodes end in the horizon"))
    assert short == {("12T14:00", "13T14:00"): 0, ("12T14:00", "13T14:00", "14T14:00"): 0}
    rights = plans(built(tmp_path / "rights", "weeks at least, and the rights end"))
    assert {tuple(one[:2] for one in starts) for starts in rights} == {("13", "14", "15")}  # all days until the 22nd


def test_what_has_no_slot_every_week_has_neither(tmp_path):
    for field, value in (("slot_change_price", 5), ("weeks_at_least", 2)):
        for kind in ("free", "event"):
            with pytest.raises(InputError, match=f"{field} is for strands and weekly titles"):
                built(tmp_path / f"{field}-{kind}", "it goes on", placement=[{"as": kind, field: value}])


def test_a_series_whose_run_is_always_too_short_disturbs_no_other(tmp_path):
    """Its first runs are in no bundle: they may not air, and are not taken for airings of another series."""
    series = [{**SERIES, "episodes": 2}, programme("t", 30, episodes=2, genre="film")]
    long = placed(select={"genre": "film"}, weeks_at_least=9)
    shown = built(tmp_path, "it goes on", programmes=series, history=[], placement=[*long, *placed()])
    airings, formulation = build_airings(shown, rules_of(shown)), formulated(shown)
    bundles = build_bundles(airings)
    (other,) = (at for at, one in enumerate(shown.programmes) if one.programme == "t")
    alone = np.zeros(len(airings), dtype=bool)
    alone[np.flatnonzero(airings.programme == other)[0]] = True
    assert not formulation.is_admissible(formulation.point(alone))
    both = alone.copy()
    both[bundles.airing[bundles.first[0] : bundles.first[1]]] = True
    assert bundles.chosen_of(alone).sum() == 0
    assert bundles.chosen_of(both)[0] == 1
    none = built(tmp_path / "none", "it goes on", programmes=series[1:], history=[], placement=long)
    formulation = formulated(none)
    assert not formulation.is_admissible(formulation.point(np.ones(formulation.airing_count, dtype=bool)))
