"""The bound by column generation against the full relaxation in HiGHS, and rounded rows against every timetable."""

from __future__ import annotations

import highspy
import numpy as np
import pytest
from scipy import sparse

from scheduler.rules import HARD, RIGID
from scheduler.solve import Settings, prepare
from scheduler.solve.bounding import Bounding
from scheduler.solve.params import DEFAULTS
from scheduler.solve.programs.highs import QuietHighs
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.lagrangian import evaluate_lagrangian, float_error, hard_price, relax
from scheduler.solve.relaxation.master import Master
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.relaxation.rounding_cuts import RoundingCuts, with_cuts
from scheduler.solve.relaxation.subgradient import subgradient
from tests.builders import formulated, kept_choices, smoke
from tests.solve.cases import ENDLESS, NAMES, best_without_hard_miss, formulation_of


def full_relaxation(formulation, rows, price_of_hard):
    """The whole relaxation as one linear program over airings: at most one airing at every step of a window."""
    n, width = formulation.airing_count, rows.by_airing.shape[0]
    steps = formulation.steps
    owner = np.repeat(np.arange(n), steps)
    step = np.repeat(formulation.start, steps) + np.arange(len(owner)) - np.repeat(np.cumsum(steps) - steps, steps)
    place, at = np.unique(formulation.window[owner] * 100_000 + step, return_inverse=True)
    apart = sparse.csr_array((np.ones(len(owner)), (at, owner)), shape=(len(place), width))
    loose = np.flatnonzero(rows.kind != RIGID)
    miss = np.zeros((len(place) + rows.count, 2 * len(loose)))
    for number, row in enumerate(loose):
        miss[len(place) + row, 2 * number : 2 * number + 2] = rows.step[row], -rows.step[row]
    cost = rows.price[loose] * np.where(rows.kind[loose] == HARD, price_of_hard, 1.0)
    whole = sparse.csr_array(sparse.hstack([sparse.vstack([apart, rows.by_airing.T]), miss]))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = whole.shape[1], whole.shape[0]
    lp.col_cost_ = np.concatenate([-formulation.value, -formulation.column_value, np.repeat(cost, 2)]).astype(float)
    lp.col_lower_ = np.concatenate([formulation.locked, formulation.column_lower, np.zeros(2 * len(loose))]).astype(
        float
    )
    lp.col_upper_ = np.concatenate([np.ones(n), formulation.column_upper, np.full(2 * len(loose), np.inf)]).astype(
        float
    )
    lp.row_lower_ = np.concatenate([np.full(len(place), -np.inf), rows.lower])
    lp.row_upper_ = np.concatenate([np.ones(len(place)), rows.upper])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = whole.indptr, whole.indices, whole.data
    highs = QuietHighs()
    highs.passModel(lp)
    highs.run()
    return formulation.constant - highs.getInfo().objective_function_value


@pytest.mark.parametrize("name", NAMES)
def test_column_generation_equals_the_full_relaxation(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    dear = hard_price(formulation, pricer)
    found = relax(Master(formulation, rows, dear), pricer, lambda bound: None, ENDLESS, closeness=1e-9)
    assert found.converged
    expected = full_relaxation(formulation, rows, dear)
    assert found.bound >= expected - 1e-6 * abs(expected)
    if best_without_hard_miss(formulation) is not None:
        assert found.bound == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_no_duals_give_a_bound_below_a_timetable(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    best = best_without_hard_miss(formulation)
    if best is None:
        return
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    seen = []
    relax(Master(formulation, rows, hard_price(formulation, pricer)), pricer, seen.append, ENDLESS, closeness=1e-7)
    start = subgradient(formulation, rows, pricer, ENDLESS, steps=30)
    seen.append(start.bound + float_error(formulation, rows, pricer, start.duals))
    assert min(seen) >= best
    assert evaluate_lagrangian(formulation, rows, pricer, start.duals).bound == pytest.approx(start.bound)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_descent_comes_near_the_relaxation_and_another_continues_from_there(tmp_path, seed):
    formulation = formulated(smoke(tmp_path, 0.9, seed))
    rows, pricer = linear_rows(formulation), Pricer(formulation)
    master = Master(formulation, rows, hard_price(formulation, pricer))
    exact = relax(master, pricer, lambda bound: None, ENDLESS, closeness=1e-7)
    assert exact.converged
    start = subgradient(formulation, rows, pricer, ENDLESS, steps=400)
    assert exact.bound * (1 - 1e-6) <= start.bound <= exact.bound * 1.002
    assert len(start.patterns) == 5
    again = subgradient(formulation, rows, pricer, ENDLESS, steps=20, after=start)
    assert exact.bound * (1 - 1e-6) <= again.bound <= start.bound


@pytest.mark.parametrize("name", ["parity", "soft parity"])
def test_rounded_rows_cut_off_no_timetable(tmp_path, name):
    formulation = formulation_of(tmp_path, name)
    rows, n = linear_rows(formulation), formulation.airing_count
    source = RoundingCuts(formulation, rows)
    random = np.random.default_rng(5)
    none = np.zeros(n, dtype=bool)
    every = np.arange(n + len(formulation.column_lower))
    found = [cut for _ in range(30) for cut in source.violated(every, random.random(len(every)) * 0.3, none)]
    tight, kept = with_cuts(rows, found), kept_choices(formulation)
    assert found
    assert kept
    for _, chosen in kept:
        activity = (tight.by_airing.T @ formulation.point(chosen))[rows.count :]
        assert np.all(activity >= tight.lower[rows.count :] - 1e-9)


def test_a_round_of_cuts_without_time_leaves_prices_for_the_new_rows_too(tmp_path, monkeypatch):
    _, search = prepare(smoke(tmp_path, 0.9, 1), Settings("scale", time_limit=600.0))
    bounding = Bounding(search, Pricer(search.formulation))
    bounding.relax_plain()
    plain = bounding.relaxation.bound
    monkeypatch.setattr(Master, "solve", lambda master, time_limit: False)
    bounding.strengthen()
    assert bounding.master.rows.count > bounding.rows.count
    assert len(bounding.relaxation.duals) == bounding.master.rows.count
    assert bounding.small.bound() == pytest.approx(plain, rel=1e-9)
    assert len(bounding.reduced_costs().duals) == bounding.rows.count


def test_a_least_of_minutes_is_rounded_to_whole_airings():
    """Airings of 45 and 40 minutes for 100: two of either are too few, three are needed; the relaxation took 2.22."""
    cut = RoundingCuts.__new__(RoundingCuts)
    cut.params = DEFAULTS.cuts
    cut.matrix = sparse.csr_array(np.array([[45, 45, 45, 40]], dtype=np.int64))
    amounts = np.array([1.0, 1.0, 100 / 45 - 2, 0.0])
    found = cut._worst(0, 1, 100, amounts, np.zeros(4, dtype=bool))
    assert found is not None
    assert (found.least, found.coefficients.tolist()) == (3, [1, 1, 1, 1])
