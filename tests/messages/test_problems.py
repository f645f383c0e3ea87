"""Problems of a folder are reported in the requested language: no English sentence is left on the terminal."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import scheduler
from scheduler.instance import InputError
from scheduler.messages import Listed, Message, Value
from scheduler.report.language import Language
from scheduler.rules import load
from tests.instance.cases import FILES, folder_of
from tests.instance.mistakes import MISTAKES
from tests.planned import command

TRANSLATED = ("kk", "ru")
SOURCE = Path(scheduler.__file__).parent
WORD = re.compile(r"(?<![\w`.'-])[a-z]{2,}(?![\w`.'-])")

CODES = {
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "all",  # weekdays as files have them
    "csv", "yaml", "parity", "upgrade", "new", "null", "true", "false", "yes",
    "start", "end", "kaz", "rus", "name", "horizon", "territories", "channels",
    "original", "dubbed", "subtitled",
}  # fmt: skip
"""Words that a planner types, which are the same in every language."""

MANY = {
    "instance.yaml": [
        ("grid_minutes: 15", "grid_minute: 7"),
        ("days: 2}", "days: 0}"),
        ("KZ: {name", "kazakhstan: {name"),
        ("start: 18:00", "start: 18h"),
        ("type: quota", "type: quotas"),
        ("tolerance: 0.2, tolerance_of: sum", "tolerance: 2"),
        ("hard: false, price: 100", "hard: false"),
    ],
    "programmes.csv": [("kaz:original;", "ka:original;"), (",45,", ",-45,"), ("UZ:0.5", "UZ:0.6")],
    "audience.csv": [("O.uz,all,3,", "O.uz,alle,3,"), ("Q.kz,all,4,", "Q.kz,all,99,")],
    "anchors.csv": [("18:45", "16:45")],
}  # fmt: skip
"""File → texts in it and the mistakes in their places."""


def values_of(value: Value) -> set[str]:
    """The words of the values in a message, which are shown as they are written."""
    match value:
        case Message():
            return set().union(*(values_of(part) for _, part in value.values))
        case Listed():
            return set().union(*(values_of(part) for part in value.parts))
        case str():
            return set(WORD.findall(value))
    return set()


def english_in(problem, language: str) -> set[str]:
    """English words of a problem in another language, without those of the planner's own files."""
    return set(WORD.findall(Language(language).render(problem.text))) - values_of(problem.text) - CODES


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(("file", "old", "new", "message"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_has_no_english_left(tmp_path, file, old, new, message, language):
    folder = folder_of(tmp_path)
    (folder / file).write_text(FILES[file].replace(old, new, 1), encoding="utf-8")
    try:
        problems = load(folder).warnings
    except InputError as error:
        problems = error.problems
    assert message in [str(problem) for problem in problems]
    for problem in problems:
        assert not isinstance(problem.text, str), problem
        assert english_in(problem, language) == set(), problem
        assert re.search("[а-яәөүұқғңһіё]", Language(language).render(problem.text)), problem


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_folder_with_many_mistakes_has_no_english_left(tmp_path, language):
    folder = folder_of(tmp_path)
    planted = 0
    for file, changes in MANY.items():
        text = FILES[file]
        for old, new in changes:
            assert old in text
            planted += 1
            text = text.replace(old, new, 1)
        (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load(folder)
    own = set().union(*(values_of(problem.text) for problem in refused.value.problems))
    code, said = command("check", folder, "--lang", language)
    assert code == 2
    lines = said.strip().splitlines()
    assert len(lines) == len(refused.value.problems) + 1 > planted
    for line in lines:
        text = line.replace(str(folder), "").split(": ", 1)[-1]
        assert set(WORD.findall(text)) - own - CODES == set(), line


def test_english_in_a_problem_is_seen(tmp_path, monkeypatch):
    """The scan can fail: a sentence without a translation is found."""
    monkeypatch.setattr("scheduler.instance.files.named.msg", lambda key, /, **values: Message("it is absent"))
    file, old, new, _ = next(one for one in MISTAKES if "there is no channel" in one[3])
    folder = folder_of(tmp_path)
    (Path(folder) / file).write_text(FILES[file].replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load(folder)
    assert {"it", "is", "absent"} <= set().union(*(english_in(problem, "kk") for problem in refused.value.problems))


SAYING = {"Problem", "repair", "fail", "warn"}
"""Functions that take what is wrong."""

SPEAKING = ("instance", "timetable", "imports", "rules")
"""Packages in which everything that is wrong is a message."""


def texts_in(code: str) -> list[str]:
    """What is wrong, as plain texts: in problems, in findings of imports, and in errors of validators."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [one for one in node.args[1:] if isinstance(one, ast.JoinedStr)]
        texts += [one for one in node.args[1:] if isinstance(one, ast.Constant) and " " in str(one.value)]
        if name in SAYING or (name == "ValueError" and node.args):
            first = node.args[:1] if name == "ValueError" else []
            found += [ast.unparse(one) for one in {*texts, *first} if not isinstance(one, ast.Name)]
    return found


@pytest.mark.parametrize("package", SPEAKING)
def test_what_is_wrong_is_a_message_and_no_text(package):
    files = sorted((SOURCE / package).rglob("*.py"))
    assert files
    wrong = [f"{path.relative_to(SOURCE)}: {text}" for path in files for text in texts_in(path.read_text("utf-8"))]
    assert wrong == []


def test_texts_in_the_place_of_messages_are_seen():
    assert texts_in('Problem(file, 1, 1, f"no {x}")') == ["f'no {x}'"]
    assert texts_in('Problem(*place, "is no file")') == ["'is no file'"]
    assert texts_in('findings.repair(file, place, "is no file", msg("left out"))') == ["'is no file'"]
    assert texts_in('raise ValueError("is no number")') == ["'is no number'"]
    assert texts_in('Problem(file, 1, 1, msg("is no file"))') == []
