"""The program that a certificate speaks about: the formulation with the bundles of a series in place of its airings.

A rigid row x_a − Σ y_b = 0 of the placement *defines* its airing. With x = M·u for the columns u = (airings
that no row defines, the rules' own columns) every row L ≤ A·x ≤ U is L ≤ (A·M)·u ≤ U, and the defining rows vanish.
The limits of defined airings, 0 ≤ x_a ≤ 1, are left out: a bound on more choices is a bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scheduler.arrays import ranges
from scheduler.certify.exact import Exact, Matrix, Products, exact
from scheduler.rules import NO_BOUND, RIGID, SOFT
from scheduler.rules.placement_rows import PLACEMENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.formulation import Formulation


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
    held_rows: Flags | None = None  # (r,) rows whose entries are in the matrix; None: all
    held_steps: Flags | None = None  # (t,) steps whose entries are in `occupies`; None: all

    @property
    def has_lower(self) -> Flags:
        """(r,) rows with a lower side."""
        return self.lower > -NO_BOUND

    @property
    def has_upper(self) -> Flags:
        """(r,) rows with an upper side."""
        return self.upper < NO_BOUND

    def products(self, rows: Exact, steps: Exact) -> Products:
        """Aᵀp + Σ of μ at the steps of every column, for multipliers p of rows and μ of steps.

        Raises
        ------
        ValueError
            A multiplier belongs to a row or step whose entries are not held: a fault of the program.
        """
        self.require_held(np.flatnonzero(rows), np.flatnonzero(steps))
        found = Products(len(self.value))
        found.add(self.matrix, rows)
        found.add(self.occupies, steps)
        return found

    def steps_at(self, window: Sequence[int] | Ints, step: Sequence[int] | Ints) -> Ints:
        """The positions of steps of windows in `step_key`; −1 for a step at which no airing is possible."""
        return positions(self.step_key, self.span, window, step)

    def over_steps(self, window: Ints, step: Ints, amount: Reals) -> Reals:
        """Amounts of some steps of windows, which exist, over all steps, (t,); 0 at the others."""
        found = np.zeros(len(self.step_key))
        found[self.steps_at(window, step)] = amount
        return found

    def require_held(self, rows: npt.NDArray[Any], steps: npt.NDArray[Any]) -> None:
        """Check that the entries of some rows and steps are in the matrices.

        Raises
        ------
        ValueError
            They are not: a fault of the program, whatever the certificate is.
        """
        for numbers, held in ((rows, self.held_rows), (steps, self.held_steps)):
            if held is not None and not held[numbers].all():
                raise ValueError("a row or step is used whose entries are not held")


def certified_program(formulation: Formulation) -> CertifiedProgram:
    """The program of a formulation."""
    steps = steps_of(formulation)
    occupied = steps.occupied(formulation, np.ones(len(steps.key), dtype=bool))
    return assembled(formulation, without_defined(formulation), occupied, steps, formulation.most_miss())


class Steps(NamedTuple):
    """The steps of windows at which an airing is possible."""

    key: Ints  # (t,) window · span + step, sorted
    span: int
    first: Ints  # (n,) position of the first step of each airing in `key`; the others follow

    def at(self, window: Sequence[int] | Ints, step: Sequence[int] | Ints) -> Ints:
        """The positions of steps of windows in `key`; −1 for a step at which no airing is possible."""
        return positions(self.key, self.span, window, step)

    def over_all(self, window: Sequence[int] | Ints, step: Sequence[int] | Ints, multiplier: Exact) -> Exact:
        """Multipliers of some steps over all steps, (t,), 0 at the others. Steps that do not exist are left out."""
        found, at = exact([0] * len(self.key)), self.at(window, step)
        found[at[at >= 0]] = multiplier[at >= 0]
        return found

    def occupied(self, formulation: Formulation, held: Flags) -> Matrix:
        """(t, n + m) 1 if an airing occupies a step, for the steps that are held; nothing for the others."""
        before = np.append(np.zeros(1, dtype=np.int64), np.cumsum(held))
        touching = np.flatnonzero(before[self.first + formulation.steps] > before[self.first])
        count = formulation.steps[touching]
        owner, at = np.repeat(touching, count), np.repeat(self.first[touching], count) + ranges(count)
        here = held[at]
        entries = np.ones(int(here.sum()), dtype=np.int64), (at[here], owner[here])
        return sparse.csr_array(entries, shape=(len(self.key), formulation.matrix.shape[1]))


def positions(keys: Ints, span: int, window: Sequence[int] | Ints, step: Sequence[int] | Ints) -> Ints:
    """The positions of steps of windows among sorted keys window · span + step; −1 for those that do not exist."""
    windows, steps = np.array(window, dtype=object), np.array(step, dtype=object)
    inside = (steps >= 0) & (steps < span) & (windows >= 0) & (windows < 2**31)
    key = np.where(inside, windows * span + steps, -1).astype(np.int64)
    if not len(keys):
        return np.full(len(key), -1)
    at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
    return np.where(keys[at] == key, at, -1)


def steps_of(formulation: Formulation) -> Steps:
    """The steps of a formulation's airings."""
    span = int(np.max(formulation.window_end, initial=0)) + 1
    count = len(formulation.window_end)
    begin, end = np.full(count, span), np.zeros(count, dtype=np.int64)
    np.minimum.at(begin, formulation.window, formulation.start)
    np.maximum.at(end, formulation.window, formulation.start + formulation.steps)
    length = np.maximum(end - begin, 0)
    offset = np.cumsum(length) - length - begin  # place of step 0 of a window in a row of all windows
    change = np.zeros(int(length.sum()) + 1, dtype=np.int64)
    np.add.at(change, offset[formulation.window] + formulation.start, 1)
    np.add.at(change, offset[formulation.window] + formulation.start + formulation.steps, -1)
    possible = np.cumsum(change[:-1]) > 0
    window = np.repeat(np.arange(count), length)
    key = window * span + np.repeat(begin, length) + ranges(length)
    number = np.cumsum(possible) - 1
    return Steps(key[possible], span, number[offset[formulation.window] + formulation.start])


