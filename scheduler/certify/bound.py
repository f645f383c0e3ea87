"""The bound that a certificate proves, computed only with whole numbers.

    D·B = D·constant + Σ_rows p·side + Σ_cuts p·(−least) + Σ_steps μ + Σ_columns max over [l, u] of r·u
          + Σ_soft rows most_miss · max(0, miss_step·(|p| + Σ_cuts |w|·p) − D·price) + Σ_splits q·side,
    r = D·value − Aᵀp + Cᵀp_cuts − Σ of μ at its steps − Σ of q of the splits that it is in,

where p·side is p·upper for p > 0 and p·lower for p < 0, and w is the weight of the row in a cut. For any timetable that
keeps the hard rows, any p, any μ ≥ 0 and p_cuts ≥ 0 its value is at most B (Lagrange): every row adds
p·(side − A·u) ≥ 0, every step μ·(1 − occupied) ≥ 0.
A locked column counts r as it is, because there l = u = 1.

A tree has this bound for each leaf, with multipliers of its own and one for each split above it: a sum of whole columns
is at most k on one side, and there q ≥ 0 adds q·(k − sum) ≥ 0; on the other it is at least k + 1, and q ≤ 0 adds
q·(k + 1 − sum) ≥ 0. Every timetable is in one leaf, so the largest bound of a leaf is a bound. The least of the
certificate's own bound and that of its tree holds.

The value of a timetable is the constant plus a multiple of g, the greatest common divisor of all values and prices, if
only whole columns have a value. Then the bound is rounded down to such a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from scheduler.certify.certificate import CertificateError
from scheduler.certify.cuts import derived
from scheduler.certify.exact import Exact, exact, times
from scheduler.certify.tree import walked
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.arrays import Flags, Ints
    from scheduler.certify.certificate import Certificate, Leaf, RowMultipliers, StepMultipliers
    from scheduler.certify.chunks import ProgramInChunks
    from scheduler.certify.cuts import DerivedCuts
    from scheduler.certify.exact import Products
    from scheduler.certify.program import CertifiedProgram
    from scheduler.certify.tree import Side
    from scheduler.messages import Message

COLUMNS_AT_ONCE = 2**18
"""Columns whose reduced values are computed at once: some 100 MB of Python's whole numbers."""


@dataclass(frozen=True, eq=False)
class Multipliers:
    """Multipliers of all rows, steps and cuts, and of the splits above a leaf, times D."""

    rows: Exact  # (r,)
    steps: Exact  # (t,) at least 0
    cuts: Exact  # (k,) at least 0
    sides: Sequence[tuple[Side, int]] = ()  # |q|, at least 0


def certified_bound(program: CertifiedProgram, certificate: Certificate) -> int:
    """No timetable that keeps the hard rules is worth more, viewer-minutes.

    Raises
    ------
    CertificateError
        The certificate does not fit the program, or a multiplier has a sign that proves nothing.
    """
    return _certified(program, certificate, None)


def bound_in_chunks(chunks: ProgramInChunks) -> int:
    """The same bound from a program whose rows are not in memory.

    Raises
    ------
    CertificateError
        As for `certified_bound`.
    """
    return _certified(chunks.program, chunks.certificate, chunks.products)


def _certified(program: CertifiedProgram, certificate: Certificate, products: Products | None) -> int:
    cuts, own = derived(program, certificate.cuts), _own(program, certificate)
    bound = _bound(program, certificate.denominator, cuts, own, products)
    if certificate.tree:
        bound = min(bound, _of_tree(program, certificate, cuts))
    step = value_step(program)
    return bound if step is None else program.constant + (bound - program.constant) // step * step


def bound_of_multipliers(program: CertifiedProgram, certificate: Certificate) -> int:
    """The bound at the certificate's own multipliers, without its tree: that to which `reduced_values` belong.

    Raises
    ------
    CertificateError
        As for `certified_bound`.
    """
    return _bound(program, certificate.denominator, derived(program, certificate.cuts), _own(program, certificate))


