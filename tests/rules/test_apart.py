"""The rows and the check of a rule may share only the listed functions: selections and names."""

import ast
from pathlib import Path

import pytest

import scheduler.rules

FOLDER = Path(scheduler.rules.__file__).parent
RULES = sorted(path for path in FOLDER.glob("*.py") if not path.stem.endswith("_rows"))
STATED = ("rows", "admit", "admit_contents")
SELECTIONS = {
    "_quota", "_quotas", "bound", "unit", "_channels", "_due", "_first_runs", "least", "barred", "_asked",
    "_names_an_episode", "place_of", "asked_locks", "_groups", "_moment", "_titles", "settles_after", "settled_on",
    "looks_back", "keeps_misses", "_period", "_weeks", "_first", "_clock", "days_of", "priced_slots",
    "aspect_of", "band_kind", "directions",
}  # fmt: skip
"""Functions for the scope of a rule and the names of its rows. They count nothing."""


def source_of(path):
    """The file of a rule, and the file of its rows if there is one."""
    rows = path.with_stem(f"{path.stem}_rows")
    return "\n".join(one.read_text(encoding="utf-8") for one in (path, rows) if one.exists())


def shared(source):
    """Functions that both the rows and the check of a rule call."""
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, []).append(node)
    if not {"rows", "check"} <= set(found):
        return set()

    def reached(name, seen):
        for node in (part for one in found.get(name, ()) for part in ast.walk(one)):
            called = getattr(node, "attr", getattr(node, "id", None))
            if called in found and called not in seen and called not in (*STATED, "check"):
                seen.add(called)
                reached(called, seen)
        return seen

    stated = set().union(*(reached(name, set()) for name in STATED))
    return stated & reached("check", set())


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_rows_and_check_share_selections_only(path):
    assert not shared(source_of(path)) - SELECTIONS


def test_the_rows_of_a_rule_may_have_a_file_of_their_own():
    assert "def rows_of_rights" in source_of(FOLDER / "rights.py")


def test_a_shared_computation_is_seen():
    planted = (
        "def rows(self):\n    return count(self)\ndef check(self):\n    return count(self)\ndef count(self): ...\n"
    )
    assert shared(planted) == {"count"}
