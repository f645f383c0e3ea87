"""Write new tables of an instance, all or none. They are first loaded in a copy."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.instance import INSTANCE_FILE, TABLES
from scheduler.rules import load
from scheduler.whole_file import locked, write_together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.instance import Instance, Problem


def tried(instance: Instance, files: Mapping[str, str]) -> list[Problem]:
    """Load a copy of the instance with these files.

    Returns
    -------
    list[Problem]
        The warnings that the instance did not have before.

    Raises
    ------
    InputError
        The instance would no longer load.
    """
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "instance"
        copy.mkdir()
        for name in (INSTANCE_FILE, *TABLES):
            if (instance.folder / name).is_file():
                shutil.copyfile(instance.folder / name, copy / name)
        for name, text in files.items():
            if text:
                (copy / name).write_text(text, encoding="utf-8")
            else:
                (copy / name).unlink(missing_ok=True)
        after = load(copy)
    before = {(problem.file, problem.message) for problem in instance.warnings}
    return [problem for problem in after.warnings if (problem.file, problem.message) not in before]


def write_tables(instance: Instance, files: Mapping[str, str]) -> None:
    """Load a copy of the instance with the new texts of some files, then write these into its folder.

    Raises InputError with every problem of the copy. Then nothing is written.
    """
    tried(instance, files)
    write(instance.folder, files)


def write(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Write the files, all or none. An empty text removes the file. Returns the paths of the written files."""
    with locked(folder):
        write_together(folder, {name: text for name, text in files.items() if text}, remove=files.keys())
    return [folder / name for name, text in files.items() if text]
