"""Types of arrays, and operations on arrays and frames that many modules need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd


Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
Reals = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
Numbers = TypeVar("Numbers", Ints, Reals, Singles)


def outside(activity: Numbers, lower: Numbers, upper: Numbers) -> Numbers:
    """How far each activity a is below its lower side or above its upper side: max(lower − a, a − upper, 0), (r,)."""
    found: Numbers = np.maximum(np.maximum(lower - activity, activity - upper), 0)
    return found


def narrow(numbers: Ints) -> npt.NDArray[np.signedinteger[Any]]:
    """The same whole numbers in the smallest signed type that holds all of them."""
    low, high = np.min(numbers, initial=0), np.max(numbers, initial=0)
    for kind in (np.int8, np.int16, np.int32):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return numbers.astype(kind)
    return numbers


def by_row(reduce: np.ufunc, values: npt.NDArray[Any], indptr: npt.NDArray[Any], empty: float) -> npt.NDArray[Any]:
    """The least or largest value of every row, (r,), without a copy of the values; `empty` for rows without values.

    Parameters
    ----------
    reduce
        `np.minimum` or `np.maximum`.
    values
        (k,) Values of the entries, row after row.
    indptr
        (r + 1,) Where the entries of every row begin, as in a compressed sparse matrix.
    """
    filled = np.flatnonzero(np.diff(indptr))
    found = np.full(len(indptr) - 1, empty, dtype=values.dtype)
    if len(filled):
        found[filled] = reduce.reduceat(values, indptr[filled])
    return found


def ranges(count: Ints) -> Ints:
    """0 … count[0] − 1, then 0 … count[1] − 1, and so on: [2, 3] gives [0, 1, 0, 1, 2]."""
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def on_air_at_starts(first: Ints, steps: Ints) -> tuple[Ints, Ints, Ints]:
    """The distinct starts of intervals, (s,), and pairs (number of the start, interval that contains this start).

    Interval k has the steps `first[k]` … `first[k] + steps[k] − 1`. The intervals that contain any other step are a
    subset of those that contain an earlier start.
    """
    interval = np.repeat(np.arange(len(first)), steps)
    at, starts = np.repeat(first, steps) + ranges(steps), np.unique(first)
    inside = np.isin(at, starts)
    return starts, np.searchsorted(starts, at[inside]), interval[inside]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, each as a dict by column name."""
    found: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    return found
