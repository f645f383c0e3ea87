"""The auxiliary columns that belong to some columns of a strand program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.solve.strands.program import StrandProgram


def with_following(program: StrandProgram, chosen: Ints, rows: Flags) -> Ints:
    """Some columns and the auxiliary columns that follow from them, sorted.

    Parameters
    ----------
    chosen
        Indices of the columns.
    rows
        (s,) The rows by which an auxiliary column follows from a column.
    """
    auxiliary = np.flatnonzero(program.channel < 0)
    touched = np.diff(sparse.csr_array(program.matrix[:, chosen]).indptr) > 0
    tied = sparse.csr_array(program.matrix[np.flatnonzero(touched & rows)][:, auxiliary])
    return np.union1d(chosen, auxiliary[np.unique(tied.indices)])
