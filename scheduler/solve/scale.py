"""The strategy for large instances: greedy start, bound, rounded rows, rounding, then annealing and neighbourhoods."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scheduler.solve.annealing import Annealing
from scheduler.solve.blocks import LARGE_BLOCK, Blocks, partition
from scheduler.solve.bound import Relaxation, hard_price, relax, rounding
from scheduler.solve.descent import descend
from scheduler.solve.exact import exact
from scheduler.solve.greedy import greedy, greedy_choice
from scheduler.solve.guide import Guide
from scheduler.solve.improve import Improvement
from scheduler.solve.linear_rows import linear_rows
from scheduler.solve.master import Master
from scheduler.solve.polish import Polish
from scheduler.solve.pricing import Pricer
from scheduler.solve.tighten import Rounding, with_cuts

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.formulation import Flags, Formulation
    from scheduler.solve.search import Search

Reals = npt.NDArray[np.float64]

BOUND_SHARE, TIGHTEN_SHARE = 0.35, 0.25
"""At most these shares of the time left go into the bound and into strengthening it."""

BLOCK_SHARE = 0.8
"""At most this share of the time left goes into bounds of blocks, on one of several workers."""

POLISH_SHARE = 0.5
"""At most this share of the time left goes into polishing before neighbourhoods have a turn."""

ROUND_SHARE = 0.2
"""At most this share of the time left goes into one round of polishing."""

TURN_SHARE = 0.1
"""At most this share of the time left goes into a turn of neighbourhoods where one worker does all."""

LONGEST_BLOCK = 10.0
"""Seconds of one attempt at a block."""

SMALL_SHARE = 0.4
"""At most this share of the time for blocks goes into small ones."""

LONGEST_LARGE = 40.0
"""Seconds of one attempt at a large block."""

BLOCK_CLOSENESS = 1e-4
"""Small blocks are closed when all of them leave no more than this share of the bound open."""

LEAST_STEPS = 300
"""Subgradient steps before column generation; more where there are more windows."""

MOST_WINDOWS = 1_500
"""The master of more windows is not solved in the time that a search has: on 2,184, in 200 s, not once."""

CUT_ROUNDS = 4
CLOSENESS = 1e-6
"""The bound has met the master when they differ by no more than this share."""


def scale(search: Search) -> None:
    """Greedy, bound, strengthen, round, improve; the best timetable and the best bound so far are always kept."""
    greedy(search)
    if search.finished():
        return
    formulation, pricer = search.formulation, Pricer(search.formulation)
    bounding = Bounding(search, pricer)
    with search.stage("bound"):
        bounding.relax_plain()
    with search.stage("strengthen"):
        bounding.strengthen()
    if search.finished():
        return
    if len(bounding.relaxation.support):
        with search.stage("round"):
            search.try_offer(rounded(formulation, bounding.relaxation))
    if search.best is None:
        exact(search)
        return
    with search.stage("improve"):
        improve(search, bounding)


def improve(search: Search, bounding: Bounding) -> None:
    """Annealing on one worker; on another the bounds of blocks, then CP-SAT neighbourhoods; both from the best so far.

    A single worker takes turns. Neighbourhoods also move what annealing leaves alone: the rules' own columns.
    """
    guide = bounding.guide()
    annealing = Annealing(search, guide, search.settings.seed)
    improvement = Improvement(search, guide, search.settings.seed)
    polishing = Polishing(search, bounding, guide)
    if search.settings.deterministic or search.settings.workers == 1:
        bounding.strengthen_by_blocks(BLOCK_SHARE / 2)
        while not search.finished():
            annealing.cycle(polishing.polished)
            polishing.run(bounding.left(TURN_SHARE))
            improvement.run(bounding.left(TURN_SHARE))
        return

    def beside() -> None:
        bounding.strengthen_by_blocks(BLOCK_SHARE)
        improvement.run(search.remaining)

    def ahead() -> None:
        while not search.finished() and annealing.cycle(polishing.polished):
            polishing.run(bounding.left(POLISH_SHARE))

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(ahead), pool.submit(beside)]:
            future.result()


class Polishing:
    """Rounds of polishing from the best timetable there is, each mended afterwards."""

    def __init__(self, search: Search, bounding: Bounding, guide: Guide) -> None:
        formulation = search.formulation
        self.search, self.left = search, bounding.left
        self.annealing = Annealing(search, guide, search.settings.seed + 1)
        rows = linear_rows(formulation)
        self.random = np.random.default_rng(search.settings.seed)
        self.polish = Polish(formulation, rows, guide, self.annealing.landscape, partition(formulation, rows))

    def run(self, remaining: Callable[[], float]) -> None:
        """Polish and mend until that finds nothing better or no time remains."""
        search = self.search
        while not search.finished() and remaining() > 0 and search.best is not None:
            before = search.best
            chosen = before.point[: search.formulation.airing_count].astype(bool)
            polished = self.polished(chosen)
            if np.array_equal(polished, chosen):
                return
            self.annealing.mend(polished)
            if search.best is before:
                return

    def polished(self, chosen: Flags) -> Flags:
        """A choice after a round of polishing."""
        search, remaining = self.search, self.left(ROUND_SHARE)
        spend = search.spend if search.settings.deterministic else None
        return self.polish.round(chosen, self.random, remaining, spend)


def rounded(formulation: Formulation, relaxation: Relaxation) -> Flags:
    """The relaxation's airings, the surest first, as far as they fit; then what else gains."""
    airings = relaxation.support < formulation.airing_count
    support, amounts = relaxation.support[airings], relaxation.amounts[airings]
    return greedy_choice(formulation, support[np.argsort(-amounts, kind="stable")])


