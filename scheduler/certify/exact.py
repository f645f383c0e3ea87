"""Sums of products of whole numbers that cannot overflow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.arrays import Ints

Matrix = sparse.csr_array[Any, tuple[int, int]]

Exact = npt.NDArray[Any]
"""Python's whole numbers, of any size, as an array of objects."""

SAFE = 2.0**62
"""Below this size sums of 64 bits are exact. Sizes are computed in doubles; their error is far smaller than 2^62."""

ENTRIES_AT_ONCE = 2**22
"""Entries of a matrix that are added up at once: some 100 MB."""

DIGIT = 24
"""Bits of a digit of the multipliers in `Products`."""

MOST = SAFE / 2**DIGIT
"""With sums of absolute coefficients up to this size, sums of digits times coefficients are exact in 64 bits."""


def exact(numbers: Any) -> Exact:
    """Whole numbers as an array without a limit of size."""
    found = np.empty(len(numbers), dtype=object)
    found[:] = numbers.tolist() if isinstance(numbers, np.ndarray) else list(numbers)
    return found


def times(matrix: Matrix, multipliers: Exact) -> Exact:
    """Aᵀ·p, (c,), for a matrix A of whole numbers, (r, c), and any whole multipliers p, (r,).

    p is cut into digits q of so few bits that Aᵀ·q fits into 64 bits: Aᵀ·p = Σ_k 2^(bits·k)·Aᵀ·q_k.
    """
    rows = np.flatnonzero(multipliers)
    some = matrix[rows]
    bits, total = int(np.log2(SAFE / max(1.0, _largest(some)))), exact([0] * matrix.shape[1])
    if bits < 1:
        _add(total, some, multipliers[rows])
        return total
    for place, digit in _digits(multipliers[rows], bits):
        total = total + exact(some.T @ digit) * 2 ** (bits * place)
    return total


class Products:
    """Sums of whole multipliers times rows of whole coefficients, (c,), to which more rows can be added.

    Multipliers are cut into digits of `DIGIT` bits. Every digit has a sum of its own in 64 bits. `reach` is the largest
    sum of absolute coefficients that a column can have by now. When it could become too large for 64 bits, the sums are
    moved to Python's whole numbers and begin again from 0. So a million columns need some 8 MB per digit, and Python's
    numbers are made for a part of them at a time (`of`).
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._sums: list[Ints] = []
        self._moved: Exact | None = None
        self._reach = 0.0

    def copy(self) -> Products:
        """The same sums, to which other rows can be added."""
        found = Products(self.count)
        found._sums, found._reach = [one.copy() for one in self._sums], self._reach
        found._moved = None if self._moved is None else self._moved.copy()
        return found

    def widened(self, count: int) -> None:
        """Have `count` columns from now on. The new ones are 0."""
        new = count - self.count
        self._sums = [np.append(one, np.zeros(new, dtype=np.int64)) for one in self._sums]
        if self._moved is not None:
            self._moved = np.append(self._moved, exact([0] * new))
        self.count = count

    def add(self, matrix: Matrix, multipliers: Exact) -> None:
        """Add Aᵀ·p for a matrix A of whole numbers, (r, c), and any whole multipliers p, (r,)."""
        rows = np.flatnonzero(multipliers)
        some = matrix[rows]
        if self._fits(_largest(some)):
            for place, digit in _digits(multipliers[rows], DIGIT):
                self._add_to(place, some.T @ digit)
        else:
            _add(self._python(), some, multipliers[rows])

    def add_ranges(self, columns: Ints, first: Ints, length: Ints, multipliers: Exact) -> None:
        """Add to each of some different columns, (k,), the multipliers from `first` on, `length` of them (few)."""
        self._fits(float(np.max(length, initial=0)))
        for place, digit in _digits(multipliers, DIGIT):
            before = np.append(np.zeros(1, dtype=np.int64), np.cumsum(digit))
            change = np.zeros(self.count, dtype=np.int64)
            change[columns] = before[first + length] - before[first]
            self._add_to(place, change)

    def through(self, matrix: Matrix) -> None:
        """Replace the sums v, (c,), by Mᵀ·v for a matrix M of whole numbers, (c, d)."""
        if self._reach * _largest(matrix) > MOST:
            self._python()
            self._move()
        self._reach *= _largest(matrix)
        self._sums = [np.asarray(matrix.T @ one) for one in self._sums]
        moved, self.count = self._moved, matrix.shape[1]
        if moved is not None:
            self._moved = exact([0] * self.count)
            _add(self._moved, matrix, moved)

    def of(self, columns: slice) -> Exact:
        """The sums of some columns."""
        begin, end, _ = columns.indices(self.count)
        total = exact([0] * (end - begin)) if self._moved is None else self._moved[columns]
        for place, one in enumerate(self._sums):
            total = total + exact(one[columns]) * 2 ** (DIGIT * place)
        return total

    def _fits(self, largest: float) -> bool:
        """Whether coefficients with this sum fit into 64 bits; if so, they are counted."""
        if largest > MOST:
            return False
        if self._reach + largest > MOST:
            self._move()
        self._reach += largest
        return True

    def _add_to(self, place: int, change: Ints) -> None:
        while len(self._sums) <= place:
            self._sums.append(np.zeros(self.count, dtype=np.int64))
        self._sums[place] += change

    def _python(self) -> Exact:
        if self._moved is None:
            self._moved = exact([0] * self.count)
        return self._moved

    def _move(self) -> None:
        """Move the sums to Python's whole numbers."""
        self._moved = self.of(slice(None))
        self._sums, self._reach = [], 0.0


def _largest(matrix: Matrix) -> float:
    """The largest sum of absolute coefficients of a column, at least 1."""
    sums = np.zeros(matrix.shape[1])
    for begin in range(0, matrix.nnz, ENTRIES_AT_ONCE):
        some = slice(begin, begin + ENTRIES_AT_ONCE)
        part = np.bincount(matrix.indices[some], np.abs(matrix.data[some].astype(np.float64)))
        sums[: len(part)] += part
    return float(np.max(sums, initial=1.0))


def _digits(multipliers: Exact, bits: int) -> Iterator[tuple[int, Ints]]:
    """(k, q_k) with Σ_k 2^(bits·k)·q_k = p, where every |q_k| < 2^bits."""
    rest, place = np.abs(multipliers), 0
    sign = np.where(multipliers < 0, -1, 1).astype(np.int64)
    while np.any(rest):
        yield place, sign * (rest & (2**bits - 1)).astype(np.int64)
        rest, place = rest >> bits, place + 1


def _add(total: Exact, matrix: Matrix, multipliers: Exact) -> None:
    """Add Aᵀ·p to the total in Python's whole numbers."""
    owner = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    np.add.at(total, matrix.indices, exact(matrix.data) * multipliers[owner])
