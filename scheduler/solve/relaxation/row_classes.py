"""Two classes of rows: *local* rows, and *coupling* rows, which many windows share in small amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules import NO_BOUND, SOFT
from scheduler.solve.params import DEFAULTS

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.formulation import Formulation
    from scheduler.solve.params import PenaltyParams
    from scheduler.solve.relaxation.reduced_costs import ReducedCosts


def coupling_rows(formulation: Formulation, few_windows: int = DEFAULTS.penalties.few_windows) -> Flags:
    """Rigid and hard rows over many windows with a lower side or with coefficients of both signs, (r,).

    Their coefficients differ in size: minutes, viewers, shares, but not runs. A few airings anywhere repair a small
    violation of such a row. They do not repair a local row (runs, once a day, a channel's own minutes).

    Parameters
    ----------
    few_windows
        Rows over at most this many windows are local.
    """
    matrix = formulation.matrix
    filled = np.flatnonzero((np.diff(matrix.indptr) > 0) & (formulation.kind != SOFT))
    coupling = np.zeros(len(formulation.lower), dtype=bool)
    if not len(filled):
        return coupling
    some = matrix[filled]
    size = np.abs(some.data)
    differ = np.maximum.reduceat(size, some.indptr[:-1]) > np.minimum.reduceat(size, some.indptr[:-1])
    both_signs = np.maximum.reduceat(some.data, some.indptr[:-1]) > 0
    both_signs &= np.minimum.reduceat(some.data, some.indptr[:-1]) < 0
    chosen = filled[differ & (both_signs | (formulation.lower[filled] > -NO_BOUND))]
    coupling[chosen] = windows_met(formulation, chosen) > few_windows
    return coupling


def tolerances(formulation: Formulation, reduced_costs: ReducedCosts, coupling: Flags, params: PenaltyParams) -> Reals:
    """The violation of each coupling row that a later repair may remove, in units, (r,). 0 for local rows.

    It is a share of the amount that the relaxation exchanges on the row. If the row only asks for a least amount, it is
    the same share of that amount. It is at least a part of the row's largest coefficient.
    """
    size = np.maximum(np.asarray(abs(formulation.matrix).max(axis=1).toarray()).ravel(), 1)
    exchanged = params.tolerance * reduced_costs.exchanged
    asks = formulation.lower > -NO_BOUND
    one_sided = asks & (formulation.matrix.min(axis=1).toarray().ravel() >= 0)
    least = np.maximum(params.tolerance * np.where(one_sided, formulation.lower, 0), params.piece * size)
    return np.where(coupling, np.where(one_sided, least, exchanged) / formulation.miss_step, 0.0)


def windows_met(formulation: Formulation, rows: Ints) -> Ints:
    """The number of windows in which each of some rows has airings, (rows,)."""
    some = formulation.matrix[rows]
    row = np.repeat(np.arange(len(rows)), np.diff(some.indptr))
    airing = some.indices < formulation.airing_count
    span = max(1, len(formulation.window_start))
    met = np.unique(row[airing].astype(np.int64) * span + formulation.window[some.indices[airing]])
    counts: Ints = np.bincount(met // span, minlength=len(rows))
    return counts
