"""An instance with a variant is equal to the instance that would be written by hand. Values keep their places."""

from __future__ import annotations

import json

import click
import pytest
import yaml

from scheduler.cli.main import parity
from scheduler.instance import InputError
from scheduler.rules import load
from tests.builders import content, kz, programme, uz, window, write
from tests.planned import command

CHANNELS = [kz(window("18:00", "20:00", start_every=30)), uz(window("18:00", "20:00", start_every=30))]
PROGRAMMES = [
    programme("k1", 60, versions="kaz:original;uzb:dubbed", appeal="3"),
    programme("u1", 60, origin="UZ", versions="uzb:original;kaz:dubbed", appeal="2"),
]
FILMS = {"type": "quota", "select": {"genre": "film"}, "period": "day"}
RULES = [
    {**FILMS, "id": "Q", "territories": ["KZ"], "most_minutes": 60},
    {**FILMS, "id": "R", "territories": ["UZ"], "most_minutes": 90},
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "i", content(CHANNELS, PROGRAMMES, rules=RULES))


def varied(folder, said, number=1):
    path = folder.parent / f"variant{number}.yaml"
    path.write_text(said if isinstance(said, str) else yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
    return path


def same(one, other):
    """Whether two instances have the same content. The places of their files do not matter."""
    names = ("programmes", "audience", "anchors", "history", "locks")
    tables = all(getattr(one, name) == getattr(other, name) for name in names)
    return tables and one.file.model_dump() == other.file.model_dump()


@pytest.mark.parametrize(
    ("variant", "by_hand"),
    [
        ({"name": "other"}, lambda file, _: file.update(name="other")),
        ({"horizon": {"days": 2}}, lambda file, _: file["horizon"].update(days=2)),
        ({"rules": {"Q": {"most_minutes": 30}}}, lambda file, _: file["rules"][0].update(most_minutes=30)),
        ({"rules": [{"id": "R", "hard": False, "price": 5}]},
         lambda file, _: file["rules"][1].update(hard=False, price=5)),
        ({"rules": {"Q": None}}, lambda file, _: file["rules"].pop(0)),
        ({"rules": [{**RULES[0], "id": "S"}]}, lambda file, _: file["rules"].append({**RULES[0], "id": "S"})),
        ({"rules": {"Q": {"select": {"genre": None, "origin": "UZ"}}}},
         lambda file, _: file["rules"][0].update(select={"origin": "UZ"})),
        ({"channels": {"Q.kz": {"windows": [window("19:00", "21:00")]}}},
         lambda file, _: file["channels"][0].update(windows=[window("19:00", "21:00")])),
        ({"tables": {"programmes": {"u1": {"appeal": 3, "genre": "film"}}}},
         lambda _, spec: spec["programmes.csv"][1].update(appeal="3", genre="film")),
        ({"tables": {"programmes": {"u1": {"appeal": None}}}}, lambda _, spec: spec["programmes.csv"][1].pop("appeal")),
        ({"tables": {"programmes.csv": {"k1": None}}}, lambda _, spec: spec["programmes.csv"].pop(0)),
        ({"tables": {"programmes": {"k2": {"title": "K2", "genre": "film", "origin": "KZ", "minutes": 30,
                                           "versions": "kaz:original"}}}},
         lambda _, spec: spec["programmes.csv"].append(programme("k2", 30, genre="film"))),
        ({"tables": {"audience": {"Q.kz all 18": {"viewers": 7}}}},
         lambda _, spec: next(row for row in spec["audience.csv"] if row["hour"] == 18).update(viewers=7)),
    ],
)  # fmt: skip
def test_a_variant_is_what_would_be_written_by_hand(folder, tmp_path, variant, by_hand):
    spec = json.loads(json.dumps(content(CHANNELS, PROGRAMMES, rules=RULES)))
    by_hand(spec["instance.yaml"], spec)
    written = load(write(tmp_path / "by-hand", spec))
    found = load(folder, [varied(folder, variant)])
    assert same(found, written)
    assert found.digest not in (load(folder).digest, written.digest)
    assert not same(found, load(folder))


def test_variants_lie_one_over_the_other_and_an_empty_one_changes_nothing(folder):
    first, second = varied(folder, {"rules": {"Q": None}}, 1), varied(folder, {"rules": {"R": None}, "name": "bare"}, 2)
    found = load(folder, [first, second])
    assert (found.file.rules, found.file.name) == ((), "bare")
    assert same(load(folder, [varied(folder, "{}", 3)]), load(folder))
    with pytest.raises(InputError, match="there is no 'Q' to change"):
        load(folder, [first, first])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules:\n  QQ: {most_minutes: 3}\n",
         "variant1.yaml:2:3: there is no 'QQ' to change or to leave out; did you mean 'Q'"),
        ("rules:\n  - {id: X, most_minutes: 3}\n", "variant1.yaml:2:5: there is no 'X' to change or to leave out"),
        ("nme: null\n",
         "variant1.yaml:1:1: there is no 'nme' to change or to leave out; did you mean 'name'"),
        ("nme: x\n", "variant1.yaml:1:1: unknown field 'nme'; did you mean 'name'"),
        ("rules:\n  Q:\n    most_minutes: much\n",
         "variant1.yaml:3:19: rules[0].most_minutes: expected a whole number"),
        ("rules:\n  Q:\n    territories: [KX]\n", "variant1.yaml:3:18: there is no territory 'KX'"),
        ("tables: {programs: {}}\n", "variant1.yaml:1:10: there is no table 'programs'; did you mean 'programmes'"),
        ("tables: {locks: {}}\n", "variant1.yaml:1:10: the folder has no locks.csv to change"),
        ("tables:\n  programmes:\n    k9: null\n",
         "variant1.yaml:3:5: there is no row 'k9' to leave out; known: k1, u1"),
        ("tables:\n  programmes:\n    k1: {minuts: 5}\n",
         "variant1.yaml:3:10: unknown column 'minuts'; did you mean"),
        ("tables:\n  programmes:\n    k1: {minutes: five}\n", "variant1.yaml:3:19: minutes: expected a whole number"),
        ("tables:\n  programmes:\n    k9: {title: K9}\n",
         "variant1.yaml:3:5: there is no row 'k9' to change, and a new row needs genre, minutes, origin"),
        ("[]\n", "variant1.yaml:1:1: is no variant"),
        ("rules: [\n", "variant1.yaml:2:1: is not YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_variant_is_said_at_its_place(folder, text, said):
    with pytest.raises(InputError) as caught:
        load(folder, [varied(folder, text)])
    assert said in str(caught.value)


def test_every_command_that_reads_an_instance_takes_variants():
    def commands(group):
        for one in group.commands.values():
            yield from commands(one) if isinstance(one, click.Group) else [one]

    reading = [one for one in commands(parity) if any(param.name == "instance" for param in one.params)]
    assert len(reading) > 8
    for one in reading:
        assert any("--variant" in param.opts for param in one.params), one.name


def test_a_variant_is_solved_and_checked_as_it_stands(folder):
    variant, out = (
        varied(
            folder,
            {
                "rules": {
                    "Q": {"select": {"genre": "drama", "origin": "UZ"}, "territories": ["KZ", "UZ"], "most_minutes": 0}
                }
            },
        ),
        folder.parent / "out",
    )
    assert command("solve", folder, "--variant", variant, "--out", out, "--time-limit", 5, "-q")[0] == 0
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert result["instance_sha256"] == load(folder, [variant]).digest
    aired = (out / "timetable.csv").read_text(encoding="utf-8")
    assert ",k1," in aired
    assert ",u1," not in aired
    assert command("check", folder, out / "timetable.csv", "--variant", variant)[0] == 0
    assert command("check", folder, "--variant", folder.parent / "none.yaml")[0] == 2
