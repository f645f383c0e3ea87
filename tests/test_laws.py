"""Invariances: names, the order of rows and rules, and the week do not matter.

Written files are read back unchanged.
"""

from __future__ import annotations

import copy
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import load, rules_of
from scheduler.solve import Settings, solve
from scheduler.timetable import read_timetable, timetable_csv, timetable_of
from scheduler.verify import verify
from tests.builders import anchor, choices, content, kz, programme, uz, window, write

LAWFUL = settings(max_examples=12, deadline=None, derandomize=True)
PRICED = {"hard": False, "price": 300}


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """An instance of two channels, two days, a few programmes and rules."""
    lengths = st.sampled_from([20, 30, 45, 60])
    shown = [
        programme(
            f"p{number}",
            draw(lengths),
            origin=draw(st.sampled_from(["KZ", "UZ", "KZ:1/3;UZ:2/3"])),
            genre=draw(st.sampled_from(["drama", "film"])),
            age=draw(st.sampled_from([0, 18])),
            appeal=draw(st.sampled_from(["0.7", "1.3", "2.113"])),
            runs=draw(st.integers(1, 2)),
        )
        for number in range(draw(st.integers(2, 3)))
    ]
    rules = [
        {"type": "quota", "id": "DOM", "select": {"origin": "domestic"}, "least_share": 0.7, "period": "day"},
        {"type": "quota", "id": "FILM", "select": {"genre": ["drama"]}, "most_minutes": 40, "period": "day", **PRICED},
        {"type": "age_watershed", "id": "AGE", "age": 18, "barred": ["22:00", "23:00"], **PRICED},
        {"type": "runs_per_day", "id": "ONCE", "most": 1},
    ]
    measures = [
        {"measure": "minutes", "period": "week", "tolerance": 0.2, "least": draw(st.sampled_from([0, 40]))},
        {"measure": "titles", "period": "horizon", "tolerance": 0.4},
        {"measure": "audience", "period": "cumulative", "tolerance": 0.3},
    ]
    return content(
        [kz(window("22:30", "23:30")), uz(window("22:30", "24:00", days="mon"))],
        shown,
        rules=draw(st.permutations(rules))[: draw(st.integers(1, 4))],
        agreements=[{"type": "parity", "id": "P", "parties": ["KZ", "UZ"], "measures": measures, **PRICED}],
        anchors=[anchor("news", "O.uz", "21:00", "21:20")],
        days=2,
    )


def loaded(spec: dict[str, Any]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        return load(write(Path(folder), spec))


def worth(spec: dict[str, Any]) -> tuple[int, int]:
    """(hard miss, value) of the best timetable, and it must be proved."""
    answer = solve(loaded(spec), Settings(strategy="exact", time_limit=60.0, workers=1))
    best, checked = answer.search.best, answer.verification
    assert best is not None and checked is not None and answer.search.proven
    return best.hard_miss, best.value


def all_worths(spec: dict[str, Any]) -> list[tuple[int, int, tuple[int, ...]]]:
    """(hard miss, value, misses) of every timetable of up to two airings, in no order that names could change."""
    instance = loaded(spec)
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    found = []
    for chosen in choices(formulation, 2):
        point = formulation.point(chosen)
        misses = formulation.misses(point)
        if formulation.is_admissible(point):
            value = formulation.audience(point) - formulation.penalty(misses)
            found.append((formulation.hard_miss(misses), value, tuple(sorted(misses[misses > 0].tolist()))))
    return sorted(found)


def shifted(spec: dict[str, Any], days: int) -> dict[str, Any]:
    moved = copy.deepcopy(spec)
    horizon = moved["instance.yaml"]["horizon"]
    horizon["start"] = (date.fromisoformat(horizon["start"]) + timedelta(days=days)).isoformat()
    return moved


def relabelled(spec: dict[str, Any]) -> dict[str, Any]:
    """Other ids, in another order of the alphabet, for channels and programmes."""
    moved = copy.deepcopy(spec)
    names = {"Q.kz": "a1", "O.uz": "z9"}
    for channel in moved["instance.yaml"]["channels"]:
        channel["id"] = names[channel["id"]]
    for name in ("audience.csv", "anchors.csv"):
        for row in moved[name]:
            row["channel"] = names[row["channel"]]
    for number, row in enumerate(moved["programmes.csv"]):
        row["programme"] = f"x{9 - number}"
    return moved


def shuffled(spec: dict[str, Any]) -> dict[str, Any]:
    moved = copy.deepcopy(spec)
    for name in ("programmes.csv", "audience.csv"):
        moved[name].reverse()
    moved["instance.yaml"]["channels"].reverse()
    moved["instance.yaml"]["rules"].reverse()
    moved["instance.yaml"]["agreements"][0]["measures"].reverse()
    return moved


@LAWFUL
@given(contents())
def test_names_order_and_week_do_not_matter(spec):
    plain = all_worths(spec)
    assert all_worths(relabelled(spec)) == plain
    assert all_worths(shuffled(spec)) == plain
    assert all_worths(shifted(spec, 7)) == plain
    assert all_worths(shifted(spec, -21)) == plain


@LAWFUL
@given(contents())
def test_the_best_stays_the_best(spec):
    plain = worth(spec)
    assert worth(relabelled(shuffled(shifted(spec, 14)))) == plain


@LAWFUL
@given(contents())
def test_dropping_a_rule_is_never_worse(spec):
    hard, value = worth(spec)
    for number in range(len(spec["instance.yaml"]["rules"])):
        fewer = copy.deepcopy(spec)
        del fewer["instance.yaml"]["rules"][number]
        less, more = worth(fewer)
        assert (less, -more) <= (hard, -value)
    fewer = copy.deepcopy(spec)
    fewer["instance.yaml"]["agreements"] = []
    less, more = worth(fewer)
    assert (less, -more) <= (hard, -value)


@LAWFUL
@given(contents(), st.randoms(use_true_random=False))
def test_a_timetable_comes_back_the_same(spec, draw):
    instance = loaded(spec)
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    every = [one for one in choices(formulation, 2) if formulation.is_admissible(formulation.point(one))]
    with tempfile.TemporaryDirectory() as folder:
        for chosen in (every[0], draw.choice(every), every[-1]):
            timetable = timetable_of(airings, chosen)
            text = timetable_csv(timetable)
            path = Path(folder) / "timetable.csv"
            path.write_text(text, encoding="utf-8", newline="")
            again = read_timetable(instance, path)
            assert timetable_csv(again) == text
            assert verify(again) == verify(timetable)
            for name in ("channel", "start", "minutes", "content", "episode", "first", "anchor"):
                assert np.array_equal(getattr(again, name), getattr(timetable, name))


@LAWFUL
@given(contents())
def test_an_instance_comes_back_the_same(spec):
    instance = loaded(spec)
    again = copy.deepcopy(spec)
    again["instance.yaml"] = instance.file.model_dump(mode="json", by_alias=True, exclude_none=True)
    other = loaded(again)
    assert other.file.model_dump() == instance.file.model_dump()
    assert all_worths(again) == all_worths(spec)
