"""Every sentence of a rule or a check has its words in Kazakh and Russian, whole, plural and with the same places."""

from __future__ import annotations

import ast
import csv
import re
import runpy
import shutil
import string
import subprocess
import sys
from datetime import date
from fractions import Fraction
from itertools import islice
from pathlib import Path

import pytest
import yaml
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import scheduler
from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.messages import Listed, Message, Percent, Term, msg, msg_n, translations
from scheduler.messages.catalogue import folder_of
from scheduler.report.language import Language
from scheduler.rules import AGREEMENTS, RULES, STRUCTURAL, load, rules_of
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import choices, write
from tests.planned import command
from tests.rules.rulebook_cases import RULEBOOK

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(scheduler.__file__).parent
TRANSLATED = ("kk", "ru")
WORD = re.compile(r"[A-Za-z]{3,}")


def keys():
    """Every message of the source: its key, or its key and its plural."""
    options = {"keywords": {"msg": None, "msg_n": (1, 2)}, "method_map": [("**.py", "python")]}
    return {message for _, _, message, _, _ in extract_from_dir(str(SOURCE), **options)}


def catalogue(language):
    with (folder_of(language) / "parity.po").open("rb") as stream:
        return read_po(stream, locale=language)


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def messages_inside_text(code):
    """Lines where a message is made inside an f-string: its sentence is not found for the catalogues."""
    texts = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.JoinedStr))
    calls = (inner for text in texts for inner in ast.walk(text) if isinstance(inner, ast.Call))
    return [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("msg", "msg_n")]


def test_no_message_is_made_inside_an_f_string():
    sources = sorted(Path(scheduler.__file__).parent.rglob("*.py"))
    wrong = [f"{path}:{line}" for path in sources for line in messages_inside_text(path.read_text(encoding="utf-8"))]
    assert not wrong
    assert messages_inside_text("said = f'{renderer(msg(\"a\"))}: b'") == [1]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_with_the_same_places_and_none_is_left_over(language):
    written = {one.id: one for one in catalogue(language) if one.id and one.context is None}
    assert keys() - set(written) == set(), "messages without a translation"
    assert set(written) - keys() == set(), "translations that nothing says"
    for key, entry in written.items():
        assert not entry.fuzzy
        texts = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        for text in texts:
            assert text, key
            assert places(text) == places(key if isinstance(key, str) else key[1]), key


