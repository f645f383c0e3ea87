"""Chvátal–Gomory cuts: rounded rule rows that bring the relaxation closer to timetables.

For whole x ≥ 0, a row Σ a·x ≥ b and a divisor d > 0 imply Σ ⌈a/d⌉·x ≥ ⌈b/d⌉. If no coefficient is negative, a may first
be clipped to min(a, b). A row with an upper side is rounded with all signs turned. The divisors are the coefficients of
the row; the one with the most violated cut is taken. Only rigid and hard rows are rounded.
If airings are locked, the residual row is rounded instead. Such a cut holds for all timetables with these locks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from scheduler.arrays import Reals
from scheduler.rules import SOFT
from scheduler.solve.params import DEFAULTS
from scheduler.solve.programs.linear_rows import LinearRows

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation
    from scheduler.solve.params import CutParams


@dataclass(frozen=True, slots=True)
class Cut:
    """One cut: Σ coefficient·x over `columns` ≥ `least`. `row` is the rule row that it rounds.

    `sign` is 1 for the row's lower side and −1 for its upper side.
    """

    row: int
    sign: int
    columns: Ints
    coefficients: Ints
    least: int
    divisor: int


class RoundingCuts:
    """Finds cuts that a point of the relaxation violates."""

    def __init__(self, formulation: Formulation, rows: LinearRows, params: CutParams = DEFAULTS.cuts) -> None:
        """Select the rows to round: integer columns, a few distinct coefficients but more than one, not soft."""
        self.params = params
        self.matrix: Any = sparse.csr_array(formulation.matrix)
        whole = np.concatenate([np.ones(formulation.airing_count, dtype=bool), formulation.column_integer])
        whole[formulation.airing_count :] &= formulation.column_lower >= 0
        self.sources: list[tuple[int, int, int]] = []  # row, sign, side
        for row in np.flatnonzero(rows.kind != SOFT):
            low, high = self.matrix.indptr[row], self.matrix.indptr[row + 1]
            data = np.abs(self.matrix.data[low:high])
            if high - low < 2 or data.min() == data.max() or not whole[self.matrix.indices[low:high]].all():
                continue
            if len(np.unique(data[:1000])) > params.most_divisors:
                continue
            for side, sign in ((rows.lower[row], 1), (rows.upper[row], -1)):
                if np.isfinite(side):
                    self.sources.append((int(row), sign, sign * int(side)))

    def violated(self, support: Ints, amounts: Reals, locked: Flags) -> list[Cut]:
        """The most violated cut of every row after the locked airings are subtracted."""
        point = np.zeros(self.matrix.shape[1])
        point[support] = amounts
        held = np.zeros(self.matrix.shape[1], dtype=bool)
        held[: len(locked)] = locked
        cuts = [self._worst(row, sign, side, point, held) for row, sign, side in self.sources]
        return [cut for cut in cuts if cut is not None]

    def _worst(self, row: int, sign: int, side: int, point: Reals, held: Flags) -> Cut | None:
        low, high = self.matrix.indptr[row], self.matrix.indptr[row + 1]
        columns, data = self.matrix.indices[low:high], sign * self.matrix.data[low:high]
        kept = held[columns]
        if kept.any():
            side -= int(data[kept].sum())
            columns, data = columns[~kept], data[~kept]
        if not len(data) or side <= int(data[data < 0].sum()):
            return None
        if data.min() >= 0:
            data = np.minimum(data, side)
        divisors = np.unique(np.abs(data))
        divisors = divisors[divisors > 1][-self.params.most_divisors :]
        amount = point[columns]
        inside = amount > 0
        if not len(divisors):
            return None
        need = -(-side // divisors)
        have = (-(-data[inside][None, :] // divisors[:, None])) @ amount[inside]
        short = (need - have) / np.maximum(1, np.abs(need))
        best = int(np.argmax(short))
        if short[best] < self.params.violated:
            return None
        divisor = int(divisors[best])
        rounded = -(-data // divisor)
        present = rounded != 0
        return Cut(row, sign, columns[present], rounded[present], int(need[best]), divisor)


def with_cuts(rows: LinearRows, cuts: list[Cut]) -> LinearRows:
    """`rows` with cuts appended.

    A cut of a hard row is hard; its missed unit has the price of the amount it stands for.
    """
    first = np.concatenate([[0], np.cumsum([len(cut.columns) for cut in cuts])])
    at = np.concatenate([cut.columns for cut in cuts])
    data = np.concatenate([cut.coefficients for cut in cuts]).astype(np.float64)
    # The coefficients of a cut are those of its row divided by the divisor d and rounded up. So one unit of the cut is
    # d units of the row's activity, and its price is price / miss_step · d.
    fresh = sparse.csc_array((data, at, first), shape=(rows.by_airing.shape[0], len(cuts)))
    origin = np.array([cut.row for cut in cuts])
    divisors = np.array([cut.divisor for cut in cuts], dtype=np.float64)
    return LinearRows(
        by_airing=sparse.csr_array(sparse.hstack([rows.by_airing, fresh])),
        lower=np.concatenate([rows.lower, [float(cut.least) for cut in cuts]]),
        upper=np.concatenate([rows.upper, np.full(len(cuts), np.inf)]),
        kind=np.concatenate([rows.kind, rows.kind[origin]]),
        step=np.concatenate([rows.step, np.ones(len(cuts))]),
        price=np.concatenate([rows.price, rows.price[origin] / rows.step[origin] * divisors]),
        size=np.concatenate([rows.size, [max(1.0, float(np.abs(cut.coefficients).max(initial=1))) for cut in cuts]]),
        cap=np.concatenate([rows.cap, np.zeros(len(cuts), dtype=bool)]),
    )
