"""Compiled products of a sparse matrix in single precision with a vector, for a part of its rows.

The sums are in double precision. Each row is summed by one call in the order of its entries, so the result does not
depend on how many threads share the rows.

Shapes: s rows, c columns, e entries. The entries of row i are first[i]:first[i + 1] of `index` (their columns) and
`coefficient`, (e,) both; `first` is (s + 1,). Vectors of rows are (s,), vectors of columns (c,).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.solve.kernels.jit import compiled

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints, Ints32, Reals, Singles


@compiled
def multiply(
    first: Ints, index: Ints32, coefficient: Singles, begin: int, end: int, vector: Singles, found: Singles
) -> None:
    """found[i] = Σ_e coefficient[e]·vector[index[e]] over the entries e of row i, for the rows begin ≤ i < end.

    Parameters
    ----------
    vector
        (c,)
    found
        (s,) The result. Other rows stay as they are.
    """
    for row in range(begin, end):
        total = 0.0
        for entry in range(first[row], first[row + 1]):
            total += coefficient[entry] * vector[index[entry]]
        found[row] = total


@compiled
def add_up(continues: Flags, difference: Singles, found: Singles) -> None:
    """found[i] = difference[i] + (found[i − 1] if row i continues row i − 1, else 0), all (s,)."""
    total = 0.0
    for row in range(len(continues)):
        total = (total if continues[row] else 0.0) + difference[row]
        found[row] = total


@compiled
def add_up_backwards(continues: Flags, amount: Singles, found: Singles) -> None:
    """The transpose of `add_up`: found[i] = amount[i] + (found[i + 1] if row i + 1 continues row i, else 0)."""
    total = 0.0
    for row in range(len(continues) - 1, -1, -1):
        total += amount[row]
        found[row] = total
        if not continues[row]:
            total = 0.0


@compiled
def primal_step(
    x: Singles,
    by_columns: Singles,
    cost: Singles,
    lower: Singles,
    upper: Singles,
    scale: Singles,
    tau: float,
    best: Singles,
    scaled: Singles,
) -> float:
    """One primal step of the primal-dual hybrid gradient.

    Parameters
    ----------
    x, cost, lower, upper, scale
        (c,) The point, the costs, the limits of x, and the scale of each column.
    by_columns
        (c,) Aᵀy without the columns' scale.
    tau
        The step.
    best, scaled
        (c,) Results: x̂, moved into its limits, and the reflected point 2x̂ − x times the scale.

    Returns
    -------
    float
        ‖x̂ − x‖².
    """
    moved = 0.0
    for j in range(len(x)):
        found = min(max(x[j] - tau * (cost[j] - scale[j] * by_columns[j]), lower[j]), upper[j])
        moved += (found - x[j]) ** 2
        best[j] = found
        scaled[j] = scale[j] * (2 * found - x[j])
    return moved


@compiled
def dual_step(
    y: Singles, activity: Singles, lower: Singles, upper: Singles, most: Singles, sigma: float, best: Singles
) -> float:
    """One dual step.

    Parameters
    ----------
    y, lower, upper, most
        (s,) The point, the sides of the rows, and the largest |y|.
    activity
        (s,) A·(2x̂ − x).
    sigma
        The step.
    best
        (s,) The result ŷ.

    Returns
    -------
    float
        ‖ŷ − y‖².
    """
    moved = 0.0
    for i in range(len(y)):
        z = y[i] - sigma * activity[i]
        found = min(z + sigma * upper[i], 0.0) + max(z + sigma * lower[i], 0.0)
        found = min(max(found, -most[i]), most[i])
        moved += (found - y[i]) ** 2
        best[i] = found
    return moved


@compiled
def moved_together(x: Singles, best: Singles, scale: Singles, by_columns: Singles, best_by_columns: Singles) -> float:
    """(ŷ − y)·A·(x̂ − x), from Aᵀy and Aᵀŷ without the columns' scale. All vectors are (c,)."""
    total = 0.0
    for j in range(len(x)):
        total += (best[j] - x[j]) * scale[j] * (best_by_columns[j] - by_columns[j])
    return total


@compiled
def add_weighted(total: Singles, point: Singles, weight: float) -> None:
    """Add weight·point to `total`, in place; both have one shape."""
    for at in range(len(point)):
        total[at] += weight * point[at]


@compiled
def scaled_sizes(
    first: Ints,
    index: Ints32,
    coefficient: Reals,
    by_row: Reals,
    by_column: Reals,
    largest: bool,
    row_size: Reals,
    column_size: Reals,
) -> None:
    """The size of each row and column of the matrix scaled by `by_row` and `by_column`.

    Parameters
    ----------
    by_row, by_column
        (s,), (c,) The present scales.
    largest
        Whether a size is the largest absolute value, otherwise the sum of absolute values.
    row_size, column_size
        (s,), (c,) Results. They begin with 0.
    """
    for row in range(len(by_row)):
        size = 0.0
        for entry in range(first[row], first[row + 1]):
            column = index[entry]
            scaled = abs(coefficient[entry]) * by_row[row] * by_column[column]
            if largest:
                size = max(size, scaled)
                column_size[column] = max(column_size[column], scaled)
            else:
                size += scaled
                column_size[column] += scaled
        row_size[row] = size
