"""Generated instances: the same bytes for a seed, feasible by construction, and every option does what it says."""

from dataclasses import asdict

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.generate import FILES, HIDDEN_FILE, GeneratorOptions, generate, suites
from scheduler.generate.facts import facts
from scheduler.instance.files.load import TABLES
from scheduler.rules import load, rules_of
from scheduler.timetable import read_timetable
from scheduler.verify import verify

SMALL = {**suites()["free-smoke"].options, "days": 9, "channels": 5, "shortlist": 9, "reruns": 0.6, "tightness": 0.9}


def made(folder, seed=1, **options):
    generate(folder, GeneratorOptions.model_validate({**SMALL, **options}), seed)
    return load(folder)


def content(folder):
    return {name: (folder / name).read_bytes() for name in FILES}


def windows_of(instance):
    return instance.windows.end - instance.windows.start


def test_a_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        made(tmp_path / name, seed)
    assert content(tmp_path / "one") == content(tmp_path / "again")
    one, other = content(tmp_path / "one"), content(tmp_path / "other")
    assert all(one[name] != other[name] for name in FILES if name != "anchors.csv")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("tightness", [0.7, 1.0])
def test_the_hidden_timetable_misses_nothing(tmp_path, seed, tightness):
    instance = made(tmp_path, seed, tightness=tightness)
    hidden = read_timetable(instance, tmp_path / HIDDEN_FILE)
    checked = verify(hidden)
    assert not checked.missed, [row.text for row in checked.missed]
    assert np.count_nonzero(~hidden.anchor) > 20


def test_the_hidden_timetable_holds_reruns_and_is_among_the_airings(tmp_path):
    instance = made(tmp_path, 2)
    hidden = read_timetable(instance, tmp_path / HIDDEN_FILE)
    airings = build_airings(instance, rules_of(instance))
    known = set(
        zip(
            airings.channel.tolist(),
            airings.start_minute.tolist(),
            airings.content.tolist(),
            (airings.run == 1).tolist(),
            strict=True,
        )
    )
    own = ~hidden.anchor
    columns = (hidden.channel[own], hidden.start[own], hidden.content[own], hidden.first[own])
    shown = set(zip(*(column.tolist() for column in columns), strict=True))
    assert shown <= known
    assert any(not first for *_, first in shown)


def test_no_loader_reads_the_hidden_timetable(tmp_path):
    before = made(tmp_path).digest
    (tmp_path / HIDDEN_FILE).write_text("not a timetable", encoding="utf-8")
    assert load(tmp_path).digest == before
    assert HIDDEN_FILE not in TABLES


def test_nobody_watches_the_fallback(tmp_path):
    instance = made(tmp_path)
    formulation = formulate(build_airings(instance, rules_of(instance)))
    assert formulation.constant == 0
    assert (formulation.value > 0).any()


@pytest.mark.parametrize(
    ("options", "measured"),
    [
        ({"territories": 5}, lambda instance: len(instance.file.territories) == 5),
        ({"channels": 7}, lambda instance: len(instance.channels) == 7),
        ({"days": 14}, lambda instance: len(instance.windows) == 14 * 5),
        ({"hours": 3}, lambda instance: set(windows_of(instance).tolist()) == {180}),
        ({"grid": 5}, lambda instance: instance.timeline.grid == 5),
        ({"titles": 90}, lambda instance: len(instance.programmes) == 90),
        ({"reruns": 0}, lambda instance: {programme.runs for programme in instance.programmes} == {1}),
        ({"dated": 0}, lambda instance: not any(p.rights_from or p.rights_to for p in instance.programmes)),
        ({"home_titles": 0.8}, lambda instance: sum(p.origin[0][0] == "KZ" for p in instance.programmes) == 48),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_dial_does_what_it_says(tmp_path, options, measured):
    assert not measured(made(tmp_path / "usual"))
    assert measured(made(tmp_path / "turned", **options))


def test_tighter_bounds_ask_for_more(tmp_path):
    def least(tightness):
        instance = made(tmp_path / str(tightness), tightness=tightness)
        return [amount for rule in instance.file.agreements for amount in rule.measures[0].least.values()]

    pairs = list(zip(least(0.6), least(0.9), strict=True))
    assert all(loose <= tight for loose, tight in pairs)
    assert sum(tight for _, tight in pairs) > 1.3 * sum(loose for loose, _ in pairs)


def test_a_longer_shortlist_gives_more_airings(tmp_path):
    def airings(shortlist):
        instance = made(tmp_path / str(shortlist), shortlist=shortlist)
        return len(build_airings(instance, rules_of(instance)))

    assert airings(14) > 1.3 * airings(7)


@pytest.mark.parametrize("wrong", [{"grid": 7}, {"channels": 2, "territories": 3}, {"hours": 1.1}, {"unknown": 1}])
def test_dials_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValidationError):
        GeneratorOptions.model_validate({**SMALL, **wrong})


def test_every_suite_says_every_dial_and_two_tightnesses():
    for name, suite in suites().items():
        regular = {"regular", "varied", "going"}
        said = set(GeneratorOptions.model_fields) - {"world"} - (regular if name.startswith("free-") else set())
        assert set(suite.options) | {"tightness"} == said, name
        assert len(set(suite.tightness)) == 2
        assert all(suite.options_at(tightness).tightness == tightness for tightness in suite.tightness)


def test_facts_are_drawn_within_what_was_measured():
    known, rng = facts(), np.random.default_rng(0)
    for genre, minutes in known.lengths.minutes.items():
        drawn = known.draw(minutes, 2000, rng)
        assert drawn.min() >= minutes[0]
        assert drawn.max() <= minutes[-1]
        assert abs(np.median(drawn) - minutes[2]) <= 0.15 * minutes[2] + 1, genre


def test_the_written_file_has_no_aliases(tmp_path):
    made(tmp_path)
    text = (tmp_path / "instance.yaml").read_text(encoding="utf-8")
    assert "&id" not in text
    assert yaml.safe_load(text)["name"] == "generated"
    assert asdict(load(tmp_path).windows)["channel"].size


def test_kyrgyz_viewers_watch_when_the_survey_says():
    known = facts()
    survey = np.array(known.audience_by_two_hours.shares["KG"])
    for curve, scaled in zip(known.audience_curves("KG"), known.audience_curves("UZ"), strict=True):
        slots = curve[6:].reshape(-1, 2).sum(axis=1)
        np.testing.assert_allclose(slots / slots.sum(), survey / survey.sum())
        np.testing.assert_allclose(curve[6:].sum(), scaled[6:].sum())
        np.testing.assert_array_equal(curve[:6], scaled[:6])
    assert known.audience_curves("UZ")[0].tolist() == list(known.audience_by_hour.weekday)
