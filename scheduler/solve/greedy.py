"""The greedy start: add the airings with the largest gain per step of airtime until no airing gains.

gain of an airing = its value + the weighted violation that it removes. A violation of a hard row weighs far more than
the value of any airing. The best airing of each of the best windows is added, then all gains are computed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import Reals
from scheduler.formulation import HARD_SCALE
from scheduler.rules import HARD, NO_BOUND, RIGID
from scheduler.solve.kernels.insertion_gains import Counted, gain_of, gains
from scheduler.solve.params import DEFAULTS

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation
    from scheduler.solve.params import GreedyParams
    from scheduler.solve.search.incumbent import Search


def greedy(search: Search) -> None:
    """Offer the greedy timetable. It is repaired if it breaks a rigid row (a locked rerun may need a first run)."""
    with search.stage("greedy"):
        search.try_offer(greedy_choice(search.formulation, params=search.settings.params.greedy))


def greedy_choice(
    formulation: Formulation, before: Ints | None = None, params: GreedyParams = DEFAULTS.greedy
) -> Flags:
    """Choose airings greedily. Locked airings are always chosen.

    Parameters
    ----------
    before
        Airings that are added first, in this order, if they fit.

    Returns
    -------
    (n,)
        The chosen airings.
    """
    if formulation.airing_count > params.most_airings:
        return _sampled_choice(formulation, before, params)
    state = _State.of(formulation, params)
    for at in [] if before is None else before.tolist():
        state.take(at, -np.inf)
    batch = max(1, int(params.windows_share * len(formulation.window_start)))
    while True:
        gain = state.gains()
        candidates = _best_of_windows(formulation, gain)[:batch]
        taken = [at for at in candidates.tolist() if state.take(at, gain[at])]
        if not taken:
            return state.chosen


def _sampled_choice(formulation: Formulation, before: Ints | None, params: GreedyParams) -> Flags:
    """The greedy choice from every k-th airing, the locked airings and those in `before`."""
    first = np.zeros(0, dtype=np.int64) if before is None else before
    kept = formulation.thinned(params.most_airings // 2, first)
    chosen = np.zeros(formulation.airing_count, dtype=bool)
    some = greedy_choice(formulation.only_airings(kept), np.searchsorted(kept, first), params)
    chosen[kept[some]] = True
    return chosen


def _best_of_windows(formulation: Formulation, gain: Reals) -> Ints:
    """The airing with the largest gain per step in each window, best first, only where the gain is positive."""
    gaining = np.flatnonzero(gain > 0)
    density, window = gain[gaining] / formulation.steps[gaining], formulation.window[gaining]
    order = np.lexsort((-density, window))
    best = order[np.diff(window[order], prepend=-1) > 0]
    return gaining[best[np.argsort(-density[best], kind="stable")]]


def _caps(formulation: Formulation) -> Flags:
    """Hard rows that only limit from above. The greedy start never misses one of these."""
    least = formulation.matrix.min(axis=1).toarray().ravel() if formulation.matrix.nnz else 0
    caps: Flags = (formulation.kind == HARD) & (formulation.lower <= -NO_BOUND) & (least >= 0)
    return caps


@dataclass(slots=True)
class _State:
    """The chosen airings, the activity of every row, and the airings that are still open."""

    formulation: Formulation
    counted: Counted  # over airings only; its activity is updated with the choice
    by_window: Ints  # airings sorted by window
    window_edges: Ints  # the first position of each window in `by_window`
    chosen: Flags
    open: Flags
    params: GreedyParams

    @classmethod
    def of(cls, formulation: Formulation, params: GreedyParams = DEFAULTS.greedy) -> _State:
        """The state in which exactly the locked airings are chosen."""
        n = formulation.airing_count
        own = np.diff(formulation.matrix[:, n:].tocsr().indptr) > 0
        matrix = formulation.matrix[:, :n].tocsc()
        order = np.argsort(formulation.window, kind="stable")
        best = np.zeros(len(formulation.window_start), dtype=np.int64)
        np.maximum.at(best, formulation.window, np.maximum(formulation.value, 0))
        whole = params.hard_factor * max(1.0, float(best.mean()) if len(best) else 1.0)
        hard = formulation.hard_weight * (10 * whole / HARD_SCALE)
        weight = np.where(formulation.kind == HARD, np.maximum(hard, 1.0), formulation.price).astype(np.float64)
        weight[formulation.lower > -NO_BOUND] *= params.least_factor
        weight[own | (formulation.kind == RIGID)] = 0.0
        counted = Counted(
            first=matrix.indptr,
            row=matrix.indices,
            coefficient=matrix.data,
            value=formulation.value,
            sides=np.column_stack([formulation.lower, formulation.upper, formulation.miss_step]),
            weight=weight,
            rigid=((formulation.kind == RIGID) | _caps(formulation)) & ~own,
            activity=np.zeros(formulation.matrix.shape[0], dtype=np.int64),
        )
        state = cls(
            formulation=formulation,
            counted=counted,
            by_window=order,
            window_edges=np.searchsorted(formulation.window[order], np.arange(len(formulation.window_start) + 1)),
            chosen=np.zeros(n, dtype=bool),
            open=np.ones(n, dtype=bool),
            params=params,
        )
        for at in np.flatnonzero(formulation.locked).tolist():
            state.put(at)
        return state

    def gains(self) -> Reals:
        """Gain in value and removed violation of each open airing. −∞ if the airing may not be added."""
        return gains(self.counted, self.open)

    def take(self, at: int, promised: float) -> bool:
        """Choose an airing if its gain is still at least a share of the gain `promised` earlier in the round."""
        if not self.open[at] or gain_of(self.counted, at) <= promised * self.params.keep:
            return False
        self.put(at)
        return True

    def put(self, at: int) -> None:
        """Choose an airing and close the airings that overlap it."""
        formulation, counted = self.formulation, self.counted
        entries = slice(counted.first[at], counted.first[at + 1])
        np.add.at(counted.activity, counted.row[entries], counted.coefficient[entries])
        self.chosen[at] = True
        window = formulation.window[at]
        same_window = self.by_window[self.window_edges[window] : self.window_edges[window + 1]]
        begin, end = formulation.start[at], formulation.start[at] + formulation.steps[at]
        start = formulation.start[same_window]
        self.open[same_window[(start < end) & (start + formulation.steps[same_window] > begin)]] = False
