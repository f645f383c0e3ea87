"""Mixed-integer rounding of combined rows, with the weights of the simplex tableau (Gomory 1960; Balas et al. 1996).

Row i of the inverse of the basis combines rows so that the i-th basic column has the coefficient 1, and all other basic
columns 0. If that column is fractional, the combination is violated after rounding. Whole multiples of a row do not
change it, so each weight λ becomes λ − ⌊λ⌋ on the side at which its row is tight. Earlier cuts cannot be combined:
they are left out, and the rest of the combination is tried. The misses of soft rows stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.arrays import by_row
from scheduler.certify import Cut
from scheduler.solve.proof.mixed_cuts import best_rounding

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.certify import CertifiedProgram
    from scheduler.certify.exact import Matrix

WHOLE = 2**20
"""Weights are rounded to multiples of 1/WHOLE. Any weights give a valid cut; rounded ones cut off a little less."""


@dataclass(frozen=True)
class Tableau:
    """Rows of the inverse of a basis, one for each of k fractional basic columns, without the rows of cuts."""

    rows: Ints  # (m,) the rows of the program
    of_rows: Reals  # (k, m)
    at_lower: Flags  # (m,) whether the row is at its lower side
    steps: Ints  # (s,) the step rows of the program
    of_steps: Reals  # (k, s)


class TableauCuts:
    """Finds the cuts of combined rows that a point of the relaxation violates."""

    def __init__(self, program: CertifiedProgram, violated: float, most_entries: int) -> None:
        self.program, self.least, self.most_entries = program, violated, most_entries
        self._usable = program.whole & (program.low >= 0)

    def violated(self, point: Reals, tableau: Tableau) -> list[Cut]:
        """The best cut of every combination that a point, (c,), violates."""
        program, cuts = self.program, []
        combined = sparse.csr_array(sparse.vstack([program.matrix[tableau.rows], program.occupies[tableau.steps]]))
        size = np.diff(combined.indptr)
        for sign in (1, -1):
            weight = self._row_weights(sign * tableau.of_rows, tableau)
            of_step = _sparse(_above_floor(-sign * tableau.of_steps))
            whole = sparse.csr_array(sparse.hstack([weight, -of_step]))
            short = np.flatnonzero(_largest(whole, size) <= self.most_entries)
            weight, of_step, total = weight[short], of_step[short], sparse.csr_array(whole[short] @ combined)
            for k in range(total.shape[0]):
                cut = self._best(_row(weight, k), _row(of_step, k), _row(total, k), tableau, point)
                if cut is not None:
                    cuts.append(cut)
        return cuts

    def _row_weights(self, weight: Reals, tableau: Tableau) -> Matrix:
        """(k, m) the weights of rows: above 0 on a lower side, below 0 on an upper one, in parts of WHOLE."""
        program, rows = self.program, tableau.rows
        lower, upper = program.has_lower[rows], program.has_upper[rows]
        equal = lower & upper & (program.lower[rows] == program.upper[rows])
        up = lower & (tableau.at_lower | ~upper)
        found = np.where(equal, weight - np.rint(weight), np.where(up, _above_floor(weight), -_above_floor(-weight)))
        found[:, ~(lower | upper)] = 0.0
        return _sparse(found)

    def _best(
        self,
        weight: tuple[Ints, Ints],
        of_step: tuple[Ints, Ints],
        total: tuple[Ints, Ints],
        tableau: Tableau,
        point: Reals,
    ) -> Cut | None:
        """The cut of one combination, of which rows, steps and columns are given as (numbers, weights)."""
        program, rows, missed = self.program, tableau.rows[weight[0]], 0.0
        columns, data = total
        if not 0 < len(columns) <= self.most_entries or not self._usable[columns].all():
            return None
        side = int(weight[1] @ np.where(weight[1] > 0, program.lower[rows], program.upper[rows]) - of_step[1].sum())
        soft = program.soft[rows]
        if soft.any():
            activity, up = program.matrix[rows[soft]] @ point, weight[1][soft] > 0
            short = np.where(up, program.lower[rows[soft]] - activity, activity - program.upper[rows[soft]])
            missed = float(np.abs(weight[1][soft]) @ np.maximum(short, 0.0))
        best = best_rounding(program, (columns, data), side, point, np.array([WHOLE]), missed)
        if best[0] <= self.least:
            return None
        key = program.step_key[tableau.steps[of_step[0]]]
        return Cut(
            row=tuple(rows.tolist()),
            weight=tuple(weight[1].tolist()),
            window=tuple((key // program.span).tolist()),
            step=tuple((key % program.span).tolist()),
            step_weight=tuple(of_step[1].tolist()),
            divisor=best[1],
            multiplier=0,
            mixed=True,
            turned=tuple(columns[best[2]].tolist()),
        )


def _above_floor(weight: Reals) -> Reals:
    """λ − ⌊λ⌋, and 0 for a λ that is whole up to rounding errors."""
    return np.where(np.abs(weight - np.rint(weight)) < 1 / WHOLE, 0.0, weight - np.floor(weight))


def _sparse(weight: Reals) -> Matrix:
    """Weights as whole parts of WHOLE."""
    found = sparse.csr_array(np.rint(weight * WHOLE).astype(np.int64))
    found.eliminate_zeros()
    return found


def _largest(weight: Matrix, size: Ints) -> Ints:
    """The entries of the longest row that each combination uses, (k,), of rows with `size` entries.

    Few entries cancel, so a combination has about as many or more.
    """
    return np.asarray(by_row(np.maximum, size[weight.indices], weight.indptr, 0), dtype=np.int64)


def _row(matrix: Matrix, row: int) -> tuple[Ints, Ints]:
    """(numbers, values) of the entries of a row."""
    span = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return matrix.indices[span].astype(np.int64), matrix.data[span]
