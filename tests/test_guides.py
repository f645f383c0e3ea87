"""The steps of the guides beside the code work: a rule, an export, a command. The words of the glossary are unique."""

import importlib.util
import re
import sys
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import yaml

import scheduler.rules
from scheduler.airings import build_airings
from scheduler.cli.main import parity
from scheduler.report.language import Language
from scheduler.rules import RULES, load, rules_of
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import content, write
from tests.recount.compare import differences
from tests.recount.mutate import text_of
from tests.rules.agreement import disagreements
from tests.rules.kinds import KINDS
from tests.rules.over_time import rows_of, some_timetable
from tests.rules.random_instances import random_instance

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "scheduler"


def shown_in(guide, step):
    """(path, code) of a step of a guide: the file that it names, and the code below."""
    text = (SOURCE / guide).read_text(encoding="utf-8")
    begin = rf"^\*\*{re.escape(step)}\*\*(?: in)? `([\w/]*/\w+)\.py`"
    return re.search(rf"{begin}.*?^```python\n(.*?)^```$", text, re.M | re.S).groups()


def imported(name, code, folder):
    """A module with this code, imported by this name."""
    path = folder / f"{name}.py"
    path.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pydantic looks its annotations up there
    spec.loader.exec_module(module)
    return module


def followed(guide, folder, step="1. Write the file", name=None):
    """Do a step of a guide: write the file that it shows, and import it, by default by the file's own name."""
    path, code = shown_in(guide, step)
    return imported(name or path.rpartition("/")[2], code, folder)


def names_what_is_there(guide, *new):
    """Every file that the guide names is there, apart from the new ones."""
    text = (SOURCE / guide).read_text(encoding="utf-8")
    names = set(re.findall(r"`((?:scheduler|tests|instances)/[\w/.*-]+)`", text))
    assert names
    return not [name for name in sorted(names - set(new)) if not list(ROOT.glob(name))]


@pytest.fixture
def most_airings(tmp_path, monkeypatch):
    """(the rule of the guide, its file of tests), both found as if they stood where the guide says."""
    kind = followed("rules/README.md", tmp_path).MostAirings
    (tmp_path / "tests").mkdir()
    mine = followed("rules/README.md", tmp_path / "tests", "4. Write its file of tests")
    monkeypatch.setitem(KINDS, "most_airings", mine)
    monkeypatch.setattr(scheduler.rules, "RULES", (*RULES, kind))
    return kind, mine


def test_the_guide_to_a_rule_makes_a_rule_whose_rows_and_check_agree(most_airings, tmp_path):
    kind, mine = most_airings
    for number, spec in enumerate(mine.CASES.values()):
        instance = load(write(tmp_path / str(number), spec))
        wrong, seen = disagreements(instance, 3)
        assert not wrong
        assert seen["R"], "some timetable misses the rule"
        airings = build_airings(instance, rules_of(instance))
        nothing = verify(timetable_of(airings, airings.locked))
        assert not [row for row in nothing.missed if row.rule == "R"]
    example = kind.model_validate(yaml.safe_load(kind.example))
    assert str(example.sentence()) == "few-films: at most 2 airings of film on every channel"
    assert "кино" in Language("ru").render(example.sentence())


def test_the_guide_to_a_rule_says_what_history_does(most_airings, tmp_path):
    for rule, channels, programmes, past, days, units in most_airings[1].INHERITED.values():
        spec = content(channels, programmes, rules=[rule], history=past, grid=60, **days)
        airings = build_airings(instance := load(write(tmp_path, spec)), rules_of(instance))
        nothing = verify(timetable_of(airings, airings.past))
        assert sum(row.inherited for row in nothing.measurements if row.rule == "R") == units
        assert not [row for row in nothing.missed if row.rule == "R"]


def test_the_guide_to_a_rule_draws_and_counts_it(most_airings, tmp_path):
    """Random instances have the rule, and its own count agrees with its check where it is missed."""
    kind, mine = most_airings
    missed = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        spec = random_instance(rng)
        drawn = [one for one in spec["instance.yaml"]["rules"] if one["type"] == "most_airings"]
        assert all(kind.model_validate(one) for one in drawn)
        spec = deepcopy(next(iter(mine.CASES.values())))
        folder = write(tmp_path / str(seed), spec)
        timetable, *_ = some_timetable(load(folder), rng)
        _, wrong = differences(folder, text_of(rows_of(timetable)))
        assert not wrong
        missed += any(row.rule == "R" for row in verify(timetable).missed)
    assert missed


def test_the_guide_to_a_rule_names_what_is_there():
    assert names_what_is_there(
        "rules/README.md", "scheduler/rules/most_airings.py", "tests/rules/kinds/most_airings.py"
    )
    month = (ROOT / "instances" / "silk-road-month" / "instance.yaml").read_text(encoding="utf-8")
    assert all(f"type: {kind.model_fields['type'].default}" in month for kind in RULES)


def test_the_guide_to_a_rule_names_every_file_that_must_know_every_kind():
    """Every file of the tests that names every kind of the rulebook is a step of the guide."""
    text = (SOURCE / "rules" / "README.md").read_text(encoding="utf-8")
    kinds = {str(kind.model_fields["type"].default) for kind in RULES} - {"quota"}
    for path in sorted((ROOT / "tests").rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        if all(re.search(rf"(\b|_){kind}\b", code) for kind in kinds):
            assert f"`{path.relative_to(ROOT).as_posix()}`" in text


def test_the_guide_to_an_export_makes_one(planned, tmp_path, monkeypatch):
    """All its steps: the file, the lines in the command, the test, which passes and sees a lost title."""
    guide = "export/README.md"
    followed(guide, tmp_path, name="scheduler.export.plain")
    path, branch = shown_in(guide, "2. Add it to the command")
    code = (ROOT / f"{path}.py").read_text(encoding="utf-8")
    imports = "    from scheduler.export import csv_text, ics_text, json_text, xmltv_text\n"
    for place, lines in {"FORMS = (": '"plain", ', "SUFFIX = {": '"plain": "txt", ', imports: branch}.items():
        assert code.count(place) == 1
        code = code.replace(place, place + lines)
    monkeypatch.setitem(parity.commands, "export", imported("export_with_plain", code, tmp_path).export)
    mine = followed(guide, tmp_path, "3. Write its test")
    (tmp_path / "a").mkdir()
    mine.test_a_line_has_start_channel_and_title(planned, tmp_path / "a")
    assert names_what_is_there(guide, "scheduler/export/plain.py", "tests/export/test_plain.py")
    monkeypatch.setattr(sys.modules["scheduler.export.plain"], "plain_text", lambda selection: "")
    (tmp_path / "b").mkdir()
    with pytest.raises(AssertionError):
        mine.test_a_line_has_start_channel_and_title(planned, tmp_path / "b")


def test_the_guide_to_a_command_makes_one(planned, tmp_path, monkeypatch):
    """Its method, its command, its test: beside the files that the guide names no other one is needed."""
    guide = "cli/README.md"
    followed(guide, tmp_path, "1. Write the method", "scheduler.near")
    monkeypatch.setitem(parity.commands, "near", followed(guide, tmp_path, "2. Write the command", "near").near)
    test = followed(guide, tmp_path, "5. Write its test").test_a_high_price_keeps_all_airings
    for price, all_stay in test.pytestmark[0].args[1]:
        (tmp_path / str(price)).mkdir()
        test(planned, tmp_path / str(price), price, all_stay)
    assert names_what_is_there(guide, "scheduler/near.py", "scheduler/cli/near.py", "tests/test_near.py")
    named = {"scheduler/cli/main.py": "SECTIONS: ", "tests/test_house.py": "ORDER = [",
             "tests/publication/test_for_party.py": "INTERNAL = {"}  # fmt: skip
    for name, line in named.items():
        assert f"\n{line}" in (ROOT / name).read_text(encoding="utf-8")


def test_the_glossary_has_each_word_once():
    text = (SOURCE / "GLOSSARY.md").read_text(encoding="utf-8")
    words = [word.strip() for line in text.splitlines()[6:] for word in line.split("|")[1].split(",")]
    assert len(words) == len(set(words))
    assert {"airing", "anchor", "window", "miss", "bound", "strand", "message"} <= set(words)
