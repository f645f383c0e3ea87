"""Read the bytes of a file that somebody names, within a limit that holds before memory is spent."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from scheduler.instance.files.problem import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path


def read_raw(path: Path, file: str, most: int, missing: str = "there is no such file", what: str = "a file") -> bytes:
    """The bytes of a plain file. `most` is the largest size in bytes, `file` the name in problems.

    Raises InputError for a folder, a device, a pipe, a link that leads nowhere, and a file that is too large.
    """

    def wrong(message: str) -> InputError:
        return InputError([Problem(file, 1, 1, message)])

    try:
        there = path.stat()
        if stat.S_ISDIR(there.st_mode):
            raise wrong(f"is a folder; expected {what}")
        if not stat.S_ISREG(there.st_mode):
            raise wrong(f"is a device or a pipe; expected {what}")
        with path.open("rb") as stream:
            raw = b"" if os.fstat(stream.fileno()).st_size > most else stream.read(most + 1)
    except FileNotFoundError:
        leads_nowhere = f"is a link to {path.readlink()}, which is not there" if path.is_symlink() else missing
        raise wrong(leads_nowhere) from None
    except (OSError, ValueError) as error:
        raise wrong(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if there.st_size > most or len(raw) > most:
        raise wrong(f"is larger than {most // 1_000_000} MB")
    return raw
