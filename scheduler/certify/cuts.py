"""Cuts of a certificate, derived again from what they combine (Chvátal 1973, Gomory 1958)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from scheduler.certify.certificate import CertificateError
from scheduler.certify.exact import SAFE, Exact, Matrix, exact
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.arrays import Flags, Ints
    from scheduler.certify.certificate import Cut
    from scheduler.certify.program import CertifiedProgram

LARGEST = 2**40
"""Weights of cuts beyond this are refused, so that combined coefficients stay exact in 64 bits."""


class DerivedCuts(NamedTuple):
    """The cuts Σ coefficient·u + Σ |soft|·miss_step·miss ≥ least."""

    matrix: Matrix  # (k, c) the coefficients
    least: Exact  # (k,)
    soft: Matrix  # (k, r) the weights of soft rows: above 0 on the lower side, below 0 on the upper one


def derived(program: CertifiedProgram, cuts: Sequence[Cut]) -> DerivedCuts:
    """The cuts, derived again.

    The columns of locked airings are moved to the other side before the division. The misses of soft rows are
    amounts of any size, so mixed-integer rounding leaves them as they are, and no other rounding may use them.

    Raises
    ------
    CertificateError
        A cut that is not mixed combines a soft row, or a cut a side that does not exist, or a column that is not whole
        and at least 0.
    """
    count, (rows, columns) = len(cuts), program.matrix.shape
    if not count:  # the rest copies the program's matrix
        matrix, of_soft = (sparse.csr_array((0, width), dtype=np.int64) for width in (columns, rows))
        return DerivedCuts(matrix, exact([]), of_soft)
    of_row = _weights(cuts, [cut.row for cut in cuts], [cut.weight for cut in cuts], rows)
    of_row.eliminate_zeros()
    cut, row, weight = _owner(of_row), of_row.indices, of_row.data
    exists = np.where(weight > 0, program.has_lower[row], program.has_upper[row])
    mixed = np.array([one.mixed for one in cuts], dtype=bool)
    _refuse(cut, (program.soft[row] & ~mixed[cut]) | ~exists)
    side = exact([0] * count)
    np.add.at(side, cut, exact(weight) * np.where(weight > 0, exact(program.lower[row]), exact(program.upper[row])))
    keys = [program.steps_at(one.window, one.step).tolist() for one in cuts]
    of_step = _weights(cuts, keys, [one.step_weight for one in cuts], len(program.step_key))
    _refuse(_owner(of_step), of_step.data < 0)
    program.require_held(row, of_step.indices)
    np.subtract.at(side, _owner(of_step), exact(of_step.data))
    size = abs(of_row).astype(np.float64) @ abs(program.matrix) + of_step.astype(np.float64) @ program.occupies
    size = sparse.csr_array(size)
    _refuse(np.arange(count), np.abs(side) >= SAFE)
    _refuse(_owner(size), size.data >= SAFE)
    total = sparse.csr_array(of_row @ program.matrix - of_step @ program.occupies)
    total.eliminate_zeros()
    at = _owner(total)
    held = program.locked[total.indices]
    np.subtract.at(side, at[held], exact(total.data[held]))
    at, column, amount = at[~held], total.indices[~held], total.data[~held]
    divisor = np.array([one.divisor for one in cuts], dtype=object)
    _refuse(np.arange(count), divisor >= SAFE)
    turned = _weights(cuts, [one.turned for one in cuts], [(1,) * len(one.turned) for one in cuts], columns)
    most = program.high[turned.indices]
    _refuse(_owner(turned), ~program.whole[turned.indices] | (most < 0) | (most > LARGEST))
    of_turned = np.isin(at * columns + column, _owner(turned) * columns + turned.indices)
    _refuse(at, ~program.whole[column] | (~of_turned & (program.low[column] < 0)))
    up = mixed[at]
    amount[~up] = _rounded_up(at[~up], amount[~up], side, divisor)
    amount[up], of_mixed = _mixed(at[up], amount[up], side, divisor, np.where(of_turned, program.high[column], -1)[up])
    matrix = sparse.csr_array(sparse.coo_array((amount, (at, column)), shape=(count, columns)))
    matrix.eliminate_zeros()
    of_soft = sparse.csr_array(of_row.multiply(program.soft.astype(np.int64)))
    of_soft.eliminate_zeros()
    return DerivedCuts(matrix, np.where(mixed, of_mixed, -(-side // divisor)), of_soft)


def _rounded_up(at: Ints, amount: Ints, side: Exact, divisor: Exact) -> Ints:
    """⌈a/d⌉ of every entry of the cuts `at`, after clipping."""
    clipped = side > 0
    clipped[at[amount < 0]] = False
    least = np.where(clipped, side, 0).astype(np.int64)
    amount = np.where(clipped[at], np.minimum(amount, least[at]), amount)
    return np.asarray(-(-amount // divisor.astype(np.int64)[at]))


def _mixed(at: Ints, amount: Ints, side: Exact, divisor: Exact, high: Ints) -> tuple[Ints, Exact]:
    """Mixed-integer rounding (Nemhauser and Wolsey 1990): (n,) coefficients of entries, and (k,) sides.

    Parameters
    ----------
    at
        (n,) The cut of every entry.
    high
        (n,) The upper limit of an entry's column if it is turned, otherwise −1.
    """
    turned = high >= 0
    side, sign = side.copy(), np.where(turned, -1, 1)
    np.subtract.at(side, at[turned], exact(amount[turned]) * high[turned])
    rest = side % divisor
    of_rest, by = rest.astype(np.int64)[at], divisor.astype(np.int64)[at]
    one = sign * amount
    rounded = exact(one // by) * of_rest + np.minimum(of_rest, one % by)
    _refuse(at, np.abs(rounded) >= SAFE)
    least = -(-side // divisor) * rest
    np.subtract.at(least, at[turned], rounded[turned] * high[turned])
    return sign * rounded.astype(np.int64), least


def _weights(
    cuts: Sequence[Cut], numbers: Sequence[Sequence[int]], weights: Sequence[Sequence[int]], count: int
) -> Matrix:
    """(k, count) the weight of each number in each cut."""
    owner = np.repeat(np.arange(len(cuts)), [len(one) for one in numbers])
    number = np.array([at for one in numbers for at in one], dtype=object)
    weight = np.array([at for one in weights for at in one], dtype=object)
    _refuse(owner, (number < 0) | (number >= count) | (np.abs(weight) > LARGEST))
    parts = weight.astype(np.int64), (owner, number.astype(np.int64))
    return sparse.csr_array(sparse.coo_array(parts, shape=(len(cuts), count)))


def _owner(matrix: Matrix) -> Ints:
    """The row of every entry of a matrix."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def _refuse(cut: Ints, wrong: Flags) -> None:
    """Raise an error that names the first cut that is wrong."""
    found = np.flatnonzero(wrong)
    if len(found):
        message = msg(
            "cut {number} cannot be derived: it uses a row or step that does not exist, a missing side, "
            "a negative weight of a step, a number that is too large, a column that is not whole or may be negative, "
            "or without mixed-integer rounding a soft row",
            number=int(cut[found[0]]),
        )
        raise CertificateError(message)
