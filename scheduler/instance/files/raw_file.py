"""Read the bytes of a file. A file above a limit is refused before it is read."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from scheduler.instance.problem import InputError, Problem
from scheduler.messages import msg, system_reason

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.messages import Message


NO_FILE = msg("there is no such file")
PLAIN_FILE = msg("a file")


def read_raw(path: Path, file: str, most: int, missing: Message = NO_FILE, what: Message = PLAIN_FILE) -> bytes:
    """The bytes of a plain file.

    Parameters
    ----------
    path, file
        The file, and its name in problems.
    most
        The largest size, bytes.
    missing
        The problem if there is no file.
    what
        The problem if it is a folder or a device.

    Raises
    ------
    InputError
        For a folder, a device, a pipe, a broken link, and a file that is too large.
    """

    def wrong(message: Message) -> InputError:
        return InputError([Problem(file, 1, 1, message)])

    try:
        there = path.stat()
        if stat.S_ISDIR(there.st_mode):
            raise wrong(msg("is a folder; expected {what}", what=what))
        if not stat.S_ISREG(there.st_mode):
            raise wrong(msg("is a device or a pipe; expected {what}", what=what))
        with path.open("rb") as stream:
            raw = b"" if os.fstat(stream.fileno()).st_size > most else stream.read(most + 1)
    except FileNotFoundError:
        if path.is_symlink():
            raise wrong(msg("is a link to {file}, which is not there", file=str(path.readlink()))) from None
        raise wrong(missing) from None
    except OSError as error:
        raise wrong(msg("cannot be read: {reason}", reason=system_reason(error))) from None
    except ValueError as error:
        raise wrong(msg("cannot be read: {reason}", reason=str(error))) from None
    if there.st_size > most or len(raw) > most:
        raise wrong(msg("is larger than {number} MB", number=most // 1_000_000))
    return raw
