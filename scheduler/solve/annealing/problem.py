"""The data of one cycle of the annealing: intervals, candidates and rows as arrays for the compiled moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.arrays import Reals
from scheduler.rules import HARD, NO_BOUND, RIGID, SOFT
from scheduler.solve.kernels.annealing_moves import (
    ABOVE,
    BELOW,
    HARD_MISS,
    RIGID_MISS,
    SOFT_PENALTY,
    STEP,
    VALUE,
    Best,
    Moves,
    State,
    Static,
    fill,
)

if TYPE_CHECKING:
    from scipy import sparse

    from scheduler.arrays import Flags, Ints, Ints32
    from scheduler.formulation import Formulation
    from scheduler.solve.params import AnnealingParams
    from scheduler.solve.relaxation.reduced_costs import ReducedCosts


@dataclass(slots=True)
class AnnealingProblem:
    """The candidates around one point, those chosen now, and the best choice so far.

    Locked airings and auxiliary variables stay as they are in the point. Locks divide windows into intervals.
    """

    formulation: Formulation
    airing: Ints  # (c,) the airing of each candidate
    interval_window: Ints  # (i,)
    static: Static
    state: State
    best: Best
    weight: Reals  # (r,) viewer-minutes per violated unit, before any credit is subtracted

    @classmethod
    def around(
        cls,
        formulation: Formulation,
        by_column: sparse.csc_array[Any],
        candidates: Flags,
        point: Ints,
        weight: Reals,
        local: Flags,
        moves: Moves,
    ) -> AnnealingProblem:
        """State the problem around a point.

        Parameters
        ----------
        by_column
            The formulation's matrix by columns, (r, n + m).
        candidates
            (n,) Airings that may be chosen. Those chosen at the point are always added.
        point
            (n + m,) Airings and auxiliary variables.
        weight
            (r,) Initial weights, viewer-minutes per violated unit.
        local
            (r,) Local rows. An insertion that overfills one removes another airing of it.
        moves
            The parameters of moves.
        """
        n = formulation.airing_count
        chosen = point[:n].astype(bool)
        window, begin, end = intervals(formulation)
        span = int(np.max(formulation.window_end, initial=0)) + 2
        airing = np.flatnonzero((candidates | chosen) & ~formulation.locked)
        start, steps = formulation.start[airing], formulation.steps[airing]
        inside = np.searchsorted(window * span + begin, formulation.window[airing] * span + start, side="right") - 1
        at = np.maximum(inside, 0)
        fits = (inside >= 0) & (window[at] == formulation.window[airing]) & (start + steps <= end[at])
        airing, inside, start = airing[fits], inside[fits], start[fits]
        offset = start - begin[inside]
        order = np.lexsort((airing, offset, inside))
        airing, inside, offset = airing[order], inside[order], offset[order]
        fixed = point.copy()
        fixed[airing] = 0
        static = _static(formulation, by_column, airing, (inside, offset, end - begin), local, moves)
        state = _empty_state(formulation, static, formulation.matrix @ fixed, weight)
        fill(static, state, np.flatnonzero(chosen[airing]))
        total = state.total
        merit = np.array([total[RIGID_MISS], total[HARD_MISS], total[SOFT_PENALTY] - total[VALUE]])
        return cls(formulation, airing, window, static, state, Best(state.at.copy(), merit), weight.copy())

    @property
    def feasible(self) -> bool:
        """Whether the best choice violates no rigid and no hard row."""
        return bool(self.best.merit[0] == 0 and self.best.merit[1] < 0.5)

    def misses(self) -> Reals:
        """The present violation of each row in units, (r,), rounded up."""
        return _misses(self.state.room)

    def choice(self, at: Ints) -> Flags:
        """The chosen airings, (n,), where the intervals hold the candidates `at`."""
        chosen = self.formulation.locked.copy()
        chosen[self.airing[at[at >= 0]]] = True
        return chosen

    def cumulative(self, reduced_costs: ReducedCosts, by_regret: float) -> Reals:
        """Cumulative sampling weights of the intervals, (i,): a share by regret of their windows, the rest equal."""
        chosen = self.airing[self.state.at[self.state.at >= 0]]
        chosen = np.concatenate([chosen, np.flatnonzero(self.formulation.locked)])
        of_windows = reduced_costs.window_regret(self.formulation.window, chosen)
        regret = of_windows[self.interval_window] + 1e-9
        cumulative: Reals = np.cumsum(by_regret * regret / regret.sum() + (1 - by_regret) / len(regret))
        return cumulative


def moves_of(params: AnnealingParams) -> Moves:
    """The parameters of moves as a tuple for the compiled code."""
    return Moves(
        insert=params.insert,
        from_missed=params.from_missed,
        whole=params.whole,
        longest_part=params.longest_part,
        another=params.another,
        tabu=params.tabu,
        blink=params.blink,
        intervals=params.intervals,
        sampled=params.sampled,
        refill_again=params.refill_again,
    )


def intervals(formulation: Formulation) -> tuple[Ints, Ints, Ints]:
    """(window, first step, end step) of every interval: a part of a window between locked airings."""
    locks = np.flatnonzero(formulation.locked)
    every = np.arange(len(formulation.window_start))
    window = np.concatenate([every, formulation.window[locks]])
    begin = np.concatenate([formulation.window_start, (formulation.start + formulation.steps)[locks]])
    end = np.concatenate([formulation.window_end, formulation.start[locks]])
    by_begin, by_end = np.lexsort((begin, window)), np.lexsort((end, window))
    window, begin, end = window[by_begin], begin[by_begin], end[by_end]
    real = end > begin
    return window[real], begin[real], end[real]


def _static(
    formulation: Formulation,
    by_column: sparse.csc_array[Any],
    airing: Ints,
    place: tuple[Ints, Ints, Ints],
    local: Flags,
    moves: Moves,
) -> Static:
    """Build the static arrays. `place`: interval and offset of every candidate, length of every interval."""
    inside, offset, length = place
    # Candidates are sorted by interval and offset. first[i, s] is the first one of interval i at offset s or later, so
    # that those at offset s are first[i, s] … first[i, s + 1] − 1.
    steps = int(np.max(length, initial=1)) + 2
    own = by_column[:, airing]
    touched = own.tocsr()
    grid = np.arange(len(length))[:, None] * steps + np.arange(steps)[None, :]
    first = np.searchsorted(inside * steps + offset, grid.ravel()).reshape(grid.shape)
    # The entries of a candidate: first those that all candidates of its kind share, then its own.
    kind, number = kinds(inside, formulation.carriage[airing])
    row, coefficient, own_first = own_last(own, kind)
    return Static(
        length=length.astype(np.int64),
        first=first.astype(np.int64),
        interval=inside.astype(np.int64),
        offset=offset.astype(np.int64),
        steps=formulation.steps[airing].astype(np.int64),
        value=formulation.value[airing].astype(np.float64),
        kind=number,
        row_first=own.indptr.astype(np.int64),
        own_first=own_first,
        row=row,
        coefficient=coefficient,
        touch_first=touched.indptr.astype(np.int64),
        touching=touched.indices.astype(np.int64),
        soft=np.where(formulation.kind == SOFT, formulation.price, 0).astype(np.float64),
        hard=np.where(formulation.kind == HARD, formulation.hard_weight, 0).astype(np.float64),
        rigid=(formulation.kind == RIGID).astype(np.float64),
        local=local,
        moves=moves,
    )


def kinds(interval: Ints, carriage: Ints) -> tuple[Ints, Ints]:
    """The kind of every candidate and its number within the interval, both (c,).

    A kind is one carriage in one interval.
    """
    span = int(np.max(carriage, initial=0)) + 1
    each, kind = np.unique(interval * span + carriage, return_inverse=True)
    owner = each // span
    number = np.arange(len(each)) - np.searchsorted(owner, owner)
    return kind.astype(np.int64), number[kind].astype(np.int64)


def own_last(by_candidate: sparse.csc_array[Any], kind: Ints) -> tuple[Ints32, Reals, Ints]:
    """The rows and coefficients of every candidate. Those that all candidates of its kind share come first.

    Returns
    -------
    (entries,), (entries,), (c,)
        Rows, coefficients, and for each candidate the position of the first entry that its kind does not share.
    """
    count = len(kind)
    row, coefficient = by_candidate.indices.astype(np.int64), by_candidate.data
    candidate = np.repeat(np.arange(count), np.diff(by_candidate.indptr))
    order = np.lexsort((row, kind[candidate]))
    place = kind[candidate[order]] * by_candidate.shape[0] + row[order]
    begins = np.flatnonzero(np.diff(place, prepend=-1))
    least, most = (np.zeros(0, dtype=np.int64),) * 2
    if len(begins):
        least, most = (side.reduceat(coefficient[order], begins) for side in (np.minimum, np.maximum))
    met = np.diff(begins, append=len(place))
    of_all = (least == most) & (met == np.bincount(kind)[kind[candidate[order[begins]]]])
    alike = np.empty(len(place), dtype=bool)
    alike[order] = np.repeat(of_all, met)
    sorted_ = np.lexsort((~alike, candidate))
    first = by_candidate.indptr[:-1] + np.bincount(candidate[alike], minlength=count)
    return row[sorted_].astype(np.int32), coefficient[sorted_].astype(np.float64), first.astype(np.int64)


def _empty_state(formulation: Formulation, static: Static, fixed: Ints, weight: Reals) -> State:
    """The state without any chosen candidate. `fixed`: activity of locked airings and auxiliary variables, (r,)."""
    above = np.where(formulation.lower <= -NO_BOUND, np.inf, (fixed - formulation.lower).astype(np.float64))
    below = np.where(formulation.upper >= NO_BOUND, np.inf, (formulation.upper - fixed).astype(np.float64))
    room = np.column_stack([above, below, formulation.miss_step.astype(np.float64), weight])
    units = _misses(room)
    total = np.array([0.0, weight @ units, static.soft @ units, static.hard @ units, static.rigid @ units, 0.0])
    at = np.full((len(static.length), static.first.shape[1] - 2), -1, dtype=np.int64)
    return State(at, room, static.value.copy(), total)


def _misses(room: Reals) -> Reals:
    off = np.maximum(np.maximum(-room[:, ABOVE], -room[:, BELOW]), 0)
    units: Reals = np.ceil(off / room[:, STEP])
    return units
