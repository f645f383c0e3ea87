"""An instance whose rules name programmes that are still to be imported from a catalogue."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.imports.anchors import table_text
from scheduler.instance import INSTANCE_FILE, TABLES, InputError, Programme, read_csv
from scheduler.rules import load

if TYPE_CHECKING:
    from scheduler.instance import Instance

COLUMNS = tuple(Programme.model_fields)
_MISSING = re.compile(r"there is no programme '([^']+)'")


def load_before_catalogue(folder: Path) -> Instance:
    """Load an instance before its catalogue is imported. Rules may name programmes that do not exist yet.

    Raises
    ------
    InputError
        The instance has any other problem.
    """
    try:
        return load(folder)
    except InputError as error:
        errors = [problem for problem in error.problems if problem.severity == "error"]
        missing = [match[1] for match in (_MISSING.search(problem.message) for problem in errors) if match]
        if len(missing) < len(errors):
            raise
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "instance"
        copy.mkdir()
        for name in (INSTANCE_FILE, *TABLES):
            if (folder / name).is_file():
                shutil.copyfile(folder / name, copy / name)
        path = copy / "programmes.csv"
        rows = read_csv(path, path.name, frozenset(COLUMNS), frozenset()).rows
        own = {"genre": "general", "origin": "ZZ", "minutes": "1", "versions": "mul"}
        rows += [{"programme": name, "title": name, **own} for name in dict.fromkeys(missing)]
        path.write_text(table_text(rows, COLUMNS), encoding="utf-8")
        instance = load(copy)
    there = tuple(row for row in instance.programmes if row.programme not in set(missing))
    return replace(instance, folder=folder, programmes=there, warnings=())
