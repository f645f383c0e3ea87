"""The README of the engines: its table names what is there, and its improver is one that works."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np

from scheduler.solve import Search, Settings
from scheduler.solve.scale import Turn, default_improvers, scale
from tests.solve.cases import formulation_of

SOLVE = Path(__file__).resolve().parents[2] / "scheduler" / "solve"
TEXT = (SOLVE / "README.md").read_text(encoding="utf-8")


def test_every_folder_and_file_is_in_the_table():
    names = {path.name + ("/" if path.is_dir() else "") for path in SOLVE.iterdir() if path.name[0] not in "_."}
    missing = sorted(name for name in names - {"README.md"} if f"`{name}`" not in TEXT)
    known = ["answer_files.py", "answer_folder.py"]
    assert [name for name in missing if name not in known] == []
    gone = [name for name in re.findall(r"`(\w+/?(?:\.py)?)`", TEXT.split("## How")[0]) if name.endswith((".py", "/"))]
    assert not [name for name in gone if not list(SOLVE.rglob(name.rstrip("/")))]


def test_the_steps_to_add_an_improver_work(tmp_path):
    """The class of step 1, written to a file unchanged, with the line of step 2."""
    code = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL).group(1)
    code = "\n".join(line.removeprefix("   ") for line in code.splitlines())
    assert ast.get_docstring(ast.parse(code))
    space = {"np": np}
    exec(code, space)
    line = re.search(r"`(Turn\(LeaveOut\(context\).*?)`", TEXT).group(1)
    formulation = formulation_of(tmp_path, "prices against each other")
    seen = []

    def improvers(context, bounding):
        turn = eval(line, {**space, "Turn": Turn, "context": context})
        improve = turn.improver.improve
        turn.improver.improve = lambda end, budget: seen.append(budget.left()) or improve(end, budget)
        return [*default_improvers(context, bounding), turn]

    search = Search(formulation, Settings("scale", time_limit=2.0, deterministic=True))
    scale(search, improvers)
    assert search.gap() == 0 or (seen and 0 < max(seen) <= 0.05 * 2.0)


def test_improvers_do_not_import_each_other():
    """Each works on the context alone; only the strategy knows them all."""
    own = {
        "annealing": ("annealing", "kernels"),
        "cp_sat": ("cp_sat", "proof", "bounding"),
        "blocks": ("blocks",),
    }
    shared = {"context", "params", "search", "programs", "relaxation", "greedy", "kernels", "proof"}
    for package, allowed in own.items():
        for path in (SOLVE / package).glob("*.py"):
            for module in re.findall(r"from scheduler\.solve\.(\w+)", path.read_text(encoding="utf-8")):
                assert module in {*allowed, *shared}, f"{package}/{path.name} imports {module}"