def aspect_codes():
    """Every code of an aspect that the source writes as a text, or by the name of a constant."""
    found, trees = set(), [ast.parse(path.read_text(encoding="utf-8")) for path in (SOURCE / "rules").rglob("*.py")]
    constants = {
        node.targets[0].id: node.value
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                first = node.args[:1] if getattr(node.func, "id", "") == "Aspect" else []
                first += node.args[2:3] if getattr(node.func, "attr", "") == "forbidden" else []
                said = [*first, *(word.value for word in node.keywords if word.arg == "aspect")]
                said = [constants.get(one.id, one) if isinstance(one, ast.Name) else one for one in said]
                found |= {one.value for one in said if isinstance(one, ast.Constant) and one.value}
    return found


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_aspect_has_words(language):
    written = {one.id for one in catalogue(language) if one.context == "aspect"}
    assert {"place", "one slot", "capacity"} <= aspect_codes()
    assert aspect_codes() - written == set()


def own_words(value):
    """Words of the instance inside a message: names, titles, codes; they stay as they are."""
    match value:
        case Message():
            return set().union(*(own_words(part) for _, part in value.values))
        case Listed():
            return set().union(*(own_words(part) for part in value.parts))
        case Term():
            free = value.kind == "genre" and not has_words(value.code)
            return set(WORD.findall(value.code)) if free or value.code.isupper() or value.kind == "period" else set()
        case str():
            return set(WORD.findall(value))
    return set()


def has_words(genre):
    return translations("kk").pgettext("term", genre) != genre


def test_the_genres_of_shipped_instances_have_words():
    genres = set()
    for path in (ROOT / "instances").glob("*/programmes.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            genres |= {row["genre"] for row in csv.DictReader(stream)}
    assert len(genres) > 8
    assert [genre for genre in sorted(genres) if not has_words(genre)] == []


def english_left(language, value):
    return set(WORD.findall(Language(language).render(value))) - own_words(value) - {"placement"}


@pytest.mark.parametrize("kind", [*STRUCTURAL, *AGREEMENTS, *RULES], ids=lambda kind: kind.__name__)
def test_the_sentence_of_every_rule_is_translated(kind):
    rule = kind.model_validate(yaml.safe_load(kind.example) if kind.example else {})
    said = rule.sentence()
    assert isinstance(said, Message)
    spoken = {language: Language(language).render(said) for language in TRANSLATED}
    assert len({str(said), *spoken.values()}) == 3
    for language in TRANSLATED:
        assert english_left(language, said) <= set(WORD.findall(kind.example)) - {"least", "most", "week", "domestic"}


@pytest.mark.parametrize("kind", RULEBOOK)
def test_what_checks_say_is_translated(kind, tmp_path):
    said = 0
    for number, (_, _, spec) in enumerate(RULEBOOK[kind]):
        instance = load(write(tmp_path / str(number), spec))
        airings = build_airings(instance, rules_of(instance))
        for chosen in islice(choices(formulate(airings), 2), 40):
            for row in verify(timetable_of(airings, chosen)).missed:
                assert isinstance(row.text, Message)
                for language in TRANSLATED:
                    assert not english_left(language, row.text), Language(language).render(row.text)
                said += 1
    assert said


def test_russian_has_its_plurals():
    russian = Language("ru")

    def within(count):
        return russian.render(msg_n("within {count} day", "within {count} days", count=count))

    assert [within(count) for count in (1, 2, 5, 21)] == [
        "в пределах 1 дня",
        "в пределах 2 дней",
        "в пределах 5 дней",
        "в пределах 21 дня",
    ]


def test_values_are_written_as_the_language_has_them():
    many = msg("at most {number}", number=Fraction(2_500_001, 2))
    assert str(many) == "at most 1,250,000.5"
    assert Language("en").render(many) == str(many)
    assert Language("ru").render(many) == "не более 1\xa0250\xa0000,5"
    both = Listed((Term("word", "domestic"), Term("word", "KZ"), Percent(Fraction(1, 8)), date(2026, 12, 7)), " and ")
    assert str(both) == "domestic and KZ and 12.5 % and 2026-12-07"
    assert Language("kk").render(both).startswith("отандық және KZ және 12,5 % және ")
    assert str(Message("{count} run", "{count} runs", (("count", 1),))) == "1 run"
    assert str(Message("{count} run", "{count} runs", (("count", 2),))) == "2 runs"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["✗ hard", "missed by", "value "]), ("ru", ["✗ обязательное", "не хватает", "ценность"]),
     ("kk", ["✗ міндетті", "жетпейді", "құндылық"])],
)  # fmt: skip
def test_check_speaks_the_language_it_is_asked_for(language, words, tmp_path):
    folder = ROOT / "instances" / "clash-least-vs-most"
    assert command("solve", folder, "--out", tmp_path / "out", "--time-limit", "5", "--lang", language)[0] == 1
    _, said = command("check", folder, tmp_path / "out" / "timetable.csv", "--lang", language)
    assert all(word in said for word in words), said
    _, whole = command("check", folder, "--lang", language)
    assert ("no problems" in whole) == (language == "en")


def test_compiled_catalogues_are_read_where_a_package_has_them(tmp_path):
    """What setup.py does to a built package; .ci/package tries the installed wheel itself."""
    shutil.copytree(SOURCE / "messages", tmp_path / "scheduler" / "messages")
    for name in ("__init__.py", "version.py"):
        shutil.copy(SOURCE / name, tmp_path / "scheduler")
    compiled = runpy.run_path(str(ROOT / "setup.py"))["compile_catalogues"]
    compiled(tmp_path)
    for source in tmp_path.rglob("*.po"):
        source.unlink()
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import scheduler.messages as m; print(m.__file__);"
        "sys.stdout.reconfigure(encoding='utf-8'); print(m.translations('kk').gettext('all programmes'))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True, cwd=tmp_path)
    place, said = done.stdout.decode("utf-8").splitlines()
    assert place.startswith(str(tmp_path))
    assert said == "барлық бағдарлама" == translations("kk").gettext("all programmes")
