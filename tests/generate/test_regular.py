"""Generated instances whose series have regular slots: what they hold, and a hidden timetable that keeps every rule."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.generate import FILES, HIDDEN_FILE, HISTORY_FILE, GeneratorOptions, generate, suite
from scheduler.instance.model.field_types import WEEKDAYS
from scheduler.rules import load, rules_of
from scheduler.strands import slots_before
from scheduler.timetable import read_timetable, regularity
from scheduler.verify import verify
from tests.planned import command

SMALL = {**suite("smoke").options, "days": 14, "channels": 6, "shortlist": 20, "titles": 120, "tightness": 0.9}


def made(folder, seed=1, **options):
    generate(folder, GeneratorOptions.model_validate({**SMALL, **options}), seed)
    return load(folder)


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    folder = tmp_path_factory.mktemp("regular")
    instance = made(folder)
    return instance, read_timetable(instance, folder / HIDDEN_FILE)


@pytest.mark.parametrize(("seed", "options"), [(2, {"tightness": 0.7}), (3, {}), (4, {"grid": 5}), (5, {"days": 9})])
def test_the_hidden_timetable_misses_nothing(tmp_path, seed, options):
    instance = made(tmp_path, seed, **options)
    hidden = read_timetable(instance, tmp_path / HIDDEN_FILE)
    checked = verify(hidden)
    assert not checked.missed, [str(row.text) for row in checked.missed]
    assert np.count_nonzero(~hidden.anchor) > 20


def test_check_sees_an_episode_that_leaves_its_slot(tmp_path):
    instance = made(tmp_path)
    path = tmp_path / HIDDEN_FILE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    strands = {
        programme.programme
        for programme in instance.programmes
        if programme.episodes > 7 and programme.genre == "drama"
    }
    names = lines[0].strip().split(",")
    at = next(
        number
        for number, line in enumerate(lines)
        if (cells := dict(zip(names, line.split(","), strict=False)))["programme"] in strands
        and cells["run"] == "first"
    )
    path.write_text("".join([*lines[:at], *lines[at + 1 :]]), encoding="utf-8")
    missed = {row.rule for row in verify(read_timetable(instance, path)).missed}
    assert "placement" in missed


def test_a_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        made(tmp_path / name, seed)
    for name in (*FILES, HISTORY_FILE):
        first, again, other = ((tmp_path / folder / name).read_bytes() for folder in ("one", "again", "other"))
        assert first == again
        assert first != other


def test_its_series_are_strands_weekly_shows_and_events_in_their_slots(one):
    instance, hidden = one
    own = np.flatnonzero(~hidden.anchor)
    lines = instance.placements.line[hidden.content[own], hidden.channel[own]]
    kinds = Counter(instance.placements.lines[line].kind if line >= 0 else "free" for line in lines.tolist())
    assert set(kinds) == {"strand", "weekly", "event", "free"}
    assert (~hidden.first[own]).any(), "no repeats"
    assert regularity(hidden).one_channel == 1.0
    assert regularity(hidden).days_in_slot == 1.0
    assert regularity(hidden).slot_kept == 1.0
    assert all(8 <= item.episodes <= 60 and item.runs == 2 for item in instance.programmes if item.episodes > 7)


def test_most_of_the_first_week_is_in_the_middle_of_its_run_and_some_begin(one):
    instance, hidden = one
    before = slots_before(instance)
    territory = [list(instance.file.territories).index(channel.territory) for channel in instance.channels]
    first_week = hidden.start < 7 * 1440
    strands = {
        (int(hidden.programme[at]), territory[hidden.channel[at]])
        for at in np.flatnonzero(~hidden.anchor & first_week)
        if (line := instance.placements.line[hidden.content[at], hidden.channel[at]]) >= 0
        and instance.placements.lines[line].kind == "strand"
    }
    begin = strands - set(before)
    assert 1 <= len(begin) <= 4
    assert len(begin) < len(strands) / 2
    horizon = instance.file.horizon.start
    assert all(row.start_utc.date() <= horizon for row in instance.history)


def test_half_the_channels_have_other_windows_and_there_are_a_holiday_a_match_and_a_barred_day(one):
    instance, _ = one
    other = [
        channel
        for channel in instance.channels
        if any(window.start_every or (window.days and window.days != frozenset(WEEKDAYS)) for window in channel.windows)
    ]
    assert len(other) == len(instance.channels) / 2
    ends = instance.file.horizon.start + timedelta(days=instance.file.horizon.days)
    dates = [day for channel in instance.channels for window in channel.windows for day in window.dates or ()]
    assert dates
    assert all(instance.file.horizon.start <= day < ends for day in dates)
    assert any(anchor.date for anchor in instance.anchors)
    assert any(rule.type == "calendar" and rule.bar for rule in instance.file.rules)


@pytest.mark.parametrize("name", ["smoke", "week"])
def test_every_seed_of_a_suite_has_a_holiday_a_dated_anchor_and_a_barred_day(tmp_path, name):
    chosen = suite(name)
    for seed in chosen.seeds[:2]:
        folder = tmp_path / str(seed)
        generate(folder, chosen.options_at(chosen.tightness[0]), seed)
        instance = load(folder)
        assert any(window.dates for channel in instance.channels for window in channel.windows)
        assert any(anchor.date for anchor in instance.anchors)
        assert any(rule.type == "calendar" for rule in instance.file.rules)


def test_the_hidden_timetable_is_among_the_airings(one):
    instance, hidden = one
    airings = build_airings(instance, rules_of(instance))
    names = (airings.channel, airings.start_minute, airings.content, airings.run == 1)
    known = set(zip(*(column.tolist() for column in names), strict=True))
    own = ~hidden.anchor
    columns = (hidden.channel[own], hidden.start[own], hidden.content[own], hidden.first[own])
    assert set(zip(*(column.tolist() for column in columns), strict=True)) <= known


def test_a_history_that_is_no_longer_written_is_gone(tmp_path):
    made(tmp_path)
    assert (tmp_path / HISTORY_FILE).exists()
    made(tmp_path, regular=False, varied=0, going=0)
    assert not (tmp_path / HISTORY_FILE).exists()


@pytest.mark.parametrize(
    "world", [{"local_chance": 0.0, "news_minutes": 15}, {"shortest_series": 4, "weekend_earlier": 60}]
)
def test_numbers_of_the_world_change_it_and_the_hidden_timetable_keeps_every_rule(tmp_path, world):
    made(tmp_path / "usual", 2)
    instance = made(tmp_path / "other", 2, world=world)
    assert not verify(read_timetable(instance, tmp_path / "other" / HIDDEN_FILE)).missed
    assert (tmp_path / "usual" / HIDDEN_FILE).read_bytes() != (tmp_path / "other" / HIDDEN_FILE).read_bytes()
    assert all(f"{name} {value}" in instance.file.description for name, value in world.items())


def test_numbers_of_the_world_are_read_from_a_file(tmp_path):
    path = tmp_path / "params.toml"
    path.write_text("[world]\nnews_minutes = 20\n")
    words = ["generate", str(tmp_path / "i"), "--channels", "4", "--days", "7", "--params", str(path)]
    code, _ = command(*words)
    assert code == 0
    news = [one for one in load(tmp_path / "i").anchors if one.genre == "news"]
    assert news and all(one.end - one.start == 20 for one in news)
    path.write_text("[world]\nshortest_series = 90\ngenre_mix = {drama = 0.5}\n")
    code, said = command(*words, "--force")
    assert code == 2
    assert "genre_mix: the shares add up to 0.5, not 1" in said
