"""Sums of products of whole numbers that cannot overflow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scheduler.certify.program import Matrix

Exact = npt.NDArray[Any]
"""Python's whole numbers, of any size, as an array of objects."""

SAFE = 2.0**62
"""Below this size sums of 64 bits are exact. Sizes are computed in doubles; their error is far smaller than 2^62."""


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
    some, rest = matrix[rows], np.abs(multipliers[rows])
    sign = np.where(multipliers[rows] < 0, -1, 1).astype(np.int64)
    largest = float(np.max(abs(some).astype(np.float64).sum(axis=0), initial=1.0))
    bits, total, shift = int(np.log2(SAFE / max(1.0, largest))), exact([0] * matrix.shape[1]), 0
    if bits < 1:
        owner = np.repeat(np.arange(len(rows)), np.diff(some.indptr))
        np.add.at(total, some.indices, exact(some.data) * multipliers[rows][owner])
        return total
    while np.any(rest):
        digit = sign * (rest & (2**bits - 1)).astype(np.int64)
        total = total + exact(some.T @ digit) * 2**shift
        rest, shift = rest >> bits, shift + bits
    return total
