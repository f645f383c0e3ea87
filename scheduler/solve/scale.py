"""The strategy for large instances: a greedy start, the bound, then improvers in rounds.

    greedy → relaxation → cuts → rounded relaxation → (bounds of blocks) → rounds of improvers

`default_improvers` is the list of improvers with their shares of the time. Another improver is one file and one line.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.annealing.simulated_annealing import Annealing
from scheduler.solve.blocks.block_bound import partition
from scheduler.solve.blocks.block_lns import BlockLns
from scheduler.solve.blocks.block_reoptimise import BlockReoptimiser
from scheduler.solve.blocks.fixed_counts_search import FixedCounts, ImproveTimes, MergeCounts
from scheduler.solve.bounding import Bounding
from scheduler.solve.context import Context
from scheduler.solve.cp_sat.exact import exact
from scheduler.solve.cp_sat.large_neighbourhood import NeighbourhoodSearch
from scheduler.solve.greedy import greedy, greedy_choice
from scheduler.solve.params import DEFAULTS
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.relaxation.row_classes import coupling_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.arrays import Flags
    from scheduler.formulation import Formulation
    from scheduler.solve.context import Improver
    from scheduler.solve.params import GreedyParams
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.relaxation.lagrangian import Relaxation
    from scheduler.solve.relaxation.reduced_costs import ReducedCosts
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.search.time_limit import Budget


@dataclass(frozen=True, slots=True)
class Turn:
    """An improver, the workers that run it, and its share of the time left in each round.

    A share of 0 leaves the improver out. With two workers the shares are `first` and `second`, with one worker `alone`.
    """

    improver: Improver
    alone: float = 0.0
    first: float = 0.0
    second: float = 0.0
    when: Callable[[Search], bool] = lambda search: True
    once: bool = False  # only in the first round


def scale(search: Search, improvers: Callable[[Context, Bounding], Sequence[Turn]] | None = None) -> None:
    """Find a timetable and a bound, then improve both. The search always keeps the best of each.

    Parameters
    ----------
    improvers
        The improvers and their shares, by default `default_improvers`.
    """
    greedy(search)
    if search.finished():
        return
    bounding = Bounding(search, Pricer(search.formulation))
    with search.stage("bound"):
        bounding.relax_plain()
    with search.stage("strengthen"):
        bounding.strengthen()
    if search.finished():
        return
    if len(bounding.relaxation.support):
        with search.stage("round"):
            params = search.settings.params.greedy
            search.try_offer(rounded(search.formulation, bounding.relaxation, params))
    if search.best is None:
        exact(search)
        return
    with search.stage("improve"):
        context = shared_context(search, bounding.rows, bounding.reduced_costs())
        if context.has_choice():
            improve(search, (improvers or default_improvers)(context, bounding))


def shared_context(search: Search, rows: LinearRows, reduced_costs: ReducedCosts) -> Context:
    """What the improvers of a search share, from its rows and the reduced costs."""
    formulation, params = search.formulation, search.settings.params
    return Context(
        search=search,
        rows=rows,
        reduced_costs=reduced_costs,
        candidates=reduced_costs.candidates(formulation.window, params.annealing.candidates),
        coupling=coupling_rows(formulation, params.penalties.few_windows),
        block=partition(formulation, rows, params=params.blocks),
        by_column=formulation.matrix.tocsc(),
    )


def default_improvers(context: Context, bounding: Bounding) -> list[Turn]:
    """The improvers of this strategy, in the order of a round.

    Programs with fixed counts span all windows. They end in time on a week but not on a month, where block LNS replaces
    them; on a week block LNS runs only while a hard row is missed. CP-SAT neighbourhoods run in two cases: if rules
    have auxiliary variables, which no other improver moves, and if there is only one worker, which has no solutions of
    another worker to recombine with.
    """
    search, seed, params = context.search, context.seed, context.params.scale
    few = bounding.few_windows
    weeks = len(context.formulation.window_start) <= context.params.fixed_counts.most_windows
    annealing = Annealing(context, seed)
    second = annealing.with_seed(seed + 3)
    fixed, neighbourhoods = FixedCounts(context), NeighbourhoodSearch(context)
    turns = [Turn(ShortCycle(second, seed + 4 if weeks else None), second=1.0, once=True)]
    if few:
        share = params.block_bound_share
        turns += [
            Turn(BlockBounds(bounding, share / 2), alone=1.0, once=True),
            Turn(BlockBounds(bounding, share), second=1.0, once=True),
        ]
    turns += [Turn(annealing, alone=1.0, first=1.0), Turn(second, second=1.0)]
    if weeks:
        blocks = BlockReoptimiser(search, context.rows, bounding.small, seed)
        turns += [
            Turn(MergeCounts(fixed), alone=1.0, first=1.0, second=1.0),
            Turn(blocks, alone=params.reoptimise_share, first=params.reoptimise_share),
            Turn(ImproveTimes(fixed), alone=params.alone_share, second=params.second_share),
            Turn(ImproveTimes(fixed), first=1.0, when=_in_the_last_seconds),
        ]
    if few:
        lns = BlockLns(context, annealing.with_seed(seed + 1).repair, seed + 1)
        second_lns = BlockLns(context, second.with_seed(seed + 2).repair, seed + 2)
        when = _hard_rows_missed if weeks else _always
        turns += [
            Turn(lns, alone=params.alone_share, when=when),
            Turn(second_lns, second=params.second_share, when=when),
        ]
        if not weeks:
            annealing.between, second.between = lns.after_round, second_lns.after_round
        further = when if not len(context.formulation.column_upper) else _always
        turns += [Turn(neighbourhoods, second=params.neighbourhood_share, when=further)]
    return [*turns, Turn(neighbourhoods, alone=params.neighbourhood_share)]


def improve(search: Search, turns: Sequence[Turn]) -> None:
    """Run the improvers with one or two workers until the search is finished."""
    if search.settings.deterministic or search.settings.workers == 1:
        _work(search, [(turn, turn.alone) for turn in turns])
        return
    shares = ([(turn, turn.first) for turn in turns], [(turn, turn.second) for turn in turns])
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(_work, search, each) for each in shares]:
            future.result()


def _work(search: Search, turns: Sequence[tuple[Turn, float]]) -> None:
    """One worker: run each improver that has a share, round after round.

    `end` is the choice at which the previous one ended.
    """
    mine = [(turn, share) for turn, share in turns if share > 0]
    rounds = [(turn, share) for turn, share in mine if not turn.once]
    now = mine
    while now and not search.finished():
        end: Flags | None = None
        for turn, share in now:
            if turn.when(search):
                found = turn.improver.improve(end, search.budget.share(share))
                end = end if found is None or turn.once else found
        now = rounds


class ShortCycle:
    """Improver: one short cycle of annealing, so that a timetable that keeps all hard rows is found early."""

    def __init__(self, annealing: Annealing, restart: int | None) -> None:
        """`annealing` is used again later. With a seed `restart` it then starts from the beginning."""
        self.annealing, self.restart = annealing, restart

    def improve(self, end: Flags | None, budget: Budget) -> Flags | None:
        """Run one cycle of the length that the parameters state."""
        self.annealing.cycle(short=True)
        if self.restart is not None:
            self.annealing.restart(self.restart)
        return None


class BlockBounds:
    """Improver of the bound: blocks of windows solved as whole programs."""

    def __init__(self, bounding: Bounding, share: float) -> None:
        """`share`: share of the time left."""
        self.bounding, self.share = bounding, share

    def improve(self, end: Flags | None, budget: Budget) -> Flags | None:
        """Strengthen the bound by blocks."""
        self.bounding.strengthen_by_blocks(self.share)
        return None


def _always(search: Search) -> bool:
    return True


def _hard_rows_missed(search: Search) -> bool:
    return not search.keeps_hard_rows()


def _in_the_last_seconds(search: Search) -> bool:
    return search.budget.left() < search.settings.params.scale.last


def rounded(formulation: Formulation, relaxation: Relaxation, params: GreedyParams = DEFAULTS.greedy) -> Flags:
    """Round the relaxation: add its airings in order of their amounts if they fit, then others greedily."""
    airings = relaxation.support < formulation.airing_count
    support, amounts = relaxation.support[airings], relaxation.amounts[airings]
    return greedy_choice(formulation, support[np.argsort(-amounts, kind="stable")], params)
