"""The smallest number of held airings that must change so that fewer hard rows are missed.

G are the published airings that a freeze or another party's acceptance holds, K_i the candidates that keep i. In the
program without the hold

    minimise Σ_{i ∈ G} (1 − Σ_{a ∈ K_i} x_a)   subject to   hard miss ≤ the least one without the hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.replan.mip import solve_part

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.replan.params import ReplanParams
    from scheduler.replan.program import ChangeProgram


def given_up(
    program: ChangeProgram, kept: tuple[Ints, Ints], group: Ints, least: float, seconds: float, params: ReplanParams
) -> Ints:  # fmt: skip
    """The airings of a group that change if as few of them as possible do. Empty if none was found in time.

    Parameters
    ----------
    program
        The program without the hold.
    kept
        (published, candidate): the pairs in which a candidate keeps a published airing.
    group
        The held airings, as in `kept`.
    least
        The hard miss that must be reached, in whole hard rows.
    seconds
        Time limit.
    """
    n, width = program.base.formulation.airing_count, program.base.column_count
    mine = np.isin(kept[0], group)
    keeps = np.zeros(n)
    keeps[kept[1][mine]] = -1.0
    cost = np.zeros(program.columns)
    cost[:width] = sparse.csr_array(program.base.expand[:n]).T @ keeps
    found = solve_part(
        program.capped(hard=least + 1e-6), cost, seconds, absolute_gap=params.whole_gap, seed=params.seed
    )
    if found.point is None:
        return np.zeros(0, dtype=np.int64)
    chosen = program.chosen(found.point)
    stay = kept[0][mine & chosen[kept[1]]]
    return np.setdiff1d(group, stay)
