"""Columns that are 1 in every timetable that keeps the hard rows, and the columns that they exclude.

A series that continues from before the horizon often has one bundle that keeps its slot. Its row "goes on",
y_b ≥ 1, fixes this bundle. A rigid row Σ a_j·u_j ≤ U with a ≥ 0 and Σ over fixed columns of a ≥ U excludes all its
other columns. A reduced program has the fixed columns with lower bound 1 and the excluded ones not at all. Rows
stay the same.

Duals λ of the reduced program are completed for the whole one, so that they prove the same bound. Let D be the largest
value of a column and of a reduced value of an excluded one. The duals of excluding rows, and those of the steps at
which a fixed column airs, rise by D. Then no excluded column has a reduced value above 0, and the fixed columns lose
what Σ λ⁺·U gains. The dual of every row "goes on" falls until the reduced value of its bundle is at least D. Then this
bundle is the best of its series, and the bound counts it and its dual: in sum, what it is worth in the reduced program.
D is larger than needed, so that columns outside a sample that fixed ones exclude have no reduced value above 0, either.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.arrays import by_row
from scheduler.rules import RIGID, SOFT
from scheduler.solve.strands.program import Excluded, at_steps

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.solve.strands.program import StrandProgram


def without_excluded(program: StrandProgram) -> StrandProgram:
    """The reduced program.

    The program itself if nothing is excluded, or if fixed columns exclude each other: then no timetable keeps all hard
    rows.
    """
    fixed, fixing = _fixed_by_rows(program)
    airs = program.channel >= 0
    ones = airs & (program.column_lower >= 1)
    ones[fixed] = True
    matrix = program.matrix
    activity = matrix @ ones.astype(np.float64)
    least = by_row(np.minimum, matrix.data, matrix.indptr, 0.0)
    packing = (program.kind == RIGID) & np.isfinite(program.upper) & (least >= 0)
    packing &= matrix @ (program.column_lower < 0) == 0
    if (packing & (activity > program.upper)).any():
        return program
    full = np.flatnonzero(packing & (activity >= program.upper) & (activity > 0))
    used = np.unique(matrix[full].indices)  # all coefficients are positive there
    column = used[airs[used] & ~ones[used]]
    if not len(column):
        return program
    kept = np.ones(program.column_count, dtype=bool)
    kept[column] = False
    excluded = Excluded(
        matrix=sparse.csr_array(matrix[:, column]),
        expand=sparse.csr_array(program.expand[:, column]),
        value=program.value[column],
        full=full,
        fixed=(np.cumsum(kept) - 1)[fixed],
        fixing=fixing,
    )
    lower = np.where(ones, 1.0, program.column_lower)
    return replace(
        program,
        expand=sparse.csr_array(program.expand[:, kept]),
        group=program.group[kept],
        channel=program.channel[kept],
        bundle_count=int(kept[: program.bundle_count].sum()),
        column_lower=lower[kept],
        column_upper=program.column_upper[kept],
        value=program.value[kept],
        matrix=sparse.csr_array(matrix[:, kept]),
        excluded=excluded,
    )


def completed(program: StrandProgram, duals: Reals, steps: Reals | None) -> tuple[Reals, Reals | None]:
    """The duals of the rows, (s,), and of the steps for the program with the excluded columns.

    Parameters
    ----------
    duals
        (s,) Duals of a reduced program.
    steps
        (w, length) Duals of steps beside those of overlap rows.
    """
    excluded, formulation = program.excluded, program.formulation
    if excluded is None:
        return duals, steps
    reduced = excluded.value - excluded.matrix.T @ duals
    if steps is not None:
        reduced = reduced - at_steps(formulation, excluded.expand, steps)
    most = max(float(reduced.max()), float(program.value.max()))
    found = duals.copy()
    found[excluded.full] += most
    if steps is not None:
        steps = steps + most * _occupied(program, steps.shape)
    own = program.value - program.matrix.T @ found
    if steps is not None:
        own = own - at_steps(formulation, program.expand, steps)
    found[excluded.fixing] -= most + np.maximum(0.0, -own[excluded.fixed])
    return found, steps


def only_fixed(program: StrandProgram) -> Flags:
    """The rows all of whose columns are fixed, (s,). Their duals change no other column."""
    others = (program.column_lower < program.column_upper).astype(np.float64)
    return np.asarray(abs(program.matrix) @ others == 0, dtype=bool)


def _occupied(program: StrandProgram, shape: tuple[int, ...]) -> Flags:
    """The steps that the airings of fixed columns occupy, (w, length)."""
    formulation, n = program.formulation, program.formulation.airing_count
    fixed = (program.column_lower > 0) & (program.channel >= 0)
    at = np.flatnonzero(program.expand[:n] @ fixed.astype(np.int64))
    window, steps = formulation.window[at], formulation.steps[at]
    first = formulation.start[at] - formulation.window_start[window]
    edges = np.zeros((shape[0], shape[1] + 1), dtype=np.int64)
    np.add.at(edges, (window, first), 1)
    np.add.at(edges, (window, first + steps), -1)
    return np.cumsum(edges, axis=1)[:, :-1] > 0


def _fixed_by_rows(program: StrandProgram) -> tuple[Ints, Ints]:
    """(column, row) of every row u_j ≥ 1 of one column. A column with several such rows appears once."""
    matrix = program.matrix
    single: Flags = (np.diff(matrix.indptr) == 1) & (program.lower == 1) & (program.kind != SOFT)
    row = np.flatnonzero(single)
    at = matrix.indptr[row]
    fits = (matrix.data[at] == 1) & (program.channel[matrix.indices[at]] >= 0)
    column, first = np.unique(matrix.indices[at][fits], return_index=True)
    return column.astype(np.int64), row[fits][first]
