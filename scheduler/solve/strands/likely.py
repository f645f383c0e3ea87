"""The columns of a large program that a first timetable is looked for among: those that lose least at given duals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scheduler.arrays import Reals
    from scheduler.formulation import Integers
    from scheduler.solve.params import StrandParams
    from scheduler.solve.strands.program import StrandProgram


def likely_columns(program: StrandProgram, params: StrandParams, lost: Reals, times: int = 1) -> Integers:
    """The likely columns, sorted: bundles and airings of the least loss, some bundles of every group.

    Locked airings and columns that are no airings are always among them.

    Parameters
    ----------
    lost
        (c,) what each column loses.
    times
        So many times as many as the parameters say.
    """
    bundles = program.bundle_count
    order = np.lexsort((lost[:bundles], program.group[:bundles]))
    group = program.group[order]
    rank = np.arange(bundles) - np.searchsorted(group, group)
    best = np.argsort(lost[:bundles], kind="stable")[: times * params.likely_bundles]
    alone = np.flatnonzero(program.channel[bundles:] >= 0) + bundles
    free = alone[np.argsort(lost[alone], kind="stable")[: times * params.likely_airings]]
    always = np.flatnonzero((program.channel < 0) | (program.column_lower > 0))
    return np.unique(np.concatenate([order[rank < times * params.group_columns], best, free, always]))
