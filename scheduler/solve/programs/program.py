"""The formulation as one mixed-integer program, as an MPS file states it and as other solvers take it.

maximise    offset + cost·y
subject to  row_lower ≤ matrix·y ≤ row_upper,  column_lower ≤ y ≤ column_upper,  y whole where `integer` says so.

Columns: the airings, the rules' auxiliary variables, and one miss per elastic row (soft rows; also hard rows if
`hard_elastic` is set). Rows: the rule rows, and one row per set of airings of a window that occupy the same step. Rows
are scaled by powers of two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from scheduler.arrays import Flags
from scheduler.formulation import HARD_SCALE
from scheduler.rules import HARD, SOFT
from scheduler.solve.programs.highs import highs_lp, infinite_side
from scheduler.solve.programs.overlaps import clique_rows

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.formulation import Formulation

Floats = npt.NDArray[np.float64]
Matrix = sparse.csr_array[Any, tuple[int, int]]

LARGEST = 1024.0
"""Audience rows have coefficients of 10¹⁰, at which other solvers' tolerances mean nothing."""


@dataclass(frozen=True, slots=True)
class Program:
    """One mixed-integer program. The first `airings` columns are the airings. No side is ±inf."""

    matrix: Matrix
    row_lower: Floats
    row_upper: Floats
    cost: Floats  # viewer-minutes per unit, to be maximised
    column_lower: Floats
    column_upper: Floats
    integer: Flags
    airings: int
    offset: int
    miss_row: Ints  # the rule row of each miss; the misses are the last columns


def program_of(formulation: Formulation, *, hard_elastic: bool = False) -> Program:
    """Write a formulation as a program. An elastic row with two sides becomes two rows that share one miss."""
    elastic = np.flatnonzero((formulation.kind == SOFT) | ((formulation.kind == HARD) & hard_elastic))
    rows, lower, upper = _rule_rows(formulation, elastic)
    cliques = _clique_rows(formulation, rows.shape[1])
    n, misses, count = formulation.airing_count, len(elastic), cliques.shape[0]
    price = formulation.price[elastic]
    scale = _scale(rows)
    rows = sparse.csr_array(sparse.diags_array(scale) @ rows)
    return Program(
        matrix=sparse.csr_array(sparse.vstack([rows, cliques], format="csr")),
        row_lower=np.concatenate([lower * scale, np.full(count, -np.inf)]),
        row_upper=np.concatenate([upper * scale, np.ones(count)]),
        cost=np.concatenate([formulation.value, formulation.column_value, -price], dtype=np.float64),
        column_lower=np.concatenate([formulation.locked, formulation.column_lower, np.zeros(misses)], dtype=np.float64),
        column_upper=np.concatenate([np.ones(n), formulation.column_upper, np.full(misses, np.inf)], dtype=np.float64),
        integer=np.concatenate([np.ones(n, dtype=bool), formulation.column_integer, np.ones(misses, dtype=bool)]),
        airings=n,
        offset=formulation.constant,
        miss_row=elastic,
    )


def highs_model(program: Program) -> highspy.HighsLp:
    """The program as a HiGHS model, to be maximised."""
    columns, rows = (program.column_lower, program.column_upper), (program.row_lower, program.row_upper)
    model = highs_lp(program.matrix, program.cost, columns, rows, program.integer)
    model.sense_, model.offset_ = highspy.ObjSense.kMaximize, float(program.offset)
    return model


def hard_miss_of(formulation: Formulation, program: Program) -> Floats:
    """What one unit of each column adds to the hard miss, in whole hard rows.

    The hard rows of the program are elastic.
    """
    weight = np.zeros(len(program.cost))
    missed = formulation.hard_weight[program.miss_row] * (formulation.kind[program.miss_row] == HARD)
    weight[len(weight) - len(missed) :] = missed / HARD_SCALE
    return weight


def with_hard_miss_at_most(program: Program, weight: Floats, most: float) -> Program:
    """The same program with one more row: weight·y ≤ most."""
    row = sparse.csr_array(weight[None, :])
    return replace(
        program,
        matrix=sparse.csr_array(sparse.vstack([program.matrix, row], format="csr")),
        row_lower=np.concatenate([program.row_lower, [-np.inf]]),
        row_upper=np.concatenate([program.row_upper, [most]]),
    )


def _rule_rows(formulation: Formulation, elastic: Ints) -> tuple[Matrix, Floats, Floats]:
    """Rule rows with the misses of elastic rows as additional columns, and their lower and upper sides."""
    lower = infinite_side(formulation.lower)
    upper = infinite_side(formulation.upper)
    # A row with two sides and a miss is written as lower ≤ A·x + step·miss and, after all other rows, A·x − step·miss ≤
    # upper. Both rows have the same miss.
    both = elastic[np.isfinite(lower[elastic]) & np.isfinite(upper[elastic])]
    order = np.concatenate([np.arange(len(lower)), both])
    low, high = lower[order], upper[order]
    high[both] = np.inf
    low[len(lower) :] = -np.inf
    number = np.full(len(lower), -1, dtype=np.int64)
    number[elastic] = np.arange(len(elastic))
    missed = np.flatnonzero(number[order] >= 0)
    step = np.where(np.isfinite(low[missed]), 1, -1) * formulation.miss_step[order[missed]]
    own = sparse.csr_array((step, (missed, number[order[missed]])), shape=(len(order), len(elastic)))
    matrix = sparse.hstack([formulation.matrix[order], own], format="csr")
    return sparse.csr_array(matrix), low, high


def _scale(rows: Matrix) -> Floats:
    """A power of two per row that brings its largest coefficient to at most LARGEST.

    Such scaling is exact in floats.
    """
    largest = np.asarray(abs(rows).max(axis=1).todense(), dtype=np.float64).ravel()
    return 2.0 ** -np.ceil(np.log2(np.maximum(largest / LARGEST, 1.0)))


def _clique_rows(formulation: Formulation, width: int) -> Matrix:
    rows = clique_rows(formulation, np.arange(formulation.airing_count))
    return sparse.csr_array((rows.data.astype(np.int64), rows.indices, rows.indptr), shape=(rows.shape[0], width))
