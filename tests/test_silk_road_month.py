"""The month that uses every kind of rule: the lines of the rules, and the checks of its recorded timetable."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from scheduler.rules import AGREEMENTS, RULES, load
from scheduler.rules.framework.dubs import dubs_to_make
from scheduler.timetable import Timetable, read_timetable
from scheduler.verify import Verification, verify

SHIPPED = Path(__file__).parents[1] / "instances"
MONTH = SHIPPED / "silk-road-month"
KINDS = {str(kind.model_fields["type"].default) for kind in (*AGREEMENTS, *RULES)}
ROW = re.compile(r"^\| (?!kind )(?P<kind>\w+) \| (?P<id>[\w-]+) \| (?P<what>.+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def timetable() -> Timetable:
    return read_timetable(load(MONTH), MONTH / "timetable.csv")


@pytest.fixture(scope="module")
def checked(timetable: Timetable) -> Verification:
    return verify(timetable)


def airings(timetable: Timetable, programme: str) -> list[tuple[str, int, int, bool]]:
    """(channel, minute of the line, episode, first run) of a programme's airings."""
    instance = timetable.instance
    index = instance.programme_index[programme]
    return [
        (
            instance.channels[timetable.channel[at]].id,
            int(timetable.start[at]),
            int(timetable.episode[at]),
            bool(timetable.first[at]),
        )
        for at in range(len(timetable))
        if timetable.programme[at] == index
    ]


def test_every_kind_of_rule_is_used_in_a_shipped_instance() -> None:
    used = {rule.type for folder in SHIPPED.glob("*/instance.yaml") for rule in load(folder.parent).written_rules}
    assert used == KINDS


def test_the_month_uses_every_kind_and_its_readme_says_where() -> None:
    kinds = {rule.id: rule.type for rule in load(MONTH).written_rules}
    rows = list(ROW.finditer((MONTH / "README.md").read_text(encoding="utf-8")))
    assert {row["kind"] for row in rows} == KINDS
    for row in rows:
        assert kinds[row["id"]] == row["kind"]


def test_the_month_crosses_the_year_with_seven_territories_and_a_common_channel() -> None:
    instance = load(MONTH)
    assert instance.file.horizon.days == 28
    assert instance.timeline.label("day", instance.timeline.days - 1) == "2027-01-10"
    assert set(instance.file.territories) == {"KZ", "UZ", "KG", "TJ", "TM", "AZ", "CN"}
    assert len(instance.channels[instance.channel_index["SilkWay.kz"]].seen_in) == 5


def test_its_timetable_keeps_every_hard_rule(checked: Verification) -> None:
    assert checked.hard_missed == ()


def test_every_rule_has_something_to_measure_in_it(checked: Verification) -> None:
    rows = {match["id"] for match in ROW.finditer((MONTH / "README.md").read_text(encoding="utf-8"))}
    quiet = {"mourning", "CN-EP50", "KZ-AGE18", "AZ-DUB", "once-a-day", "CN-PRIME", "no-unlabelled", "evening-feed"}
    measured = Counter(row.rule for row in checked.measurements if row.have or row.miss)
    kept_to_nothing = {"order", "cool_down", "repeat", "strand", "premiere", "lead_in", "no_clash", "variety"}
    types = {rule.id: rule.type for rule in load(MONTH).written_rules}
    for rule in sorted(rows - quiet):
        assert measured[rule] or types[rule] in kept_to_nothing, rule


def test_a_link_up_begins_at_one_instant_on_both_sides(timetable: Timetable) -> None:
    for event, channels in (("joint-kos-kanat", 2), ("joint-zakovat-final", 2)):
        shown = airings(timetable, event)
        assert len({channel for channel, *_ in shown}) >= channels
        assert len({start for _, start, *_ in shown}) == 1
    assert {channel.rpartition(".")[2] for channel, *_ in airings(timetable, "joint-kos-kanat")} == {"kz", "kg"}


def test_dubs_are_made_before_they_air_and_within_the_studios(timetable: Timetable) -> None:
    dubs = dubs_to_make(timetable)
    assert dubs
    assert {dub.language for dub in dubs} == {"tuk"}
    assert all(dub.needed_by >= "2026-12-18" for dub in dubs)
    assert sum(dub.minutes for dub in dubs) <= 4 * 900


def test_a_long_series_airs_but_never_in_china(timetable: Timetable) -> None:
    shown = airings(timetable, "kz-marathon")
    programme = timetable.instance.programmes[timetable.instance.programme_index["kz-marathon"]]
    assert shown
    assert programme.episodes > 50
    assert programme.territories is None
    assert not [channel for channel, *_ in shown if channel.endswith(".cn")]


def test_only_approved_programmes_have_the_chinese_evening(timetable: Timetable) -> None:
    """The rule is advisory until a partner confirms it; the recorded timetable keeps it."""
    instance = timetable.instance
    evening = set()
    for number, channel in enumerate(instance.channels):
        if channel.territory == "CN":
            clock = instance.timeline.clock(channel.zone).minute[timetable.start]
            fits = np.isin(instance.contents.genre[timetable.content], ["film", "drama"]) & ~timetable.anchor
            late = (clock < 22 * 60) & (clock + timetable.minutes > 19 * 60)
            mine = (timetable.channel == number) & fits & late
            evening |= {instance.programmes[at].programme for at in np.unique(timetable.programme[mine]).tolist()}
    assert evening
    assert evening <= {"kz-approved-series", "joint-belt-and-road"}


def test_relays_begin_with_the_feed(timetable: Timetable) -> None:
    shown = airings(timetable, "cn-feed")
    assert len(shown) >= 4
    clock = timetable.instance.timeline.clock("Asia/Shanghai").minute
    assert {int(clock[start]) for _, start, *_ in shown} == {20 * 60}


def test_the_sequel_begins_after_the_first_season(timetable: Timetable) -> None:
    first = [start for _, start, _, first in airings(timetable, "uz-drama-01") if first]
    sequel = [start for _, start, _, first in airings(timetable, "uz-drama-02") if first]
    assert first
    assert sequel
    assert max(first) < min(sequel)


def test_new_year_has_windows_of_its_own() -> None:
    instance = load(MONTH)
    khabar = instance.channel_index["Khabar.kz"]
    day = next(day for day in range(instance.timeline.days) if instance.timeline.label("day", day) == "2027-01-01")
    own = instance.channels[khabar].windows
    held = instance.windows.definition[(instance.windows.channel == khabar) & (instance.windows.day == day)]
    assert len(held)
    assert all(own[at].dates is not None for at in held.tolist())
