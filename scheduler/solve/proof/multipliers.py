"""From the duals of an engine to a certificate: multipliers in whole numbers, improved where that is easy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from scheduler.certify import Certificate, Cut, RowMultipliers, StepMultipliers, certified_program
from scheduler.certify.cuts import derived
from scheduler.certify.exact import exact, times
from scheduler.rules.placement_rows import ONE_SLOT, RERUNS_IN_ONE_SLOT, rows_with_aspect
from scheduler.solve.relaxation.pricing import Pricer, step_duals

if TYPE_CHECKING:
    from scheduler.arrays import Ints, Reals
    from scheduler.certify import CertifiedProgram
    from scheduler.certify.cuts import DerivedCuts
    from scheduler.certify.exact import Exact, Matrix
    from scheduler.formulation import Formulation
    from scheduler.solve.search.duals import Duals

DENOMINATOR = 2**44
"""All multipliers are rounded to whole numbers over this. Rows of audience have coefficients up to 10¹³."""


def certificate_of(
    formulation: Formulation, digest: str, duals: Duals, objective: str = "value"
) -> tuple[CertifiedProgram, Certificate]:
    """A certificate of the bound that some duals prove.

    Parameters
    ----------
    digest
        The SHA-256 of the instance.
    objective
        The name of what the formulation maximises.
    """
    program = certified_program(formulation)
    rows = rounded_rows(program, duals.rows)
    cuts = [
        cut.model_copy(update={"multiplier": max(0, round(float(dual) * DENOMINATOR))})
        for cut, dual in zip(duals.cuts, duals.of_cuts, strict=True)
    ]
    of_cuts = derived(program, cuts)
    rows = _within_prices(program, rows, of_cuts, exact([cut.multiplier for cut in cuts]))
    reduced = _reduced(program, rows, of_cuts.matrix, cuts)
    if duals.steps is None:
        window, step, amount = _longest_paths(formulation, program, reduced)
    else:
        window, step = duals.steps[:2]
        amount = whole_numbers(np.maximum(duals.steps[2] * DENOMINATOR, 0.0))
        at_steps = program.over_steps(window, step, amount.astype(np.float64))
        rows = with_groups(program, groups_of(formulation, program), rows, reduced - program.occupies.T @ at_steps)
    used, paid = np.flatnonzero(rows), np.flatnonzero(amount)
    return program, Certificate(
        instance_sha256=digest,
        objective=objective,
        rows_in_program=program.matrix.shape[0],
        columns_in_program=program.matrix.shape[1],
        denominator=DENOMINATOR,
        rows=RowMultipliers(row=tuple(used.tolist()), multiplier=tuple(rows[used].tolist())),
        steps=StepMultipliers(
            window=tuple(window[paid].tolist()),
            step=tuple(step[paid].tolist()),
            multiplier=tuple(amount[paid].tolist()),
        ),
        cuts=tuple(cut for cut in cuts if cut.multiplier),
    )


def rounded_rows(program: CertifiedProgram, duals: Reals) -> Exact:
    """Whole multipliers of the rows, (r,): none towards an absent side, of a soft row at most its price."""
    multipliers = whole_numbers(duals * DENOMINATOR)
    multipliers[program.defines] = 0
    multipliers = np.where(program.has_upper, multipliers, np.minimum(multipliers, 0))
    multipliers = np.where(program.has_lower, multipliers, np.maximum(multipliers, 0))
    most = exact(program.price) * DENOMINATOR // exact(program.miss_step)
    return np.where(program.soft, np.clip(multipliers, -most, most), multipliers)


def whole_numbers(numbers: Reals) -> Exact:
    """The nearest whole numbers, of any size."""
    return exact([round(one) for one in numbers.tolist()])


def _within_prices(program: CertifiedProgram, rows: Exact, cuts: DerivedCuts, of_cuts: Exact) -> Exact:
    """Multipliers of soft rows that together with those of cuts do not exceed the price of a miss, if possible."""
    most = exact(program.price) * DENOMINATOR // exact(program.miss_step) - times(abs(cuts.soft), of_cuts)
    most = np.maximum(most, 0)
    return np.where(program.soft, np.clip(rows, -most, most), rows)


def _reduced(program: CertifiedProgram, rows: Exact, matrix: Matrix, cuts: list[Cut]) -> Reals:
    """The reduced value of each column, in parts of the denominator, (c,)."""
    freed = matrix.T @ np.array([cut.multiplier for cut in cuts], dtype=np.float64) if cuts else 0.0
    found = DENOMINATOR * program.value.astype(np.float64) - program.matrix.T @ rows.astype(np.float64) + freed
    return np.asarray(found, dtype=np.float64)


def _longest_paths(formulation: Formulation, program: CertifiedProgram, reduced: Reals) -> tuple[Ints, Ints, Exact]:
    """(window, step, multiplier) from the reduced values of the program's columns, (c,); see `along_paths`.

    An airing that a bundle defines has no column and no reward.
    """
    reward = np.zeros(formulation.airing_count)
    airings = program.entry < formulation.airing_count
    reward[program.entry[airings]] = reduced[airings]
    return along_paths(formulation, reward)


def along_paths(formulation: Formulation, reward: Reals) -> tuple[Ints, Ints, Exact]:
    """(window, step, multiplier): the duals of steps by `step_duals`, rounded up.

    Parameters
    ----------
    reward
        (n,) Of every airing, in parts of the denominator.
    """
    amount = np.ceil(step_duals(formulation, Pricer(formulation), reward))
    window, offset = np.nonzero(amount)
    return window, formulation.window_start[window] + offset, whole_numbers(amount[window, offset])


def groups_of(formulation: Formulation, program: CertifiedProgram) -> Ints:
    """The rows "at most one bundle" and "at most one slot of reruns" of every series, sorted."""
    of_series = rows_with_aspect(formulation.labels, ONE_SLOT, RERUNS_IN_ONE_SLOT)
    return np.flatnonzero(of_series & (np.diff(program.matrix.indptr) > 0))


def with_groups(program: CertifiedProgram, groups: Ints, rows: Exact, reduced: Reals) -> Exact:
    """The multipliers of rows, (r,), with the best one of every row "at most one bundle of this series".

    It is the one that there is plus the largest reduced value of a bundle in the row, at least 0.

    Parameters
    ----------
    groups
        Such rows.
    reduced
        (c,) Reduced values of the columns, in parts of the denominator.
    """
    better = rows.copy()
    for row in groups.tolist():
        entries = slice(program.matrix.indptr[row], program.matrix.indptr[row + 1])
        if np.all(program.matrix.data[entries] == 1):
            most = float(np.max(reduced[program.matrix.indices[entries]])) + float(rows[row])
            better[row] = max(0, math.ceil(most))
    return better
