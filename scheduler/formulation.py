"""Airings × rule rows, as sparse arrays with labels. Engines see nothing else of an instance.

maximise    constant + value·x + column_value·z − Σ price·miss    over x ∈ {0,1}ⁿ and the auxiliary variables z
subject to  the chosen airings of a window do not overlap,
            lower − miss_step·miss ≤ A·(x, z) ≤ upper + miss_step·miss   for every row, miss ≥ 0 integer,
            miss = 0 on rigid rows;  Σ hard_weight·miss over hard rows is minimised first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scheduler.arrays import Flags, Ints, outside
from scheduler.rules import HARD, RIGID, SOFT, AuxiliaryVariables, StackedRows, rules_of, stack_rows
from scheduler.rules.framework.verdicts import open_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from scheduler.airings import Airings
    from scheduler.rules import Rule, RuleRows
    from scheduler.rules.framework.rows import Matrix


HARD_SCALE = 10**10
"""Hard misses are compared as shares of what their rows ask for. A whole row has this many parts, so that one
viewer-minute of an audience band still has a weight.
"""


MOST_HARD_MISS = 2**62
"""Upper limit of the total weight of all possible hard misses, so that sums fit into 64 bits."""


@dataclass(frozen=True, slots=True)
class Formulation:
    """One instance as arrays: n airings, m auxiliary variables, w windows and r rule rows.

    Times are grid steps since the start of the horizon, values are viewer-minutes, coefficients are integers.
    """

    window: Ints  # (n,) index of the window
    carriage: Ints  # (n,) the (channel, content) pair: airings of one carriage differ in time and run
    start: Ints  # (n,) first step it occupies
    steps: Ints  # (n,) number of steps it occupies
    value: Ints  # (n,) its audience minus the audience of the fallback that it displaces
    locked: Flags  # (n,) must be chosen
    window_start: Ints  # (w,) first usable step
    window_end: Ints  # (w,) first step after the last usable one
    column_lower: Ints  # (m,)
    column_upper: Ints  # (m,)
    column_value: Ints  # (m,)
    column_integer: Flags  # (m,)
    columns: tuple[AuxiliaryVariables, ...]
    matrix: sparse.csr_array[Any, tuple[int, int]]  # (r, n + m)
    lower: Ints  # (r,) −NO_BOUND for none
    upper: Ints  # (r,) NO_BOUND for none
    kind: npt.NDArray[np.int8]  # (r,) RIGID, HARD or SOFT
    miss_step: Ints  # (r,) change of the activity per missed unit
    price: Ints  # (r,) viewer-minutes per missed unit of a soft row
    hard_weight: Ints  # (r,) weight of one missed unit of a hard row in the first stage
    labels: pd.DataFrame  # (r,) rule, subject, period, aspect, unit
    constant: int  # the audience of the fallback in all windows

    @property
    def airing_count(self) -> int:
        """The number of candidate airings."""
        return len(self.window)

    def only_rows(self, keep: Ints) -> Formulation:
        """The same formulation with some of its rows, given by their indices."""
        return replace(
            self,
            matrix=self.matrix[keep],
            lower=self.lower[keep],
            upper=self.upper[keep],
            kind=self.kind[keep],
            miss_step=self.miss_step[keep],
            price=self.price[keep],
            hard_weight=self.hard_weight[keep],
            labels=self.labels.iloc[keep].reset_index(drop=True),
        )

    def only_airings(self, keep: Ints) -> Formulation:
        """The same formulation with some of its airings, given by their indices.

        It cannot compute the auxiliary variables.
        """
        columns = np.concatenate([keep, np.arange(self.airing_count, self.matrix.shape[1])])
        return replace(
            self,
            window=self.window[keep],
            carriage=self.carriage[keep],
            start=self.start[keep],
            steps=self.steps[keep],
            value=self.value[keep],
            locked=self.locked[keep],
            matrix=self.matrix[:, columns],
        )

    def thinned(self, most: int, also: Ints | None = None) -> Ints:
        """A sample: every k-th airing, about `most`, with the locked airings and those in `also`; sorted indices."""
        kept = self.locked.copy()
        # an odd step, because first runs and reruns alternate among the airings
        kept[:: -(-self.airing_count // most) | 1] = True
        if also is not None:
            kept[also] = True
        return np.flatnonzero(kept)

    def point(self, chosen: Flags) -> Ints:
        """The complete point (x, z) of a set of chosen airings. Every rule computes its own auxiliary variables."""
        completed = [columns.complete(chosen) for columns in self.columns]
        return np.concatenate([chosen.astype(np.int64), *completed]) if completed else chosen.astype(np.int64)

    def misses(self, point: Ints) -> Ints:
        """The whole units by which each row is missed at a point, rounded up, (r,)."""
        activity = self.matrix @ point
        off = outside(activity, self.lower, self.upper)
        units: Ints = -(-off // self.miss_step)
        return units

    def hard_miss(self, misses: Ints) -> int:
        """The weighted miss of the hard rows. HARD_SCALE parts are one row missed as a whole.

        Parameters
        ----------
        misses
            (r,) Missed units of each row, as `misses` computes them.
        """
        return int(self.hard_weight @ np.where(self.kind == HARD, misses, 0))

    def reach(self, rows: sparse.csr_array[Any, tuple[int, int]]) -> tuple[Ints, Ints]:
        """Activity bounds of rows: the least and the most over all choices of airings and variables."""
        count = rows.shape[1] - len(self.column_upper)
        low = np.concatenate([np.zeros(count, dtype=np.int64), self.column_lower])
        high = np.concatenate([np.ones(count, dtype=np.int64), self.column_upper])
        return activity_bounds(rows, low, high)

    def most_miss(self) -> Ints:
        """The largest possible miss of each row, units, (r,)."""
        return largest_misses(self.reach(self.matrix), self.lower, self.upper, self.miss_step)

    def penalty(self, misses: Ints) -> int:
        """The priced misses of the soft rows, viewer-minutes."""
        return int(self.price @ np.where(self.kind == SOFT, misses, 0))

    def audience(self, point: Ints) -> int:
        """Viewer-minutes of all window airtime including fallback, plus the value of the auxiliary variables.

        Parameters
        ----------
        point
            (n + m,) A complete point (x, z).
        """
        n = self.airing_count
        return self.constant + int(self.value @ point[:n]) + int(self.column_value @ point[n:])

    def is_admissible(self, point: Ints) -> bool:
        """Whether no two chosen airings of a window overlap, every lock is kept and every rigid row holds.

        Parameters
        ----------
        point
            (n + m,) A complete point (x, z).
        """
        chosen = point[: self.airing_count].astype(bool)
        if np.any(self.locked & ~chosen) or np.any(self.misses(point)[self.kind == RIGID] > 0):
            return False
        order = np.flatnonzero(chosen)
        order = order[np.lexsort((self.start[order], self.window[order]))]
        same = self.window[order][1:] == self.window[order][:-1]
        ends = (self.start + self.steps)[order]
        return not np.any(same & (ends[:-1] > self.start[order][1:]))


def activity_bounds(rows: Matrix, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """The least and the largest activity of rows, (r, c), over columns from `low` to `high`, (c,)."""
    more, less = rows.maximum(0), rows.minimum(0)
    return more @ low + less @ high, more @ high + less @ low


def largest_misses(reach: tuple[Ints, Ints], lower: Ints, upper: Ints, miss_step: Ints) -> Ints:
    """The largest possible miss of rows, units, (r,), from their activity bounds, sides and units."""
    least, most = reach
    off = np.maximum(np.maximum(lower - least, most - upper), 0)
    units: Ints = -(-off // miss_step)
    return units


def formulate(airings: Airings, rules: Sequence[Rule] | None = None) -> Formulation:
    """State rules over airings.

    Parameters
    ----------
    airings
        The candidate airings.
    rules
        The rules, by default those of the instance. Rules that only report state no rows.
    """
    stacked = stack_rows(planned_blocks(airings, rules), len(airings))
    formulation = of_stack(airings, stacked)
    return replace(formulation, hard_weight=_hard_weight(formulation, stacked.need))


def planned_blocks(airings: Airings, rules: Sequence[Rule] | None = None) -> Iterator[RuleRows]:
    """The blocks of all rules that state rows, one at a time. The parameters are those of `formulate`."""
    rules = rules_of(airings.instance) if rules is None else rules
    planned = (rule for rule in rules if not rule.report_only)
    return (open_rows(rule, airings, block) for rule in planned for block in rule.rows(airings))


def of_stack(airings: Airings, stacked: StackedRows) -> Formulation:
    """The formulation of stacked rows. Its hard rows have no weights."""
    instance = airings.instance
    windows = instance.windows
    constant = 0
    for number in range(len(instance.channels)):
        mine = (windows.channel == number) & ~windows.past
        audience = instance.viewing.audience(number, windows.fallback[mine], windows.start[mine], windows.end[mine])
        constant += int(audience.sum())

    def joined(name: str, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        parts = [getattr(columns, name) for columns in stacked.columns]
        return np.concatenate(parts).astype(dtype) if parts else np.zeros(0, dtype=dtype)

    return Formulation(
        window=airings.column("window"),
        carriage=airings.channel * (int(airings.content.max(initial=0)) + 1) + airings.content,
        start=airings.column("start"),
        steps=airings.column("steps"),
        value=np.where(airings.past, 0, airings.audience - airings.displaced),
        locked=airings.locked,
        window_start=windows.first_step,
        window_end=windows.last_step,
        column_lower=joined("lower", np.int64),
        column_upper=joined("upper", np.int64),
        column_value=joined("value", np.int64),
        column_integer=joined("integer", np.bool_),
        columns=stacked.columns,
        matrix=stacked.matrix,
        lower=stacked.lower,
        upper=stacked.upper,
        kind=stacked.kind,
        miss_step=stacked.miss_step,
        price=np.where(stacked.kind == SOFT, stacked.price, 0),
        hard_weight=np.zeros(len(stacked.lower), dtype=np.int64),
        labels=stacked.labels,
        constant=constant,
    )


def _hard_weight(formulation: Formulation, need: Ints) -> Ints:
    """The weight of a missed unit of each hard row, (r,): HARD_SCALE / need, and less if sums would overflow."""
    hard = formulation.kind == HARD
    weight = HARD_SCALE // np.maximum(need, 1)
    fits = MOST_HARD_MISS // max(1, int(hard.sum())) // np.maximum(formulation.most_miss(), 1)
    return np.where(hard, np.maximum(np.minimum(weight, fits), 1), 0)
