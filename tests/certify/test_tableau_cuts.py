"""Cuts of combined rows: an odd cycle by hand, and small random programs against all their points."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from scheduler.certify import CertifiedProgram
from scheduler.certify.cuts import derived
from scheduler.rules import NO_BOUND
from scheduler.solve.params import DEFAULTS
from scheduler.solve.proof.tableau_cuts import TableauCuts
from scheduler.solve.proof.tightened import Relaxation, tightened
from scheduler.solve.search.time_limit import Budget


def ample() -> Budget:
    """A minute from now on."""
    return Budget.of_seconds(60)


def rows_of(matrix, lower, upper, value, price=0) -> CertifiedProgram:
    """Lower ≤ matrix·u ≤ upper over binary columns, without windows. With a price the first row is soft."""
    rows, count = np.shape(matrix)
    none = np.zeros(rows, dtype=np.int64)
    return CertifiedProgram(
        constant=0,
        entry=np.arange(count),
        value=np.array(value, dtype=np.int64),
        low=np.zeros(count, dtype=np.int64),
        high=np.ones(count, dtype=np.int64),
        whole=np.ones(count, dtype=bool),
        locked=np.zeros(count, dtype=bool),
        matrix=sparse.csr_array(np.array(matrix, dtype=np.int64)),
        lower=np.array(lower, dtype=np.int64),
        upper=np.array(upper, dtype=np.int64),
        soft=(np.arange(rows) == 0) & (price > 0),
        miss_step=none + 1,
        price=none + price,
        most_miss=none + 1000,
        defines=none.astype(bool),
        occupies=sparse.csr_array((1, count), dtype=np.int64),
        step_key=np.zeros(1, dtype=np.int64),
        span=1,
    )


@pytest.mark.parametrize(("rows", "bound"), [(0, 15), (100, 10)])
def test_an_odd_cycle_of_conflicts_has_one_member(rows, bound):
    """In u + v ≤ 1, v + w ≤ 1, u + w ≤ 1 the relaxation takes half of each, a timetable one of the three."""
    program = rows_of([[1, 1, 0], [0, 1, 1], [1, 0, 1]], [-NO_BOUND] * 3, [1] * 3, [10, 10, 10])
    params = DEFAULTS.certificate.model_copy(update={"tableau_rows": rows})
    found = tightened(program, ample(), params)
    assert found is not None
    assert found.duals.bound == pytest.approx(bound, rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(
    matrix=st.lists(st.lists(st.integers(-4, 9), min_size=5, max_size=5), min_size=2, max_size=4),
    sides=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 14)), min_size=4, max_size=4),
    value=st.lists(st.integers(1, 9), min_size=5, max_size=5),
    price=st.integers(0, 3),
)
def test_no_whole_point_is_cut_off(matrix, sides, value, price):
    """Rows with a lower side (1), an upper side (2), or both (3, equal). With a price the first row can be missed."""
    sides = sides[: len(matrix)]
    lower = [side if kind in (1, 3) else -NO_BOUND for kind, side in sides]
    upper = [side if kind in (2, 3) else NO_BOUND for kind, side in sides]
    program = rows_of(matrix, lower, upper, value, price)
    relaxation = Relaxation(program)
    if not relaxation.solve(ample()):
        return
    point = relaxation.point()
    cuts = TableauCuts(program, 1e-4, 100).violated(point, relaxation.tableau(20, ample()))
    found, least, soft = derived(program, cuts)
    weight = abs(soft.toarray()[:, 0]) if cuts else np.zeros(0)

    def missed(whole):
        activity = np.array(matrix) @ np.array(whole)
        return np.maximum(0, np.maximum(np.array(lower) - activity, activity - np.array(upper)))

    assert np.all(found @ point + weight * missed(point)[0] < least.astype(float))
    for whole in product((0, 1), repeat=5):
        if np.all(missed(whole)[0 if price == 0 else 1 :] == 0):
            assert np.all(found @ np.array(whole) + weight * missed(whole)[0] >= least.astype(np.int64))


def test_a_soft_row_that_whole_columns_miss_is_seen_in_the_bound():
    """2u + 2v ≥ 3 − miss: one column misses 1, two miss nothing. The relaxation takes one and a half."""
    program = rows_of([[2, 2]], [3], [NO_BOUND], [-10, -10], price=100)
    bounds = []
    for rounds in (0, 30):
        found = tightened(program, ample(), DEFAULTS.certificate.model_copy(update={"rounds": rounds}))
        assert found is not None
        bounds.append(found.duals.bound)
    assert bounds == pytest.approx([-15, -20], rel=1e-4)
