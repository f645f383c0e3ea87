"""The part of a formulation on which a set of rows depends. Everything else can be left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from scheduler.rules import RIGID

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation


def core_of(formulation: Formulation, rows: Flags) -> tuple[Formulation, Ints]:
    """Reduce a formulation to some rows and the columns that matter for them.

    Columns that a ban fixes at 0 are removed first. Of the others a column matters if it is in a row that is not rigid,
    if it must not be 0, or if rigid rows tie it to a column that matters. All other columns can be 0 in any timetable
    that keeps the rows: each of their rows is rigid, holds at 0 and contains no column that matters. So some timetable
    keeps the rows if and only if a timetable of the reduced formulation does.

    Parameters
    ----------
    rows
        (r,) The rows to keep.

    Returns
    -------
    formulation, columns
        The reduced formulation, and the indices of its columns in the original one.
    """
    at = np.flatnonzero(rows)
    matrix = formulation.matrix[at]
    lower, upper, rigid = formulation.lower[at], formulation.upper[at], formulation.kind[at] == RIGID
    own = np.concatenate([formulation.locked.astype(np.int64), formulation.column_lower])
    never_falls = (matrix.multiply(matrix < 0).sum(axis=1) == 0) & (abs(matrix) @ (own < 0) == 0)
    barred = (upper == 0) & (lower <= 0) & never_falls
    needy = ~barred & (~rigid | (lower > 0) | (upper < 0))
    stands = np.asarray(abs(matrix[np.flatnonzero(barred)]).sum(axis=0)).ravel() > 0
    dead = stands & (own == 0)
    matters = (own != 0) | (np.asarray(abs(matrix[np.flatnonzero(needy)]).sum(axis=0)).ravel() > 0)
    living = np.flatnonzero(~dead)
    tied = matrix[np.flatnonzero(rigid & ~barred)][:, living]
    _, component = csgraph.connected_components(
        sparse.block_array([[None, tied], [tied.T, None]], format="csr"), directed=False
    )
    of_column = component[tied.shape[0] :]
    keep = living[np.isin(of_column, np.unique(of_column[matters[living]]))]
    n = formulation.airing_count
    airings, extra = keep[keep < n], keep[keep >= n] - n
    smaller = replace(
        formulation.only_rows(at),
        window=formulation.window[airings],
        start=formulation.start[airings],
        steps=formulation.steps[airings],
        value=formulation.value[airings],
        locked=formulation.locked[airings],
        column_lower=formulation.column_lower[extra],
        column_upper=formulation.column_upper[extra],
        column_value=formulation.column_value[extra],
        column_integer=formulation.column_integer[extra],
        columns=(),
    )
    return replace(smaller, matrix=smaller.matrix[:, keep]), keep
