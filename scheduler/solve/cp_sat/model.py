"""Columns and rows in CP-SAT, and those of a formulation: of all airings, or of some with all others fixed.

All models of this package and of the strand engine are built by `add_column` and `add_row`.
"""

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

NO_LOWER, NO_UPPER = -(2**63), 2**63 - 1
"""The sides by which CP-SAT states that a row has no lower or no upper side."""


def add_column(model: cp_model.CpModel, low: int, high: int) -> cp_model.IntVar:
    """Add an integer column with these bounds."""
    model.proto.variables.add().domain.extend([low, high])
    return model.get_int_var_from_proto_index(len(model.proto.variables) - 1)


def add_row(model: cp_model.CpModel, columns: Sequence[int], weights: Sequence[int], sides: tuple[int, int]) -> None:
    """Add lower ≤ Σ weight·column ≤ upper.

    Parameters
    ----------
    columns
        Indices of the columns in the model, each once.
    sides
        lower and upper; NO_LOWER or NO_UPPER for none.
    """
    row = model.proto.constraints.add().linear
    row.vars.extend(columns)
    row.coeffs.extend(weights)
    row.domain.extend(sides)


def add_columns(model: cp_model.CpModel, formulation: Formulation, free: Ints) -> list[cp_model.IntVar]:
    """Add a column for each airing in `free`, then one for each of the rules' own columns, to an empty model.

    Locked airings are fixed, and of airings that overlap at most one is chosen.
    """
    bounds = zip(formulation.column_lower.tolist(), formulation.column_upper.tolist(), strict=True)
    airings = [add_column(model, 0, 1) for _ in range(len(free))]
    columns = [*airings, *(add_column(model, low, high) for low, high in bounds)]
    for at in np.flatnonzero(formulation.locked[free]).tolist():
        model.add(airings[at] == 1)
    for clique in overlap_cliques(formulation, free):
        model.add_at_most_one([airings[at] for at in clique.tolist()])
    return columns


def add_row_of(
    model: cp_model.CpModel,
    matrix: sparse.csr_array[Any, tuple[int, int]],
    row: int,
    sides: tuple[int, int],
    miss: tuple[cp_model.IntVar, int] | None = None,
) -> None:
    """Add lower ≤ (row of `matrix`) ± step·miss ≤ upper, a row of the model for each side.

    Parameters
    ----------
    matrix
        The coefficients. Its columns are the first ones of the model.
    sides
        lower and upper; a side of ±NO_BOUND is left out.
    miss
        The column of the row's miss, and the amount that one unit of it stands for. None if the row must hold.
    """
    span = slice(matrix.indptr[row], matrix.indptr[row + 1])
    columns, weights = matrix.indices[span].tolist(), matrix.data[span].tolist()
    lower, upper = sides
    own, step = ([miss[0].index], [miss[1]]) if miss is not None else ([], [])
    if lower > -NO_BOUND:
        add_row(model, columns + own, weights + step, (lower, NO_UPPER))
    if upper < NO_BOUND:
        add_row(model, columns + own, weights + [-one for one in step], (NO_LOWER, upper))
