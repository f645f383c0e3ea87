"""How loops that NumPy cannot express are compiled, and the arrays that they take."""

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
"""What reading damaged code raises."""


def compiled(function: F) -> F:
    """Compile a function at its first call, to run without the interpreter lock; cached on disk where possible."""
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        return cast("F", numba.njit(nogil=True)(function))
    cache = getattr(made, "_cache", None)
    if isinstance(cache, caching.FunctionCache):
        files = cache._cache_file  # noqa: SLF001 (numba has no public way to check what it reads)
        files.__class__ = CheckedFiles
        files._version += " with SHA-256"  # noqa: SLF001 (files in numba's own form are another version)
    return cast("F", made)


class CheckedFiles(caching.IndexDataCacheFile):
    """numba's files of one function, each ending in the SHA-256 of what is before it."""

    said = False
    """Whether this process has said that code is compiled again: once is enough."""

    def load(self, key: Any) -> Any:
        """The code of one signature; None where there is none, or none that is whole."""
        try:
            return super().load(key)
        except DAMAGE:
            self._rebuild()
            return None

    def save(self, key: Any, data: Any) -> None:
        """Keep the code of one signature; a disk that does not take it costs only the time of the next compiling."""
        try:
            super().save(key, data)
        except DAMAGE:
            self._rebuild()
            super().save(key, data)
        except OSError:
            return

    def _rebuild(self) -> None:
        """Begin the function's files again, and say so once."""
        if not CheckedFiles.said:
            CheckedFiles.said = True
            said = f"the cache of compiled code in {self._cache_path} is damaged; what is damaged is compiled again"
            print(said, file=sys.stderr, flush=True)
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
    """What was kept, without its SHA-256. Raises ValueError where the two do not fit."""
    raw, digest = data[:-32], data[-32:]
    if hashlib.sha256(raw).digest() != digest:
        raise ValueError("damaged")
    return raw
