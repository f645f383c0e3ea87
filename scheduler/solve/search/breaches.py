"""Remove airings from a choice until it breaks no rigid row. Heuristics that do not see all rows need this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules import RIGID

if TYPE_CHECKING:
    from scheduler.arrays import Flags
    from scheduler.formulation import Formulation


def without_breaches(formulation: Formulation, chosen: Flags) -> Flags:
    """The choice without the airings that break rigid rows.

    In every broken row, airings that push the activity over the broken side are removed, least value first, until the
    row holds. Locked airings stay. A choice can break a row if the row contains auxiliary variables of a rule: they
    follow from the whole choice, so engines that add airings one by one do not see such a row.

    Parameters
    ----------
    formulation
        n airings and their rows.
    chosen
        (n,) The chosen airings.

    Returns
    -------
    (n,)
        The remaining airings. The same array if no rigid row is broken.
    """
    n = formulation.airing_count
    rigid = np.flatnonzero(formulation.kind == RIGID)
    matrix = formulation.matrix[rigid]
    lower, upper = formulation.lower[rigid], formulation.upper[rigid]
    kept = chosen
    while True:  # every round removes an airing, which may break another row (a rerun without its first run)
        activity = matrix @ formulation.point(kept)
        broken = np.flatnonzero((activity < lower) | (activity > upper))
        leave: set[int] = set()
        for row in broken.tolist():
            span = slice(matrix.indptr[row], matrix.indptr[row + 1])
            sign = 1 if activity[row] > upper[row] else -1
            excess = int(activity[row] - upper[row]) if sign > 0 else int(lower[row] - activity[row])
            column, push = matrix.indices[span], sign * matrix.data[span]
            can_go = (push > 0) & (column < n)
            column, push = column[can_go], push[can_go]
            can_go = kept[column] & ~formulation.locked[column]
            column, push = column[can_go], push[can_go]
            order = np.argsort(formulation.value[column], kind="stable")
            needed = int(np.searchsorted(np.cumsum(push[order]), excess)) + 1
            leave.update(column[order][:needed].tolist())
        if not leave:
            return kept
        kept = kept.copy()
        kept[list(leave)] = False
