"""The shipped instances: what they promise in their READMEs, and an optimum that was derived by hand."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scheduler.airings import Airings, build_airings
from scheduler.generate.facts import facts
from scheduler.instance import Instance, zone_clock
from scheduler.rules import load, rules_of
from scheduler.solve import Answer, Settings, solve

SHIPPED = Path(__file__).parents[1] / "instances"
WEEK = SHIPPED / "central-asia-week"
TOY = SHIPPED / "toy"
NEW = Path(str(resources.files("scheduler"))) / "new_instance"


@pytest.fixture(scope="module")
def week() -> Instance:
    return load(WEEK)


@pytest.fixture(scope="module")
def week_airings(week: Instance) -> Airings:
    return build_airings(week, rules_of(week))


def exactly(folder: Path) -> Answer:
    return solve(load(folder), Settings(strategy="exact", time_limit=60.0, workers=1))


@pytest.mark.parametrize("folder", [*sorted(path.parent for path in SHIPPED.glob("*/instance.yaml")), NEW])
def test_shipped_instances_load_without_a_warning(folder: Path) -> None:
    assert load(folder).warnings == ()


@pytest.mark.parametrize("folder", [WEEK, TOY, NEW])
def test_every_programme_of_a_shipped_instance_can_air_or_has_aired_to_its_end(folder: Path) -> None:
    instance = load(folder)
    aired = Counter(row.programme for row in instance.history)
    for title in build_airings(instance, rules_of(instance)).unplaceable:
        episodes = next(row.episodes for row in instance.programmes if row.programme == title.programme)
        assert (title.reason.code, aired[title.programme]) == ("runs_used", episodes), title


# The toy: its README derives these by hand.


def without(section: str, folder: Path) -> Path:
    """A copy of the toy without its agreements or its rules."""
    shutil.copytree(TOY, folder)
    text = (folder / "instance.yaml").read_text(encoding="utf-8")
    kept = re.sub(rf"^{section}:\n(?:[ ].*\n|\n)*", "", text, flags=re.MULTILINE)
    assert kept != text
    (folder / "instance.yaml").write_text(kept, encoding="utf-8")
    return folder


def test_the_toy_has_the_optimum_of_its_readme() -> None:
    answer = exactly(TOY)
    assert answer.timetable is not None
    assert answer.search.best is not None
    assert (answer.status, answer.search.best.value, answer.search.bound) == ("optimal", 534_000, 534_000)
    assert "= **534,000**" in (TOY / "README.md").read_text(encoding="utf-8")
    table, instance = answer.timetable, load(TOY)
    aired = {
        (instance.programmes[table.programme[at]].programme, f"{instance.timeline.moment(table.start[at]):%H:%M}")
        for at in np.flatnonzero(~table.anchor)
    }
    assert aired == {("uz-drama", "14:00"), ("kz-drama", "13:00")}


@pytest.mark.parametrize(("section", "value"), [("rules", 546_000), ("agreements", 558_000)])
def test_the_toy_has_the_optimum_of_its_readme_without_a_clause(section: str, value: int, tmp_path: Path) -> None:
    answer = exactly(without(section, tmp_path / "toy"))
    assert answer.search.best is not None
    assert (answer.status, answer.search.best.value) == ("optimal", value)
    assert f"{value:,}" in (TOY / "README.md").read_text(encoding="utf-8")


def test_the_instance_of_parity_new_is_solved_to_the_end_and_keeps_every_rule() -> None:
    answer = exactly(NEW)
    assert answer.status == "optimal"
    assert answer.verification is not None
    assert answer.verification.missed == ()
    assert {rule.type for rule in load(NEW).written_rules} >= {"parity", "quota", "age_watershed"}


# The week.


def test_the_week_has_the_size_it_promises(week: Instance, week_airings: Airings) -> None:
    assert len(week.programmes) >= 150
    assert 10_000 <= len(week_airings) <= 40_000
    assert week.file.grid_minutes == 5
    assert (week.file.horizon.start.isoformat(), week.file.horizon.days) == ("2026-12-07", 7)
    text = (WEEK / "README.md").read_text(encoding="utf-8")
    windows = sum(len(channel.windows) for channel in week.channels)
    assert f"16 channels with {windows} windows" in text
    assert f"{len(week.file.agreements)} agreements, {len(week.file.rules)} rules" in text
    assert f"{len(week.programmes)} programmes: 59 Kazakh" in text
    assert f"{len(week.anchors)} kinds of fixed airings" in text
    assert f"of {len({row.programme for row in week.history})} series" in text


def test_the_week_has_at_least_four_kazakh_channels_and_eight_of_partners(week: Instance) -> None:
    channels = Counter(channel.territory for channel in week.channels)
    assert channels["KZ"] >= 4
    assert channels.total() - channels["KZ"] >= 8
    assert set(channels) == {"KZ", "UZ", "KG", "TJ", "AZ", "CN"} == set(week.file.territories)
    assert {(channel.territory, channel.zone) for channel in week.channels} == {
        ("KZ", "Asia/Almaty"),
        ("UZ", "Asia/Tashkent"),
        ("KG", "Asia/Bishkek"),
        ("TJ", "Asia/Dushanbe"),
        ("AZ", "Asia/Baku"),
        ("CN", "Asia/Shanghai"),
    }


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("Asia/Almaty", 5),
        ("Asia/Tashkent", 5),
        ("Asia/Dushanbe", 5),
        ("Asia/Bishkek", 6),
        ("Asia/Baku", 4),
        ("Asia/Shanghai", 8),
    ],
)
def test_clocks_of_the_week_are_those_of_the_tzdata_package(zone: str, hours: int) -> None:
    """An older database still has Almaty at UTC+6, which it left on 2024-03-01."""
    moment = datetime(2026, 12, 7, 12, tzinfo=UTC).astimezone(zone_clock(zone))
    assert moment.utcoffset() == timedelta(hours=hours)


def test_the_agreements_of_the_week_are_with_every_partner(week: Instance) -> None:
    assert [rule.id for rule in week.file.agreements] == ["KZ-UZ", "KZ-KG", "KZ-TJ", "KZ-AZ", "KZ-CN"]
    for partner in ("UZ", "KG", "TJ", "AZ", "CN"):
        assert any(dict(item.origin).keys() == {partner} for item in week.programmes)


def test_rules_of_law_say_their_source_and_their_reading(week: Instance) -> None:
    law = [rule for rule in week.file.rules if rule.is_law]
    assert {rule.id for rule in law} == {
        *("KZ-LANG-W", "KZ-LANG-W-LIT", "KZ-LANG-6H", "KZ-DOM-W", "KZ-RETR-W", "KZ-RETR-W-STRICT"),
        *("KZ-AGE18", "KZ-SIGN"),
        *("KG-LANG", "KG-LANG-AM", "KG-LANG-PM", "KG-DOM", "KG-DOM-AM", "KG-DOM-PM"),
        *("CN-PRIME", "CN-DRAMA", "AZ-SERIES", "AZ-DUB"),
    }
    text = (WEEK / "README.md").read_text(encoding="utf-8")
    for rule in law:
        assert rule.source
        assert (rule.text == "official") == (rule.in_force_checked is not None)
        assert rule.id in text
        if rule.price is not None:
            assert f"soft, {rule.price:,}" in text


@pytest.mark.parametrize(("channel", "peak"), [("UTRK.kg", 44_500), ("ElTR.kg", 13_000)])
def test_kyrgyz_viewers_of_the_week_watch_when_the_survey_says(channel: str, peak: int) -> None:
    table = pd.read_csv(WEEK / "audience.csv")
    for days, curve in zip(("mon-fri", "sat-sun"), facts().audience_curves("KG"), strict=True):
        own = table[(table["channel"] == channel) & (table["days"] == days)].set_index("hour")["viewers"]
        assert own.sort_index().tolist() == [round(peak * index / 100) for index in curve.tolist()]


def test_joint_projects_have_shares_of_both_sides(week: Instance) -> None:
    joint = {programme.programme for programme in week.programmes if "joint" in programme.tags}
    assert joint == {
        *("joint-korkyt-ata", "joint-zakovat", "joint-kos-kanat"),
        *("joint-tourism", "joint-belt-and-road", "joint-school"),
    }
    assert all(len(item.origin) > 1 for item in week.programmes if item.programme in joint)


def test_programmes_say_where_they_are_from(week: Instance) -> None:
    for programme in week.programmes:
        invented = programme.source.startswith("illustrative")
        assert programme.source.startswith("Qazaqstan slate") or "joint" in programme.tags or invented


@pytest.mark.parametrize("name", ["central-asia-week", "silk-road-month"])
def test_titles_read_as_a_catalogue_and_the_readme_says_that_they_are_invented(name: str) -> None:
    instance = load(SHIPPED / name)
    titles = [programme.title for programme in instance.programmes]
    assert len(set(titles)) == len(titles)
    assert not [title for title in titles if re.search(r"illustrative|working title|\b[0-9]{2}$", title)]
    assert "itles of partners are invented" in (SHIPPED / name / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["central-asia-week", "silk-road-month"])
def test_most_series_on_air_are_in_the_middle_and_some_begin(name: str) -> None:
    """The history has no hole, most of its series go on, and a long one airs on four or more days a week."""
    instance = load(SHIPPED / name)
    programmes = {programme.programme: programme for programme in instance.programmes}
    aired: dict[tuple[str, str], list[tuple[datetime, int]]] = {}
    for row in instance.history:
        aired.setdefault((row.programme, row.channel), []).append((row.start_utc, row.episode))
    middle = 0
    for (programme, _), rows in aired.items():
        episodes, series = [episode for _, episode in sorted(rows)], programmes[programme]
        assert episodes == list(range(1, len(episodes) + 1)), programme
        if series.genre in ("drama", "animation"):
            middle += len(episodes) < series.episodes
            assert len({start.weekday() for start, _ in rows}) >= (4 if series.episodes > 20 else 2), programme
    assert middle >= 15
    begin = {one.programme for one in programmes.values() if one.episodes > 7 and one.rights_from is not None}
    assert 3 <= len(begin) <= 5
    assert not {programme for programme, _ in aired} & begin


@pytest.mark.parametrize("name", ["central-asia-week", "silk-road-month"])
def test_weekend_windows_differ_from_those_of_weekdays(name: str) -> None:
    differ = [
        channel.id
        for channel in load(SHIPPED / name).channels
        if {(window.start, window.end) for window in channel.windows if "mon" in (window.days or ())}
        != {(window.start, window.end) for window in channel.windows if "sat" in (window.days or ())}
    ]
    assert len(differ) >= 12


def test_subtitles_are_in_a_language_of_the_channel(week: Instance, week_airings: Airings) -> None:
    """Rules know what is heard, not what is read: the catalogue keeps each version where it is understood."""
    pairs = np.unique(np.stack([week_airings.channel, week_airings.content]), axis=1).T.tolist()
    for number, content in pairs:
        item, channel = week.contents.items[content], week.channels[number]
        language = week.programmes[item.programme].versions[item.version].language
        assert language in {*channel.languages, "rus"}, (item.title, channel.id)


def test_anchors_and_windows_fill_kazakh_channels_all_day_and_others_from_six_to_midnight(week: Instance) -> None:
    for number, channel in enumerate(week.channels):
        clock = week.timeline.clock(channel.zone)
        on_air = np.zeros(week.timeline.minutes, dtype=np.int64)
        for dated in (week.dated_anchors, week.windows):
            mine = dated.channel == number
            for start, end in zip(dated.start[mine].tolist(), dated.end[mine].tolist(), strict=True):
                on_air[start:end] += 1
        day = clock.day - (week.file.horizon.start - week.timeline.first_day).days  # the line begins in the history
        days = (day >= 0) & (day < 7)
        planned = (clock.minute >= 6 * 60) | (channel.territory == "KZ")
        assert np.array_equal(on_air[days], planned[days].astype(np.int64)), channel.id


def test_no_rule_of_shares_is_missed_where_nothing_is_exchanged(week: Instance, week_airings: Airings) -> None:
    """The day structures keep the law by themselves, so that it is the exchange that strains it."""
    from scheduler.timetable import timetable_of
    from scheduler.verify import verify

    empty = timetable_of(week_airings, np.zeros(len(week_airings), dtype=bool))
    regular = {"placement", "slots"}  # series on air before the week go on, and a named slot has a price if it is empty
    assert {row.rule for row in verify(empty).missed} - regular == {rule.id for rule in week.file.agreements}
