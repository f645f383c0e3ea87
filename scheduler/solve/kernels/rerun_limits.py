"""Compiled projection on the limits of reruns: in every group of slots, x_a ≤ s_k and Σ w_k·s_k ≤ 1.

With a price θ ≥ 0 for Σ w_k·s_k, the best level of slot k is the s_k ≥ 0 with Σ_a (v_a − s_k)⁺ = θ·w_k, or 0 if there
is none. The levels fall with θ, as convex functions of pieces that are straight. So Newton's method from θ = 0 never
goes too far, and ends. The nearest point to v is min(v_a⁺, s_k).

Shapes: g groups, s slots, k reruns, c columns. The slots of a group are first_slot[group]:first_slot[group + 1], the
reruns of a slot first_rerun[slot]:first_rerun[slot + 1] of `column`; `first_slot` is (g + 1,), `first_rerun` (s + 1,),
`column` (k,), and `weight`, w, is (s,).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.kernels.jit import compiled

if TYPE_CHECKING:
    from scheduler.arrays import Ints, Reals, Singles

CLOSE = float(np.finfo(np.float32).eps)
"""Newton's method ends where Σ w_k·s_k is this close to 1: points have single precision."""


@compiled
def level_of(first: int, end: int, column: Ints, point: Singles, paid: float) -> tuple[float, int]:
    """(s, number of a with v_a > s) for the s ≥ 0 with Σ_a (v_a − s)⁺ = `paid` > 0 over the reruns first:end.

    (0, 0) if Σ_a v_a⁺ ≤ `paid`. Each round leaves out what is not above the last level, which can only rise
    (Michelot 1986).
    """
    level, count = 0.0, -1
    while True:
        total, above = 0.0, 0
        for at in range(first, end):
            amount = point[column[at]]
            if amount > level:
                total += amount
                above += 1
        if above == count or above == 0:
            return level, above
        if count < 0 and total <= paid:
            return 0.0, 0
        level, count = (total - paid) / above, above


@compiled
def project(first_slot: Ints, first_rerun: Ints, column: Ints, weight: Reals, point: Singles) -> None:
    """Move the point, (c,), to the nearest one that keeps the limits, in place. Only reruns change."""
    level = np.zeros(len(weight))
    for group in range(len(first_slot) - 1):
        begin, end = first_slot[group], first_slot[group + 1]
        total, slope = 0.0, 0.0
        for slot in range(begin, end):
            level[slot] = 0.0
            for at in range(first_rerun[slot], first_rerun[slot + 1]):
                level[slot] = max(level[slot], point[column[at]])
            total += weight[slot] * level[slot]
            if level[slot] > 0:
                slope += weight[slot] ** 2  # at θ = 0 at least one rerun is at the level
        price = 0.0
        while total > 1 + CLOSE and price + (total - 1) / slope > price:
            price += (total - 1) / slope
            total, slope = 0.0, 0.0
            for slot in range(begin, end):
                if level[slot] > 0:
                    paid = price * weight[slot]
                    level[slot], above = level_of(first_rerun[slot], first_rerun[slot + 1], column, point, paid)
                    total += weight[slot] * level[slot]
                    if level[slot] > 0:
                        slope += weight[slot] ** 2 / max(above, 1)
        for slot in range(begin, end):
            for at in range(first_rerun[slot], first_rerun[slot + 1]):
                point[column[at]] = min(max(point[column[at]], 0.0), level[slot])


@compiled
def limited_step(
    first_slot: Ints,
    first_rerun: Ints,
    column: Ints,
    weight: Reals,
    x: Singles,
    scale: Singles,
    best: Singles,
    scaled: Singles,
) -> float:
    """Project the result of a primal step, in place. Returns ‖best − x‖² after it.

    Parameters
    ----------
    x, scale
        (c,) The point before the step, and the scale of each column.
    best, scaled
        (c,) The point after the step, and the reflected one, 2·best − x, times the scale. Both change.
    """
    project(first_slot, first_rerun, column, weight, best)
    for at in range(len(column)):
        j = column[at]
        scaled[j] = scale[j] * (2 * best[j] - x[j])
    moved = 0.0
    for j in range(len(x)):  # all columns: a difference of two sums can be below 0 where the point hardly moves
        moved += (best[j] - x[j]) ** 2
    return moved
