"""Write a file, or several files of a folder, whole or not at all.

One file is written beside its place and renamed. Several files are one set: all of them are written into a hidden
folder (STAGED), with the names of the files that are to be removed (REMOVED). The renaming of this folder to COMMITTED
is the one moment from which the new set counts; then files are removed, and each new one moves to its place. The next
reader of the folder calls `recover`: it removes a set that was not committed, and moves the remaining files of one that
was. So a process may be killed at any moment, and the next reader finds the old set or the new one.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

STAGED, COMMITTED, REMOVED = ".parity-staged", ".parity-committed", ".parity-removed"

UNFINISHED = ".unfinished"
"""Suffix of a hidden file that is being written, until it is renamed."""

WAIT = 2.0
"""Seconds to wait for another process that is writing into the folder."""

NO_LOCKS = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOTSUP)
"""Errors of file systems that cannot lock a folder. Two simultaneous writers are not noticed there."""


class FolderInUseError(OSError):
    """Another process writes into the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(errno.EBUSY, "another process writes into it", str(folder))


def write_whole(path: Path, content: str | bytes) -> None:
    """Put content at a path; whoever reads it sees the old file or the new one, never a part.

    Raises OSError, with that path, where it cannot be written.
    """
    try:
        handle, temporary = tempfile.mkstemp(prefix=_prefix(path), suffix=UNFINISHED, dir=path.parent)
        os.close(handle)
        try:
            _write(Path(temporary), content)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def remove_unfinished(path: Path) -> None:
    """Remove the parts of a file that killed processes have left beside it. The caller is its only writer."""
    for entry in path.parent.iterdir():
        if entry.name.startswith(_prefix(path)) and entry.suffix == UNFINISHED:
            entry.unlink(missing_ok=True)


def _prefix(path: Path) -> str:
    return f".{path.name[:100]}."


def write_together(folder: Path, contents: Mapping[str, str | bytes], remove: Collection[str] = ()) -> None:
    """Put several files into a folder as one set: after `recover` all of them are new, or all are as before.

    The caller holds the folder's lock (`locked`).

    Parameters
    ----------
    contents
        The files by name.
    remove
        Names of files of an older set. They are removed unless the new set has them.

    Raises
    ------
    OSError
        They cannot be written. Then nothing changed.
    """
    _finish_or_undo(folder)
    staged = folder / STAGED
    try:
        staged.mkdir()
        for name, content in contents.items():
            if (folder / name).is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(folder / name))
            _write(staged / name, content)
        gone = sorted(name for name in remove if name not in contents and (folder / name).is_file())
        if gone:
            _write(staged / REMOVED, "\n".join(gone))
        _flush(staged)
        staged.rename(folder / COMMITTED)
    except BaseException as error:
        shutil.rmtree(staged, ignore_errors=True)
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(folder)) from error
        raise
    try:
        _finish_or_undo(folder)
    except KeyboardInterrupt:
        _finish_or_undo(folder)
        raise


def try_to_write(folder: Path, size: int) -> None:
    """Write and remove a number of bytes in a folder whose lock the caller holds. Raises OSError if that fails."""
    _finish_or_undo(folder)
    staged = folder / STAGED
    try:
        staged.mkdir()
        _write(staged / "trial", b"\0" * size)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def recover(folder: Path) -> None:
    """Finish or undo what a killed process left in a folder. The set of a running process does not change.

    Raises OSError where a committed set cannot be moved to its place.
    """
    until = time.monotonic() + WAIT
    while _is_ours(folder / COMMITTED) or _is_ours(folder / STAGED):
        with contextlib.suppress(FolderInUseError), locked(folder, wait=0.0):
            _finish_or_undo(folder)
            return
        if not _is_ours(folder / COMMITTED) or time.monotonic() > until:
            return  # a running process stages its next set, or is stopped in the middle of one
        time.sleep(0.01)


@contextmanager
def locked(folder: Path, wait: float = WAIT) -> Iterator[None]:
    """Hold the lock of a folder, which the system releases when the process ends, however it ends.

    Raises FolderInUseError where another one holds it for longer than `wait` seconds.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        until = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise FolderInUseError(folder) from None
                time.sleep(0.02)
            except OSError as error:
                if error.errno not in NO_LOCKS:
                    raise
                break
        yield
    finally:
        os.close(handle)


def _finish_or_undo(folder: Path) -> None:
    """Remove what a committed set replaces, move the set to its place, then remove files that were only staged."""
    committed = folder / COMMITTED
    if _is_ours(committed):
        names = committed / REMOVED
        for name in names.read_text(encoding="utf-8").split("\n") if names.is_file() else ():
            (folder / Path(name).name).unlink(missing_ok=True)
        for entry in sorted(committed.iterdir()):
            if entry != names:
                entry.replace(folder / entry.name)
        _flush(folder)
        names.unlink(missing_ok=True)
        committed.rmdir()
    if _is_ours(folder / STAGED):
        shutil.rmtree(folder / STAGED, ignore_errors=True)


def _is_ours(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _write(path: Path, content: str | bytes) -> None:
    """Write a new file through to the disk."""
    with path.open("wb") as stream:
        stream.write(content.encode("utf-8") if isinstance(content, str) else content)
        stream.flush()
        os.fsync(stream.fileno())
    path.chmod(0o644)


def _flush(folder: Path) -> None:
    """Write a folder's list of names through to the disk, where the file system can do that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
