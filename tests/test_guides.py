"""The steps of the guides beside the code work: a rule, an export. The words of the glossary are unique."""

import importlib.util
import re
import sys
from pathlib import Path

import yaml

from scheduler.airings import build_airings
from scheduler.export import select
from scheduler.instance import load_instance
from scheduler.report.language import Language
from scheduler.rules import AGREEMENTS, RULES, rules_of
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import content, kz, programme, uz, window, write
from tests.planned import timetable_at
from tests.rules.agreement import disagreements

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "scheduler"


def followed(guide, folder):
    """Do step 1 of a guide: write the file that it shows, and import it."""
    text = (SOURCE / guide).read_text(encoding="utf-8")
    name = re.search(r"\*\*1\. Write the file\*\* `scheduler/(?:\w+/)(\w+)\.py`", text)[1]
    path = folder / f"{name}.py"
    path.write_text(re.search(r"^```python\n(.*?)^```$", text, re.M | re.S)[1], encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pydantic looks its annotations up there
    spec.loader.exec_module(module)
    return module


def test_the_guide_to_a_rule_makes_a_rule_whose_rows_and_check_agree(tmp_path):
    kind = followed("rules/README.md", tmp_path).MostAirings
    written = {"type": "most_airings", "id": "R", "select": {"genre": "film"}, "most": 1, "hard": False, "price": 3}
    spec = content(
        [kz(window("20:00", "22:00")), uz(window("20:00", "21:00"))],
        [programme("film", 60, genre="film", runs=2), programme("news", 60, genre="news")],
        rules=[written],
    )
    instance = load_instance(write(tmp_path / "instance", spec), AGREEMENTS, (*RULES, kind))
    wrong, seen = disagreements(instance, 3)
    assert not wrong
    assert seen["R"], "some timetable misses the rule"
    airings = build_airings(instance, rules_of(instance))
    nothing = verify(timetable_of(airings, airings.locked))
    assert not [row for row in nothing.missed if row.rule == "R"]
    example = kind.model_validate(yaml.safe_load(kind.example))
    assert str(example.sentence()) == "few-films: at most 2 airings of film on every channel"
    assert "кино" in Language("ru").render(example.sentence())


def test_the_guide_to_a_rule_names_what_is_there():
    text = (SOURCE / "rules" / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:scheduler|tests|instances)/[\w/.*-]+)`", text):
        if name != "scheduler/rules/most_airings.py":
            assert list(ROOT.glob(name)), name
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


def test_the_guide_to_an_export_makes_one(planned, tmp_path):
    plain_text = followed("export/README.md", tmp_path).plain_text
    timetable = timetable_at(planned)
    lines = plain_text(select(timetable, (), None, None)).splitlines()
    assert len(lines) == len(timetable)
    assert any(line.endswith("<b>Ўзбек & ко</b>") for line in lines)
    command = (SOURCE / "cli" / "export.py").read_text(encoding="utf-8")
    assert all(name in command for name in ("FORMS = ", "SUFFIX = ", "def _text("))


def test_the_glossary_has_each_word_once():
    text = (SOURCE / "GLOSSARY.md").read_text(encoding="utf-8")
    words = [word.strip() for line in text.splitlines()[6:] for word in line.split("|")[1].split(",")]
    assert len(words) == len(set(words))
    assert {"airing", "anchor", "window", "miss", "bound", "strand", "message"} <= set(words)
