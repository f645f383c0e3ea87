"""The strategy for large instances: greedy start, bound, rounding, then annealing, polishing and neighbourhoods."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.annealing import Annealing
from scheduler.solve.blocks import partition
from scheduler.solve.bounding import Bounding
from scheduler.solve.exact import exact
from scheduler.solve.greedy import greedy, greedy_choice
from scheduler.solve.improve import Improvement
from scheduler.solve.polishing import Polishing
from scheduler.solve.pricing import Pricer
from scheduler.solve.recombine import Recombination
from scheduler.solve.retime import Retiming

if TYPE_CHECKING:
    from scheduler.formulation import Flags, Formulation
    from scheduler.solve.bound import Relaxation
    from scheduler.solve.search import Search

BLOCK_SHARE = 0.5
"""At most this share of the time left goes into bounds of blocks, on one of several workers."""

POLISH_SHARE = 0.5
"""At most this share of the time left goes into polishing before the next cycle of annealing."""

RECOMBINE_SHARE = 0.25
"""At most this share of the time left goes into recombining before the next cycle."""

TURN_SHARE = 0.1
"""At most this share of the time left goes into a turn of neighbourhoods where one worker does all."""


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
    """Annealing, polishing and recombining on one worker; on another the bounds of blocks, then neighbourhoods too.

    A single worker takes turns. Neighbourhoods also move what annealing leaves alone: the rules' own columns. While a
    hard row is missed and where windows are too many to recombine, the second worker anneals too, each from the best of
    either; where a round would polish few of them, both do nothing else. A short cycle on the second worker comes
    first, so that something better than greedy, and that keeps hard rows, is there soon.
    """
    guide, seed = bounding.guide(), search.settings.seed
    annealing = Annealing(search, guide, seed)
    polishing = Polishing(search, bounding, annealing, seed + 1)
    recombination = Recombination(search, bounding.rows, annealing.ends, seed + 4)
    improvement = Improvement(search, guide, annealing.by_column, seed)
    retiming = Retiming(search, bounding.rows, annealing.likely, partition(search.formulation, bounding.rows))
    few = bounding.few_windows
    if search.settings.deterministic or search.settings.workers == 1:
        _take_turns(bounding, annealing, polishing, recombination, improvement)
        return

    again = annealing.beside(seed + 3)

    def ahead() -> None:
        while not search.finished() and annealing.cycle(None if retiming.fits else polishing.polished if few else None):
            ended = annealing.ended()
            if ended is not None:
                retiming.run(ended)

    def beside() -> None:
        again.cycle(short=True)
        if few:
            bounding.strengthen_by_blocks(BLOCK_SHARE)
        other = Polishing(search, bounding, annealing, seed + 2)
        mixing = Recombination(search, bounding.rows, annealing.ends, seed + 5)
        while not search.finished():
            if retiming.fits and search.keeps_hard_rows():
                again.cycle()
                ended = again.ended()
                if ended is not None:
                    retiming.run(ended)
                continue
            anneals = not mixing.fits or not search.keeps_hard_rows()
            if anneals and not again.cycle(other.polished if few else None):
                return
            if few:
                other.run(bounding.left(POLISH_SHARE))
                mixing.run(bounding.left(RECOMBINE_SHARE))
                improvement.run(bounding.left(TURN_SHARE))

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(ahead), pool.submit(beside)]:
            future.result()


def _take_turns(
    bounding: Bounding,
    annealing: Annealing,
    polishing: Polishing,
    recombination: Recombination,
    improvement: Improvement,
) -> None:
    """What two workers do beside each other, one after the other."""
    search, few = bounding.search, bounding.few_windows
    if few:
        bounding.strengthen_by_blocks(BLOCK_SHARE / 2)
    while not search.finished():
        annealing.cycle(polishing.polished if few else None)
        if few:
            polishing.run(bounding.left(TURN_SHARE))
            recombination.run(bounding.left(TURN_SHARE))
        improvement.run(bounding.left(TURN_SHARE))


def rounded(formulation: Formulation, relaxation: Relaxation) -> Flags:
    """The relaxation's airings, the surest first, as far as they fit; then what else gains."""
    airings = relaxation.support < formulation.airing_count
    support, amounts = relaxation.support[airings], relaxation.amounts[airings]
    return greedy_choice(formulation, support[np.argsort(-amounts, kind="stable")])
