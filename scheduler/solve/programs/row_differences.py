"""A matrix whose rows are kept as differences to the row before, where that is shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from scheduler.certify.program import only_rows

if TYPE_CHECKING:
    from scheduler.arrays import Flags

Matrix = sparse.csr_array[Any, tuple[int, int]]


def differences(matrix: Matrix) -> tuple[Flags, Matrix]:
    """Whether each row continues the row before, and the differences or whole rows. Whichever is shorter is kept."""
    count = matrix.shape[0]
    if count < 2:
        return np.zeros(count, dtype=bool), matrix
    ones, at = np.ones(count - 1, dtype=np.int64), np.arange(1, count)
    before = sparse.csr_array((ones, (at, at - 1)), shape=(count, count))
    difference = sparse.csr_array(matrix - before @ matrix)
    difference.eliminate_zeros()
    shorter: Flags = np.diff(difference.indptr) < np.diff(matrix.indptr)
    shorter[0] = False
    return shorter, sparse.csr_array(only_rows(difference, shorter) + only_rows(matrix, ~shorter))
