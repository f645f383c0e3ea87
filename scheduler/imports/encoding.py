"""Decode bytes: UTF-8, UTF-16 with a byte order mark, or the declared encoding. Any other encoding is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.imports.findings import read_as
from scheduler.instance import InputError, Problem
from scheduler.messages import msg

if TYPE_CHECKING:
    from scheduler.imports.findings import Findings

MOSTLY = 10
"""If non-ASCII letters outnumber invalid bytes by this factor, the text is UTF-8 with some invalid bytes."""

_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def text_of(raw: bytes, file: str, findings: Findings, declared: str | None = None) -> str:
    """Decode the bytes of a file. If the encoding does not fit, the probable one is reported, and used if lenient.

    Raises
    ------
    InputError
        No encoding fits, or the import is not lenient.
    """
    encoding = _MARKS.get(raw[:2]) or declared or "utf-8"
    try:
        text = raw.decode(encoding).lstrip("\ufeff")
        text.encode("utf-8")  # some encodings can encode lone surrogates, which UTF-8 cannot
        return text
    except (UnicodeError, LookupError) as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        place = raw.count(b"\n", 0, at) + 1, 1
    replaced = raw.decode("utf-8", "replace").lstrip("\ufeff")
    broken = replaced.count("\ufffd")
    if sum(not sign.isascii() for sign in replaced) > MOSTLY * broken:
        what = msg("{number} bytes are not text in UTF-8; save the file as UTF-8", number=broken)
        if not findings.repair(file, place, what, read_as("\ufffd")):
            raise InputError(findings.problems)
        return replaced
    likely = _likely(raw)
    if likely is None:
        raise InputError([Problem(file, *place, msg("is not text in {encoding}; save it as UTF-8", encoding=encoding))])
    what = msg("is not text in {encoding}; it looks like {likely}; save it as UTF-8", encoding=encoding, likely=likely)
    if not findings.repair(file, place, what, read_as(likely)):
        raise InputError(findings.problems)
    return raw.decode(likely)


def _likely(raw: bytes) -> str | None:
    """The most probable encoding of the bytes."""
    from charset_normalizer import from_bytes

    best = from_bytes(raw[:200_000], cp_isolation=["cp1251", "cp1254", "cp866", "koi8_r", "gb18030", "cp1252"]).best()
    if best is None:
        return None
    try:
        raw.decode(best.encoding)
    except UnicodeDecodeError:
        return None
    return best.encoding.replace("cp125", "windows-125")
