"""The checks of every rule agree with an independent recount from the CSV and YAML files.

`python -m tests.recount 1000` compares as many mutants as it is given; here is a sample.
"""

import ast
import shutil
from pathlib import Path

import pytest

import tests.recount
from scheduler.rules import AGREEMENTS, RULES
from tests.recount.compare import checked, differences
from tests.recount.mutate import CASES, one_mutant
from tests.recount.rules import Counting

MONTH = Path(__file__).parents[2] / "instances" / "silk-road-month"


def test_nothing_of_the_scheduler_is_used_where_it_is_counted_again():
    for name in ("folder", "rules"):
        tree = ast.parse((Path(tests.recount.__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
        imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        imported += [one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names]
        assert not [module for module in imported if module.startswith("scheduler")]


def test_every_kind_of_rule_is_counted_again():
    kinds = {str(kind.model_fields["type"].default) for kind in (*AGREEMENTS, *RULES)}
    assert {name for name in kinds if hasattr(Counting, f"_{name}")} == kinds
    assert kinds <= {kind for kind, _, _ in CASES}


def test_the_shipped_month_is_counted_the_same(tmp_path):
    folder = shutil.copytree(MONTH, tmp_path / "month")
    rows, wrong = differences(folder, (MONTH / "timetable.csv").read_text(encoding="utf-8"))
    assert rows > 100
    assert not wrong, dict(list(wrong.items())[:5])


@pytest.mark.parametrize("first", range(4))
def test_mutants_are_counted_the_same(first, tmp_path):
    """Timetables, history and parameters changed at random, some of those of the long run."""
    missed = 0
    for number in range(3 + first, 3 * len(CASES), 67):
        found = one_mutant(tmp_path / str(number), number)
        if found is not None:
            name, rows, wrong = found
            missed += rows
            assert not wrong, f"{number}, {name}: (checks, counted) {wrong}"
    assert missed


def test_a_changed_timetable_is_seen(tmp_path):
    """Without the joint titles both find something else than before, and the same."""
    folder = shutil.copytree(MONTH, tmp_path / "month")
    text = (MONTH / "timetable.csv").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    fewer = "".join(
        line for at, line in enumerate(lines) if at == 0 or (",korkyt" not in line and "joint-" not in line)
    )
    assert fewer != text
    assert checked(folder, fewer) != checked(folder, text)
    assert not differences(folder, fewer)[1]
