"""Make standard output and standard error robust: they may be closed, a pipe without a reader, or on a full disk."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

STANDARD = (0, 1, 2)


class LastingStream(io.TextIOBase):
    """A text stream whose reader may end. After that, output is dropped."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.reader_is_gone = False

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream."""
        return str(self._stream.encoding)

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        """How characters are written that the encoding lacks."""
        return str(self._stream.errors)

    @property
    def buffer(self) -> Any:
        """The bytes below the text."""
        return self._stream.buffer

    def fileno(self) -> int:
        """The number of the file."""
        return int(self._stream.fileno())

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return bool(self._stream.isatty())

    def writable(self) -> bool:
        """It is for writing."""
        return True

    def write(self, text: str) -> int:
        """Write text, or drop it if there is no reader."""
        try:
            return int(self._stream.write(text))
        except BrokenPipeError:
            self._drop()
            return len(text)

    def flush(self) -> None:
        """Flush buffered text, or drop it if there is no reader."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._drop()

    def _drop(self) -> None:
        """Replace the file by the null device, so that flushing at the end of the process cannot fail."""
        self.reader_is_gone = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)


def open_closed_streams() -> None:
    """Open the null device for closed standard files, before another file gets their number."""
    for number in STANDARD:
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False, encoding="utf-8")  # noqa: SIM115 (a number, open to the end)
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False, encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False, encoding="utf-8")  # noqa: SIM115


def lasting_streams() -> tuple[LastingStream, LastingStream]:
    """Keep standard output and standard error usable until the end. Characters that they cannot encode are escaped."""
    open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    out, err = LastingStream(sys.stdout), LastingStream(sys.stderr)
    sys.stdout, sys.stderr = out, err
    return out, err
