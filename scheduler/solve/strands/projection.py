"""A strand program without the slots of reruns, for the first-order method.

A slot k of reruns has a column s_k ≥ 0 and the row Σ x_a ≤ n_k·s_k over its n_k reruns. The slots of a group have the
row Σ s_k ≤ 1. With the s_k the first-order method ends before it has converged (README.md). So it does not get them:

- Every timetable keeps x_a ≤ s_k, too, and these limits hold more than the row of the slot. With them the s_k and their
  rows become limits of the reruns alone (`rerun_limits.py`). A certificate has a cut for each limit that it uses.
- Where cuts are not wanted: if s_k need not be whole, there are such s_k if and only if Σ_k Σ_a x_a / n_k ≤ 1. So one
  row per group replaces all of them, and the relaxation stays the same. Let λ be the dual of the new row. Then λ/n_k is
  the dual of the slot's row, and λ that of the group's row: the reduced value of s_k is n_k·(λ/n_k) − λ = 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.rules import RIGID
from scheduler.solve.strands.relaxation import RelaxedColumns, RerunMultipliers, reduced_values
from scheduler.solve.strands.rerun_limits import RerunLimits

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.solve.strands.program import Matrix, StrandProgram


@dataclass(frozen=True, eq=False)
class Projection:
    """A program, the same without slots of reruns, and how duals and amounts of the one are those of the other.

    Shapes: s rows and c columns of the program, k slots; the projected program has t rows and c − k columns.
    """

    program: StrandProgram
    projected: StrandProgram
    rows: Ints  # (t,) the row of the program at each row of the projected one; for a new row, that of its group
    columns: Ints  # (c − k,) the column of the program at each column of the projected one
    slot_row: Ints  # (k,) the row of each slot
    slot_column: Ints  # (k,)
    group_row: Ints  # (k,) the row of the slot's group
    size: Reals  # (k,) n_k
    reruns: Matrix  # (k, c) the reruns in each slot, over the columns of the program
    limited: Flags  # (k,) the slots that are limits of their reruns; the others are in a new row
    limits: RerunLimits  # over the columns of the program
    limit_slot: Ints  # (l,) the slot of each rerun of the limits

    @classmethod
    def of(cls, program: StrandProgram, *, cuts: bool) -> Projection:
        """Project all slots whose columns have no other rows and no value.

        Parameters
        ----------
        cuts
            Whether slots may become limits of their reruns, whose multipliers are those of cuts.
        """
        slot_row, slot_column, group_row, size = _slots(program)
        matrix, (rows, columns) = program.matrix, program.matrix.shape
        reruns = sparse.csr_array(matrix[slot_row])
        reruns.data = np.where(reruns.data > 0, reruns.data, 0.0)
        reruns.eliminate_zeros()
        limited = _plain(program, reruns, group_row) & cuts
        kept = np.setdiff1d(np.arange(rows), np.concatenate([slot_row, group_row[limited]]))
        rest = np.setdiff1d(np.arange(columns), slot_column)
        shares = np.where(limited, 0.0, 1 / size), (group_row, np.arange(len(size)))
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
        order = np.argsort(group_row, kind="stable")
        order = order[limited[order]]
        ordered = reruns[order]
        slot = np.repeat(np.arange(len(order)), np.diff(ordered.indptr))
        limits = RerunLimits.of(ordered.indices.astype(np.int64), slot, group_row[order][slot])
        return cls(
            program,
            projected,
            kept,
            rest,
            slot_row,
            slot_column,
            group_row,
            size,
            reruns,
            limited,
            limits,
            order[slot],
        )

    def duals(self, projected: Reals) -> tuple[Reals, RerunMultipliers | None]:
        """The duals of the program's rows, (s,), from those of the projected one, (t,), and those of the limits.

        The multipliers of the limits are the best ones if all other duals stay.
        """
        found = np.zeros(len(self.program.lower))
        found[self.rows] = projected
        together = ~self.limited
        found[self.slot_row[together]] = found[self.group_row[together]] / self.size[together]
        if not len(self.limit_slot):
            return found, None
        slot, limits = self.limit_slot, self.limits
        value = reduced_values(self.program, found)
        found[self.group_row[slot[limits.first_rerun[limits.first_slot[:-1]]]]] = limits.largest(value)
        amount = np.maximum(value[limits.column], 0.0)
        of_slot = self.slot_column[slot], self.slot_row[slot], self.size[slot]
        return found, RerunMultipliers(limits.column, *of_slot, amount)

    def amounts(self, projected: Reals) -> Reals:
        """The amounts of the program's columns, (c,), from those of the projected one, (c − k,)."""
        found = np.zeros(self.program.column_count)
        found[self.columns] = projected
        found[self.slot_column] = (self.reruns @ found) / self.size
        np.maximum.at(found, self.slot_column[self.limit_slot], found[self.limits.column])
        return found

    def start(self, relaxed: RelaxedColumns) -> RelaxedColumns:
        """A relaxation of the program as one of the projected program."""
        return replace(relaxed, duals=relaxed.duals[self.rows], amounts=relaxed.amounts[self.columns], reruns=None)


def _plain(program: StrandProgram, reruns: Matrix, group_row: Ints) -> Flags:
    """Whether all reruns of a slot's group are single airings between 0 and 1, each in this slot only, (k,)."""
    slot = np.repeat(np.arange(len(group_row)), np.diff(reruns.indptr))
    column = reruns.indices
    plain = (column >= program.bundle_count) & (reruns.data == 1) & (np.bincount(column)[column] == 1)
    plain &= (program.column_lower[column] == 0) & (program.column_upper[column] == 1)
    return np.asarray(~np.isin(group_row, group_row[slot[~plain]]), dtype=bool)


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
