"""A first timetable: take the airings that gain most per step of airtime until none gains.

The gain of an airing is its value plus what it takes off the misses, hard ones weighted far above the value
of any airing. The best airings of the best windows are taken together, then all gains are computed again.
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
    from scheduler.arrays import Flags
    from scheduler.formulation import Formulation, Integers
    from scheduler.solve.params import GreedyParams
    from scheduler.solve.search.incumbent import Search


def greedy(search: Search) -> None:
    """Offer the greedy timetable, unless locks keep it from being one: a locked rerun may need a first run."""
    with search.stage("greedy"):
        search.try_offer(greedy_choice(search.formulation, params=search.settings.params.greedy))


def greedy_choice(
    formulation: Formulation, before: Integers | None = None, params: GreedyParams = DEFAULTS.greedy
) -> Flags:
    """The airings that the greedy start chooses; locks are always among them.

    Airings in `before` are taken first, in their order, as far as they fit beside each other.
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


def _sampled_choice(formulation: Formulation, before: Integers | None, params: GreedyParams) -> Flags:
    """The greedy choice among every k-th airing, the locked ones and those in `before`."""
    first = np.zeros(0, dtype=np.int64) if before is None else before
    kept = formulation.thinned(params.most_airings // 2, first)
    chosen = np.zeros(formulation.airing_count, dtype=bool)
    some = greedy_choice(formulation.only_airings(kept), np.searchsorted(kept, first), params)
    chosen[kept[some]] = True
    return chosen


def _best_of_windows(formulation: Formulation, gain: Reals) -> Integers:
    """The airing with the most gain per step of every window, best first; only real gains."""
    gaining = np.flatnonzero(gain > 0)
    density, window = gain[gaining] / formulation.steps[gaining], formulation.window[gaining]
    order = np.lexsort((-density, window))
    best = order[np.diff(window[order], prepend=-1) > 0]
    return gaining[best[np.argsort(-density[best], kind="stable")]]


def _caps(formulation: Formulation) -> Flags:
    """Hard rows that only say at most: airings never need to miss one, so the greedy start never does."""
    least = formulation.matrix.min(axis=1).toarray().ravel() if formulation.matrix.nnz else 0
    caps: Flags = (formulation.kind == HARD) & (formulation.lower <= -NO_BOUND) & (least >= 0)
    return caps


@dataclass(slots=True)
class _State:
    """What is chosen, what every row has, and which airings are still open."""

    formulation: Formulation
    counted: Counted  # over airings only; its activity follows what is chosen
    by_window: Integers  # airings in the order of their windows
    window_edges: Integers  # where each window begins in it
    chosen: Flags
    open: Flags
    params: GreedyParams

    @classmethod
    def of(cls, formulation: Formulation, params: GreedyParams = DEFAULTS.greedy) -> _State:
        """The state with the locks chosen."""
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
        """What each open airing would add to value and take off misses; −∞ where it may not be added."""
        return gains(self.counted, self.open)

    def take(self, at: int, promised: float) -> bool:
        """Choose an airing if it still gains a share of what it gained before others were taken."""
        if not self.open[at] or gain_of(self.counted, at) <= promised * self.params.keep:
            return False
        self.put(at)
        return True

    def put(self, at: int) -> None:
        """Choose an airing and close those that overlap it."""
        formulation, counted = self.formulation, self.counted
        entries = slice(counted.first[at], counted.first[at + 1])
        np.add.at(counted.activity, counted.row[entries], counted.coefficient[entries])
        self.chosen[at] = True
        window = formulation.window[at]
        beside = self.by_window[self.window_edges[window] : self.window_edges[window + 1]]
        begin, end = formulation.start[at], formulation.start[at] + formulation.steps[at]
        start = formulation.start[beside]
        self.open[beside[(start < end) & (start + formulation.steps[beside] > begin)]] = False
