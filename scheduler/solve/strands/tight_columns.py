"""The relaxation with cuts of our own, by the columns of a strand program. It guides the annealing of small ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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
    at = np.full(program.expand.shape[0], -1)
    at[certified.entry] = np.arange(len(certified.entry))
    column = at[program.entries]
    stated = program.origin >= 0
    rows = np.zeros(len(program.lower))
    rows[stated] = duals.rows[program.origin[stated]]
    if duals.steps is not None:
        of_step, (window, step) = certified.over_steps(*duals.steps), program.overlap_at
        rows[~stated] = of_step[np.searchsorted(certified.step_key, window * certified.span + step)]
    return RelaxedColumns(rows, duals.bound, found.amounts[column]), losses_of(program, found.reduced()[column])
