"""Columns and rows of a formulation in CP-SAT: of all airings, or of some with all others fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.sat.python import cp_model

from scheduler.rules import NO_BOUND
from scheduler.solve.programs.overlaps import overlap_cliques

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy import sparse

    from scheduler.arrays import Ints
    from scheduler.formulation import Formulation


def add_columns(model: cp_model.CpModel, formulation: Formulation, free: Ints) -> list[cp_model.IntVar]:
    """Add a variable for each airing in `free`, then one for each of the rules' own columns.

    Locked airings are fixed, and of airings that overlap at most one is chosen.
    """
    bounds = zip(formulation.column_lower.tolist(), formulation.column_upper.tolist(), strict=True)
    airings = [model.new_bool_var("") for _ in range(len(free))]
    variables = [*airings, *(model.new_int_var(low, high, "") for low, high in bounds)]
    for at in np.flatnonzero(formulation.locked[free]).tolist():
        model.add(airings[at] == 1)
    for clique in overlap_cliques(formulation, free):
        model.add_at_most_one([airings[at] for at in clique.tolist()])
    return variables


def add_row(
    model: cp_model.CpModel,
    variables: Sequence[cp_model.IntVar],
    matrix: sparse.csr_array[Any, tuple[int, int]],
    row: int,
    sides: tuple[int, int],
    miss: cp_model.LinearExpr | int = 0,
) -> None:
    """Add lower ≤ (row of `matrix` over `variables`) ± miss ≤ upper. A side of ±NO_BOUND is left out."""
    span = slice(matrix.indptr[row], matrix.indptr[row + 1])
    columns, weights = matrix.indices[span].tolist(), matrix.data[span].tolist()
    body = cp_model.LinearExpr.weighted_sum([variables[at] for at in columns], weights)
    lower, upper = sides
    if lower > -NO_BOUND:
        model.add(body + miss >= lower)
    if upper < NO_BOUND:
        model.add(body - miss <= upper)
