"""What one cycle of the annealing works on: intervals, candidates and rows as the compiled moves take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from scheduler.rules import HARD, NO_BOUND, RIGID, SOFT
from scheduler.solve.filling import (
    ABOVE,
    BELOW,
    HARD_MISS,
    RIGID_MISS,
    SOFT_PENALTY,
    STEP,
    VALUE,
    Ground,
    State,
    fill,
)
from scheduler.solve.moves import Best

if TYPE_CHECKING:
    from scipy import sparse

    from scheduler.formulation import Flags, Formulation, Integers

Reals = npt.NDArray[np.float64]


@dataclass(slots=True)
class Course:
    """Candidates around one point, what is chosen of them, and the best choice that was met.

    Locked airings and extra columns stay as they are in the point; windows are cut at the locks.
    """

    formulation: Formulation
    airing: Integers  # (c,) the airing of each candidate
    interval_window: Integers  # (i,)
    ground: Ground
    state: State
    best: Best
    weight: Reals  # (r,) viewer-minutes per missed unit before any credit

    @classmethod
    def around(
        cls, formulation: Formulation, by_column: sparse.csc_array[Any], likely: Flags, point: Integers, weight: Reals
    ) -> Course:
        """Candidates are the likely airings and those chosen at the point."""
        n = formulation.airing_count
        chosen = point[:n].astype(bool)
        window, begin, end = intervals(formulation)
        span = int(np.max(formulation.window_end, initial=0)) + 2
        airing = np.flatnonzero((likely | chosen) & ~formulation.locked)
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
        ground = _ground(formulation, by_column, airing, (inside, offset, end - begin))
        state = _empty_state(formulation, ground, formulation.matrix @ fixed, weight)
        fill(ground, state, np.flatnonzero(chosen[airing]))
        total = state.total
        merit = np.array([total[RIGID_MISS], total[HARD_MISS], total[SOFT_PENALTY] - total[VALUE]])
        return cls(formulation, airing, window, ground, state, Best(state.at.copy(), merit), weight.copy())

    @property
    def feasible(self) -> bool:
        """Whether the best choice misses no rigid and no hard row."""
        return bool(self.best.merit[0] == 0 and self.best.merit[1] < 0.5)

    def misses(self) -> Reals:
        """By how many units each row is missed now, (r,), rounded up."""
        return _misses(self.state.room)

    def choice(self, at: Integers) -> Flags:
        """What is chosen where intervals hold the candidates `at`, over all airings, (n,)."""
        chosen = self.formulation.locked.copy()
        chosen[self.airing[at[at >= 0]]] = True
        return chosen

    def odds(self, top: Reals, reward: Reals, by_loss: float) -> Reals:
        """Cumulative odds of the intervals, (i,): a share by what their windows lose at the rewards, the rest alike."""
        chosen = self.airing[self.state.at[self.state.at >= 0]]
        have = np.bincount(self.formulation.window[chosen], weights=reward[chosen], minlength=len(top))
        locked = self.formulation.locked
        have += np.bincount(self.formulation.window[locked], weights=reward[locked], minlength=len(top))
        loss = np.maximum(top - have, 0.0)[self.interval_window] + 1e-9
        odds: Reals = np.cumsum(by_loss * loss / loss.sum() + (1 - by_loss) / len(loss))
        return odds


def intervals(formulation: Formulation) -> tuple[Integers, Integers, Integers]:
    """(window, first step, first step after it) of every stretch of a window between locked airings."""
    locks = np.flatnonzero(formulation.locked)
    every = np.arange(len(formulation.window_start))
    window = np.concatenate([every, formulation.window[locks]])
    begin = np.concatenate([formulation.window_start, (formulation.start + formulation.steps)[locks]])
    end = np.concatenate([formulation.window_end, formulation.start[locks]])
    by_begin, by_end = np.lexsort((begin, window)), np.lexsort((end, window))
    window, begin, end = window[by_begin], begin[by_begin], end[by_end]
    real = end > begin
    return window[real], begin[real], end[real]


def _ground(
    formulation: Formulation,
    by_column: sparse.csc_array[Any],
    airing: Integers,
    place: tuple[Integers, Integers, Integers],
) -> Ground:
    """`place`: interval and offset of every candidate, length of every interval."""
    inside, offset, length = place
    steps = int(np.max(length, initial=1)) + 2
    own = by_column[:, airing]
    touched = own.tocsr()
    grid = np.arange(len(length))[:, None] * steps + np.arange(steps)[None, :]
    first = np.searchsorted(inside * steps + offset, grid.ravel()).reshape(grid.shape)
    return Ground(
        length=length.astype(np.int64),
        first=first.astype(np.int64),
        interval=inside.astype(np.int64),
        offset=offset.astype(np.int64),
        steps=formulation.steps[airing].astype(np.int64),
        value=formulation.value[airing].astype(np.float64),
        row_first=own.indptr.astype(np.int64),
        row=own.indices.astype(np.int32),
        coefficient=own.data.astype(np.float64),
        touch_first=touched.indptr.astype(np.int64),
        touching=touched.indices.astype(np.int64),
        soft=np.where(formulation.kind == SOFT, formulation.price, 0).astype(np.float64),
        hard=np.where(formulation.kind == HARD, formulation.hard_weight, 0).astype(np.float64),
        rigid=(formulation.kind == RIGID).astype(np.float64),
    )


def _empty_state(formulation: Formulation, ground: Ground, fixed: Integers, weight: Reals) -> State:
    """No candidate chosen; `fixed`: what locked airings and extra columns use of the rows, (r,)."""
    above = np.where(formulation.lower <= -NO_BOUND, np.inf, (fixed - formulation.lower).astype(np.float64))
    below = np.where(formulation.upper >= NO_BOUND, np.inf, (formulation.upper - fixed).astype(np.float64))
    room = np.column_stack([above, below, formulation.miss_step.astype(np.float64), weight])
    units = _misses(room)
    total = np.array([0.0, weight @ units, ground.soft @ units, ground.hard @ units, ground.rigid @ units, 0.0])
    at = np.full((len(ground.length), ground.first.shape[1] - 2), -1, dtype=np.int64)
    return State(at, room, ground.value.copy(), total)


def _misses(room: Reals) -> Reals:
    off = np.maximum(np.maximum(-room[:, ABOVE], -room[:, BELOW]), 0)
    units: Reals = np.ceil(off / room[:, STEP])
    return units
