"""The relaxation with cuts of our own, by the columns of a strand program. It guides the annealing of small ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.programs.basis import BASIC, LOWER, ProgramBasis
from scheduler.solve.proof.tightened import Begin
from scheduler.solve.strands.first_order import losses_of
from scheduler.solve.strands.relaxation import RelaxedColumns

if TYPE_CHECKING:
    from scheduler.arrays import Ints, Reals
    from scheduler.certify import CertifiedProgram
    from scheduler.solve.proof.tightened import Tightened
    from scheduler.solve.strands.program import StrandProgram


def begin_of(program: StrandProgram, relaxed: RelaxedColumns, certified: CertifiedProgram) -> Begin | None:
    """Where the relaxation with cuts begins: at that of a strand program. None if no simplex method has solved it."""
    found = relaxed.basis
    if found is None:
        return None
    column, stated = _columns(program, certified), program.origin >= 0
    columns, count = np.full(len(certified.value), LOWER), len(certified.lower)
    columns[column] = found.columns
    rows, misses = np.full(count, BASIC), np.full((2, count), LOWER)
    rows[program.origin[stated]], misses[:, program.origin[stated]] = found.rows[stated], found.misses[:, stated]
    steps = np.full(len(certified.step_key), BASIC)
    steps[certified.steps_at(*program.overlap_at)] = found.rows[~stated]
    return Begin(ProgramBasis(columns, rows, misses), steps)


def tight_columns(program: StrandProgram, found: Tightened) -> tuple[RelaxedColumns, Reals]:
    """The duals, the bound and the amounts of a relaxation with cuts, and the loss of each column, (c,).

    Cuts have no rows in a strand program. They are part of the bound, the amounts and the losses only.
    """
    certified, duals = found.program, found.duals
    column = _columns(program, certified)
    stated = program.origin >= 0
    rows = np.zeros(len(program.lower))
    rows[stated] = duals.rows[program.origin[stated]]
    if duals.steps is not None:
        rows[~stated] = certified.over_steps(*duals.steps)[certified.steps_at(*program.overlap_at)]
    return RelaxedColumns(rows, duals.bound, found.amounts[column]), losses_of(program, found.reduced()[column])


def _columns(program: StrandProgram, certified: CertifiedProgram) -> Ints:
    """The number of each column of a strand program in the certified program, (c,)."""
    at = np.full(program.expand.shape[0], -1)
    at[certified.entry] = np.arange(len(certified.entry))
    return np.asarray(at[program.entries])
