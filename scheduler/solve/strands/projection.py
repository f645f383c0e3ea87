"""A strand program without the slots of reruns, for the first-order method.

A slot k of reruns has a column s_k ≥ 0 and the row Σ x_a ≤ n_k·s_k over its n_k reruns. The slots of a group have the
row Σ s_k ≤ 1. If s_k need not be whole, there are such s_k if and only if Σ_k Σ_a x_a / n_k ≤ 1. So one row per group
replaces all of them, and the relaxation stays the same. With the s_k the first-order method ends before it has
converged (README.md).

Let λ be the dual of the new row. Then λ/n_k is the dual of the slot's row, and λ that of the group's row: the reduced
value of s_k is n_k·(λ/n_k) − λ = 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.rules import RIGID
from scheduler.solve.strands.relaxation import RelaxedColumns

if TYPE_CHECKING:
    from scheduler.arrays import Ints, Reals
    from scheduler.solve.strands.program import Matrix, StrandProgram


@dataclass(frozen=True, eq=False)
class Projection:
    """A program, the same without slots of reruns, and how duals and amounts of the one are those of the other.

    Shapes: s rows and c columns of the program, k slots; the projected program has s − k rows and c − k columns.
    """

    program: StrandProgram
    projected: StrandProgram
    rows: Ints  # (s − k,) the row of the program at each row of the projected one; for a new row, that of its group
    columns: Ints  # (c − k,) the column of the program at each column of the projected one
    slot_row: Ints  # (k,) the row of each slot
    slot_column: Ints  # (k,)
    group_row: Ints  # (k,) the row of the slot's group
    size: Reals  # (k,) n_k
    reruns: Matrix  # (k, c) the reruns in each slot, over the columns of the program

    @classmethod
    def of(cls, program: StrandProgram) -> Projection:
        """Project all slots whose columns have no other rows and no value."""
        slot_row, slot_column, group_row, size = _slots(program)
        matrix, (rows, columns) = program.matrix, program.matrix.shape
        reruns = sparse.csr_array(matrix[slot_row])
        reruns.data = np.where(reruns.data > 0, reruns.data, 0.0)
        reruns.eliminate_zeros()
        kept = np.setdiff1d(np.arange(rows), slot_row)
        rest = np.setdiff1d(np.arange(columns), slot_column)
        shares = 1 / size, (group_row, np.arange(len(size)))
        added = sparse.csr_array(shares, shape=(rows, len(size))) @ reruns
        whole = sparse.csr_array(matrix[kept][:, rest]) + sparse.csr_array(added[kept][:, rest])
        by_column = ("group", "channel", "column_lower", "column_upper", "value")
        by_row = ("lower", "upper", "kind", "miss_step", "price", "origin")
        projected = replace(
            program,
            matrix=whole,
            excluded=None,
            expand=sparse.csr_array(program.expand[:, rest]),
            **{name: getattr(program, name)[rest] for name in by_column},
            **{name: getattr(program, name)[kept] for name in by_row},
        )
        return cls(program, projected, kept, rest, slot_row, slot_column, group_row, size, reruns)

    def duals(self, projected: Reals) -> Reals:
        """The duals of the program's rows, (s,), from those of the projected one, (s − k,)."""
        found = np.zeros(len(self.program.lower))
        found[self.rows] = projected
        found[self.slot_row] = found[self.group_row] / self.size
        return found

    def amounts(self, projected: Reals) -> Reals:
        """The amounts of the program's columns, (c,), from those of the projected one, (c − k,)."""
        found = np.zeros(self.program.column_count)
        found[self.columns] = projected
        found[self.slot_column] = (self.reruns @ found) / self.size
        return found

    def start(self, relaxed: RelaxedColumns) -> RelaxedColumns:
        """A relaxation of the program as one of the projected program."""
        return replace(relaxed, duals=relaxed.duals[self.rows], amounts=relaxed.amounts[self.columns])


def _slots(program: StrandProgram) -> tuple[Ints, Ints, Ints, Reals]:
    """(row, column, row of the group, n) of every slot of reruns, (k,) each.

    They are known by their form: the column has no value and only these two rows, and the row of the group has no other
    columns.
    """
    matrix = program.matrix.tocsc()
    plain = (program.channel < 0) & (program.value == 0) & (program.column_lower == 0) & (program.column_upper == 1)
    column = np.flatnonzero(plain & (np.diff(matrix.indptr) == 2))
    first = matrix.indptr[column]
    row, amount = matrix.indices[first[:, None] + [0, 1]], matrix.data[first[:, None] + [0, 1]]
    order = np.argsort(amount, axis=1)
    row, amount = np.take_along_axis(row, order, axis=1), np.take_along_axis(amount, order, axis=1)
    below, side = ~np.isfinite(program.lower) & (program.kind == RIGID), program.upper
    fits = (amount[:, 0] < 0) & (amount[:, 1] == 1) & below[row].all(axis=1)
    fits &= (side[row[:, 0]] == 0) & (side[row[:, 1]] == 1)
    column, row, amount = column[fits], row[fits], amount[fits]
    # the row of a slot has one such column, and the row of a group has only such columns
    by_slot, by_group = np.bincount(row[:, 0], minlength=len(side)), np.bincount(row[:, 1], minlength=len(side))
    alone = (by_slot[row[:, 0]] == 1) & (by_group[row[:, 1]] == np.diff(program.matrix.indptr)[row[:, 1]])
    broken = np.isin(row[:, 1], row[~alone, 1])
    column, row, amount = column[~broken], row[~broken], amount[~broken]
    return row[:, 0].astype(np.int64), column, row[:, 1].astype(np.int64), -amount[:, 0]
