"""Linear rows over airings: the form in which a rule is given to an engine. Sparse, in integers, with labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from scheduler.arrays import Flags, Ints, Texts

Matrix = sparse.csr_array[Any, tuple[int, int]]

NO_BOUND = 2**62
"""Stands for no bound on that side of a row or column."""

RIGID, HARD, SOFT = 0, 1, 2
"""A rigid row may not be missed. A hard row is missed only if it must be. A miss of a soft row has a price."""

KEY = ["rule", "subject", "period", "aspect"]
"""The name of a rule row, the same in formulations and in checks."""


@dataclass(frozen=True, slots=True)
class AuxiliaryVariables:
    """Auxiliary variables of a rule, and how their values follow from the chosen airings."""

    lower: Ints
    upper: Ints
    value: Ints  # viewer-minutes per unit
    integer: Flags
    complete: Callable[[Flags], Ints]  # chosen airings → the values of the variables


@dataclass(frozen=True, slots=True)
class RuleRows:
    """Rows lower ≤ Σ coefficient·x ≤ upper of one rule and unit.

    Entry k adds `coefficient[k]` of column `column[k]` to row `row[k]`. Columns below the number of airings are
    airings; columns from there on are the rule's auxiliary variables. One missed unit changes the activity by
    `miss_step`. `need` is the amount that the row asks for, in units; misses of hard rows are divided by it. `coming`
    is the part of the upper side that is used by anchors and fallback that have not aired yet.

    A rule with very many entries states its rows as several blocks, one after another. They share one `columns`.
    """

    rule: str
    kind: int | Ints  # RIGID, HARD or SOFT; one for all rows or one per row
    price: int | Ints
    unit: str
    row: Ints
    column: Ints
    coefficient: Ints
    lower: Ints
    upper: Ints
    miss_step: Ints
    need: Ints
    subject: Texts
    period: Texts
    aspect: Texts
    columns: AuxiliaryVariables | None = None
    coming: int | Ints = 0

    def __len__(self) -> int:
        return len(self.lower)


@dataclass(frozen=True, slots=True)
class StackedRows:
    """All rows of all rules, stacked."""

    matrix: sparse.csr_array[Any, tuple[int, int]]
    lower: Ints
    upper: Ints
    kind: npt.NDArray[np.int8]
    miss_step: Ints
    price: Ints
    need: Ints
    labels: pd.DataFrame
    columns: tuple[AuxiliaryVariables, ...]


def texts(values: Sequence[object] | npt.NDArray[Any]) -> Texts:
    """An array of texts or of other names of rows."""
    column = np.empty(len(values), dtype=object)
    column[:] = list(values)
    return column


def same(word: object, count: int) -> Texts:
    """The same value for every row."""
    return np.full(count, word, dtype=object)


@dataclass(frozen=True, slots=True)
class StackedBlock:
    """A block in the stack: its rows without their entries, which of them are kept, and the matrix of those.

    The matrix is as wide as the stack up to this block. Its own auxiliary variables begin at column `first_own`.
    """

    rows: RuleRows
    keep: Flags
    matrix: Matrix
    first_own: int
    new_columns: bool  # false if the block before has the same variables

    def kept(self, name: str) -> npt.NDArray[Any]:
        """A field of the kept rows, one value per row."""
        whole: npt.NDArray[Any] = np.broadcast_to(getattr(self.rows, name), len(self.rows))[self.keep]
        return whole


def stacked_blocks(blocks: Iterable[RuleRows], airings: int) -> Iterator[StackedBlock]:
    """The blocks of a stack, one at a time. The entries of each are released as soon as they are sparse."""
    first_own = width = airings
    before: AuxiliaryVariables | None = None
    for block in blocks:
        new = block.columns is not None and block.columns is not before
        if block.columns is None or new:
            first_own = width
            width += 0 if block.columns is None else len(block.columns.lower)
        before = block.columns
        # Each block numbers its auxiliary variables from `airings` on. In the stack they follow those of earlier
        # blocks.
        column = np.where(block.column >= airings, block.column - airings + first_own, block.column)
        entries = (block.coefficient, (block.row.astype(np.int32), column.astype(np.int32)))
        matrix = sparse.csr_array(sparse.coo_array(entries, shape=(len(block), width)))
        nothing = np.zeros(0, dtype=np.int64)
        block = replace(block, row=nothing, column=nothing, coefficient=nothing)
        del column, entries
        keep = _can_be_missed(matrix, block, airings)
        _clip(matrix, block, airings)
        yield StackedBlock(block, keep, matrix if keep.all() else matrix[keep], first_own, new)


def stack_rows(
    blocks: Iterable[RuleRows], airings: int, held: Callable[[StackedBlock], Matrix] | None = None
) -> StackedRows:
    """Stack blocks, with their auxiliary variables after the airings. Rows that always hold are dropped.

    Blocks are taken one at a time and released as soon as they are sparse, so that millions of airings fit into memory.

    Parameters
    ----------
    held
        The matrix to keep of each block, with the same rows. By default all entries are kept.
    """
    kept: list[StackedBlock] = []
    matrices: list[Matrix] = []
    width = airings
    for block in stacked_blocks(blocks, airings):
        width = block.matrix.shape[1]
        matrices.append(block.matrix if held is None else held(block))
        kept.append(replace(block, matrix=sparse.csr_array((0, width), dtype=np.int64)))

    def joined(name: str, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        parts = [block.kept(name) for block in kept]
        return np.concatenate(parts).astype(dtype) if parts else np.zeros(0, dtype=dtype)

    return StackedRows(
        matrix=_under_each_other(matrices, width),
        lower=joined("lower", np.int64),
        upper=joined("upper", np.int64),
        kind=joined("kind", np.int8),
        miss_step=joined("miss_step", np.int64),
        price=joined("price", np.int64),
        need=joined("need", np.int64),
        labels=pd.DataFrame({name: joined(name, object) for name in (*KEY, "unit")}),
        columns=tuple(block.rows.columns for block in kept if block.rows.columns is not None and block.new_columns),
    )


def _clip(matrix: Matrix, block: RuleRows, airings: int) -> None:
    """Clip each airing's coefficient to the amount that a row asks for, in place: Σ a·x ≥ b becomes Σ min(a, b)·x ≥ b.

    Integer choices miss both rows by the same amount, but the relaxation is tighter: a part of a film of 119 minutes no
    longer satisfies a least of 77. Only rows without an upper side and without negative coefficients are clipped. The
    method is coefficient tightening (Savelsbergh 1994).
    """
    clipped = (block.lower > 0) & (block.upper >= NO_BOUND)
    if block.columns is not None and np.any(block.columns.lower < 0):
        return
    row = np.repeat(np.arange(len(block)), np.diff(matrix.indptr))
    clipped[row[matrix.data < 0]] = False
    if not clipped.any():
        return
    entry = np.flatnonzero(clipped[row] & (matrix.indices < airings))
    matrix.data[entry] = np.minimum(matrix.data[entry], block.lower[row[entry]])


def _under_each_other(matrices: list[Matrix], width: int) -> Matrix:
    """The blocks as one matrix. Empties the list to release memory."""
    if not matrices:
        return sparse.csr_array((0, width), dtype=np.int64)
    lengths = np.concatenate([np.diff(matrix.indptr) for matrix in matrices])
    data = np.concatenate([matrix.data for matrix in matrices])
    indices = np.concatenate([matrix.indices for matrix in matrices])
    matrices.clear()
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(indices.dtype if len(data) < 2**31 else np.int64)
    return sparse.csr_array((data, indices, indptr), shape=(len(lengths), width))


def _can_be_missed(matrix: Matrix, block: RuleRows, airings: int) -> Flags:
    """Rows that some choice of airings misses. Rows with auxiliary variables are kept."""

    def per_row(amount: Ints) -> Ints:
        total: Ints = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(amount)])
        return total[matrix.indptr[1:]] - total[matrix.indptr[:-1]]

    keep = (per_row(matrix.data.clip(min=0)) > block.upper) | (per_row(matrix.data.clip(max=0)) < block.lower)
    if block.columns is not None:
        keep |= per_row((matrix.indices >= airings).astype(np.int64)) > 0
    return np.asarray(keep, dtype=bool)
