"""What airings count and rows weigh while a search anneals: from the relaxation's prices to the true value.

A cycle has two parts. The first begins in the Lagrangian's landscape: what a row has to spare is credited at its dual,
so that scarce runs and minutes have a price before they run out. *Narrow* rows (runs, once a day, a channel's own
minutes) weigh more and more while they are missed, and their credit fades. *Broad* rows are minutes, viewers and shares
that many airings share so finely that a few per cent of what is exchanged are mended for little: they stay at their
duals and may be off by a tolerance, or the first moves would freeze both sides of every agreement against each other.
In the second part broad rows harden too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scheduler.rules import NO_BOUND, SOFT

if TYPE_CHECKING:
    from scheduler.formulation import Flags, Formulation, Integers
    from scheduler.solve.relaxation.reduced_costs import Guide

Reals = npt.NDArray[np.float64]


FEW_WINDOWS = 10
"""Rows over no more windows are narrow: what is left of a channel's week is not mended elsewhere."""


@dataclass(frozen=True, slots=True)
class Hardening:
    """The dials of how rows harden. Shares of a part are counted from its begin, growth in beats."""

    credit: float = 0.9  # of the duals of narrow rows, for what they have to spare, at first
    fades: float = 0.9  # this credit is gone after so much of the first part
    hardens: float = 0.3  # from then on the weights of narrow rows grow faster and do not shrink
    broad_credit: float = 0.95  # of the duals of broad rows, in the first part
    broad_fades: float = 0.75  # this credit is gone after so much of the second part
    tolerance: float = 0.03  # of what is exchanged, by which broad rows may be off in the first part
    piece: float = 0.2  # of its largest airing a broad row that asks for a least may be off in any case
    duals: float = 1.1  # a row's first weight, in its duals
    floor: float = 0.07  # least first weight of a row: a whole airing's coefficient costs so much of its value
    hardness: float = 20.0  # no weight is below this many floors at the end
    narrow_hardness: float = 1.2  # to miss a narrow row costs so much more at the end than any airing brings
    narrow_rise: float = 30.0  # times this at the end of the second part, lest broad rows hold at its cost
    beats: float = 340.0  # of the first part
    broad_beats: float = 140.0  # of the second part
    growth: float = 1.02  # of the weight of a row that is missed, per beat
    hard_growth: float = 1.03
    shrinking: float = 0.9995
    broad_shrinking: float = 0.99


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a cycle is: shares of its first and of its second part that are past."""

    first: float
    second: float = 0.0

    def later(self, share: float) -> Progress:
        """After a share of what is left of the part that is going on."""
        if self.first >= 1.0:
            return Progress(self.first, self.second + (1 - self.second) * share)
        return Progress(self.first + (1 - self.first) * share)


class Landscape:
    """Weights of the rows and rewards of the airings at every moment of a cycle."""

    def __init__(self, formulation: Formulation, guide: Guide, hardening: Hardening) -> None:
        self.hardening = hardening
        n = formulation.airing_count
        self.firm: Flags = formulation.kind != SOFT
        size = np.maximum(np.asarray(abs(formulation.matrix).max(axis=1).toarray()).ravel(), 1)
        self.broad = broad_rows(formulation)
        self.tolerance = self._tolerance(formulation, guide, size)
        self.dual_cost = np.abs(guide.duals) * formulation.miss_step
        self.floor = hardening.floor * guide.unit / size * formulation.miss_step
        self.end_floor = np.maximum(
            hardening.hardness * self.floor, hardening.narrow_hardness * self._dearest(formulation)
        )
        weight = np.maximum(hardening.duals * self.dual_cost, self.floor)
        self.weight: Reals = np.where(self.firm, weight, formulation.price).astype(np.float64)
        used = formulation.matrix.T @ np.where(self.broad, guide.duals, 0.0)
        self.broad_used: Reals = np.asarray(used, dtype=np.float64)[:n]
        self.narrow_used: Reals = formulation.value - guide.reward - self.broad_used

    def _tolerance(self, formulation: Formulation, guide: Guide, size: Integers) -> Reals:
        """Units by which each broad row may be off while it is loose, (r,); 0 for narrow rows."""
        dials = self.hardening
        exchanged = dials.tolerance * guide.exchanged
        asks = formulation.lower > -NO_BOUND
        one_sided = asks & (formulation.matrix.min(axis=1).toarray().ravel() >= 0)
        least = np.maximum(dials.tolerance * np.where(one_sided, formulation.lower, 0), dials.piece * size)
        return np.where(self.broad, np.where(one_sided, least, exchanged) / formulation.miss_step, 0.0)

    def _dearest(self, formulation: Formulation) -> Reals:
        """The most value that an airing brings per unit by which it may miss a narrow row, (r,); 0 for broad ones."""
        worth = np.zeros(formulation.matrix.shape[1])
        worth[: formulation.airing_count] = np.maximum(formulation.value, 0)
        entry = formulation.matrix
        each = worth[entry.indices] / np.maximum(np.abs(entry.data), 1)
        filled = np.flatnonzero(np.diff(entry.indptr) > 0)
        dearest = np.zeros(len(formulation.lower))
        dearest[filled] = np.maximum.reduceat(each, entry.indptr[filled])
        return np.where(self.broad, 0.0, dearest * formulation.miss_step)

    def grow(self, weight: Reals, misses: Reals, at: Progress, share: float) -> None:
        """Let the weights of missed rows grow, in place, over a share of the part that is going on."""
        dials = self.hardening
        loose, hard = at.first < 1.0, at.first > dials.hardens
        beats = share * (dials.beats if loose else dials.broad_beats)
        slow, fast = dials.growth**beats, dials.hard_growth**beats
        pressing = self.pressing(misses, at) & self.firm
        weight[pressing & ~self.broad] *= fast if hard else slow
        weight[pressing & self.broad] *= slow if loose else fast
        if not hard:
            calm = ~pressing & self.firm & ~self.broad
            weight[calm] = np.maximum(self.weight[calm], weight[calm] * dials.shrinking**beats)
        if loose:
            calm = ~pressing & self.broad
            weight[calm] = np.maximum(self.weight[calm], weight[calm] * dials.broad_shrinking**beats)

    def pressing(self, misses: Reals, at: Progress) -> Flags:
        """Rows that are missed by more than is tolerated now, (r,)."""
        pressing: Flags = misses > (self.tolerance if at.first < 1.0 else 0.0)
        return pressing

    def counted(self, weight: Reals, at: Progress) -> Reals:
        """What a missed unit of each row costs now, (r,)."""
        dials = self.hardening
        narrow, broad = self._credits(at)
        least = np.where(self.broad, 0.02, 0.2) * weight
        counted = np.maximum(weight - np.where(self.broad, broad, narrow) * self.dual_cost, least)
        risen = max(0.0, at.first - dials.hardens) / (1 - dials.hardens)
        for rows, share, rise in ((~self.broad, risen, dials.narrow_rise**at.second), (self.broad, at.second, 1.0)):
            if share > 0:
                floor = self.floor * (self.end_floor / self.floor) ** share * rise
                counted = np.where(rows & self.firm, np.maximum(counted, floor), counted)
        return counted

    def rewards(self, airing: Integers, value: Reals, at: Progress) -> Reals:
        """What some airings count now: their value less what they use of the rows at the credited duals."""
        narrow, broad = self._credits(at)
        rewards: Reals = value - narrow * self.narrow_used[airing] - broad * self.broad_used[airing]
        return rewards

    def _credits(self, at: Progress) -> tuple[float, float]:
        dials = self.hardening
        narrow = dials.credit * max(0.0, 1.0 - at.first / dials.fades)
        return narrow, dials.broad_credit * max(0.0, 1.0 - at.second / dials.broad_fades)


def broad_rows(formulation: Formulation) -> Flags:
    """Firm rows over many windows that ask for a least or weigh airings against each other, (r,).

    Their coefficients are of unlike size: minutes, viewers, shares; not runs.
    """
    matrix = formulation.matrix
    filled = np.flatnonzero((np.diff(matrix.indptr) > 0) & (formulation.kind != SOFT))
    broad = np.zeros(len(formulation.lower), dtype=bool)
    if not len(filled):
        return broad
    some = matrix[filled]
    size = np.abs(some.data)
    unlike = np.maximum.reduceat(size, some.indptr[:-1]) > np.minimum.reduceat(size, some.indptr[:-1])
    both = np.maximum.reduceat(some.data, some.indptr[:-1]) > 0
    both &= np.minimum.reduceat(some.data, some.indptr[:-1]) < 0
    chosen = filled[unlike & (both | (formulation.lower[filled] > -NO_BOUND))]
    broad[chosen] = windows_met(formulation, chosen) > FEW_WINDOWS
    return broad


def windows_met(formulation: Formulation, rows: Integers) -> Integers:
    """In how many windows each of some rows has airings."""
    some = formulation.matrix[rows]
    row = np.repeat(np.arange(len(rows)), np.diff(some.indptr))
    airing = some.indices < formulation.airing_count
    span = max(1, len(formulation.window_start))
    met = np.unique(row[airing].astype(np.int64) * span + formulation.window[some.indices[airing]])
    counts: Integers = np.bincount(met // span, minlength=len(rows))
    return counts
