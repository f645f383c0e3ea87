"""Merging annealed timetables: the best combination of their columns is found, and all hard rows hold."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.formulation import Formulation
from scheduler.solve import Settings
from scheduler.solve.params import DEFAULTS, SolveParams
from scheduler.solve.search.incumbent import Search
from scheduler.solve.search.time_limit import Budget, Meter
from scheduler.solve.strands.annealing import StrandAnnealing
from scheduler.solve.strands.first_order import losses
from scheduler.solve.strands.merging import Merging
from scheduler.solve.strands.neighbourhoods import Neighbourhoods
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import RelaxedColumns, lagrangian_bound
from scheduler.solve.strands.simplex import simplex_relaxation
from tests.builders import formulated
from tests.solve.strand_cases import CASES, admissible, built, merit

KEEPABLE = [name for name in CASES if name != "a hard least out of reach"]


def merging_of(formulation: Formulation, *, relaxed: RelaxedColumns | None = None, **changed: object) -> Merging:
    params = SolveParams(strand_annealing=DEFAULTS.strand_annealing.but(**changed))
    search = Search(formulation, Settings(strategy="scale", time_limit=60, deterministic=True, params=params))
    program = strand_program(formulation)
    duals = np.zeros(len(program.lower))
    plain = RelaxedColumns(duals, lagrangian_bound(program, duals), np.zeros(program.column_count))
    annealing = StrandAnnealing(program, params.strand_annealing, losses(program, duals), relaxed or plain, 1e-3)
    return Merging(search, program, annealing, relaxed)


def counted(work: float) -> Budget:
    return Budget(Meter(counted=True), work)


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("name", KEEPABLE)
def test_merging_finds_the_best_timetable_of_the_columns(tmp_path, name, many):
    """Columns of a few legal timetables, not the best one: the result is the best of all that they can form."""
    formulation = formulated(built(tmp_path, name))
    merging = merging_of(formulation, **({"merge_columns": 1} if many else {}))
    program: StrandProgram = merging.program
    points = sorted(admissible(formulation), key=lambda point: merit(formulation, point))
    legal = [point for point in points if merit(formulation, point)[0] == 0]
    some = legal[1 :: max(1, len(legal) // 5)] or legal
    held = [program.columns_of(point) for point in some]
    merging.timetables.extend(np.flatnonzero(columns > 0) for columns in held)
    union = np.sum(held, axis=0) > 0
    n = formulation.airing_count
    within = [p for p in points if not (program.columns_of(p) > 0)[(program.channel >= 0) & ~union].any()]
    assert merging.search.try_offer(some[-1][:n].astype(bool))
    before = merging.search.best
    gained = merging.merge()
    best = merging.search.best
    assert before is not None
    assert best is not None
    assert (best.hard_miss, -best.value) == min(merit(formulation, point) for point in within)
    assert gained == best.value - before.value


def test_columns_that_the_relaxation_uses_take_part(tmp_path):
    formulation = formulated(built(tmp_path, "a series and a film"))
    program = strand_program(formulation)
    relaxed = simplex_relaxation(program, Budget.of_seconds(60))
    assert relaxed is not None
    merging = merging_of(formulation, relaxed=relaxed)
    points = sorted(admissible(formulation), key=lambda point: merit(formulation, point))
    assert merging.search.try_offer(points[-1][: formulation.airing_count].astype(bool))
    assert set(np.flatnonzero(relaxed.amounts > 1e-3)) <= set(merging.used)
    assert merging.merge() > 0


def test_cycles_share_a_budget_equally_and_the_oldest_timetables_are_dropped(tmp_path, monkeypatch):
    merging = merging_of(formulated(built(tmp_path, "a series and a film")), merged=2, pace=1.0)
    seconds, seeds = 3 * merging.program.column_count, []

    def cycle(budget, seed, found, start=None, beyond=None):
        seeds.append(seed)
        assert budget.left() == pytest.approx(seconds / 3)
        spent.spend(budget.left())
        return np.eye(1, merging.program.column_count, len(seeds))[0]

    spent = counted(seconds)
    monkeypatch.setattr(merging.annealing, "cycle", cycle)
    assert len(list(merging.anneal(spent))) == len(set(seeds)) == 3
    assert [one.tolist() for one in merging.timetables] == [[2], [3]]


def test_a_cycle_may_go_on_for_a_share_of_its_length(tmp_path, monkeypatch):
    merging, lefts = merging_of(formulated(built(tmp_path, "a series and a film")), overtime=0.5), []

    def cycle(budget, seed, found, start=None, beyond=None):
        lefts.extend([budget.left(), beyond.left()])
        return np.zeros(merging.program.column_count)

    monkeypatch.setattr(merging.annealing, "cycle", cycle)
    merging.construct(merging.search.budget.first(2.0))
    assert lefts == pytest.approx([2.0, 3.0], rel=0.05)


def test_a_turn_anneals_and_merges_and_its_kind_learns_the_gain(tmp_path):
    formulation = formulated(built(tmp_path, "a series and a film"))
    merging = merging_of(formulation)
    points = sorted(admissible(formulation), key=lambda point: merit(formulation, point))
    assert merging.search.try_offer(points[-1][: formulation.airing_count].astype(bool))

    program = merging.program
    lost = np.zeros(program.column_count)
    turns = Neighbourhoods(merging.search, program, DEFAULTS.strands, lost, (lambda: 0, merging.turn))
    turns.rate[:] = [1.0, 1.0, 1.0, np.inf]
    turns.turn()
    assert len(merging.timetables) == 1
    assert np.isfinite(turns.rate[3])
    turns.rate[2] = np.inf
    turns.turn()
    assert turns.rate[2] == 0
    best = merging.search.best
    assert best is not None
    assert (best.hard_miss, -best.value) == merit(formulation, points[0])
