"""Overlapping airings of a window: sets of which at most one airing can be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from scheduler.arrays import on_air_at_starts

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.formulation import Formulation


def overlap_rows(formulation: Formulation, airings: Ints) -> sparse.csr_array[Any, tuple[int, int]]:
    """The overlap rows of some airings, (steps, airings).

    There is one row per step of a window at which one of the airings starts. It contains all of them that occupy this
    step.
    """
    return overlap_rows_at(formulation, airings)[0]


def overlap_rows_at(
    formulation: Formulation, airings: Ints
) -> tuple[sparse.csr_array[Any, tuple[int, int]], tuple[Ints, Ints]]:
    """The overlap rows of some airings, and the (window, step) of each row."""
    steps, window = formulation.steps[airings], formulation.window[airings]
    span = int(np.max(formulation.window_end, initial=0)) + 2
    places, at, owner = on_air_at_starts(window * span + formulation.start[airings], steps)
    entries = np.ones(len(at)), (at.astype(np.int32), owner.astype(np.int32))
    rows = sparse.csr_array(entries, shape=(len(places), len(airings)))
    return rows, (places // span, places % span)


def first_of_equal(rows: sparse.csr_array[Any, tuple[int, int]]) -> Ints:
    """The first of every set of equal rows, by a random mark for each column; sorted indices. No row is empty."""
    if not rows.shape[0]:
        return np.zeros(0, dtype=np.int64)
    marks = np.random.default_rng(1).integers(1, 2**62, size=rows.shape[1], dtype=np.uint64)
    sums = np.add.reduceat(marks[rows.indices] * rows.data.astype(np.uint64), rows.indptr[:-1])
    return np.sort(np.unique(sums, return_index=True)[1]).astype(np.int64)


def clique_rows(formulation: Formulation, airings: Ints) -> sparse.csr_array[Any, tuple[int, int]]:
    """The overlap rows with two or more airings."""
    rows = overlap_rows(formulation, airings)
    return sparse.csr_array(rows[np.diff(rows.indptr) > 1])


def overlap_cliques(formulation: Formulation, airings: Ints) -> list[Ints]:
    """Sets of two or more of some airings, as positions among them, of which at most one can be chosen."""
    rows = clique_rows(formulation, airings)
    return np.split(rows.indices, rows.indptr[1:-1]) if rows.shape[0] else []
