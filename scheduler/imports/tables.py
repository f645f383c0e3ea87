"""New tables of an instance: tried in a copy first, then written."""

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

    from scheduler.instance import Instance


def write_tables(instance: Instance, files: Mapping[str, str]) -> None:
    """Load a copy of the instance with the new texts of some files, then write these into its folder.

    Raises InputError with every problem of the copy; nothing is written then.
    """
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "instance"
        copy.mkdir()
        for name in (INSTANCE_FILE, *TABLES):
            if (instance.folder / name).is_file():
                shutil.copyfile(instance.folder / name, copy / name)
        for name, text in files.items():
            (copy / name).write_text(text, encoding="utf-8")
        load(copy)
    with locked(instance.folder):
        write_together(instance.folder, files)