def reduced_values(program: CertifiedProgram, certificate: Certificate) -> Exact:
    """r·D of every column, (c,). A timetable with a column of r < 0 that may be left out is worth at most B + r.

    B is the bound of the multipliers.

    Raises
    ------
    CertificateError
        As for `certified_bound`.
    """
    cuts = derived(program, certificate.cuts)
    products = _products(program, cuts, _own(program, certificate))
    return _reduced(program, certificate.denominator, products, slice(None))


def value_step(program: CertifiedProgram) -> int | None:
    """The greatest common divisor of all values and prices; None if there is none, or if a column is not whole."""
    worth = program.value != 0
    if np.any(worth & ~program.whole):
        return None
    found = gcd(int(np.gcd.reduce(program.value[worth])), int(np.gcd.reduce(program.price[program.soft])))
    return found or None


def _own(program: CertifiedProgram, certificate: Certificate) -> Multipliers:
    """The certificate's own multipliers."""
    rows, columns = program.matrix.shape
    given = certificate.rows_in_program, certificate.columns_in_program
    if given != (rows, columns):
        raise CertificateError(
            msg(
                "the certificate is of a program with {rows} rows and {columns} columns; this one has {own} and {mine}",
                rows=given[0],
                columns=given[1],
                own=rows,
                mine=columns,
            )
        )
    return Multipliers(
        _row_multipliers(program, certificate.rows),
        _step_multipliers(program, certificate.steps),
        exact([cut.multiplier for cut in certificate.cuts]),
    )


def _of_tree(program: CertifiedProgram, certificate: Certificate, cuts: DerivedCuts) -> int:
    """The largest bound of a leaf."""
    return max(
        bound_of_leaf(program, certificate.denominator, cuts, leaf, sides)
        for leaf, sides in walked(program, certificate.tree)
    )


def bound_of_leaf(program: CertifiedProgram, unit: int, cuts: DerivedCuts, leaf: Leaf, sides: Sequence[Side]) -> int:
    """The bound of a leaf, rounded down.

    Parameters
    ----------
    unit
        The denominator of all multipliers.
    cuts
        The certificate's cuts.
    sides
        The sides of the splits above the leaf, from the root on.

    Raises
    ------
    CertificateError
        A multiplier does not fit, or has a sign that proves nothing.
    """
    of_cuts = exact([0] * cuts.matrix.shape[0])
    number, multiplier = np.array(leaf.cuts.cut, dtype=object), exact(leaf.cuts.multiplier)
    absent = (number < 0) | (number >= len(of_cuts))
    _refuse(number, absent, lambda at: msg("a leaf uses cut {number}, which does not exist", number=at))
    _refuse(number, multiplier < 0, lambda at: msg("cut {number} has a negative multiplier in a leaf", number=at))
    _refuse(number, _repeated(number), lambda at: msg("cut {number} has two multipliers in a leaf", number=at))
    of_cuts[number.astype(np.int64)] = multiplier
    if len(leaf.splits) != len(sides) or min(leaf.splits, default=0) < 0:
        raise CertificateError(msg("a leaf of the tree needs one multiplier, at least 0, for each split above it"))
    given = list(zip(sides, leaf.splits, strict=True))
    rows, steps = _row_multipliers(program, leaf.rows), _step_multipliers(program, leaf.steps)
    return _bound(program, unit, cuts, Multipliers(rows, steps, of_cuts, given))


