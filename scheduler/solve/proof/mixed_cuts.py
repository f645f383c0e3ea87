"""Mixed-integer rounding of single rule rows (Marchand and Wolsey 2001): what a knapsack of minutes or runs allows.

A row in the form Σ a·u ≥ b is divided by d and rounded: with f = b mod d,
Σ (⌊a/d⌋·f + min(f, a mod d))·u ≥ ⌈b/d⌉·f. Columns at more than half of their upper limit are counted from there,
u = high − v. d is tried among the coefficients of the columns that are fractional. With d = b + 1 a row Σ a·u ≤ b
closes the columns with a > b. Covers of a knapsack and clipped coefficients are special cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import by_row
from scheduler.certify import Cut

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.certify import CertifiedProgram
    from scheduler.solve.params import CertificateParams

USED = 1e-6
"""Amounts are taken as whole if they are this near to a whole number."""


class MixedCuts:
    """Finds the cuts of single rows that a point of the relaxation violates. Each is found once."""

    def __init__(self, program: CertifiedProgram, params: CertificateParams) -> None:
        self.program, self.params = program, params
        matrix = program.matrix
        largest = by_row(np.maximum, np.abs(matrix.data), matrix.indptr, 0)
        wrong = abs(matrix) @ (~program.whole | (program.low < 0)).astype(np.int64) > 0
        self.rows = np.flatnonzero(~program.defines & (largest > 1) & ~wrong)
        self.largest = largest
        self._found: set[tuple[int, int, int, tuple[int, ...]]] = set()

    def violated(self, point: Reals) -> list[Cut]:
        """The best cut of every row that is tight or nearly so and that a point violates, (c,)."""
        program, some = self.program, self.program.matrix[self.rows]
        activity, scale = some @ point, self.params.tight * self.largest[self.rows]
        cuts = []
        for sign, exists, side in ((1, program.has_lower, program.lower), (-1, program.has_upper, program.upper)):
            tight = exists[self.rows] & (sign * (activity - side[self.rows]) <= scale)
            cuts += [self._best(int(row), sign, point) for row in self.rows[tight]]
        return [cut for cut in cuts if cut is not None]

    def _best(self, row: int, sign: int, point: Reals) -> Cut | None:
        """The cut of a row that is violated most, divided by the length of its coefficients."""
        program = self.program
        entries = slice(program.matrix.indptr[row], program.matrix.indptr[row + 1])
        columns, data = program.matrix.indices[entries].astype(np.int64), sign * program.matrix.data[entries]
        side = sign * int(program.lower[row] if sign > 0 else program.upper[row])
        held = program.locked[columns]
        fractional = ~held & (np.abs(point[columns] - np.rint(point[columns])) > USED)
        divisors = self._divisors(data[fractional], abs(side - int(data[held].sum())))
        if not fractional.any() or not len(divisors):
            return None
        missed = max(0.0, side - float(data @ point[columns])) if program.soft[row] else 0.0
        best = best_rounding(program, (columns, data), side, point, divisors, missed)
        if best[0] <= self.params.violated:
            return None
        turned_columns = tuple(columns[best[2]].tolist())
        key = row, sign, best[1], turned_columns
        if key in self._found:
            return None
        self._found.add(key)
        return Cut(row=(row,), weight=(sign,), divisor=best[1], multiplier=0, mixed=True, turned=turned_columns)

    def _divisors(self, data: Ints, side: int) -> Ints:
        """Divisors above 1: sizes of coefficients, and those that close columns larger than the side."""
        found = np.unique(np.concatenate([np.abs(data), [side, side + 1]]))
        return found[found > 1][: self.params.divisors]


def best_rounding(
    program: CertifiedProgram, row: tuple[Ints, Ints], side: int, point: Reals, divisors: Ints, missed: float = 0.0
) -> tuple[float, int, Flags]:
    """(violation, divisor, flags of the turned columns) of the cut of Σ a·u ≥ side that a point violates most.

    Parameters
    ----------
    row
        The columns, and their coefficients a. All are whole and at least 0.
    point
        (c,) The amounts of all columns.
    missed
        What the misses of soft rows add to the left side at the point. Rounding does not change it.
    """
    columns, data = row
    amount, high, held = point[columns], program.high[columns], program.locked[columns]
    side -= int(data[held].sum())
    used = ~held & ((amount > USED) | (program.low[columns] > 0))
    limited = used & (high >= 1) & (high <= 1)
    best = -np.inf, 1, limited
    for above in (0.5, np.inf, USED):
        turned = limited & (amount > above)
        gain = _violations(data[used], amount[used], turned[used], high[used], side, divisors, missed)
        at = int(np.argmax(gain))
        if gain[at] > best[0]:
            best = float(gain[at]), int(divisors[at]), turned
    return best


def _violations(
    data: Ints, amount: Reals, turned: Flags, high: Ints, side: int, divisors: Ints, missed: float
) -> Reals:
    """(d,) by how much a point violates the cut of each divisor, divided by the length of its coefficients."""
    side -= int((data[turned] * high[turned]).sum())
    one = np.where(turned, -data, data)
    from_end = np.where(turned, high - amount, amount)
    rest = (side % divisors)[:, None]
    by = divisors[:, None]
    rounded = (one // by).astype(np.float64) * rest + np.minimum(rest, one % by)
    missing = -(-side // divisors) * rest[:, 0].astype(np.float64) - rounded @ from_end - missed
    length = np.sqrt((rounded**2).sum(axis=1))
    return np.where(length > 0, missing / np.maximum(length, 1e-9), np.where(missing > 0, np.inf, 0.0))
