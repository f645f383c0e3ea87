"""The formulation over bundles: each bundle is a column, and so is each airing outside bundles.

With x_a = Σ_{b ∋ a} y_b for placed airings, x = M·u for the columns u = (bundles, free airings, other columns), and
every row L ≤ A·x ≤ U is L ≤ (A·M)·u ≤ U. A bundle's coefficient is the sum of its airings' coefficients. Rows that tie
airings to bundles vanish. Rows that hold for every choice of at most one bundle per group are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scheduler.arrays import Reals
from scheduler.rules import RIGID, SOFT
from scheduler.rules.placement_rows import PLACEMENT
from scheduler.solve.programs.bundle_columns import bundles_of, columns_before_bundles
from scheduler.solve.programs.highs import infinite_side
from scheduler.solve.programs.overlaps import first_of_equal, overlap_rows_at

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation

Matrix = sparse.csr_array[Any, tuple[int, int]]

ENTRIES_AT_ONCE = 2**20
"""Entries of a block of rows in `activity_bounds`. It changes memory, not results."""


@dataclass(frozen=True, eq=False)
class Excluded:
    """Columns, e, that a reduced program leaves out, and those of its columns, f, that rows fix at 1."""

    matrix: Matrix  # (s, e)
    expand: Matrix  # (n + m, e)
    value: Reals  # (e,)
    full: Ints  # the rows that the fixed columns fill; they exclude their other columns
    fixed: Ints  # (f,) the number of the column in the reduced program
    fixing: Ints  # (f,) the row u_j ≥ 1 that fixes it


@dataclass(frozen=True, eq=False)
class StrandProgram:
    """maximise constant + value·u − Σ price·miss, where soft rows are elastic; c columns, s rows."""

    formulation: Formulation
    expand: Matrix  # (n + m, c): point of the formulation = expand · columns
    group: Ints  # (c,) the group of a bundle; any other column has a group of its own
    channel: Ints  # (c,) the channel of a column, −1 for columns that are not airings
    bundle_count: int
    column_lower: Reals  # (c,)
    column_upper: Reals  # (c,)
    value: Reals  # (c,) viewer-minutes
    matrix: Matrix  # (s, c)
    lower: Reals  # (s,)
    upper: Reals  # (s,)
    kind: npt.NDArray[np.int8]  # (s,) RIGID, HARD or SOFT
    miss_step: Reals  # (s,)
    price: Reals  # (s,) per missed unit: viewer-minutes of soft rows, weight of hard rows
    origin: Ints  # (s,) the formulation's row, −1 for overlap rows
    overlap_at: tuple[Ints, Ints]  # (window, step) of every overlap row, in their order
    excluded: Excluded | None = None  # of a reduced program (`fixed_columns.py`)

    @property
    def column_count(self) -> int:
        """The number of columns."""
        return self.expand.shape[1]

    @property
    def whole_column_count(self) -> int:
        """The number of columns with those that a reduced program leaves out."""
        return self.column_count + (0 if self.excluded is None else len(self.excluded.value))

    def chosen(self, columns: Reals) -> Flags:
        """The chosen airings of a point over columns, (n,)."""
        n = self.formulation.airing_count
        point = self.expand[:n] @ np.round(columns)
        return np.asarray(point > 0.5, dtype=bool)

    def columns_of(self, point: Ints) -> Reals:
        """The columns of a point (x, z) of the formulation."""
        return point[self.entries].astype(np.float64)

    @cached_property
    def entries(self) -> Ints:
        """The entry of a point that is a column, (c,): of a bundle its own variable, not its airings."""
        by_column = self.expand.tocsc()
        by_column.sort_indices()  # the variable of a bundle comes after its airings
        return by_column.indices[by_column.indptr[1:] - 1].astype(np.int64)


def strand_program(formulation: Formulation) -> StrandProgram:
    """The program of a formulation over bundles."""
    bundles, n = bundles_of(formulation), formulation.airing_count
    m, own, count = formulation.matrix.shape[1] - n, columns_before_bundles(formulation), len(bundles)
    alone = np.ones(n, dtype=bool)
    alone[bundles.placed] = False
    # (x, z) = E·columns. The columns are all bundles, then `rest`: the airings outside bundles and the other variables.
    rest = np.concatenate([np.flatnonzero(alone), n + np.arange(own), n + np.arange(own + count, m)])
    # Column b of E is 1 in the airings of bundle b and in its own variable, so that z_b is the column itself.
    entry = np.repeat(np.arange(count), np.diff(bundles.first))
    # With positions of 32 bits all products have them, too.
    row = np.concatenate([bundles.airing, n + own + np.arange(count), rest]).astype(np.int32)
    column = np.concatenate([entry, np.arange(count), count + np.arange(len(rest))]).astype(np.int32)
    shape = n + m, count + len(rest)
    expand = sparse.csr_array(sparse.coo_array((np.ones(len(row), dtype=np.int64), (row, column)), shape=shape))
    # At most one bundle of a group is chosen. Every other column is a group of its own.
    group = np.concatenate([bundles.group, len(bundles.group_key) + np.arange(len(rest))])
    of_rest = np.where(rest < n, bundles.channel[np.minimum(rest, n - 1)], -1)
    low = np.concatenate([formulation.locked.astype(np.int64), formulation.column_lower])[rest]
    high = np.concatenate([np.ones(n, dtype=np.int64), formulation.column_upper])[rest]
    low = np.concatenate([np.zeros(count, dtype=np.int64), low])
    high = np.concatenate([np.ones(count, dtype=np.int64), high])
    worth = np.concatenate([formulation.value, formulation.column_value])
    matrix = sparse.csr_array(formulation.matrix @ expand)
    matrix.eliminate_zeros()
    # A·E has the rows of the formulation. A row that no choice can miss is left out, except one bundle per group.
    one_of_group = (formulation.labels["rule"].to_numpy() == PLACEMENT) & (np.diff(matrix.indptr) > 1)
    missed = _can_be_missed(matrix, group, low, high, formulation.lower, formulation.upper)
    kept = np.flatnonzero(missed | one_of_group)
    # Overlaps: at most one chosen airing occupies a step of a window.
    apart, overlap_at = _overlaps(formulation, expand)
    none = np.zeros(apart.shape[0])
    whole = sparse.csr_array(sparse.vstack([matrix[kept], apart]))
    price = np.where(formulation.kind == SOFT, formulation.price, formulation.hard_weight)[kept]
    return StrandProgram(
        formulation=formulation,
        expand=expand,
        group=group,
        channel=np.concatenate([bundles.channel[bundles.airing[bundles.first[:-1]]], of_rest]),
        bundle_count=count,
        column_lower=low.astype(np.float64),
        column_upper=high.astype(np.float64),
        value=np.asarray(expand.T @ worth, dtype=np.float64),
        matrix=whole.astype(np.float64),
        lower=np.concatenate([infinite_side(formulation.lower[kept]), none - np.inf]),
        upper=np.concatenate([infinite_side(formulation.upper[kept]), none + 1.0]),
        kind=np.concatenate([formulation.kind[kept], np.full(len(none), RIGID, dtype=np.int8)]),
        miss_step=np.concatenate([formulation.miss_step[kept].astype(np.float64), none + 1.0]),
        price=np.concatenate([price.astype(np.float64), none]),
        origin=np.concatenate([kept, none.astype(np.int64) - 1]),
        overlap_at=overlap_at,
    )


def at_steps(formulation: Formulation, expand: Matrix, steps: Reals) -> Reals:
    """The sum of some duals of steps, (w, length), at all steps that the airings of each column of `expand` occupy."""
    before = np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)], axis=1)
    first = formulation.start - formulation.window_start[formulation.window]
    of_airing = before[formulation.window, first + formulation.steps] - before[formulation.window, first]
    others = np.zeros(expand.shape[0] - formulation.airing_count)
    return np.asarray(expand.T @ np.concatenate([of_airing, others]), dtype=np.float64)


def _can_be_missed(matrix: Matrix, group: Ints, low: Ints, high: Ints, lower: Ints, upper: Ints) -> Flags:
    """Rows that some choice of at most one bundle per group misses."""
    least, most = activity_bounds(matrix, group, low, high)
    return (most > upper) | (least < lower)


def activity_bounds(matrix: Matrix, group: Ints, low: Ints, high: Ints) -> tuple[Reals, Reals]:
    """(least, most) activity of every row if at most one column of each group is not 0."""
    # Columns in the order of their groups, so that a row's entries of one group are neighbours. Rows are taken in
    # blocks, because every entry needs several numbers.
    by_group = np.argsort(group, kind="stable")
    ends = (
        np.searchsorted(
            matrix.indptr, np.arange(ENTRIES_AT_ONCE, matrix.nnz + ENTRIES_AT_ONCE, ENTRIES_AT_ONCE), side="right"
        )
        - 1
    )
    bounds = np.unique(np.concatenate([np.zeros(1, dtype=np.int64), ends, [matrix.shape[0]]])).tolist()
    found = [np.zeros((2, 0))]
    for first, end in pairwise(bounds):
        found.append(_bounds_of_block(sparse.csr_array(matrix[first:end]), by_group, group, low, high))
    least, most = np.concatenate(found, axis=1)
    return least, most


def _bounds_of_block(matrix: Matrix, by_group: Ints, group: Ints, low: Ints, high: Ints) -> Reals:
    """The same for some rows, (2, r). `by_group` are the columns in the order of their groups."""
    ordered: Matrix = sparse.csr_array(matrix[:, by_group])
    ordered.sort_indices()
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(ordered.indptr))
    at = by_group[ordered.indices]
    ends = ordered.data * high[at], ordered.data * low[at]
    key = row * (int(group.max(initial=0)) + 1) + group[at]
    begin = np.flatnonzero(np.diff(key, prepend=-1))
    found = np.zeros((2, matrix.shape[0]))
    for total, reduce, extreme in zip(
        found, (np.minimum, np.maximum), (np.minimum(*ends), np.maximum(*ends)), strict=True
    ):
        if len(begin):
            best = reduce.reduceat(extreme, begin)
            shared = np.diff(np.append(begin, len(at))) > 1
            best = np.where(shared, reduce(best, 0), best)
            np.add.at(total, row[begin], best)
    return found


def _overlaps(formulation: Formulation, expand: Matrix) -> tuple[Matrix, tuple[Ints, Ints]]:
    """Overlap rows: at most one column at every step of a window at which an airing starts; their (window, step).

    Equal rows are stated once.
    """
    n = formulation.airing_count
    of_airings, (window, step) = overlap_rows_at(formulation, np.arange(n))
    rows = sparse.csr_array(of_airings @ expand[:n])
    rows.data[:] = 1.0
    filled = np.flatnonzero(np.diff(rows.indptr) > 1)
    rows = sparse.csr_array(rows[filled])
    window, step = window[filled], step[filled]
    once = first_of_equal(rows)
    return sparse.csr_array(rows[once]), (window[once], step[once])
