"""File names of ids: names that all usual file systems allow, different for different ids."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_BYTES = 150
"""Length of a name without its suffix. File systems allow 255 bytes, some encrypted ones 143 characters."""

_BARRED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$", re.IGNORECASE)


def file_names(ids: Iterable[str]) -> dict[str, str]:
    """The file name of each id, without a suffix.

    An id that every system allows is its own name. Any other id (forbidden characters, a device's name, a dot or space
    at an end, too long, equal to another id but for case or Unicode form) is shortened to its allowed characters,
    with the first digits of its SHA-256 added.
    """
    every = list(dict.fromkeys(ids))
    counts = Counter(_folded(word) for word in every)
    return {word: word if counts[_folded(word)] == 1 and _is_good(word) else _changed(word) for word in every}


def _is_good(word: str) -> bool:
    clean = bool(word) and _BARRED.search(word) is None and word == word.strip(" .")
    return clean and _DEVICES.match(word) is None and len(word.encode()) <= MOST_BYTES


def _changed(word: str) -> str:
    raw = word.encode("utf-8", "surrogatepass")
    kept = _BARRED.sub("_", word).strip(" .").encode("utf-8", "replace")[: MOST_BYTES - 10].decode("utf-8", "ignore")
    kept = f"_{kept}" if _DEVICES.match(kept) else kept
    return f"{kept}-{hashlib.sha256(raw).hexdigest()[:8]}"


def _folded(word: str) -> str:
    """The name as a file system compares it that ignores case and Unicode form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).casefold())
