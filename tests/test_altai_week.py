"""The week inside a quarter: what its README states about time and law."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

import scheduler.rules
from scheduler.airings import build_airings
from scheduler.instance import Instance
from scheduler.rules import Measurement, load, rules_of
from scheduler.solve import Settings, prepare
from scheduler.timetable import timetable_of
from scheduler.verify import verify

SHIPPED = Path(__file__).parents[1] / "instances"
ALTAI = SHIPPED / "altai-week"
RECORD = yaml.safe_load(Path(scheduler.rules.__file__).with_name("law.yaml").read_text(encoding="utf-8"))
ELSEWHERE = {"RU-AD-H", "EU-WORKS"}
"""Clauses of territories that no shipped instance has."""


@pytest.fixture(scope="module")
def altai() -> Instance:
    return load(ALTAI)


@pytest.fixture(scope="module")
def rows(altai: Instance) -> list[Measurement]:
    """What is measured where nothing is planned: history, anchors and fallback."""
    airings = build_airings(altai, rules_of(altai))
    return list(verify(timetable_of(airings, airings.past)).measurements)


def of(rows: list[Measurement], rule: str) -> list[Measurement]:
    found = [row for row in rows if row.rule == rule]
    assert found, rule
    return found


def test_every_clause_of_the_record_is_in_a_shipped_instance() -> None:
    used = {rule.id for path in SHIPPED.glob("*/instance.yaml") for rule in load(path.parent).file.rules if rule.is_law}
    assert {clause["id"] for clause in RECORD["clauses"]} - used == ELSEWHERE


def test_its_readme_names_every_rule(altai: Instance) -> None:
    text = (ALTAI / "README.md").read_text(encoding="utf-8")
    assert not [rule.id for rule in altai.written_rules if rule.id not in text]


def test_a_period_that_ends_with_the_week_is_judged_and_one_that_goes_on_is_interim(rows: list[Measurement]) -> None:
    agreement = {(row.period, row.interim) for row in of(rows, "KZ-MN")}
    assert agreement == {("winter-exchange", False), ("2027-Q1", True), ("2027-H1", True)}
    assert all(row.interim for row in of(rows, "MN-YEAR-CHILDREN-3"))
    assert all(row.interim for row in of(rows, "month-of-drama"))
    assert not any(row.interim for row in of(rows, "MN-OWN"))


def test_what_has_aired_counts(rows: list[Measurement]) -> None:
    """Five episodes of 45 minutes each way, half an hour of documentaries against an hour of concert."""
    taken = {row.subject.name: row.have for row in of(rows, "month-of-drama")}
    assert taken == {"Tarbagatai.kz": 5 * 45, "AltaiWorld.kz": 0}
    for row in of(rows, "MN-YEAR-CHILDREN-3"):
        assert row.have == 17 * 30


def test_the_treaty_exempts_one_channel_and_licences_part_the_two_others(rows: list[Measurement]) -> None:
    assert {row.subject.name for row in of(rows, "KZ-LANG-6H")} == {"Tarbagatai.kz"}
    assert {row.subject.name for row in of(rows, "MN-DOM-B")} == {"KhovdAltai.mn"}
    assert {row.subject.name for row in of(rows, "MN-DOM-C")} == {"Steppe.mn"}
    assert {row.subject.name for row in of(rows, "KZ-FOREIGN-10")} == {"Steppe.mn"}


def test_a_talk_in_two_languages_counts_by_its_shares(rows: list[Measurement]) -> None:
    """Six tenths of two hours every evening; the rule reports it."""
    evenings = of(rows, "evening-in-kazakh")
    assert [row.have for row in evenings] == [72] * 7
    assert all(row.report_only for row in evenings)


def test_a_longer_break_would_be_seen(altai: Instance, rows: list[Measurement]) -> None:
    breaks = [anchor for anchor in altai.anchors if anchor.genre == "advertising"]
    assert {anchor.end - anchor.start for anchor in breaks} == {5}
    assert not any(row.miss for row in rows if row.rule == "MN-BREAK")


def test_airings_on_record_are_chosen_in_every_start(altai):
    airings = build_airings(altai, rules_of(altai))
    assert airings.past.any()
    _, before = prepare(altai, Settings("greedy", 5.0), start=airings.locked)
    start = timetable_of(airings, airings.locked)
    _, search = prepare(altai, Settings("greedy", 5.0), start=start)
    assert np.array_equal(search.best.point, before.best.point)
