"""What starts before the moment of a freeze: published airings stay, and no other airing is added.

For a held airing i with its candidates K_i, the program gets the rigid row Σ_{a ∈ K_i} x_a ≥ 1. Every other candidate
that starts before the moment, or in a window of the night that belongs to a frozen broadcast day, has the upper bound
0.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.rules import RIGID

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.solve.strands.program import StrandProgram


def held(start: Ints, kept: tuple[Ints, Ints], minute: int) -> Ints:
    """The published airings that start before a moment and may stay, as indices into `start`.

    Parameters
    ----------
    start
        (p,) Starts of the published airings, in minutes of the line.
    kept
        (published, candidate): the pairs in which a candidate keeps a published airing.
    minute
        The moment, in minutes of the line.
    """
    may = np.unique(kept[0])
    return np.asarray(may[start[may] < minute], dtype=np.int64)


def barred(airings: Airings, kept: tuple[Ints, Ints], minute: int, last: Ints) -> Flags:
    """(n,) candidates before a freeze that keep no published airing and have not aired.

    Parameters
    ----------
    kept
        (published, candidate): the pairs in which a candidate keeps a published airing.
    minute
        The minute of the line before which no airing is added.
    last
        (channels,) The last frozen broadcast day, from the line's first day.
    """
    early = (airings.start_minute < minute) | (airings.broadcast_day <= last[airings.channel])
    early &= ~airings.past
    early[kept[1]] = False
    return np.asarray(early, dtype=bool)


def hold(base: StrandProgram, kept: tuple[Ints, Ints], stay: Ints, out: Flags) -> StrandProgram:
    """The same program in which some published airings stay and some candidates are out.

    Parameters
    ----------
    kept
        (published, candidate): the pairs in which a candidate keeps a published airing.
    stay
        Published airings, as in `kept`.
    out
        (n,) candidates.
    """
    # A bundle with a barred airing cannot be chosen. Its upper bound is 0, or its lower bound if that is larger
    # (locks).
    n = base.formulation.airing_count
    expand = sparse.csr_array(base.expand[:n]).astype(np.float64)
    touched = np.asarray(expand.T @ out.astype(np.float64)).ravel() > 0
    upper = np.where(touched, np.maximum(base.column_lower, 0.0), base.column_upper)
    mine = np.isin(kept[0], stay)
    row, column = np.searchsorted(stay, kept[0][mine]), kept[1][mine]
    picks = sparse.csr_array(sparse.coo_array((np.ones(len(row)), (row, column)), shape=(len(stay), n)))
    none = np.zeros(len(stay))
    return replace(
        base,
        column_upper=upper,
        matrix=sparse.csr_array(sparse.vstack([base.matrix, sparse.csr_array(picks @ expand)], format="csr")),
        lower=np.concatenate([base.lower, none + 1.0]),
        upper=np.concatenate([base.upper, none + np.inf]),
        kind=np.concatenate([base.kind, np.full(len(stay), RIGID, dtype=base.kind.dtype)]),
        miss_step=np.concatenate([base.miss_step, none + 1.0]),
        price=np.concatenate([base.price, none]),
        origin=np.concatenate([base.origin, none.astype(np.int64) - 1]),
    )
