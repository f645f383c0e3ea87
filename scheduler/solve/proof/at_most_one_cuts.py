"""Cuts "at most one of these" that the relaxation may violate. All are rounded combinations of rows.

Zero-half cuts (Caprara and Fischetti, {0, 1/2}-Chvátal-Gomory cuts, 1996). G is a row "at most one", for example a
title's airings on a channel and day, and s, t are two steps of a window. Half of Σ_G + Σ_s + Σ_t ≤ 3, rounded down,
says that at most one of these is chosen: a member of G that occupies s or t, and any column that occupies s and t.
Variable upper bound cuts. A row M·z ≥ Σ a·u says that z = 1 if some u is chosen. With (M − m)·(Σ_G u ≤ 1), m the least
a of the members of G, divided by M and rounded it says Σ_G u ≤ z.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.arrays import by_row
from scheduler.certify import Cut

if TYPE_CHECKING:
    from scheduler.arrays import Ints, Reals
    from scheduler.certify import CertifiedProgram
    from scheduler.certify.exact import Matrix

USED = 1e-7
"""Amounts up to this are taken as 0."""


class AtMostOneCuts:
    """Finds the cuts that a point of the relaxation violates. Each is found once."""

    def __init__(self, program: CertifiedProgram, violated: float) -> None:
        self.program, self.least = program, violated
        matrix = program.matrix
        several, strict = np.diff(matrix.indptr) > 1, ~program.soft & ~program.defines
        least, most = (by_row(of, matrix.data, matrix.indptr, 0) for of in (np.minimum, np.maximum))
        self.one = np.flatnonzero(several & strict & (least == 1) & (most == 1) & (program.upper == 1))
        self.of_one = sparse.csr_array(matrix[self.one])
        self.variable_bounds = [
            pair for row in np.flatnonzero(several & strict).tolist() if (pair := self._variable_bound(row)) is not None
        ]
        self.window = program.step_key // program.span
        self._found: set[tuple[int, ...]] = set()

    def violated(self, point: Reals) -> list[Cut]:
        """The cuts that a point violates, (c,): for every row and window the pair that is violated most."""
        support = np.flatnonzero(point > USED)
        amount = point[support]
        members = sparse.csr_array(self.of_one[:, support])
        return [*self._zero_half(support, amount, members), *self._below_variable(point, support, amount, members)]

    def _zero_half(self, support: Ints, amount: Reals, members: Matrix) -> list[Cut]:
        occupied = sparse.csr_array(self.program.occupies[:, support])
        cuts = []
        for window in np.unique(self.window).tolist():
            steps = np.flatnonzero(self.window == window)
            here = occupied[steps]
            columns = np.unique(here.indices)
            part = amount[columns]
            if not np.any((part > USED) & (part < 1 - USED)):
                continue
            at, first = np.unique(here[:, columns].toarray(), axis=0, return_index=True)
            both = (at * part) @ at.T
            inside = members[:, columns]
            for row in np.flatnonzero(np.diff(inside.indptr) > 0).tolist():
                own = np.zeros(len(columns))
                entries = inside.indices[inside.indptr[row] : inside.indptr[row + 1]]
                own[entries] = part[entries]
                each, shared = at @ own, (at * own) @ at.T
                total = each[:, None] + each[None, :] - 2 * shared + both
                np.fill_diagonal(total, 0.0)
                one, other = np.unravel_index(int(np.argmax(total)), total.shape)
                key = int(self.one[row]), int(steps[first[one]]), int(steps[first[other]])
                if total[one, other] > 1 + self.least and key not in self._found:
                    self._found.add(key)
                    cuts.append(self._pair(*key))
        return cuts

    def _pair(self, row: int, one: int, other: int) -> Cut:
        key, span = self.program.step_key, self.program.span
        window, steps = int(key[one]) // span, (int(key[one]) % span, int(key[other]) % span)
        return Cut(
            row=(row,), weight=(-1,), window=(window, window), step=steps, step_weight=(1, 1), divisor=2, multiplier=0
        )

    def _variable_bound(self, row: int) -> tuple[int, int] | None:
        """(row, ±1) where the row, or its negative, has side 0 and exactly one positive coefficient, above 1."""
        program = self.program
        data = program.matrix.data[program.matrix.indptr[row] : program.matrix.indptr[row + 1]]
        for sign, exists, side in (
            (1, program.has_lower[row], program.lower[row]),
            (-1, program.has_upper[row], program.upper[row]),
        ):
            if exists and side == 0 and np.count_nonzero(sign * data > 0) == 1 and int((sign * data).max()) > 1:
                return row, sign
        return None

    def _below_variable(self, point: Reals, support: Ints, amount: Reals, members: Matrix) -> list[Cut]:
        matrix, cuts = self.program.matrix, []
        at = np.full(matrix.shape[1], -1)
        at[support] = np.arange(len(support))
        by_column = sparse.csc_array(members)
        for row, sign in self.variable_bounds:
            entries = slice(matrix.indptr[row], matrix.indptr[row + 1])
            columns, data = matrix.indices[entries], sign * matrix.data[entries]
            most, on = int(data.max()), point[columns[np.argmax(data)]]
            used = columns[(data < 0) & (at[columns] >= 0)]
            if not len(used):
                continue
            total = by_column[:, at[used]] @ amount[at[used]]
            for one in np.flatnonzero(total > on + self.least).tolist():
                inside = np.isin(columns, self.of_one.indices[self.of_one.indptr[one] : self.of_one.indptr[one + 1]])
                least = int(-data[inside & (data < 0)].max())
                key = (row, int(self.one[one]))
                if least < most and key not in self._found:
                    self._found.add(key)
                    weight = sign, -(most - least)
                    cuts.append(Cut(row=key, weight=weight, divisor=most, multiplier=0))
        return cuts