def _bound(
    program: CertifiedProgram,
    unit: int,
    cuts: DerivedCuts,
    multipliers: Multipliers,
    products: Products | None = None,
) -> int:
    """The bound at some multipliers, rounded down.

    `products` are those of rows and steps; by default they are computed from the program.
    """
    p, products = multipliers.rows, _products(program, cuts, multipliers, products)
    used, soft = np.flatnonzero(p), np.flatnonzero(program.soft)
    sides = np.where(p[used] > 0, exact(program.upper[used]), exact(program.lower[used]))
    paid = np.abs(p[soft]) + times(abs(cuts.soft), multipliers.cuts)[soft]
    beyond = np.maximum(exact(program.miss_step[soft]) * paid - unit * exact(program.price[soft]), 0)
    parts = (
        p[used] * sides,
        -multipliers.cuts * cuts.least,
        multipliers.steps,
        exact(program.most_miss[soft]) * beyond,
    )
    total = unit * program.constant + sum(int(part.sum()) for part in parts)
    for begin in range(0, len(program.value), COLUMNS_AT_ONCE):
        some = slice(begin, begin + COLUMNS_AT_ONCE)
        reduced = _reduced(program, unit, products, some)
        ends = reduced * np.where(reduced > 0, exact(program.high[some]), exact(program.low[some]))
        total += int(ends.sum())
    total += sum(q * (side.most if side.below else -(side.most + 1)) for side, q in multipliers.sides)
    return int(total // unit)


def _products(
    program: CertifiedProgram, cuts: DerivedCuts, multipliers: Multipliers, products: Products | None = None
) -> Products:
    """What is subtracted from D·value of every column. `products` are those of rows and steps, if they are known."""
    products = program.products(multipliers.rows, multipliers.steps) if products is None else products.copy()
    products.add(cuts.matrix, -multipliers.cuts)
    if multipliers.sides:
        size = [len(side.columns) for side, _ in multipliers.sides]
        columns = np.concatenate([side.columns for side, _ in multipliers.sides])
        first = np.concatenate([[0], np.cumsum(size)])
        ones = np.ones(len(columns), dtype=np.int64)
        splits = sparse.csr_array((ones, columns, first), shape=(len(size), len(program.value)))
        products.add(splits, exact([q if side.below else -q for side, q in multipliers.sides]))
    return products


def _reduced(program: CertifiedProgram, unit: int, products: Products, some: slice) -> Exact:
    """r·D of some columns, from the products of all multipliers."""
    reduced: Exact = unit * exact(program.value[some]) - products.of(some)
    return reduced


def _row_multipliers(program: CertifiedProgram, rows: RowMultipliers) -> Exact:
    """The multiplier of every row, (r,)."""
    count = program.matrix.shape[0]
    row, multiplier = np.array(rows.row, dtype=object), exact(rows.multiplier)
    _refuse(row, (row < 0) | (row >= count), lambda number: msg("there is no row {number}", number=number))
    at = row.astype(np.int64)
    absent = (multiplier > 0) & ~program.has_upper[at] | (multiplier < 0) & ~program.has_lower[at]
    _refuse(at, absent, lambda number: msg("row {number} has no side where its multiplier points", number=number))
    _refuse(at, _repeated(at), lambda number: msg("row {number} has two multipliers", number=number))
    multipliers = exact([0] * count)
    multipliers[at] = multiplier
    return multipliers


def _step_multipliers(program: CertifiedProgram, steps: StepMultipliers) -> Exact:
    """The multiplier of every step of a window, (t,)."""
    at, multiplier = program.steps_at(steps.window, steps.step), exact(steps.multiplier)
    number = np.array(steps.step, dtype=object)
    _refuse(number, at < 0, lambda number: msg("step {number}: no airing is possible in this window", number=number))
    _refuse(number, multiplier < 0, lambda number: msg("step {number}: the multiplier is negative", number=number))
    _refuse(number, _repeated(at), lambda number: msg("step {number} of a window has two multipliers", number=number))
    multipliers = exact([0] * len(program.step_key))
    multipliers[at] = multiplier
    return multipliers


def _repeated(numbers: Exact | Ints) -> Flags:
    """Which numbers have stood before in the list."""
    again = np.ones(len(numbers), dtype=bool)
    again[np.unique(numbers, return_index=True)[1]] = False
    return again


def _refuse(numbers: Exact | Ints, wrong: Any, words: Callable[[int], Message]) -> None:
    """Raise an error that names the first number that is wrong."""
    found = np.flatnonzero(wrong)
    if len(found):
        raise CertificateError(words(int(numbers[found[0]])))
