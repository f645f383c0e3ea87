"""What a rule's rows and its check share inside its file: selections and names only, no more than is listed here."""

import ast
from pathlib import Path

import pytest

import scheduler.rules

RULES = sorted(Path(scheduler.rules.__file__).parent.glob("*.py"))
STATED = ("rows", "admit", "admit_contents")
SELECTIONS = {
    "_quota", "_quotas", "bound", "unit", "_channels", "_due", "_first_runs", "least", "barred", "_asked",
    "_names_an_episode", "place_of", "asked_locks", "_groups", "_moment", "_titles", "settles_after",
    "looks_back", "keeps_misses", "_period", "_weeks", "_first", "_clock", "days_of", "priced_slots",
}  # fmt: skip
"""Whom a rule speaks of and how its rows are called; nothing is counted here."""


def shared(source):
    """Functions of a file that its rows and its check both reach."""
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
    assert not shared(path.read_text(encoding="utf-8")) - SELECTIONS


def test_a_shared_computation_is_seen():
    planted = (
        "def rows(self):\n    return count(self)\ndef check(self):\n    return count(self)\ndef count(self): ...\n"
    )
    assert shared(planted) == {"count"}
