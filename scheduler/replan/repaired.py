"""The first answer of a replan: the published timetable without what can no longer air.

It needs no search, so there is an answer however short the time is. Locked airings are added, what overlaps them is
removed, and airings are removed until no rigid row is broken. Hard rows may be missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.formulation import HARD_SCALE
from scheduler.solve.search.breaches import without_breaches
from scheduler.timetable import chosen_of

if TYPE_CHECKING:
    from scheduler.arrays import Flags
    from scheduler.formulation import Formulation
    from scheduler.replan.stated import Stated
    from scheduler.timetable import Timetable


@dataclass(frozen=True, eq=False)
class Repaired:
    """The first answer."""

    chosen: Flags  # (n,) candidates
    hard_miss: float  # in whole hard rows


def repaired(stated: Stated, plan: Timetable) -> Repaired | None:
    """The published airings that candidates keep, as far as the rigid rows allow; None if they do not.

    Parameters
    ----------
    stated
        The program of the replan.
    plan
        The published timetable.
    """
    formulation, (published, candidate) = stated.formulation, stated.kept
    keeps = np.zeros(len(stated.airings), dtype=bool)
    keeps[candidate] = True
    chosen = chosen_of(stated.airings, stated.frozen.on_line(plan)) & keeps
    chosen = _with_locked(formulation, chosen)
    chosen = without_breaches(formulation, chosen)
    point = formulation.point(chosen)
    stays = np.isin(stated.stay, published[chosen[candidate]])
    if not formulation.is_admissible(point) or not stays.all():
        return None
    dropped = np.count_nonzero(~chosen[stated.fixed])
    return Repaired(chosen, formulation.hard_miss(formulation.misses(point)) / HARD_SCALE + dropped)


def _with_locked(formulation: Formulation, chosen: Flags) -> Flags:
    """The choice with the locked airings and without those that overlap them in a window, (n,)."""
    locked = np.flatnonzero(formulation.locked)
    if not len(locked):
        return chosen
    begin, end, window = formulation.start, formulation.start + formulation.steps, formulation.window
    order = locked[np.lexsort((begin[locked], window[locked]))]
    # A key that orders by window, then by time. Of the locked airings of a window none overlap each other.
    span = int(end.max()) + 1
    first, last = window * span + begin, window * span + end
    after = np.searchsorted(first[order], last, side="left")  # locked airings that begin before this one ends
    ended = np.searchsorted(last[order], first, side="right")  # of these, those that have ended when it begins
    return np.asarray((chosen & (after <= ended)) | formulation.locked, dtype=bool)
