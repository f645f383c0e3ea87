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
    """Aᵀ·p, (c,), for a matrix A of whole numbers, (r, c), and any whole multipliers p, (r,)."""
    rows = np.flatnonzero(multipliers)
    some, weights = matrix[rows], multipliers[rows]
    sizes = np.minimum(np.abs(weights), 2**64).astype(np.float64)
    largest = abs(some).astype(np.float64).T @ sizes
    if max(float(np.max(sizes, initial=0.0)), float(np.max(largest, initial=0.0))) < SAFE:
        return exact(some.T @ weights.astype(np.int64))
    total = exact([0] * matrix.shape[1])
    owner = np.repeat(np.arange(len(rows)), np.diff(some.indptr))
    np.add.at(total, some.indices, exact(some.data) * weights[owner])
    return total
