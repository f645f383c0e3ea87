"""The bound that a certificate proves, computed only with whole numbers.

    D·B = D·constant + Σ_rows p·side + Σ_cuts p·(−least) + Σ_steps μ + Σ_columns max over [l, u] of r·u
          + Σ_soft rows most_miss · max(0, miss_step·|p| − D·price),
    r = D·value − Aᵀp + Cᵀp_cuts − Σ of μ at its steps,

where p·side is p·upper for p > 0 and p·lower for p < 0. For any timetable that keeps the hard rows, any p, any μ ≥ 0
and p_cuts ≥ 0 its value is at most B (Lagrange): every row adds p·(side − A·u) ≥ 0, every step μ·(1 − occupied) ≥ 0.
A locked column counts r as it is, because there l = u = 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.certify.certificate import Certificate, CertificateError
from scheduler.certify.cuts import derived
from scheduler.certify.exact import Exact, exact, times
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Flags
    from scheduler.certify.program import CertifiedProgram
    from scheduler.formulation import Integers
    from scheduler.messages import Message


def certified_bound(program: CertifiedProgram, certificate: Certificate) -> int:
    """No timetable that keeps the hard rules is worth more, viewer-minutes.

    Raises
    ------
    CertificateError
        The certificate does not fit the program, or a multiplier has a sign that proves nothing.
    """
    p, steps = _row_multipliers(program, certificate), _step_multipliers(program, certificate)
    reduced, unit = reduced_values(program, certificate), certificate.denominator
    _, least = derived(program, certificate.cuts)
    of_cuts = exact([cut.multiplier for cut in certificate.cuts])
    sides = np.where(p > 0, exact(program.upper), exact(program.lower))
    soft = np.flatnonzero(program.soft)
    beyond = np.maximum(exact(program.miss_step[soft]) * np.abs(p[soft]) - unit * exact(program.price[soft]), 0)
    ends = reduced * np.where(reduced > 0, exact(program.high), exact(program.low))
    parts = (p * np.where(p == 0, 0, sides), -of_cuts * least, steps, ends, exact(program.most_miss[soft]) * beyond)
    total: int = unit * program.constant + sum(int(part.sum()) for part in parts)
    return total // unit


def reduced_values(program: CertifiedProgram, certificate: Certificate) -> Exact:
    """r·D of every column, (c,). A timetable with a column of r < 0 that may be left out is worth at most B + r.

    Raises
    ------
    CertificateError
        As for `certified_bound`.
    """
    p, steps = _row_multipliers(program, certificate), _step_multipliers(program, certificate)
    cuts, _ = derived(program, certificate.cuts)
    of_cuts = exact([cut.multiplier for cut in certificate.cuts])
    unit, pushed = certificate.denominator, times(program.matrix, p)
    reduced: Exact = unit * exact(program.value) - pushed + times(cuts, of_cuts) - times(program.occupies, steps)
    return reduced


def _row_multipliers(program: CertifiedProgram, certificate: Certificate) -> Exact:
    """The multiplier of every row, (r,)."""
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
    row, multiplier = np.array(certificate.rows.row, dtype=object), exact(certificate.rows.multiplier)
    _refuse(row, (row < 0) | (row >= rows), lambda number: msg("there is no row {number}", number=number))
    at = row.astype(np.int64)
    absent = (multiplier > 0) & ~program.has_upper[at] | (multiplier < 0) & ~program.has_lower[at]
    _refuse(at, absent, lambda number: msg("row {number} has no side where its multiplier points", number=number))
    _refuse(at, _repeated(at), lambda number: msg("row {number} has two multipliers", number=number))
    multipliers = exact([0] * rows)
    multipliers[at] = multiplier
    return multipliers


def _step_multipliers(program: CertifiedProgram, certificate: Certificate) -> Exact:
    """The multiplier of every step of a window, (t,)."""
    steps = certificate.steps
    at, multiplier = program.steps_at(steps.window, steps.step), exact(steps.multiplier)
    number = np.array(steps.step, dtype=object)
    _refuse(number, at < 0, lambda number: msg("step {number}: no airing is possible in this window", number=number))
    _refuse(number, multiplier < 0, lambda number: msg("step {number}: the multiplier is negative", number=number))
    _refuse(number, _repeated(at), lambda number: msg("step {number} of a window has two multipliers", number=number))
    multipliers = exact([0] * len(program.step_key))
    multipliers[at] = multiplier
    return multipliers


def _repeated(numbers: Integers) -> Flags:
    """Which numbers have stood before in the list."""
    again = np.ones(len(numbers), dtype=bool)
    again[np.unique(numbers, return_index=True)[1]] = False
    return again


def _refuse(numbers: Exact | Integers, wrong: Any, words: Callable[[int], Message]) -> None:
    """Raise an error that names the first number that is wrong."""
    found = np.flatnonzero(wrong)
    if len(found):
        raise CertificateError(words(int(numbers[found[0]])))
