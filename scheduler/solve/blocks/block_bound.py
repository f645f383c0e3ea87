"""A bound tighter than the relaxation's: blocks of windows are solved as whole programs at the relaxation's duals.

A row is *inside* a block if all its airings lie in the block's windows and it contains no auxiliary variable. For any
duals π
    bound(π) = rest + Σ_blocks plain_b,   plain_b = Σ_windows best pattern of (value − Aᵀπ) + Σ_inside rows' sides.
Here plain_b may be replaced by any bound on the block's own program. In that program the inside rows are constraints
and only the outside rows are priced (Lagrangian decomposition; Guignard and Kim 1987). No choice with an airing of
regret more than Δ is worth more than plain_b − Δ, with or without the inside rows. Therefore
    plain_b ← max(plain_b − Δ, bound of the program over the airings of regret at most Δ)   for any Δ ≥ 0.
Δ grows from attempt to attempt. Choices worth less than plain_b − Δ are cut off, so the first proofs are short.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from scheduler.arrays import Reals
from scheduler.solve.blocks.block_mip import BlockMip, proof_options
from scheduler.solve.params import DEFAULTS
from scheduler.solve.relaxation.lagrangian import evaluate_lagrangian, float_error, projected

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Ints
    from scheduler.formulation import Formulation
    from scheduler.solve.params import BlockParams
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.relaxation.pricing import Pricer
    from scheduler.solve.search.time_limit import Budget


def partition(
    formulation: Formulation,
    rows: LinearRows,
    most_windows: int | None = None,
    finer: Ints | None = None,
    params: BlockParams = DEFAULTS.blocks,
) -> Ints:
    """The block of every window, (w,): connected components of windows that share rows, up to a size.

    Rows over few windows join first. Rows with different coefficients (minutes, shares) join before rows with equal
    ones (runs), because the relaxation is weaker on the former.

    Parameters
    ----------
    most_windows
        Most windows of a block.
    finer
        (w,) A finer partition, whose blocks are joined.
    """
    most_windows = params.small if most_windows is None else most_windows
    n, windows = formulation.airing_count, len(formulation.window_start)
    # `met[r, w]` is not 0 if row r has an airing in window w; `width` is the number of such windows. Rows with
    # auxiliary variables (`own`) do not join windows.
    by_row = sparse.csr_array(rows.by_airing[:n].T)
    count = np.diff(by_row.indptr)
    row = np.repeat(np.arange(rows.count), count)
    met = sparse.csr_array((np.ones(len(row)), (row, formulation.window[by_row.indices])), shape=(rows.count, windows))
    met.sum_duplicates()
    width = np.diff(met.indptr)
    largest, smallest = np.full(rows.count, -np.inf), np.full(rows.count, np.inf)
    np.maximum.at(largest, row, np.abs(by_row.data))
    np.minimum.at(smallest, row, np.abs(by_row.data))
    own = np.asarray(np.diff(sparse.csr_array(rows.by_airing[n:].T).indptr)) > 0
    airings = np.bincount(formulation.window, minlength=windows)
    block = np.arange(windows) if finer is None else finer
    one = np.ones(windows, dtype=np.int64)
    for group, load, limit in (
        (largest != smallest, one, most_windows),
        (largest == smallest, airings, params.most_airings_by_runs),
    ):
        for each in np.unique(width[group & (width > 1) & ~own]).tolist():
            block = _joined(block, met[np.flatnonzero(group & ~own & (width == each))], load, limit)
    return block


def _joined(block: Ints, met: sparse.csr_array[Any, tuple[int, int]], load: Ints, limit: int) -> Ints:
    """Join the blocks that share a row if the joined block stays within the limit."""
    # Blocks that share a row are connected components of linksᵀ·links. A component above the limit stays as it was.
    row = np.repeat(np.arange(met.shape[0]), np.diff(met.indptr))
    size = int(block.max()) + 1
    links = sparse.csr_array((np.ones(len(row)), (row, block[met.indices])), shape=(met.shape[0], size))
    whole = connected_components(links.T @ links, directed=False)[1]
    fits = np.bincount(whole[block], weights=load) <= limit
    merged = np.where(fits[whole[block]], whole[block], int(whole.max()) + 1 + block)
    numbers: Ints = np.unique(merged, return_inverse=True)[1].astype(np.int64)
    return numbers


def inside_of(formulation: Formulation, rows: LinearRows, block: Ints) -> Ints:
    """The block that contains each row, (r,). −1 if the row is outside of all blocks."""
    n = formulation.airing_count
    # A row is inside a block if all its columns are: the smallest and the largest block of its columns are equal.
    # Auxiliary variables have block −1, so their rows are outside.
    of_column = np.full(rows.by_airing.shape[0], -1, dtype=np.int64)
    of_column[:n] = block[formulation.window]
    by_row = sparse.csr_array(rows.by_airing.T)
    row = np.repeat(np.arange(rows.count), np.diff(by_row.indptr))
    low, high = np.full(rows.count, np.iinfo(np.int64).max), np.full(rows.count, -1, dtype=np.int64)
    np.minimum.at(low, row, of_column[by_row.indices])
    np.maximum.at(high, row, of_column[by_row.indices])
    return np.where(low == high, high, -1)


@dataclass(slots=True)
class Block:
    """The state of one block at the present duals, viewer-minutes."""

    airings: Ints
    inside: Ints  # rows inside the block
    plain: float  # its part of the Lagrangian bound
    upper: float  # the best bound on this part so far
    slack: float  # Δ of the next attempt
    seconds: float  # limit of the next attempt
    last: float  # duration of the last attempt; at first the sum over its parts
    lower: float = -math.inf  # value of the best choice found
    chosen: Ints | None = None  # that choice, airings
    closed: bool = False  # no further attempt would lower the bound

    def expected_gain(self) -> float:
        """The largest possible decrease of the bound by the next attempt, per second."""
        return 0.0 if self.closed else (self.slack - (self.plain - self.upper)) / (2 * self.last)


class Blocks:
    """The blocks of a formulation."""

    def __init__(
        self,
        formulation: Formulation,
        rows: LinearRows,
        pricer: Pricer,
        block: Ints | None = None,
        params: BlockParams = DEFAULTS.blocks,
    ) -> None:
        """Build the blocks from the rows, or from a given partition, (w,)."""
        self.formulation, self.rows, self.pricer = formulation, rows, pricer
        self.params = params
        self.block = partition(formulation, rows, params=params) if block is None else block
        self.inside = inside_of(formulation, rows, self.block)
        self.count = int(np.max(self.block, initial=-1)) + 1
        self.blocks: list[Block] = []
        self.lock = threading.Lock()  # one thread strengthens the blocks while another reads them

    def set_duals(self, duals: Reals, finer: Blocks | None = None, seconds: float | None = None) -> float:
        """Set new duals, (r,), and start all blocks again. Returns the bound at these duals, rounded outward.

        Parameters
        ----------
        finer
            Blocks of a finer partition at the same duals and rows. Their gains are kept, and their time is the least
            expected time of a larger block.
        seconds
            Limit of the first attempt at each block.
        """
        formulation, rows, params = self.formulation, self.rows, self.params
        seconds = params.first_seconds if seconds is None else seconds
        n, duals = formulation.airing_count, projected(rows, duals)
        priced = evaluate_lagrangian(formulation, rows, self.pricer, duals)
        self.regret, best = self.pricer.regrets(priced.reward)
        sides = np.where(duals > 0, rows.upper, np.where(duals < 0, rows.lower, 0.0)) * duals
        outside = np.where(self.inside >= 0, 0.0, duals)
        self.reward: Reals = formulation.value - (rows.by_airing @ outside)[:n]
        # one error for the plain bound, one for the programs' rewards and sums
        self.error = 2 * float_error(formulation, rows, self.pricer, duals)
        self.whole = priced.bound
        held = np.flatnonzero(self.inside >= 0)
        plain = np.bincount(self.block, weights=best, minlength=self.count)
        plain += np.bincount(self.inside[held], weights=sides[held], minlength=self.count)
        airings = _grouped(self.block[formulation.window], self.count)
        inside = _grouped(np.where(self.inside >= 0, self.inside, self.count), self.count)
        gained, took, share = np.zeros(self.count), np.full(self.count, params.first_guess), params.first_slack
        if finer is not None:
            gained = self._total(finer, [one.plain - one.upper for one in finer.blocks])
            took = np.minimum(self._total(finer, [one.last for one in finer.blocks]), seconds / params.spare)
            share = params.first_slack_joined
        least = params.least_slack * max(1.0, abs(priced.bound)) / max(1, self.count)
        first = gained + np.maximum(share * plain, least)
        self.blocks = [
            Block(airings[b], inside[b], plain[b], plain[b] - gained[b], first[b], seconds, took[b])
            for b in range(self.count)
        ]
        for one in self.blocks:
            one.closed = not len(one.inside)
        if finer is not None:
            self._keep(finer)
        return self.bound()

    def _keep(self, finer: Blocks) -> None:
        """Take over the state of blocks that are the same in the finer partition."""
        for number, members in enumerate(_grouped(self.block, self.count)):
            before = np.unique(finer.block[members])
            if len(before) == 1:
                self.blocks[number] = replace(finer.blocks[before[0]])

    def _total(self, finer: Blocks, of_finer: list[float]) -> Reals:
        """The sum over the finer blocks within each block, (blocks,)."""
        first = np.unique(finer.block, return_index=True)[1]
        return np.bincount(self.block[first], weights=of_finer, minlength=self.count).astype(np.float64)

    def lost(self, point: Ints) -> Reals:
        """Each block's part of the bound minus its part of a timetable that keeps all hard rows, (blocks,)."""
        formulation = self.formulation
        chosen = np.flatnonzero(point[: formulation.airing_count])
        penalty = formulation.misses(point) * formulation.price
        inside = np.flatnonzero(self.inside[: len(penalty)] >= 0)
        lost = np.array([one.plain for one in self.blocks], dtype=np.float64)
        np.subtract.at(lost, self.block[formulation.window[chosen]], self.reward[chosen])
        np.add.at(lost, self.inside[inside], penalty[inside])
        return lost

    def proven(self) -> Reals:
        """By how much each block's program has lowered its part of the plain bound, (blocks,)."""
        with self.lock:
            return np.array([one.plain - one.upper for one in self.blocks])

    def choices(self) -> list[Ints | None]:
        """The best choice of airings that each block's program has found. None if it has found none."""
        with self.lock:
            return [one.chosen for one in self.blocks]

    def bound(self) -> float:
        """The bound with the gains of all blocks, rounded outward."""
        return self.whole - math.fsum(one.plain - one.upper for one in self.blocks) + self.error

    def strengthen(
        self,
        offer: Callable[[float], object],
        budget: Budget,
        *,
        closeness: float,
    ) -> bool:
        """Solve blocks, largest expected gain per second first, until all are closed or the budget is used up.

        Call `set_duals` first. A later call continues where this one stopped.

        Parameters
        ----------
        offer
            Called with every better bound.
        budget
            The time for all attempts.
        closeness
            A gap, as a share of the bound, at which the blocks count as closed.

        Returns
        -------
        bool
            Whether all blocks are closed.
        """
        gap = closeness * max(1.0, abs(self.whole)) / max(1, self.count)
        while (left := budget.left()) > 0:
            unsolved = [b for b in range(self.count) if not self.blocks[b].closed]
            if not unsolved:
                return True
            worthwhile = [b for b in unsolved if left >= self.params.spare * self.blocks[b].last]
            if not worthwhile:
                return False
            number = max(worthwhile, key=lambda b: self.blocks[b].expected_gain())
            before = self.blocks[number].upper
            self._attempt(number, gap, budget)
            if self.blocks[number].upper < before:
                offer(self.bound())
        return False

    def _attempt(self, number: int, gap: float, budget: Budget) -> None:
        """Solve one program of one block, and set Δ and limit of the next attempt."""
        one, began = self.blocks[number], time.monotonic()
        some = one.airings[self.regret[one.airings] <= one.slack]
        floor = one.plain - one.slack
        mip = BlockMip(self.formulation, self.rows, some, one.inside, self.reward)
        attempt, options = budget.at_most(one.seconds), proof_options(self.params)
        found = mip.solve(floor, gap, attempt, self.params.nodes_per_second, options)
        with self.lock:
            one.upper = min(one.upper, found.bound)
            if found.value > one.lower:
                one.lower, one.chosen = found.value, found.chosen
        work = budget.spend_iterations(found.iterations)
        one.last = work if budget.counted else time.monotonic() - began
        _plan(one, gap, mip.margin, self.params, ended=found.ended)


def _plan(one: Block, gap: float, margin: float, params: BlockParams, *, ended: bool) -> None:
    """Choose Δ and limit of the next attempt: a larger Δ after a proof, else a longer limit and a smaller Δ."""
    reached = one.plain - one.lower  # a Δ that suffices in any case
    enough = reached + gap + margin
    one.closed = one.upper - one.lower <= 2 * (gap + margin) or one.slack > 4 * abs(one.plain) + gap
    one.closed |= ended and one.slack >= enough  # a further attempt would give the same result
    if ended:
        wider = one.slack * (params.widen_quick if one.last < one.seconds / 4 else params.widen)
    else:
        one.seconds *= 2
        wider = max(params.widen * (one.plain - one.upper), one.slack / 2)
    one.slack = min(wider, enough)


def _grouped(owner: Ints, count: int) -> list[Ints]:
    """The indices that belong to each of `count` owners."""
    order = np.argsort(owner, kind="stable")
    return np.split(order, np.searchsorted(owner[order], np.arange(1, count + 1)))[:count]
