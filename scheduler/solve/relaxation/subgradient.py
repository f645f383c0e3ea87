"""Start duals for the bound by subgradient steps. A step is one pricing of all windows; no linear program is solved.

Adam (Kingma and Ba 2015): with subgradient g, m ← βm + (1 − β)g and v ← βv + (1 − β)g². Every row's dual moves by m /
√v times a step length that shrinks geometrically (m and v are corrected for their start at 0). Rows bind with
frequencies that differ by orders of magnitude. AdaGrad is farther from a month's relaxation after the same number of
steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.arrays import Reals
from scheduler.solve.params import DEFAULTS
from scheduler.solve.relaxation.lagrangian import evaluate_lagrangian, projected

if TYPE_CHECKING:
    from scheduler.formulation import Formulation
    from scheduler.solve.params import SubgradientParams
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.relaxation.pricing import Patterns, Pricer
    from scheduler.solve.search.time_limit import Budget

TINY = 1e-12
"""Avoids a division by 0 on rows that no step has met."""


@dataclass(frozen=True, slots=True)
class Subgradient:
    """The best duals, their bound, and the patterns of some steps."""

    duals: Reals
    bound: float
    patterns: list[Patterns]


def subgradient(
    formulation: Formulation,
    rows: LinearRows,
    pricer: Pricer,
    budget: Budget,
    *,
    steps: int,
    after: Subgradient | None = None,
    params: SubgradientParams = DEFAULTS.subgradient,
) -> Subgradient:
    """Lower the Lagrangian bound for `steps` steps or until the budget is used up.

    Parameters
    ----------
    after
        The result of a run on fewer airings of the same rows. This run starts from its duals.
    """
    first, last = params.first_step if after is None else params.first_step_after, params.last_step
    late, decay = params.memory, (last / first) ** (1 / steps)
    n = formulation.airing_count
    unit = max(1.0, float(np.mean(np.abs(formulation.value)))) / rows.size
    columns = rows.by_airing[n:]
    duals = np.zeros(rows.count) if after is None else after.duals
    mean, square = np.zeros(rows.count), np.zeros(rows.count)
    best, found, patterns = duals, np.inf, []
    upper = np.where(np.isfinite(rows.upper), rows.upper, 0.0)
    lower = np.where(np.isfinite(rows.lower), rows.lower, 0.0)
    for step in range(steps):
        priced = evaluate_lagrangian(formulation, rows, pricer, duals)
        if priced.bound < found:
            best, found = duals, priced.bound
        if step > params.keep_from * steps and step % params.keep_every == 0:
            patterns.append(priced.patterns)
        if budget.over():
            break
        chosen = sparse.csr_array(rows.by_airing[priced.patterns.airing])
        activity = np.bincount(chosen.indices, weights=chosen.data, minlength=rows.count).astype(np.float64)
        pushed = formulation.column_value - columns @ duals
        activity += columns.T @ np.where(pushed > 0, formulation.column_upper, formulation.column_lower)
        outside = np.maximum(activity - rows.upper, 0.0) - np.maximum(rows.lower - activity, 0.0)
        slope = np.where(duals > 0, activity - upper, np.where(duals < 0, activity - lower, outside)) / rows.size
        mean, square = late * mean + (1 - late) * slope, late * square + (1 - late) * slope * slope
        known = 1 - late ** (step + 1)
        along = (mean / known) / (np.sqrt(square / known) + TINY)
        duals = projected(rows, duals + first * decay**step * unit * along)
    return Subgradient(best, found, patterns)