def assembled(
    formulation: Formulation,
    replacement: tuple[Flags, Matrix, Ints],
    occupied: Matrix,
    steps: Steps,
    most_miss: Ints,
    held: tuple[Flags, Flags] | tuple[None, None] = (None, None),
) -> CertifiedProgram:
    """The program of a formulation whose airings are replaced.

    Parameters
    ----------
    replacement
        As from `without_defined`.
    occupied
        (t, n + m) As from `Steps.occupied`.
    most_miss
        (r,) The largest possible miss of each row.
    held
        The rows and the steps whose entries are in the matrices, if they are not all.
    """
    n, width = formulation.airing_count, formulation.matrix.shape[1]
    defines, expand, kept = replacement
    # A defining row vanishes: x_a − Σ z_b is 0 for every column. It is left out before, because there are millions.
    matrix = sparse.csr_array(only_rows(formulation.matrix, ~defines) @ expand)
    matrix.eliminate_zeros()
    low = np.concatenate([formulation.locked.astype(np.int64), formulation.column_lower])
    high = np.concatenate([np.ones(n, dtype=np.int64), formulation.column_upper])
    locked = np.concatenate([formulation.locked, np.zeros(width - n, dtype=bool)])
    whole = np.concatenate([np.ones(n, dtype=bool), formulation.column_integer])
    worth = np.concatenate([formulation.value, formulation.column_value])
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
        most_miss=most_miss,
        defines=defines,
        occupies=sparse.csr_array(occupied @ expand),
        step_key=steps.key,
        span=steps.span,
        held_rows=held[0],
        held_steps=held[1],
    )


def only_rows(matrix: Matrix, keep: Flags) -> Matrix:
    """The matrix without the entries of the other rows."""
    if keep.all():
        return matrix
    length = np.where(keep, np.diff(matrix.indptr), 0)
    some, first = matrix[np.flatnonzero(keep)], np.append(np.zeros(1, dtype=np.int64), np.cumsum(length))
    return sparse.csr_array((some.data, some.indices, first.astype(matrix.indptr.dtype)), shape=matrix.shape)


def without_defined(formulation: Formulation) -> tuple[Flags, Matrix, Ints]:
    """(r,) which rows define an airing; M, (n + m, c); and (c,) which points' entries the columns are.

    A rigid row x_a − Σ z_b = 0 of the placement, over the bundles b with airing a, defines this airing. Such airings
    are not columns: a point (x, z) is M·columns. Row a of M states x_a = Σ z_b; all other rows have a single 1.
    """
    n, (rows, width) = formulation.airing_count, formulation.matrix.shape
    # Of a quarter there are 30 million entries: their positions have 32 bits.
    at = np.repeat(np.arange(rows, dtype=np.int32), np.diff(formulation.matrix.indptr))
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
    number = np.cumsum(kept, dtype=np.int32) - 1
    airing_of = np.full(rows, -1, dtype=np.int32)
    airing_of[defining] = defined
    # x_a = −Σ data·z over the variables of its row
    inside = np.flatnonzero(defines[at] & (column >= n))
    row = np.concatenate([columns.astype(np.int32), airing_of[at[inside]]])
    col = np.concatenate([np.arange(len(columns), dtype=np.int32), number[column[inside]]])
    amount = np.concatenate([np.ones(len(columns), dtype=np.int64), -data[inside].astype(np.int64)])
    del at, inside
    expand = sparse.csr_array(sparse.coo_array((amount, (row, col)), shape=(width, len(columns))))
    return defines, expand, columns
