"""The relaxation with cuts of our own, by the columns of a strand program. It guides the annealing of small ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.programs.bundle_columns import columns_before_bundles
from scheduler.solve.strands.first_order import losses_of
from scheduler.solve.strands.relaxation import RelaxedColumns

if TYPE_CHECKING:
    from scheduler.arrays import Reals
    from scheduler.solve.proof.tightened import Tightened
    from scheduler.solve.strands.program import StrandProgram


def tight_columns(program: StrandProgram, found: Tightened) -> tuple[RelaxedColumns, Reals]:
    """The duals, the bound and the amounts of a relaxation with cuts, and the loss of each column, (c,).

    Cuts have no rows in a strand program. They are part of the bound, the amounts and the losses only.
    """
    certified, duals = found.program, found.duals
    n = program.formulation.airing_count
    own = n + columns_before_bundles(program.formulation) + np.arange(program.bundle_count)
    rest = program.expand[:, program.bundle_count :].tocsc().indices  # one entry of a point for each other column
    at = np.full(program.expand.shape[0], -1)
    at[certified.entry] = np.arange(len(certified.entry))
    column = at[np.concatenate([own, rest])]
    stated = program.origin >= 0
    rows = np.zeros(len(program.lower))
    rows[stated] = duals.rows[program.origin[stated]]
    if duals.steps is not None:
        window, step, dual = duals.steps
        of_step = np.zeros(len(certified.step_key))
        of_step[np.searchsorted(certified.step_key, window * certified.span + step)] = dual
        window, step = program.overlap_at
        rows[~stated] = of_step[np.searchsorted(certified.step_key, window * certified.span + step)]
    return RelaxedColumns(rows, duals.bound, found.amounts[column]), losses_of(program, found.reduced()[column])
