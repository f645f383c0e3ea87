"""A quick start for the bound: duals by subgradient steps, one pricing of all windows each, no linear program.

Steps are scaled per row by the root of its squared subgradients so far (AdaGrad, Duchi et al. 2011), because rule rows
differ by orders of magnitude in how often they bind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scheduler.solve.bound import clipped, price

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.formulation import Formulation
    from scheduler.solve.linear_rows import LinearRows
    from scheduler.solve.pricing import Patterns, Pricer

Reals = npt.NDArray[np.float64]
KEEP_EVERY = 20

ALONE, AFTER = (2.0, 0.1), (0.3, 0.05)
"""The length of the first and of the last step, in scaled units: of a descent from no duals, and after another.

On months a first of 2 gave a bound 2 % lower after 300 steps than 1 or 8 did; on a quarter, after another descent, a
last of 0.05 gave one 0.1 % lower than 0.1.
"""


@dataclass(frozen=True, slots=True)
class Descent:
    """Where the steps ended: the best duals, their bound and patterns met on the way."""

    duals: Reals
    bound: float
    squares: Reals  # (r,) squared subgradients so far
    patterns: list[Patterns]


def descend(
    formulation: Formulation,
    rows: LinearRows,
    pricer: Pricer,
    remaining: Callable[[], float],
    *,
    steps: int,
    after: Descent | None = None,
) -> Descent:
    """Lower the Lagrangian bound for `steps` rounds or until no time remains; steps shrink.

    With `after`, a descent on fewer airings of the same rows, it goes on from there.
    """
    first, last = ALONE if after is None else AFTER
    decay = (last / first) ** (1 / steps)
    n = formulation.airing_count
    unit = max(1.0, float(np.mean(np.abs(formulation.value)))) / rows.size
    duals = np.zeros(rows.count) if after is None else after.duals
    squares = np.full(rows.count, 1e-12) if after is None else after.squares
    best, found, patterns = duals, np.inf, []
    upper = np.where(np.isfinite(rows.upper), rows.upper, 0.0)
    lower = np.where(np.isfinite(rows.lower), rows.lower, 0.0)
    for step in range(steps):
        priced = price(formulation, rows, pricer, duals)
        if priced.bound < found:
            best, found = duals, priced.bound
        if step > steps / 2 and step % KEEP_EVERY == 0:
            patterns.append(priced.patterns)
        if remaining() <= 0:
            break
        chosen = sparse.csr_array(rows.by_airing[priced.patterns.airing])
        activity = np.bincount(chosen.indices, weights=chosen.data, minlength=rows.count).astype(np.float64)
        pushed = formulation.column_value - (rows.by_airing @ duals)[n:]
        activity += rows.by_airing[n:].T @ np.where(pushed > 0, formulation.column_upper, formulation.column_lower)
        outside = np.maximum(activity - rows.upper, 0.0) - np.maximum(rows.lower - activity, 0.0)
        slope = np.where(duals > 0, activity - upper, np.where(duals < 0, activity - lower, outside)) / rows.size
        squares = squares + slope * slope
        duals = clipped(rows, duals + first * decay**step * unit * slope / np.sqrt(squares))
    return Descent(best, found, squares, patterns)
