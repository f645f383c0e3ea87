"""The checks of every rule agree with an independent recount from the CSV and YAML files.

`python -m tests.recount 1000` compares as many mutants as it is given; here is a sample.
"""

import ast
import csv
import io
import shutil
from pathlib import Path

import numpy as np
import pytest

import tests.recount
from scheduler.airings import build_airings
from scheduler.rules import AGREEMENTS, RULES, load, rules_of
from scheduler.timetable import timetable_of
from tests.recount.compare import checked, differences
from tests.recount.folder import Folder
from tests.recount.mutate import CASES, PLACED, changed_rows, one_mutant, some_series, text_of
from tests.recount.rules import missed
from tests.rules.kinds import KINDS
from tests.rules.over_time import rows_of

INSTANCES = Path(__file__).parents[2] / "instances"
MONTH = INSTANCES / "silk-road-month"
SMALL = sorted(path.name for path in INSTANCES.iterdir() if path.name.startswith(("toy", "clash-")))


def test_nothing_of_the_scheduler_is_used_where_it_is_counted_again():
    here = Path(tests.recount.__file__).parent
    mine = [here / f"{name}.py" for name in ("folder", "rules", "structure", "sharing", "placement", "courses")]
    kinds = sorted((here.parent / "rules" / "kinds").glob("*.py"))
    assert len(kinds) > len(KINDS)
    for path in (*mine, *kinds):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        imported += [one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names]
        assert not [module for module in imported if module.startswith("scheduler")]


def test_every_kind_of_rule_is_counted_again():
    kinds = {str(kind.model_fields["type"].default) for kind in (*AGREEMENTS, *RULES)}
    assert {name for name, kind in KINDS.items() if hasattr(kind, "count")} == kinds
    assert kinds <= {kind for kind, _, _ in CASES}


@pytest.mark.parametrize("name", SMALL)
def test_small_shipped_instances_are_counted_the_same(name, tmp_path):
    rng = np.random.default_rng(7)
    folder = shutil.copytree(INSTANCES / name, tmp_path / name)
    rows = rows_of(some_series(load(folder), rng))
    for text in (text_of(rows), text_of(changed_rows(rows, rng))):
        _, wrong = differences(folder, text)
        assert not wrong


def test_the_shipped_week_is_counted_the_same(tmp_path):
    """One airing in each window, drawn at random, then with changes."""
    rng = np.random.default_rng(7)
    folder = shutil.copytree(INSTANCES / "central-asia-week", tmp_path / "week")
    instance = load(folder)
    airings = build_airings(instance, rules_of(instance))
    order = rng.permutation(len(airings))
    chosen = airings.locked.copy()
    chosen[order[np.unique(airings.column("window")[order], return_index=True)[1]]] = True
    rows = rows_of(timetable_of(airings, chosen))
    for text in (text_of(rows), text_of(changed_rows(rows, rng))):
        count, wrong = differences(folder, text)
        assert count > 50
        assert not wrong, dict(list(wrong.items())[:5])


def test_series_in_slots_are_counted(tmp_path):
    """An irregular series and one that does not go on: checks and count say the same."""
    seen = set()
    numbers = [at for at, (kind, *_) in enumerate(CASES) if kind in PLACED]
    for number in [at + len(CASES) * part for part in range(2) for at in numbers[part::3]]:
        folder = tmp_path / str(number)
        found = one_mutant(folder, number)
        assert found is None or not found[2], found
        for path in folder.rglob("recounted.csv") if found else ():
            rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
            counted = missed(Folder(path.parent, rows))
            seen |= {what.partition(":")[0] for rule, _, _, what in counted if rule == "placement"}
    assert {"regular", "goes on"} <= seen


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