@dataclass(slots=True)
class Bounding:
    """The relaxation of one search: plain first, then with rounded rows."""

    search: Search
    pricer: Pricer
    master: Master
    relaxation: Relaxation
    plain: Relaxation  # without the rounded rows

    def __init__(self, search: Search, pricer: Pricer) -> None:
        self.search, self.pricer = search, pricer
        rows = linear_rows(search.formulation)
        self.master = Master(search.formulation, rows, hard_price(search.formulation, pricer))
        if search.settings.deterministic:
            self.master.spend = search.spend

    def relax_plain(self) -> None:
        """Column generation from the duals of a subgradient descent; the descent alone where windows are too many."""
        search, master, remaining = self.search, self.master, self.left(BOUND_SHARE)
        steps = max(LEAST_STEPS, self.pricer.window_count // 2)
        start = descend(search.formulation, master.rows, self.pricer, remaining, steps=steps)
        error = rounding(search.formulation, master.rows, self.pricer, start.duals)
        search.offer_bound(start.bound + error, "relaxation")
        if self.pricer.window_count > MOST_WINDOWS:
            nothing = np.zeros(0, dtype=np.int64)
            self.relaxation = Relaxation(start.bound, start.duals, nothing, np.zeros(0), 0, converged=False)
            self.plain = self.relaxation
            return
        for patterns in start.patterns:
            master.add(patterns, np.arange(self.pricer.window_count))
        master.activate(np.flatnonzero(start.duals != 0))
        self.relaxation = relax(
            master, self.pricer, self._offer("relaxation"), remaining, start=start.duals, closeness=CLOSENESS
        )
        self.plain = self.relaxation

    def strengthen(self) -> None:
        """Add the rounded rows that the relaxation violates and solve it again, a few times."""
        search, remaining = self.search, self.left(TIGHTEN_SHARE)
        if not len(self.relaxation.support):
            return
        source = Rounding(search.formulation, self.master.rows)
        for _ in range(CUT_ROUNDS):
            found = self.relaxation
            cuts = source.violated(found.support, found.amounts, search.formulation.locked)
            if not cuts or remaining() <= 0:
                return
            self.master.extend(with_cuts(self.master.rows, cuts))
            start = np.concatenate([found.duals, np.zeros(len(cuts))])
            again = relax(
                self.master, self.pricer, self._offer("strengthened"), remaining, start=start, closeness=CLOSENESS
            )
            if not again.rounds:
                return
            self.relaxation = again

    def strengthen_by_blocks(self, share: float) -> None:
        """Solve blocks of windows exactly at the duals, small ones, then large ones of those, for a share of the time.

        Large blocks are left out where small ones take the time.
        """
        formulation, rows, remaining = self.search.formulation, self.master.rows, self.left(share)
        spend = self.search.spend if self.search.settings.deterministic else None
        small = Blocks(formulation, rows, self.pricer)
        small.price_at(self.relaxation.duals)
        half = self.left(share * SMALL_SHARE)
        small.strengthen(self._offer("blocks"), lambda: min(LONGEST_BLOCK, half()), closeness=BLOCK_CLOSENESS, spend=spend)
        joined = partition(formulation, rows, LARGE_BLOCK, small.block)
        if int(joined.max()) == int(small.block.max()) or remaining() <= 0:
            return
        large = Blocks(formulation, rows, self.pricer, joined)
        large.price_at(self.relaxation.duals, small, LONGEST_LARGE)
        large.strengthen(self._offer("blocks"), lambda: min(LONGEST_LARGE, remaining()), spend=spend)

    def guide(self) -> Guide:
        """What the plain relaxation says of rows, airings and windows.

        Duals of rounded rows would count what they ask for beyond what is asked.
        """
        formulation, duals = self.search.formulation, self.plain.duals
        used = np.asarray(self.master.rows.by_airing[:, : len(duals)] @ duals, dtype=np.float64)
        reward = formulation.value - used[: formulation.airing_count]
        loss, top = self.pricer.losses(reward)
        support = self.plain.support[self.plain.support < formulation.airing_count]
        steps = float(np.sum(formulation.window_end - formulation.window_start))
        won = float(self.search.bound or 0) - formulation.constant
        unit = max(1.0, won * float(formulation.steps.mean()) / max(1.0, steps))
        worth = self.pricer.best(np.maximum(formulation.value, 0).astype(np.float64))
        return Guide(duals, reward, loss, top, support, self._exchanged(), worth, unit)

    def _exchanged(self) -> Reals:
        """What the plain relaxation's airings add to each of the formulation's rows or take from it, (r,)."""
        matrix = self.search.formulation.matrix
        amounts = np.zeros(matrix.shape[1])
        amounts[self.plain.support] = self.plain.amounts
        more, less = matrix.maximum(0) @ amounts, -(matrix.minimum(0) @ amounts)
        return np.asarray(np.maximum(more, less), dtype=np.float64)

    def _offer(self, source: str) -> Callable[[float], object]:
        return lambda bound: self.search.offer_bound(bound, source)

    def left(self, share: float) -> Callable[[], float]:
        """What remains of a share of the time that is left now."""
        floor = self.search.remaining() * (1 - share)
        return lambda: 0.0 if self.search.finished() else self.search.remaining() - floor
