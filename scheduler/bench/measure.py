"""The figures for comparing runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scheduler.bench.row import BenchRow
    from scheduler.cells.result import Point

SECONDS_SHIFT = 1.0
GAP_SHIFT = 1e-4


def shifted_geometric_mean(values: Iterable[float], shift: float) -> float | None:
    """exp(mean(log(x + s))) − s, the shifted geometric mean; neither the largest nor the smallest values dominate.

    Parameters
    ----------
    shift
        s, in the unit of the values.
    """
    logs = [math.log(value + shift) for value in values]
    return math.exp(sum(logs) / len(logs)) - shift if logs else None


def primal_gap(value: int | None, reference: int) -> float:
    """|reference − value| / max(|reference|, |value|), 0 to 1. It is 1 without a value or if the signs differ."""
    if value is None or value * reference < 0:
        return 1.0
    largest = max(abs(reference), abs(value))
    return 0.0 if largest == 0 or value >= reference else (reference - value) / largest


def primal_integral(trajectory: Sequence[Point], reference: int, seconds: float) -> float:
    """The mean primal gap over the time limit: (1/T) ∫ gap(t) dt, 0 (best at once) to 1 (nothing at all).

    A timetable counts if it keeps every hard rule. T. Berthold, Measuring the impact of primal
    heuristics, Operations Research Letters 41 (2013), with the limit divided out.
    """
    total, at, gap = 0.0, 0.0, 1.0
    for point in trajectory:
        if point.seconds >= seconds:
            break
        total += gap * (point.seconds - at)
        at = point.seconds
        if point.value is not None and point.hard_miss == 0:
            gap = primal_gap(point.value, reference)
    return (total + gap * (seconds - at)) / seconds


def gap_to(value: int, bound: int) -> float:
    """(bound − value) / max(1, |bound|)."""
    return (bound - value) / max(1, abs(bound))


def best_bounds(rows: Iterable[BenchRow]) -> dict[str, int]:
    """The lowest bound of every instance that is not below a confirmed value."""
    found: dict[str, int] = {}
    rows = list(rows)
    values = best_values(rows)
    for row in rows:
        if row.bound is not None and row.bound >= values.get(row.instance, row.bound):
            found[row.instance] = min(row.bound, found.get(row.instance, row.bound))
    return found


def best_values(rows: Iterable[BenchRow]) -> dict[str, int]:
    """The highest value of every instance among timetables that keep every hard rule."""
    found: dict[str, int] = {}
    for row in rows:
        if row.answered and row.value is not None:
            found[row.instance] = max(row.value, found.get(row.instance, row.value))
    return found
