"""Compilation of loops that NumPy cannot express, and the types of their arrays."""

from __future__ import annotations

import contextlib
import hashlib
import io
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
from numba.core import caching

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


DAMAGE = (EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError, ImportError, pickle.UnpicklingError)
"""Exceptions that reading damaged code raises."""


def compiled(function: F) -> F:
    """Compile a function at its first call, to run without the interpreter lock. Cached on disk where possible."""
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache is writable
        return cast("F", numba.njit(nogil=True)(function))
    cache = getattr(made, "_cache", None)
    if isinstance(cache, caching.FunctionCache):
        files = cache._cache_file  # noqa: SLF001 (numba has no public way to check what it reads)
        files.__class__ = CheckedFiles
        files._version += " with SHA-256"  # noqa: SLF001 (files in numba's own form are another version)
    return cast("F", made)


class CheckedFiles(caching.IndexDataCacheFile):
    """numba's files of one function. Each ends with the SHA-256 of its content."""

    warned = False
    """Whether this process has printed that code is compiled again. It is printed once."""

    def load(self, key: Any) -> Any:
        """The code of one signature. None if there is none or if it is damaged."""
        try:
            return super().load(key)
        except DAMAGE:
            self._rebuild()
            return None

    def save(self, key: Any, data: Any) -> None:
        """Keep the code of one signature. A failed write only costs the time of the next compilation."""
        try:
            super().save(key, data)
        except DAMAGE:
            self._rebuild()
            super().save(key, data)
        except OSError:
            return

    def _rebuild(self) -> None:
        """Start the function's files again, and print this once."""
        if not CheckedFiles.warned:
            CheckedFiles.warned = True
            text = f"the cache of compiled code in {self._cache_path} is damaged; what is damaged is compiled again"
            print(text, file=sys.stderr, flush=True)
        with contextlib.suppress(OSError):
            self.flush()

    def _dump(self, obj: Any) -> bytes:
        raw: bytes = super()._dump(obj)
        return raw + hashlib.sha256(raw).digest()

    def _load_index(self) -> Any:
        try:
            stream = io.BytesIO(Path(self._index_path).read_bytes())
        except FileNotFoundError:
            return {}
        version, data = pickle.load(stream), stream.read()
        if version != self._version:
            return {}
        stamp, overloads = pickle.loads(_whole(data))
        return overloads if stamp == self._source_stamp else {}

    def _load_data(self, name: str) -> Any:
        return pickle.loads(_whole(Path(self._data_path(name)).read_bytes()))


def _whole(data: bytes) -> bytes:
    """The content without its SHA-256.

    Raises
    ------
    ValueError
        The two do not match.
    """
    raw, digest = data[:-32], data[-32:]
    if hashlib.sha256(raw).digest() != digest:
        raise ValueError("damaged")
    return raw
