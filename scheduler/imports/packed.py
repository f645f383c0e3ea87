"""Unpack gzip and zip files, within limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from scheduler.instance import InputError, Problem
from scheduler.instance.files.raw_file import PLAIN_FILE, read_raw
from scheduler.messages import Message, msg

if TYPE_CHECKING:
    from pathlib import Path

A_TABLE = msg("a table")
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


def is_packed(path: Path, most: int) -> bool:
    """Whether a file is packed by gzip or zip. Raises InputError if it cannot be read."""
    return read_raw(path, path.name, most, what=A_TABLE)[:4].startswith((_GZIP, _ZIP))


def content_of(path: Path, most: int, what: Message = PLAIN_FILE) -> bytes:
    """The unpacked bytes of a file, at most `most` bytes packed and unpacked.

    Raises InputError if this is impossible.
    """
    raw = read_raw(path, path.name, most, what=what)
    if raw.startswith(_GZIP):
        return _gunzipped(raw, path.name, most)
    if raw.startswith(_ZIP):
        return _unzipped(raw, path.name, most)
    return raw


def _broken(kind: str, error: Exception) -> Message:
    """The problem that a file cannot be unpacked. The reason is the English text of Python's libraries."""
    return msg("is packed ({kind}) and cannot be unpacked: {reason}", kind=kind, reason=str(error))


def _too_large(kind: str, most: int) -> Message:
    return msg("is packed ({kind}) and unpacks to more than {number} MB", kind=kind, number=most // 1_000_000)


def _gunzipped(raw: bytes, file: str, most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(raw, most + 1)
    except zlib.error as error:
        raise InputError(
            [
                Problem(
                    file,
                    1,
                    1,
                    _broken("gzip", error),
                )
            ]
        ) from None
    if len(found) > most:
        raise InputError([Problem(file, 1, 1, _too_large("gzip", most))])
    if not unpacker.eof:
        raise InputError([Problem(file, 1, 1, msg("is packed (gzip) and incomplete; load it again"))])
    return found


def _unzipped(raw: bytes, file: str, most: int) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            inside = [item for item in archive.infolist() if not item.is_dir()]
            if any(item.filename == "[Content_Types].xml" for item in inside):
                raise InputError([Problem(file, 1, 1, msg("is a workbook; use `parity import xlsx`"))])
            if len(inside) != 1:
                message = msg(
                    "is packed (zip) and holds {number} files; unpack it and import them one by one", number=len(inside)
                )
                raise InputError([Problem(file, 1, 1, message)])
            with archive.open(inside[0]) as stream:
                found = stream.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(
            [
                Problem(
                    file,
                    1,
                    1,
                    _broken("zip", error),
                )
            ]
        ) from None
    if len(found) > most:
        raise InputError([Problem(file, 1, 1, _too_large("zip", most))])
    return found
