"""The content of a file as it was before it was packed: gzip and zip are unpacked, within limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from scheduler.instance import InputError, Problem
from scheduler.instance.files.raw_file import read_raw

if TYPE_CHECKING:
    from pathlib import Path

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


def is_packed(path: Path, most: int) -> bool:
    """Whether a file is packed by gzip or zip. Raises InputError where it cannot be read."""
    return read_raw(path, path.name, most, what="a table")[:4].startswith((_GZIP, _ZIP))


def content_of(path: Path, most: int, what: str = "a file") -> bytes:
    """The bytes of a file, of at most `most` bytes packed and unpacked. Raises InputError where there are none."""
    raw = read_raw(path, path.name, most, what=what)
    if raw.startswith(_GZIP):
        return _gunzipped(raw, path.name, most)
    if raw.startswith(_ZIP):
        return _unzipped(raw, path.name, most)
    return raw


def _gunzipped(raw: bytes, file: str, most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(raw, most + 1)
    except zlib.error as error:
        raise InputError([Problem(file, 1, 1, f"is packed (gzip) and cannot be unpacked: {error}")]) from None
    if len(found) > most:
        raise InputError([Problem(file, 1, 1, f"is packed (gzip) and unpacks to more than {most // 1_000_000} MB")])
    if not unpacker.eof:
        raise InputError([Problem(file, 1, 1, "is packed (gzip) and breaks off; load it again")])
    return found


def _unzipped(raw: bytes, file: str, most: int) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            inside = [item for item in archive.infolist() if not item.is_dir()]
            if any(item.filename == "[Content_Types].xml" for item in inside):
                raise InputError([Problem(file, 1, 1, "is a workbook; use `parity import xlsx`")])
            if len(inside) != 1:
                said = f"is packed (zip) and holds {len(inside)} files; unpack it and import them one by one"
                raise InputError([Problem(file, 1, 1, said)])
            with archive.open(inside[0]) as stream:
                found = stream.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError([Problem(file, 1, 1, f"is packed (zip) and cannot be unpacked: {error}")]) from None
    if len(found) > most:
        raise InputError([Problem(file, 1, 1, f"is packed (zip) and unpacks to more than {most // 1_000_000} MB")])
    return found
