"""The strategy `scale`: which improvers each worker runs, and that another one is a line in its list."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.solve import Settings
from scheduler.solve.annealing.simulated_annealing import Annealing
from scheduler.solve.blocks.block_lns import BlockLns
from scheduler.solve.blocks.block_reoptimise import BlockReoptimiser
from scheduler.solve.blocks.fixed_counts_search import ImproveTimes, MergeCounts
from scheduler.solve.bounding import Bounding
from scheduler.solve.cp_sat.large_neighbourhood import NeighbourhoodSearch
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.scale import Turn, default_improvers, improve, scale, shared_context
from scheduler.solve.search.incumbent import Search
from tests.builders import formulated, smoke
from tests.solve.cases import context_of, formulation_of, params_of


@pytest.fixture(scope="module")
def formulation(tmp_path_factory):
    return formulated(smoke(tmp_path_factory.mktemp("smoke"), 0.7, 2))


def turns_of(formulation, **values):
    search = Search(formulation, Settings(time_limit=60.0, params=params_of(**values)))
    search.try_offer(formulation.locked)
    bounding = Bounding(search, Pricer(formulation))
    bounding.relax_plain()
    return search, default_improvers(shared_context(search, bounding.rows, bounding.reduced_costs()), bounding)


def kinds(turns, worker):
    """The improvers of the rounds of a worker that may run now, and later."""
    return {type(turn.improver) for turn in turns if not turn.once and getattr(turn, worker) > 0}


def test_on_a_week_counts_are_merged_and_only_the_first_worker_reoptimises_blocks(formulation):
    _, turns = turns_of(formulation)
    assert kinds(turns, "first") == {Annealing, MergeCounts, BlockReoptimiser, ImproveTimes}
    assert kinds(turns, "second") == {Annealing, MergeCounts, ImproveTimes, BlockLns, NeighbourhoodSearch}
    assert kinds(turns, "alone") == kinds(turns, "first") | kinds(turns, "second")


def test_with_more_windows_block_lns_takes_the_place_of_fixed_counts(formulation):
    _, turns = turns_of(formulation, fixed_counts={"most_windows": 0})
    assert kinds(turns, "first") == {Annealing}
    assert kinds(turns, "second") == {Annealing, BlockLns, NeighbourhoodSearch}
    between = [turn.improver.between for turn in turns if isinstance(turn.improver, Annealing)]
    assert len(between) == 2 and all(between)


def test_where_the_master_is_not_solved_workers_only_anneal(formulation):
    _, turns = turns_of(formulation, fixed_counts={"most_windows": 0}, bounding={"most_windows": 1})
    assert kinds(turns, "first") == kinds(turns, "second") == {Annealing}


@pytest.mark.parametrize("kept", [False, True])
def test_on_a_week_block_lns_and_neighbourhoods_run_beside_others_only_while_a_hard_row_is_missed(
    formulation, monkeypatch, kept
):
    search, turns = turns_of(formulation)
    assert not len(formulation.column_upper)
    monkeypatch.setattr(Search, "keeps_hard_rows", lambda self: kept)
    asked = [turn for turn in turns if turn.second > 0 and isinstance(turn.improver, BlockLns | NeighbourhoodSearch)]
    assert [turn.when(search) for turn in asked] == [not kept] * 2
    alone = [turn for turn in turns if turn.alone > 0 and isinstance(turn.improver, NeighbourhoodSearch)]
    assert [turn.when(search) for turn in alone] == [True]


class BestOfAll:
    """An improver as a reader would write one: it knows the best choice, offers it and hands its end on."""

    def __init__(self, best):
        self.best, self.budgets = best, []

    def improve(self, end, budget):
        self.budgets.append(budget.left())
        self.search.offer(self.best)
        return self.best


def test_another_improver_is_a_line_in_the_list(tmp_path):
    formulation = formulation_of(tmp_path, "knapsacks")
    known = Search(formulation, Settings(time_limit=4.0, deterministic=True))
    scale(known)
    mine = BestOfAll(known.best.point[: formulation.airing_count].astype(bool))

    def only_mine(context, bounding):
        mine.search = context.search
        return [Turn(mine, alone=0.2)]

    search = Search(formulation, Settings(time_limit=0.7, gap=0.5, deterministic=True))
    search.offer(formulation.locked)
    scale(search, only_mine)
    assert mine.budgets == [] or search.best.value == known.best.value
    added = Search(formulation, Settings(time_limit=2.0, deterministic=True))
    scale(added, lambda context, bounding: [*only_mine(context, bounding), *default_improvers(context, bounding)])
    assert mine.budgets and 0 < mine.budgets[-1] <= 0.2 * 2.0
    assert added.best.value == known.best.value


def test_ends_are_handed_on_within_a_round_and_each_share_is_of_the_time_left(tmp_path):
    search = context_of(formulation_of(tmp_path, "knapsacks")).search
    ends, lefts = [], []

    class Note:
        def __init__(self, end):
            self.end = end

        def improve(self, end, budget):
            ends.append(None if end is None else end.tolist())
            lefts.append(budget.left() / max(1e-9, search.budget.left()))
            budget.spend(0.05)
            return self.end

    first, second = np.array([True, False]), np.array([False, True])
    turns = [
        Turn(Note(second), alone=1.0, once=True),
        Turn(Note(first), alone=0.5),
        Turn(Note(None), alone=0.25),
        Turn(Note(second), alone=1.0, when=lambda search: False),
        Turn(Note(None), first=1.0),
        Turn(Note(None), alone=1.0),
    ]
    improve(search, turns)
    assert ends[:4] == [None, None, first.tolist(), first.tolist()]
    assert ends[4] is None
    assert lefts[1:4] == pytest.approx([0.5, 0.25, 1.0])
