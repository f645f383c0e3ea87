"""Blocks of windows at the duals of a certificate, so that several machines can share the blocks of one instance."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from scheduler.certify.cuts import derived
from scheduler.certify.program import certified_program
from scheduler.solve.blocks.block_bound import Blocks
from scheduler.solve.params import DEFAULTS
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.relaxation.rounding_cuts import Cut, with_cuts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.certify import Certificate
    from scheduler.formulation import Formulation
    from scheduler.solve.params import SolveParams
    from scheduler.solve.search.time_limit import Budget


def blocks_of(formulation: Formulation, certificate: Certificate, params: SolveParams = DEFAULTS) -> Blocks:
    """The blocks of a formulation at the duals of a certificate of its rows and of cuts that round a single row.

    Steps need no duals, because the windows are priced by longest paths. Other cuts are left out.
    """
    rows, unit = linear_rows(formulation), certificate.denominator
    duals = np.zeros(rows.count)
    duals[list(certificate.rows.row)] = [one / unit for one in certificate.rows.multiplier]
    single = [
        cut
        for cut in certificate.cuts
        if len(cut.row) == 1 and not cut.step and not cut.mixed and cut.weight[0] in (1, -1)
    ]
    if single:
        program = certified_program(formulation)
        matrix, least, _ = derived(program, single)
        cuts = []
        for number, cut in enumerate(single):
            at = slice(matrix.indptr[number], matrix.indptr[number + 1])
            columns = program.entry[matrix.indices[at]]
            cuts.append(Cut(cut.row[0], cut.weight[0], columns, matrix.data[at], int(least[number]), cut.divisor))
        rows = with_cuts(rows, cuts)
        duals = np.concatenate([duals, [-cut.multiplier / unit for cut in single]])
    blocks = Blocks(formulation, rows, Pricer(formulation), params=params.blocks)
    blocks.set_duals(duals)
    return blocks


def gains(blocks: Blocks, numbers: Sequence[int], budget: Budget, closeness: float) -> dict[int, int]:
    """Solve some blocks: the whole viewer-minutes by which each lowers the bound.

    Parameters
    ----------
    closeness
        The gap, as a share of the bound, at which the blocks count as closed.
    """
    own = set(numbers)
    for number, one in enumerate(blocks.blocks):
        one.closed |= number not in own
    blocks.strengthen(lambda bound: None, budget, closeness=closeness)
    lowered = blocks.proven()
    return {number: max(0, math.floor(lowered[number])) for number in sorted(own)}


def bound_with(blocks: Blocks, lowered: Sequence[int]) -> int:
    """The bound at the duals of the blocks, lowered by what was gained, rounded up."""
    return math.ceil(blocks.whole + blocks.error) - sum(lowered)
