"""The house: the order of imports, short files and functions, light commands, docstrings, no machine's paths."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from fnmatch import fnmatch
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "scheduler"
ORDER = [
    {"version", "messages", "arrays", "moments", "text_tables", "engine_thread"},
    {"parameters"},
    {"instance", "whole_file", "reasons"},
    {"account"},
    {"airings"},
    {"strands"},
    {"timetable"},
    {"rules"},
    {"formulation"},
    {"verify"},
    {"objective"},
    {"without_effect", "without_slot"},
    {"certify"},
    {"results"},
    {"solve"},
    {"peers"},
    {"cells"},
    {"explain", "generate", "diff", "cost", "why", "replan", "frontier"},
    {"formats"},
    {"report", "imports"},
    {"export"},
    {"ratings"},
    {"ledger"},
    {"publication"},
    {"reconcile", "brief"},
    {"bench"},
    {"interface"},
    {"cli"},
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
HEAVY = ("pandas", "ortools", "numpy", "highspy", "pydantic", "scipy")
MACHINE = re.compile(r"/(?:work|root|home|Users|tmp)/\w|https?://(?:10|192\.168|172\.\d+|127)\.\d+|\blocalhost\b")


def tracked(pattern: str = "*") -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z", pattern], cwd=ROOT, capture_output=True, text=True, check=False)
    names = [name for name in done.stdout.split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


SOURCES = [path for path in tracked("*.py") if PACKAGE in path.parents]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> list[tuple[int, str]]:
    """(line, module) of every import anywhere in a file, those under TYPE_CHECKING too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno}: a relative import"
            whole = node.module or ""
            found += [(node.lineno, f"{whole}.{alias.name}" if whole == "scheduler" else whole) for alias in node.names]
    return found


def test_there_is_something_to_look_at():
    assert len(SOURCES) > 40


def test_imports_go_one_way():
    wrong = []
    for path in SOURCES:
        here = part_of(path)
        if here == "__init__":
            continue
        assert here in RANK, f"say in ORDER where scheduler.{here} stands"
        for line, module in imported(path):
            parts = module.split(".")
            if parts[0] != "scheduler" or len(parts) < 2 or parts[1] == here:
                continue
            if RANK[parts[1]] >= RANK[here]:
                wrong.append(f"{name_of(path)}:{line}: {here} imports {module}")
    assert not wrong, "\n".join(wrong)


MODULES = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in SOURCES}


