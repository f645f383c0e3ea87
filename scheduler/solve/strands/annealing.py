"""Simulated annealing of a large strand program (Kirkpatrick, Gelatt and Vecchi 1983), with the relaxation's duals.

Every move keeps the rigid rows (`kernels/strand_moves.py`). Other hard rows may be violated at a weight. A row joins
channels if it has columns of several ones, for example the balance of two parties. A cycle has two phases:

- Phase 1: the duals λ of joining rows are credited, so a column's reward is value − credit·Σ λ·coefficient. A
  violation of these rows costs 2·(1 − credit)·|λ| per unit. Otherwise the first moves would freeze both sides of every
  balance: each side would stay as small as the other one still is. Weights of other rows grow by a factor while a row
  is violated and fall again while it holds.
- Phase 2: the credit fades to 0 and the weights of all violated rows grow, at last by `last_growth`.

A channel of more value has a higher temperature: its unit is the mean value of its columns in the relaxation. Weights
begin with |λ|, but at least `least_weight` of the bound for a whole row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from scheduler.arrays import by_row, outside
from scheduler.formulation import HARD_SCALE
from scheduler.rules import HARD, RIGID, SOFT
from scheduler.solve.kernels.strand_moves import (
    HARD_MISS,
    REWARD,
    SOFT_PENALTY,
    WEIGHTED,
    Best,
    Moves,
    Rows,
    State,
    Static,
    Worth,
    anneal,
    begin,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strand_params import StrandAnnealingParams
    from scheduler.solve.strands.program import Matrix, StrandProgram
    from scheduler.solve.strands.relaxation import RelaxedColumns

SPARE = 40
"""Most chosen columns in a strict row beside held ones. It bounds memory: a move that exceeds it is undone."""


class StrandAnnealing:
    """What all cycles share: the columns, their rows, and the weights at the beginning.

    Parameters
    ----------
    lost
        (c,) Loss of each column in the relaxation. Only the likeliest columns take part.
    relaxed
        The relaxation: its duals, amounts and a finite bound. Amounts that are all 0 are unknown.
    """

    def __init__(
        self, program: StrandProgram, params: StrandAnnealingParams, lost: Reals, relaxed: RelaxedColumns, used: float
    ) -> None:
        """State the problem. `used`: the smallest amount by which a column counts as used by the relaxation."""
        self.program, self.params = program, params
        rank = np.where(relaxed.amounts > used, -relaxed.amounts, lost)
        rank[program.column_lower > 0] = -np.inf
        self.columns = _columns(program, params.columns, rank)
        rows = _weighted_and_strict(program, self.columns, params)
        matrix, price = rows.matrix, np.zeros(len(rows.lower))
        price[: len(relaxed.duals)] = relaxed.duals
        price[~(rows.hard > 0)] = 0.0
        channels, at = np.unique(program.channel[self.columns], return_inverse=True)
        at = at - int(channels[0] < 0)  # −1: an auxiliary column
        amount = relaxed.amounts if relaxed.amounts.any() else np.ones(program.column_count)
        here = [program.channel == one for one in channels[channels >= 0]]
        spread = np.array([(program.value * amount)[some].sum() / max(1.0, amount[some].sum()) for some in here])
        self.static = _static(
            program, self.columns, rows, at, np.append(np.maximum(spread, 1.0), spread.mean()), params
        )
        self.hard: Flags = rows.hard > 0
        self.joining: Flags = self.hard & _of_several(matrix, at)
        self.price: Reals = np.where(self.joining, np.abs(price), 0.0)
        self.credited: Reals = np.asarray(matrix.T @ np.where(self.joining, price, 0.0))
        weight = np.maximum(np.abs(price), params.least_weight * abs(relaxed.bound) * rows.hard)
        self.weight: Reals = np.where(self.hard, weight, rows.soft)
        largest = by_row(np.maximum, matrix.data, matrix.indptr, 0.0)
        largest = np.maximum(largest, -by_row(np.minimum, matrix.data, matrix.indptr, 0.0))
        self.tolerance: Reals = params.tolerance * largest

    def cycle(
        self,
        budget: Budget,
        seed: int,
        found: Callable[[Reals], object],
        start: Reals | None = None,
        beyond: Budget | None = None,
    ) -> Reals:
        """Run one cycle from the held columns on, or only the last part of one from other columns.

        If hard rows are violated at its end, it goes on at the last temperature, and their weights grow, until none is.

        Parameters
        ----------
        budget
            Its time or counted work.
        found
            Called with the columns, (c,), of the best choice that violates no hard row, at the end and at times before.
        start
            (c,) Columns that keep the rigid rows. With them the cycle begins where the credit has faded.
        beyond
            A budget that also holds the time or work to go on after the end. None: the cycle ends with its budget.

        Returns
        -------
        (c,)
            The columns at the end. They keep all rigid rows, and may violate hard rows.
        """
        static, params, random = self.static, self.params, np.random.default_rng(seed)
        state, best = self._start(start)
        skipped = 0.0 if start is None else params.fade_share
        whole, offered = max(budget.left(), np.finfo(float).tiny), 0.0
        while not budget.over() or (beyond is not None and best.value[0] == -np.inf and not beyond.over()):
            share = skipped + (1 - skipped) * (1 - budget.left() / whole)
            missed = self._update(state, share)
            temperature = params.first_temperature * (params.last_temperature / params.first_temperature) ** share
            anneal(static, state, best, random, params.sweep, temperature, missed)
            budget.spend(params.sweep * params.work_per_move)
            if best.value[0] > offered + params.offer_gain * abs(offered):
                offered = float(best.value[0])
                found(self._whole(best.chosen))
        if best.value[0] > -np.inf:
            found(self._whole(best.chosen))
            return self._whole(best.chosen)
        return self._whole(state.chosen)

    def _start(self, start: Reals | None = None) -> tuple[State, Best]:
        """The held columns, or those of a start that take part."""
        static, rows = self.static, len(self.weight)
        held = np.flatnonzero(static.held)
        counts = np.diff(self.program.matrix[:, self.columns[held]].tocsr().indptr)
        most = SPARE + int(counts.max(initial=0))
        state = State(
            chosen=np.zeros(len(self.columns), dtype=bool),
            activity=np.zeros(rows),
            users=np.zeros((rows, most), dtype=np.int32),
            used=np.zeros(rows, dtype=np.int64),
            reward=static.worth.value.copy(),
            weight=self.weight.copy(),
            total=np.zeros(5),
            mark=np.zeros(len(self.columns), dtype=np.int64),
            move=np.zeros(1, dtype=np.int64),
        )
        chosen = held if start is None else np.flatnonzero(start[self.columns] > 0)
        begin(static.rows, static.worth, state, chosen)
        return state, Best(state.chosen.copy(), np.full(1, -np.inf))

    def _update(self, state: State, share: float) -> Ints:
        """Set rewards and weights after a share of a cycle. Returns the weighted rows that are violated now."""
        static, params = self.static, self.params
        missed = outside(state.activity, static.rows.lower, static.rows.upper)
        missed[static.rows.strict] = 0.0
        first, late = share < params.first_share, share >= params.fade_share
        faded = (share - params.first_share) / (params.fade_share - params.first_share)
        credit = params.credit * (1.0 if first else max(0.0, 1 - faded))
        state.reward[:] = static.worth.value - credit * self.credited
        least = np.where(
            self.joining,
            np.maximum(self.weight - credit * self.price, (2 if first else 1) * (1 - credit) * self.price),
            self.weight,
        )
        rising = self.hard & (missed > (np.where(self.joining, self.tolerance, 0.0) if first else 0.0))
        growth = np.where(self.joining & first, params.joining_growth, params.last_growth if late else params.growth)
        falling = self.hard & ~rising
        state.weight[rising] *= growth[rising]
        state.weight[falling] *= params.last_fall if late else params.fall
        state.weight[self.hard] = np.maximum(state.weight, least)[self.hard]
        state.total[REWARD] = state.reward[state.chosen].sum()
        state.total[WEIGHTED] = float(state.weight @ missed)
        state.total[HARD_MISS] = float(static.worth.hard @ missed)
        state.total[SOFT_PENALTY] = float(static.worth.soft @ missed)
        return np.flatnonzero(missed > 0)

    def _whole(self, chosen: Flags) -> Reals:
        """All columns of the program, (c,)."""
        whole = np.maximum(self.program.column_lower, 0.0)
        whole[self.columns[chosen]] = 1.0
        return whole


@dataclass(frozen=True, eq=False)
class _SplitRows:
    """Strict rows with only an upper side, and weighted rows, over the columns that take part.

    A strict row with a lower side appears again at the end, negated.
    """

    matrix: Matrix  # (s, c)
    lower: Reals
    upper: Reals
    strict: Flags
    overlap: Flags
    hard: Reals  # share of a whole hard row per unit
    soft: Reals  # viewer-minutes per unit


def _weighted_and_strict(program: StrandProgram, columns: Ints, params: StrandAnnealingParams) -> _SplitRows:
    """The rows of the annealing.

    Rigid rows are strict, as are hard rows that limit a number of columns to a few. Rows with an auxiliary column that
    is not 0 or 1 are left out: they are judged where a timetable is offered.
    """
    binary = (program.column_lower >= 0) & (program.column_upper <= 1)
    judged = np.diff(program.matrix[:, np.flatnonzero(~binary)].tocsr().indptr) == 0
    lower, upper = np.where(judged, program.lower, -np.inf), np.where(judged, program.upper, np.inf)
    least = by_row(np.minimum, program.matrix.data, program.matrix.indptr, 0.0)
    few = (program.kind == HARD) & (least >= 0) & (upper <= params.strict_most) & ~np.isfinite(lower)
    strict = judged & ((program.kind == RIGID) | few)
    hard = np.where((program.kind == HARD) & ~strict & judged, program.price / HARD_SCALE / program.miss_step, 0.0)
    soft = np.where((program.kind == SOFT) & judged, program.price / program.miss_step, 0.0)
    matrix, again = program.matrix[:, columns], np.flatnonzero(strict & np.isfinite(lower))
    more, zeros = np.ones(len(again), dtype=bool), np.zeros(len(again))
    return _SplitRows(
        matrix=sparse.csr_array(sparse.vstack([matrix, -matrix[again]])) if len(again) else matrix,
        lower=np.concatenate([np.where(strict, -np.inf, lower), np.full(len(again), -np.inf)]),
        upper=np.concatenate([upper, -lower[again]]),
        strict=np.concatenate([strict, more]),
        overlap=np.concatenate([program.origin < 0, ~more]),
        hard=np.concatenate([hard, zeros]),
        soft=np.concatenate([soft, zeros]),
    )


def compile_strand_moves() -> None:
    """Compile the moves or load them from the cache, before the clock of a search starts."""
    one, none, empty = np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
    no, real, two = np.zeros(1, dtype=bool), np.zeros(1), np.zeros(2, dtype=np.int64)
    moves = Moves(0.0, 0.0, 0.0, 1.0, 1, 0.0, 1)
    rows, worth = Rows(two, empty, real[:0], no, real, real), Worth(real, real, real)
    static = Static(rows, worth, one, one, no, two, empty, two, empty, two, one, empty, real, none, moves)
    state = State(no.copy(), real.copy(), empty.reshape(0, 1), one.copy(), real.copy(), real, real.repeat(5), one, one)
    begin(static.rows, static.worth, state, none)
    anneal(static, state, Best(no.copy(), real.copy()), np.random.default_rng(0), 0, 1.0, none)


def _columns(program: StrandProgram, most: int, rank: Reals) -> Ints:
    """The columns that take part: the likeliest bundles and other airings, and auxiliary columns of 0 or 1.

    The likeliest come first, auxiliary ones last.
    """
    airing, bundle = program.channel >= 0, np.arange(program.column_count) < program.bundle_count
    kinds = [np.flatnonzero(airing & bundle), np.flatnonzero(airing & ~bundle)]
    likely = [some[np.argsort(rank[some], kind="stable")[:most]] for some in kinds]
    auxiliary = np.flatnonzero(~airing & (program.column_lower >= 0) & (program.column_upper <= 1))
    airings = np.concatenate(likely)
    return np.concatenate([airings[np.argsort(rank[airings], kind="stable")], auxiliary])


def _of_several(matrix: Matrix, channel: Ints) -> Flags:
    """Whether each row has columns of several channels, (s,)."""
    of_entry = channel.astype(np.int32)[matrix.indices]
    last = by_row(np.maximum, of_entry, matrix.indptr, -1)
    of_entry[of_entry < 0] = np.iinfo(np.int32).max  # auxiliary columns are of no channel
    return np.asarray(by_row(np.minimum, of_entry, matrix.indptr, np.iinfo(np.int32).max) < last)


def _static(
    program: StrandProgram,
    columns: Ints,
    rows: _SplitRows,
    channel: Ints,
    spread: Reals,
    params: StrandAnnealingParams,
) -> Static:
    """The static arrays.

    Parameters
    ----------
    columns
        (c,) The columns that take part, the likeliest first.
    channel
        (c,) The number of the channel, −1 for an auxiliary column.
    spread
        (k + 1,) Viewer-minutes that stand for a temperature of 1 on each channel, then for auxiliary columns.
    """
    # Entries are millions: positions have 32 bits, and no array of all entries is kept longer than needed.
    matrix, overlap, strict = rows.matrix, rows.overlap, rows.strict
    first = np.argsort(~overlap, kind="stable").astype(np.int32)  # overlap rows before all others
    by_column = sparse.csc_array(matrix[first])  # the entries of a column are in the order of rows
    row = first[by_column.indices]
    matrix.sort_indices()
    size = np.diff(matrix.indptr)
    airing, weighted = (channel >= 0)[matrix.indices], np.repeat(~strict, size)
    likely, helper = airing | weighted, ~airing & (matrix.data < 0) & ~weighted
    bundle = columns < program.bundle_count
    ranks = np.lexsort((~bundle, channel))
    ranks = ranks[channel[ranks] >= 0]
    every = np.arange(len(spread))
    bundles = np.bincount(channel[bundle & (channel >= 0)], minlength=len(spread) - 1)
    return Static(
        rows=Rows(
            first=by_column.indptr.astype(np.int64),
            row=row,
            coefficient=by_column.data,
            strict=strict,
            lower=rows.lower,
            upper=rows.upper,
        ),
        worth=Worth(value=program.value[columns].astype(np.float64), hard=rows.hard, soft=rows.soft),
        overlaps=np.bincount(matrix.indices[np.repeat(overlap, size)], minlength=len(columns)),
        channel=channel.astype(np.int64),
        held=program.column_lower[columns] > 0,
        touch_first=_first_of_rows(likely, matrix.indptr),
        touching=matrix.indices[likely],
        helper_first=_first_of_rows(helper, matrix.indptr),
        helpers=matrix.indices[helper],
        of_first=np.searchsorted(channel[ranks], every),
        of_bundles=bundles,
        of_channel=ranks.astype(np.int32),
        spread=spread,
        overlap_rows=np.flatnonzero(overlap & strict),
        moves=Moves(
            from_missed=params.from_missed,
            remove=params.remove,
            bundles=params.bundles,
            likely=params.likely,
            refills=params.refills,
            refill_share=params.refill_share,
            sampled=params.sampled,
        ),
    )


def _first_of_rows(some: Flags, indptr: npt.NDArray[Any]) -> Ints:
    """Where the entries of every row begin among some entries, (s + 1,)."""
    before = np.append(np.zeros(1, dtype=np.int32), np.cumsum(some, dtype=np.int32))
    return np.asarray(before[indptr], dtype=np.int64)
