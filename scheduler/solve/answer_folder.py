"""The folder of an answer. One search locks it, and its files are replaced together."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.instance import InputError
from scheduler.results import RESULT_FILE, TIMETABLE_FILE
from scheduler.solve import Answer, conclude
from scheduler.solve.answer_files import ANSWER_FILES, answer_texts
from scheduler.timetable import read_timetable
from scheduler.verify import verify
from scheduler.whole_file import locked, try_to_write, write_together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.airings import Airings
    from scheduler.instance import Instance
    from scheduler.solve import Search, Solution

KEEP_EVERY = 5.0
"""Seconds between two writes of the best timetable during the search."""

KEEP_SHARE = 0.05
"""Largest share of the search time that these writes may take."""

PROBE_BYTES = 256 * 1024
"""Bytes written before the search to test that the folder takes an answer. A week's answer is about as large."""


class Checkpoint:
    """Writes the best timetable of a running search, so that a crash of the process loses nothing.

    An old answer in the folder is replaced as follows. If it belongs to the same instance: by a better timetable. If it
    belongs to another instance: by a timetable that misses no hard rule. In both cases: by the final answer.
    """

    def __init__(self, airings: Airings, out: Path, old: OldAnswer | None = None) -> None:
        self._airings, self._out, self._old = airings, out, old
        self._next = 0.0
        self._kept: Solution | None = None

    @property
    def has_saved(self) -> bool:
        """Whether a timetable of this search is in the folder."""
        return self._kept is not None

    def keep(self, search: Search) -> None:
        """Write the best timetable if it is new and enough time has passed since the last write."""
        if search.seconds() >= self._next:
            self.save(search)

    def save(self, search: Search) -> None:
        """Write the best timetable if it is new. A failed write is tried again later."""
        began = search.seconds()
        with search.lock:  # all files must show the same state
            best = search.best
            if best is None or best is self._kept or not self._replaces(best.hard_rows, best.value):
                return
            texts = answer_texts(conclude(self._airings, search))
        with contextlib.suppress(OSError):
            write_together(self._out, texts, remove=ANSWER_FILES)
            self._kept = best
        spent = search.seconds() - began
        self._next = search.seconds() + max(KEEP_EVERY, spent / KEEP_SHARE)

    def finish(self, answer: Answer, texts: dict[str, str]) -> bool:
        """Write the final answer. Returns False if an interrupted search found nothing better than the old answer.

        Raises
        ------
        OSError
            The answer cannot be written.
        """
        checked = answer.verification
        if answer.search.interrupted and self._old is not None and self._old.same_instance and checked is not None:
            found = len(checked.hard_missed), -checked.value
            if self._kept is None and (self._old.hard_rows, -self._old.value) < found:
                return False
        write_together(self._out, texts, remove=ANSWER_FILES)
        return True

    def _replaces(self, hard_rows: int, value: int) -> bool:
        """Whether a timetable that is not final may replace the old answer."""
        if self._kept is not None or self._old is None:
            return True
        if not self._old.same_instance:
            return hard_rows == 0
        return (hard_rows, -value) < (self._old.hard_rows, -self._old.value)


@dataclass(frozen=True, slots=True)
class OldAnswer:
    """The quality of the old answer in the folder. Its figures count only if it belongs to the same instance."""

    same_instance: bool
    hard_rows: int = 0  # hard rows missed
    value: int = 0  # viewer-minutes


def old_answer(out: Path, instance: Instance) -> OldAnswer | None:
    """The answer in a folder, recounted from its timetable. None if there is no answer."""
    if not any((out / name).exists() for name in ANSWER_FILES):
        return None
    try:
        result = json.loads((out / RESULT_FILE).read_text(encoding="utf-8"))
        if result["instance_sha256"] != instance.digest:
            return OldAnswer(same_instance=False)
        checked = verify(read_timetable(instance, out / TIMETABLE_FILE))
    except (OSError, ValueError, TypeError, LookupError, RecursionError, InputError):
        return OldAnswer(same_instance=False)
    if checked.broken:
        return OldAnswer(same_instance=False)
    return OldAnswer(True, len(checked.hard_missed), checked.value)


@contextmanager
def answer_folder(out: Path) -> Iterator[None]:
    """Prepare and lock a folder for the answer of one search.

    A missing folder is made. A test file shows that the folder can be written. At the end a folder that was made and
    is still empty is removed.

    Raises
    ------
    OSError
        It cannot be written, or the disk is full.
    FolderInUseError
        Another search writes into it.
    """
    missing = missing_folders(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with locked(out):
            try_to_write(out, PROBE_BYTES)
            yield
    finally:
        remove_empty(missing)


def missing_folders(out: Path) -> list[Path]:
    """The missing folders on the path of a folder, innermost first."""
    return [folder for folder in (out, *out.parents) if not folder.exists()]


def remove_empty(folders: list[Path]) -> None:
    """Remove the folders that are empty."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def save_elsewhere(texts: dict[str, str]) -> Path:
    """Write an answer into a new temporary folder of the system, because its own folder cannot be written.

    Raises
    ------
    OSError
        The temporary folder cannot be written either.
    """
    folder = Path(tempfile.mkdtemp(prefix="parity-answer-"))
    try:
        write_together(folder, texts)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder
