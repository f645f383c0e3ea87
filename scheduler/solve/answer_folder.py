"""The folder of an answer: locked while one search writes into it, its three files replaced together."""

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
"""Seconds between two writes of the best timetable while the search runs."""

KEEP_SHARE = 0.05
"""At most this share of the time goes into writing it."""

PROBE_BYTES = 256 * 1024
"""What is written before a search to see that its folder takes an answer; a week's answer is about as large."""


class Checkpoint:
    """Writes the best timetable of a running search, so that nothing that happens to the process loses it.

    An old answer in the folder stays until it is worth replacing: one to the same instance until a better one is
    found, one to another instance until a timetable misses no hard rule; the final answer replaces either.
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
        """Write the best so far, if there is a new one and the last write is long enough ago."""
        if search.seconds() >= self._next:
            self.save(search)

    def save(self, search: Search) -> None:
        """Write the best so far, if there is a new one; where that fails it is tried again later."""
        began = search.seconds()
        with search.lock:  # all files of one state
            best = search.best
            if best is None or best is self._kept or not self._replaces(best.hard_rows, best.value):
                return
            texts = answer_texts(conclude(self._airings, search))
        with contextlib.suppress(OSError):
            write_together(self._out, texts)
            self._kept = best
        spent = search.seconds() - began
        self._next = search.seconds() + max(KEEP_EVERY, spent / KEEP_SHARE)

    def finish(self, answer: Answer, texts: dict[str, str]) -> bool:
        """Write the final answer; False where an interrupted search found nothing better than what is there.

        Raises OSError where it cannot be written.
        """
        checked = answer.verification
        if answer.search.interrupted and self._old is not None and self._old.same_instance and checked is not None:
            found = len(checked.hard_missed), -checked.value
            if self._kept is None and (self._old.hard_rows, -self._old.value) < found:
                return False
        write_together(self._out, texts)
        return True

    def _replaces(self, hard_rows: int, value: int) -> bool:
        """Whether a timetable that is not the final one may replace what is in the folder."""
        if self._kept is not None or self._old is None:
            return True
        if not self._old.same_instance:
            return hard_rows == 0
        return (hard_rows, -value) < (self._old.hard_rows, -self._old.value)


@dataclass(frozen=True, slots=True)
class OldAnswer:
    """What an answer in the folder is worth; its figures count only where it is one to the same instance."""

    same_instance: bool
    hard_rows: int = 0  # hard rows missed
    value: int = 0  # viewer-minutes


def old_answer(out: Path, instance: Instance) -> OldAnswer | None:
    """The answer that a folder holds, recounted from its timetable; None where there is no answer."""
    if not any((out / name).exists() for name in ANSWER_FILES):
        return None
    try:
        said = json.loads((out / RESULT_FILE).read_text(encoding="utf-8"))
        if said["instance_sha256"] != instance.digest:
            return OldAnswer(same_instance=False)
        checked = verify(read_timetable(instance, out / TIMETABLE_FILE))
    except (OSError, ValueError, TypeError, LookupError, RecursionError, InputError):
        return OldAnswer(same_instance=False)
    if checked.broken:
        return OldAnswer(same_instance=False)
    return OldAnswer(True, len(checked.hard_missed), checked.value)


@contextmanager
def answer_folder(out: Path) -> Iterator[None]:
    """Hold a folder for the answer of one search: made where it is missing, shown to be writable, locked for others.

    A folder that was made and is still empty at the end is removed.

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
    """The folders that have to be made for a folder, innermost first."""
    return [folder for folder in (out, *out.parents) if not folder.exists()]


def remove_empty(folders: list[Path]) -> None:
    """Remove those folders that hold nothing."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def save_elsewhere(texts: dict[str, str]) -> Path:
    """Write an answer that its own folder does not take into a new folder of the system's place for such files.

    Raises OSError where that fails, too.
    """
    folder = Path(tempfile.mkdtemp(prefix="parity-answer-"))
    try:
        write_together(folder, texts)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder
