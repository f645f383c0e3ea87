"""The likely columns of a large program, those of smallest loss. The first timetable is searched among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.program import StrandProgram


def likely_columns(program: StrandProgram, params: StrandParams, lost: Reals) -> Ints:
    """The likely columns, sorted: bundles and airings of the least loss, and some bundles of every group.

    Locked airings and columns that are not airings are always included.

    Parameters
    ----------
    lost
        (c,) Loss of each column, or any other rank: less is likelier.
    """
    bundles = program.bundle_count
    order = np.lexsort((lost[:bundles], program.group[:bundles]))
    group = program.group[order]
    rank = np.arange(bundles) - np.searchsorted(group, group)
    best = np.argsort(lost[:bundles], kind="stable")[: params.likely_bundles]
    alone = np.flatnonzero(program.channel[bundles:] >= 0) + bundles
    free = alone[np.argsort(lost[alone], kind="stable")[: params.likely_airings]]
    always = np.flatnonzero((program.channel < 0) | (program.column_lower > 0))
    return np.unique(np.concatenate([order[rank < params.group_columns], best, free, always]))


def with_following(program: StrandProgram, chosen: Ints, rows: Flags) -> Ints:
    """Some columns and the auxiliary columns that follow from them, sorted.

    Parameters
    ----------
    chosen
        Indices of the columns.
    rows
        (s,) The rows by which an auxiliary column follows from a column.
    """
    auxiliary = np.flatnonzero(program.channel < 0)
    touched = np.diff(sparse.csr_array(program.matrix[:, chosen]).indptr) > 0
    tied = sparse.csr_array(program.matrix[np.flatnonzero(touched & rows)][:, auxiliary])
    return np.union1d(chosen, auxiliary[np.unique(tied.indices)])
