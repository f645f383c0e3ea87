"""A quick start for the bound: duals by subgradient steps, one pricing of all windows each, no linear program.

Every row's step goes along its mean subgradient of late, divided by the root of its mean square of late (Adam, Kingma
and Ba 2015), because rule rows differ by orders of magnitude in how often they bind. With all squares so far in the
place of late ones (AdaGrad) as many steps end farther from the relaxation of a month.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scheduler.solve.relaxation.lagrangian import clipped, price

if TYPE_CHECKING:
    from scheduler.formulation import Formulation
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.relaxation.pricing import Patterns, Pricer
    from scheduler.solve.search.budget import Budget

Reals = npt.NDArray[np.float64]
KEEP_EVERY, KEEP_FROM = 20, 0.7
"""Patterns of every so many steps are kept, after this share of them."""

ALONE, AFTER = (1.0, 0.003), (0.1, 0.003)
"""The length of the first and of the last step, in scaled units: of a descent from no duals, and after another."""

LATE = 0.97
"""What stays of both means at every step."""

TINY = 1e-12
"""Keeps rows that no step has met from a division by nothing."""


@dataclass(frozen=True, slots=True)
class Descent:
    """Where the steps ended: the best duals, their bound and patterns met on the way."""

    duals: Reals
    bound: float
    patterns: list[Patterns]


def descend(
    formulation: Formulation,
    rows: LinearRows,
    pricer: Pricer,
    budget: Budget,
    *,
    steps: int,
    after: Descent | None = None,
) -> Descent:
    """Lower the Lagrangian bound for `steps` rounds or until nothing is left; steps shrink from the first to the last.

    With `after`, a descent on fewer airings of the same rows, it goes on from there.
    """
    first, last = ALONE if after is None else AFTER
    decay = (last / first) ** (1 / steps)
    n = formulation.airing_count
    unit = max(1.0, float(np.mean(np.abs(formulation.value)))) / rows.size
    columns = rows.by_airing[n:]
    duals = np.zeros(rows.count) if after is None else after.duals
    mean, square = np.zeros(rows.count), np.zeros(rows.count)
    best, found, patterns = duals, np.inf, []
    upper = np.where(np.isfinite(rows.upper), rows.upper, 0.0)
    lower = np.where(np.isfinite(rows.lower), rows.lower, 0.0)
    for step in range(steps):
        priced = price(formulation, rows, pricer, duals)
        if priced.bound < found:
            best, found = duals, priced.bound
        if step > KEEP_FROM * steps and step % KEEP_EVERY == 0:
            patterns.append(priced.patterns)
        if budget.over():
            break
        chosen = sparse.csr_array(rows.by_airing[priced.patterns.airing])
        activity = np.bincount(chosen.indices, weights=chosen.data, minlength=rows.count).astype(np.float64)
        pushed = formulation.column_value - columns @ duals
        activity += columns.T @ np.where(pushed > 0, formulation.column_upper, formulation.column_lower)
        outside = np.maximum(activity - rows.upper, 0.0) - np.maximum(rows.lower - activity, 0.0)
        slope = np.where(duals > 0, activity - upper, np.where(duals < 0, activity - lower, outside)) / rows.size
        mean, square = LATE * mean + (1 - LATE) * slope, LATE * square + (1 - LATE) * slope * slope
        known = 1 - LATE ** (step + 1)
        along = (mean / known) / (np.sqrt(square / known) + TINY)
        duals = clipped(rows, duals + first * decay**step * unit * along)
    return Descent(best, found, patterns)
