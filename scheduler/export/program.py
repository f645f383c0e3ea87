"""The formulation written out as one mixed-integer program: what an MPS file says and other solvers are given.

maximise    offset + cost·y
subject to  row_lower ≤ matrix·y ≤ row_upper,  column_lower ≤ y ≤ column_upper,  y whole where `integer` says so.

Columns are the airings, the rules' own columns, and one miss for every soft row; rows are the rule rows, hard
ones as they stand, and one row for every set of airings of a window that occupy the same step. Rows are scaled by
powers of two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scheduler.rules import NO_BOUND, SOFT
from scheduler.solve.programs.overlaps import clique_rows

if TYPE_CHECKING:
    from scheduler.formulation import Formulation

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Matrix = sparse.csr_array[Any, tuple[int, int]]

LARGEST = 1024.0
"""Audience rows have coefficients of 10¹⁰, at which other solvers' tolerances mean nothing."""


@dataclass(frozen=True, slots=True)
class Program:
    """One mixed-integer program; the first `airings` columns are the airings. No bound is ±inf."""

    matrix: Matrix
    row_lower: Floats
    row_upper: Floats
    cost: Floats  # viewer-minutes per unit, to be maximised
    column_lower: Floats
    column_upper: Floats
    integer: Flags
    airings: int
    offset: int


def program_of(formulation: Formulation) -> Program:
    """Write a formulation out. A soft row with two bounds becomes two rows with one miss."""
    rows, lower, upper, misses = _rule_rows(formulation)
    cliques = _clique_rows(formulation, rows.shape[1])
    n = formulation.airing_count
    soft = np.flatnonzero(formulation.kind == SOFT)
    count = cliques.shape[0]
    scale = _scale(rows)
    rows = sparse.csr_array(sparse.diags_array(scale) @ rows)
    return Program(
        matrix=sparse.csr_array(sparse.vstack([rows, cliques], format="csr")),
        row_lower=np.concatenate([lower * scale, np.full(count, -np.inf)]),
        row_upper=np.concatenate([upper * scale, np.ones(count)]),
        cost=np.concatenate([formulation.value, formulation.column_value, -formulation.price[soft]], dtype=np.float64),
        column_lower=np.concatenate([formulation.locked, formulation.column_lower, np.zeros(misses)], dtype=np.float64),
        column_upper=np.concatenate([np.ones(n), formulation.column_upper, np.full(misses, np.inf)], dtype=np.float64),
        integer=np.concatenate([np.ones(n, dtype=bool), formulation.column_integer, np.ones(misses, dtype=bool)]),
        airings=n,
        offset=formulation.constant,
    )


def _rule_rows(formulation: Formulation) -> tuple[Matrix, Floats, Floats, int]:
    """(rule rows with the soft rows' misses as columns behind them, lower, upper, how many misses)."""
    soft = np.flatnonzero(formulation.kind == SOFT)
    lower = np.where(formulation.lower <= -NO_BOUND, -np.inf, formulation.lower.astype(np.float64))
    upper = np.where(formulation.upper >= NO_BOUND, np.inf, formulation.upper.astype(np.float64))
    both = soft[np.isfinite(lower[soft]) & np.isfinite(upper[soft])]
    order = np.concatenate([np.arange(len(lower)), both])
    low, high = lower[order], upper[order]
    high[both] = np.inf
    low[len(lower) :] = -np.inf
    number = np.full(len(lower), -1, dtype=np.int64)
    number[soft] = np.arange(len(soft))
    missed = np.flatnonzero(number[order] >= 0)
    step = np.where(np.isfinite(low[missed]), 1, -1) * formulation.miss_step[order[missed]]
    own = sparse.csr_array((step, (missed, number[order[missed]])), shape=(len(order), len(soft)))
    matrix = sparse.hstack([formulation.matrix[order], own], format="csr")
    return sparse.csr_array(matrix), low, high, len(soft)


def _scale(rows: Matrix) -> Floats:
    """A power of two for every row that brings its largest coefficient to at most LARGEST: exact in floats."""
    largest = np.asarray(abs(rows).max(axis=1).todense(), dtype=np.float64).ravel()
    return 2.0 ** -np.ceil(np.log2(np.maximum(largest / LARGEST, 1.0)))


def _clique_rows(formulation: Formulation, width: int) -> Matrix:
    rows = clique_rows(formulation, np.arange(formulation.airing_count))
    return sparse.csr_array((rows.data.astype(np.int64), rows.indices, rows.indptr), shape=(rows.shape[0], width))