def names_imported(text: str) -> set[str]:
    """What a file imports, with types: a module, or module.name where only some names are taken from it."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def circle(texts: dict[str, str]) -> list[str]:
    """Modules that import each other in a circle, or packages and modules of one package that do. Empty if none do.

    `texts` are the modules and packages by their full names.
    """
    imports = {}
    for name, text in texts.items():
        known = {one if one in texts else one.rpartition(".")[0] for one in names_imported(text)}
        imports[name] = known & texts.keys() - {name}
    graphs = [imports]
    for package in {".".join(name.split(".")[:at]) for name in texts for at in range(1, name.count(".") + 1)}:
        level: dict[str, set[str]] = {}
        depth = package.count(".") + 2
        for name, others in imports.items():
            if name.startswith(f"{package}."):
                child = ".".join(name.split(".")[:depth])
                inside = {".".join(other.split(".")[:depth]) for other in others if other.startswith(f"{package}.")}
                level.setdefault(child, set()).update(inside - {child})
        graphs.append(level)
    for graph in graphs:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            return list(error.args[1])
    return []


def test_no_modules_and_no_packages_import_each_other_in_a_circle():
    """Imports for types count. In every package, its modules and packages have an order, as in ORDER at the top."""
    assert circle({MODULES[path]: path.read_text(encoding="utf-8") for path in SOURCES}) == []
    two = {"a.b": "from a.c import x", "a.c": "if TYPE_CHECKING:\n    from a import b"}
    assert circle(two) == ["a.b", "a.c", "a.b"] or circle(two) == ["a.c", "a.b", "a.c"]
    folders = {"a.b.one": "import a.c.one", "a.b.two": "", "a.c.one": "", "a.c.two": "from a.b import two"}
    assert set(circle(folders)) == {"a.b", "a.c"}
    assert circle({**folders, "a.c.two": ""}) == []


def test_verify_knows_no_solver_and_no_formulation():
    modules = {module for _, module in imported(PACKAGE / "verify.py")}
    barred = ("ortools", "highspy", "scheduler.formulation", "scheduler.solve")
    assert not [module for module in modules if module.startswith(barred)]
    code = "import sys, scheduler.verify; print([m for m in sys.modules if m.startswith(('ortools', 'highspy'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_rules_know_no_engine():
    for path in SOURCES:
        if part_of(path) == "rules":
            assert not [m for _, m in imported(path) if m.startswith(("ortools", "highspy", "scheduler.solve"))]


def test_the_command_line_imports_nothing_heavy():
    code = f"import sys, scheduler.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_is_a_few_pages_and_a_function_a_screen(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 600
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > 100
    ]
    assert not long


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_what_is_public_says_what_it_is(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [] if ast.get_docstring(tree) or not tree.body else ["the module"]
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.Module):
            for inner in node.body:
                if isinstance(inner, ast.ClassDef | ast.FunctionDef) and not inner.name.startswith("_"):
                    hidden = isinstance(node, ast.ClassDef) and node.name.startswith("_")
                    if not hidden and not ast.get_docstring(inner):
                        silent.append(f"{inner.name}, line {inner.lineno}")
    assert not silent


LISTED = {"", "cli", "cli/ledger", "rules", "solve", "solve/strands", "report"}
"""Folders whose docstring need not name each module: a file per command, rule or form, or a README with a table."""


@pytest.mark.parametrize(
    "folder",
    [path.parent for path in SOURCES if path.name == "__init__.py"],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_the_docstring_of_a_package_says_where_each_module_is(folder):
    """In backticks: `name`, or `name*` for modules whose names begin alike. No module is named that does not exist."""
    name = str(folder.relative_to(PACKAGE)).removeprefix(".")
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    named = re.findall(r"`([a-z][a-z_*]*)`", text)
    if name not in LISTED and len(modules) > 1:
        missing = [one for one in sorted(modules) if not any(fnmatch(one, pattern) for pattern in named)]
        assert not missing
    unknown = [word for word in named if "_" in word and not any(fnmatch(one, word) for one in modules)]
    assert not unknown


def test_no_loop_over_the_rows_of_a_frame():
    loops = [name_of(path) for path in SOURCES if re.search(r"\.(?:iterrows|itertuples)\(", path.read_text())]
    assert not loops


def test_no_machine_is_named_in_what_is_kept():
    wrong = []
    for path in tracked():
        if path == Path(__file__).resolve() or path.suffix in (".png", ".gif", ".pdf", ".xlsx", ".gz"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if MACHINE.search(line):
                wrong.append(f"{name_of(path)}:{number}: {line.strip()[:100]}")
    assert not wrong, "\n".join(wrong)


def test_no_vague_names():
    vague = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert not [name_of(path) for path in SOURCES if path.stem in vague or vague & set(path.parts[len(ROOT.parts) :])]


def test_no_test_imports_another_test():
    """Shared cases have a module of their own, such as tests/solve/cases.py."""
    wrong = [
        f"{name_of(path)}:{line}: {module}"
        for path in tracked("tests/*.py")
        for line, module in imported(path)
        if module.startswith("tests.") and any(part.startswith("test_") for part in module.split("."))
    ]
    assert not wrong, "\n".join(wrong)


SEARCH = PACKAGE / "solve" / "search" / "incumbent.py"


def changes_of_a_search(tree: ast.AST) -> list[int]:
    """Lines that assign to an attribute of a search, or change a list that one holds."""
    found = []

    def of_a_search(node: ast.AST) -> bool:
        owner = node.value if isinstance(node, ast.Attribute) else None
        name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
        return name in ("search", "_search")

    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and any(
            map(of_a_search, filter(None, targets))
        ):
            found.append(node.lineno)
        called = node.func if isinstance(node, ast.Call) else None
        changes = isinstance(called, ast.Attribute) and called.attr in ("append", "remove", "clear", "update", "extend")
        if isinstance(called, ast.Attribute) and changes and of_a_search(called.value):
            found.append(called.lineno)
    return found


def test_a_search_is_changed_only_through_its_methods():
    """Several threads share it, and only its methods hold the lock."""
    wrong = [
        f"{name_of(path)}:{line}"
        for path in SOURCES
        if path != SEARCH
        for line in changes_of_a_search(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not wrong
    planted = "search.optimal = True\nself._search.best = x\nsearch.faults.append('y')\nsearch.prove_optimal()\n"
    assert changes_of_a_search(ast.parse(planted)) == [1, 2, 3]


def test_no_assert_decides_what_the_program_does():
    """Python can be run without asserts (-O). What must hold raises an exception with words, or is in the types."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert not found
