"""The program that a certificate speaks about: the formulation with the bundles of a series in place of its airings.

A rigid row x_a − Σ y_b = 0 of the placement *defines* its airing. With x = M·u for the columns u = (airings
that no row defines, the rules' own columns) every row L ≤ A·x ≤ U is L ≤ (A·M)·u ≤ U, and the defining rows vanish.
The limits of defined airings, 0 ≤ x_a ≤ 1, are left out: a bound on more choices is a bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from scheduler.arrays import ranges
from scheduler.rules import NO_BOUND, RIGID, SOFT
from scheduler.rules.placement import PLACEMENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation

Matrix = sparse.csr_array[Any, tuple[int, int]]


@dataclass(frozen=True, eq=False)
class CertifiedProgram:
    """maximise constant + value·u − Σ price·miss over whole columns u; r rows, c columns, t steps of windows."""

    constant: int
    entry: Ints  # (c,) the entry of a point that a column is: an airing if it is below their number
    value: Ints  # (c,) viewer-minutes
    low: Ints  # (c,)
    high: Ints  # (c,)
    whole: Flags  # (c,) integer columns
    locked: Flags  # (c,) airings that must be chosen
    matrix: Matrix  # (r, c)
    lower: Ints  # (r,) −NO_BOUND for none
    upper: Ints  # (r,) NO_BOUND for none
    soft: Flags  # (r,)
    miss_step: Ints  # (r,)
    price: Ints  # (r,) viewer-minutes per missed unit of a soft row
    most_miss: Ints  # (r,) largest possible miss, units
    defines: Flags  # (r,) rows that define an airing: they hold by construction
    occupies: Matrix  # (t, c) at how many airings of a column a step of a window is occupied
    step_key: Ints  # (t,) window · span + step, sorted
    span: int

    @property
    def has_lower(self) -> Flags:
        """(r,) rows with a lower side."""
        return self.lower > -NO_BOUND

    @property
    def has_upper(self) -> Flags:
        """(r,) rows with an upper side."""
        return self.upper < NO_BOUND

    def steps_at(self, window: Sequence[int], step: Sequence[int]) -> Ints:
        """The positions of steps of windows in `step_key`; −1 for a step at which no airing is possible."""
        windows, steps = np.array(window, dtype=object), np.array(step, dtype=object)
        inside = (steps >= 0) & (steps < self.span) & (windows >= 0) & (windows < 2**31)
        key = np.where(inside, windows * self.span + steps, -1).astype(np.int64)
        if not len(self.step_key):
            return np.full(len(key), -1)
        at = np.minimum(np.searchsorted(self.step_key, key), len(self.step_key) - 1)
        return np.where(self.step_key[at] == key, at, -1)


def certified_program(formulation: Formulation) -> CertifiedProgram:
    """The program of a formulation."""
    n, width = formulation.airing_count, formulation.matrix.shape[1]
    defines, expand, kept = _without_defined(formulation)
    matrix = sparse.csr_array(formulation.matrix @ expand)
    matrix.eliminate_zeros()
    low = np.concatenate([formulation.locked.astype(np.int64), formulation.column_lower])
    high = np.concatenate([np.ones(n, dtype=np.int64), formulation.column_upper])
    locked = np.concatenate([formulation.locked, np.zeros(width - n, dtype=bool)])
    whole = np.concatenate([np.ones(n, dtype=bool), formulation.column_integer])
    worth = np.concatenate([formulation.value, formulation.column_value])
    span = int(np.max(formulation.window_end, initial=0)) + 1
    owner = np.repeat(np.arange(n), formulation.steps)
    place = (formulation.window * span + formulation.start)[owner] + ranges(formulation.steps)
    keys, at = np.unique(place, return_inverse=True)
    occupied = sparse.csr_array((np.ones(len(owner), dtype=np.int64), (at, owner)), shape=(len(keys), width))
    return CertifiedProgram(
        constant=formulation.constant,
        entry=kept,
        value=np.asarray(expand.T @ worth, dtype=np.int64),
        low=low[kept],
        high=high[kept],
        whole=whole[kept],
        locked=locked[kept],
        matrix=matrix,
        lower=formulation.lower,
        upper=formulation.upper,
        soft=formulation.kind == SOFT,
        miss_step=formulation.miss_step,
        price=formulation.price,
        most_miss=formulation.most_miss(),
        defines=defines,
        occupies=sparse.csr_array(occupied @ expand),
        step_key=keys,
        span=span,
    )


def _without_defined(formulation: Formulation) -> tuple[Flags, Matrix, Ints]:
    """(r,) which rows define an airing; M, (n + m, c); and (c,) which points' entries the columns are.

    A rigid row x_a − Σ z_b = 0 of the placement, over the bundles b with airing a, defines this airing. Such airings
    are not columns: a point (x, z) is M·columns. Row a of M states x_a = Σ z_b; all other rows have a single 1.
    """
    n, (rows, width) = formulation.airing_count, formulation.matrix.shape
    at = np.repeat(np.arange(rows), np.diff(formulation.matrix.indptr))
    column, data = formulation.matrix.indices, formulation.matrix.data
    airings = np.bincount(at[column < n], minlength=rows)
    tied = (formulation.labels["rule"].to_numpy() == PLACEMENT) & (formulation.kind == RIGID)
    tied &= (formulation.lower == 0) & (formulation.upper == 0) & (airings == 1)
    # `entry`: the only airing of each such row. Each airing is defined by its first row with the coefficient 1.
    entry = np.flatnonzero(tied[at] & (column < n))
    one = entry[data[entry] == 1]
    _, first = np.unique(column[one], return_index=True)  # a second row of the same airing stays a row
    defining, defined = at[one[first]], column[one[first]]
    defines = np.zeros(rows, dtype=bool)
    defines[defining] = True
    kept = np.ones(width, dtype=bool)
    kept[defined] = False
    columns = np.flatnonzero(kept)
    number = np.cumsum(kept) - 1
    airing_of = np.full(rows, -1, dtype=np.int64)
    airing_of[defining] = defined
    # x_a = −Σ data·z over the variables of its row
    inside = np.flatnonzero(defines[at] & (column >= n))
    row = np.concatenate([columns, airing_of[at[inside]]])
    col = np.concatenate([np.arange(len(columns)), number[column[inside]]])
    amount = np.concatenate([np.ones(len(columns), dtype=np.int64), -data[inside].astype(np.int64)])
    expand = sparse.csr_array(sparse.coo_array((amount, (row, col)), shape=(width, len(columns))))
    return defines, expand, columns
