"""The rule rows for the linear engines: floating point, the matrix transposed, infinite sides allowed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scheduler.arrays import Reals, by_row
from scheduler.rules import HARD, NO_BOUND, SOFT
from scheduler.solve.programs.highs import infinite_side

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.formulation import Formulation

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class LinearRows:
    """Rows over n airings and m extra columns; `by_airing` is the transposed matrix, (n + m, r)."""

    by_airing: sparse.csr_array[Any, tuple[int, int]]
    lower: Reals  # (r,) −inf where there is none
    upper: Reals  # (r,) inf where there is none
    kind: npt.NDArray[np.int8]
    step: Reals  # (r,) change of the activity per missed unit
    price: Reals  # (r,) per missed unit: the price of a soft row, the weight of a hard row, inf for a rigid row
    size: Reals  # (r,) largest coefficient, for scaling
    cap: npt.NDArray[np.bool_]  # (r,) only an upper side and coefficients of one sign: fewer airings always keep it

    @property
    def count(self) -> int:
        """The number of rows."""
        return len(self.lower)

    def activity(self, airings: Ints, amounts: Reals) -> Reals:
        """A·x for a point given by its support, (r,)."""
        some = self.by_airing[airings]
        return np.asarray(some.T @ amounts, dtype=np.float64)

    def touched(self, airings: Ints) -> Ints:
        """The rows that contain at least one of some airings, sorted."""
        return np.unique(self.by_airing[airings].indices).astype(np.int64)

    def left(self, used: Reals, give: Reals | float = 0.0) -> LinearRows:
        """The rows with `used`, (r,), subtracted from both sides, and then relaxed by `give`."""
        return replace(self, lower=self.lower - used - give, upper=self.upper - used + give)

    def residual(self, point: Ints) -> LinearRows:
        """The residual rows: A·point of a fixed part, (n + m,), is subtracted from both sides."""
        stays = np.flatnonzero(point)
        return self.left(self.activity(stays, point[stays].astype(np.float64)))


def linear_rows(formulation: Formulation) -> LinearRows:
    """The rows of a formulation, with unbounded sides as infinities."""
    transposed = sparse.csr_array(formulation.matrix.T.astype(np.float64))
    largest = abs(formulation.matrix).max(axis=1) if formulation.matrix.nnz else np.zeros(len(formulation.lower))
    price = np.where(formulation.kind == SOFT, formulation.price, np.inf).astype(np.float64)
    price[formulation.kind == HARD] = formulation.hard_weight[formulation.kind == HARD]
    size = np.asarray(largest.todense() if sparse.issparse(largest) else largest, dtype=np.float64).ravel()
    # `cap`: rows without a lower side and without negative coefficients.
    least = by_row(np.minimum, formulation.matrix.data, formulation.matrix.indptr, 0)
    return LinearRows(
        by_airing=transposed,
        lower=infinite_side(formulation.lower),
        upper=infinite_side(formulation.upper),
        kind=formulation.kind,
        step=formulation.miss_step.astype(np.float64),
        price=price,
        size=np.maximum(size, 1.0),
        cap=(formulation.lower <= -NO_BOUND) & (least >= 0),
    )
