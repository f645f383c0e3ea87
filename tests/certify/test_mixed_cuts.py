"""Mixed-integer rounding of one row: by hand, on small knapsacks against all their points, and refused if wrong."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from scheduler.certify import CertificateError, CertifiedProgram, Cut
from scheduler.certify.cuts import derived
from scheduler.rules import NO_BOUND
from scheduler.solve.params import DEFAULTS
from scheduler.solve.proof.mixed_cuts import MixedCuts


def knapsack(weights, most, high=1, low=0, whole=True, miss_step=0) -> CertifiedProgram:
    """Σ weight·u ≤ most + miss_step·miss over columns from `low` to `high`; the row is soft if it has a step."""
    count, zeros = len(weights), np.zeros(len(weights), dtype=np.int64)
    return CertifiedProgram(
        constant=0,
        entry=np.arange(count),
        value=zeros + 1,
        low=zeros + low,
        high=zeros + high,
        whole=np.full(count, whole),
        locked=np.zeros(count, dtype=bool),
        matrix=sparse.csr_array(np.array([weights], dtype=np.int64)),
        lower=np.array([-NO_BOUND]),
        upper=np.array([most]),
        soft=np.array([miss_step > 0]),
        miss_step=np.array([max(1, miss_step)]),
        price=np.zeros(1, dtype=np.int64),
        most_miss=np.zeros(1, dtype=np.int64),
        defines=np.zeros(1, dtype=bool),
        occupies=sparse.csr_array((1, count), dtype=np.int64),
        step_key=np.zeros(1, dtype=np.int64),
        span=1,
    )


def cut(divisor, turned=()):
    return Cut(row=(0,), weight=(-1,), divisor=divisor, multiplier=0, mixed=True, turned=turned)


def test_a_divisor_above_the_side_closes_the_columns_that_do_not_fit():
    matrix, least, _ = derived(knapsack([3, 7, 9], 6), [cut(7)])
    assert matrix.toarray().tolist() == [[0, -1, -1]]  # −7 and −9 with f = 1
    assert least.tolist() == [0]


def test_two_of_three_that_fill_the_row_only_together_are_a_cover():
    """5u + 5v + 5w ≤ 13 at u = v = 1, w = 0.6: counted from their upper limits, two of three are all."""
    program = knapsack([5, 5, 5], 13)
    found = MixedCuts(program, DEFAULTS.certificate).violated(np.array([1.0, 1.0, 0.6]))
    assert len(found) == 1
    matrix, least, _ = derived(program, found)
    rows = matrix.toarray()[0]
    assert len(set(rows.tolist())) == 1
    assert float(least[0]) / rows[0] == pytest.approx(2)


@given(
    weights=st.lists(st.integers(-12, 12), min_size=1, max_size=4),
    most=st.integers(-10, 25),
    high=st.integers(1, 3),
    divisor=st.integers(1, 30),
    turned=st.sets(st.integers(0, 3)),
)
def test_no_whole_point_of_a_row_is_cut_off(weights, most, high, divisor, turned):
    program = knapsack(weights, most, high=high)
    matrix, least, _ = derived(program, [cut(divisor, tuple(at for at in turned if at < len(weights)))])
    for point in product(range(high + 1), repeat=len(weights)):
        if np.dot(weights, point) <= most:
            assert int((matrix @ np.array(point))[0]) >= int(least[0])


@given(
    weights=st.lists(st.integers(-12, 12), min_size=1, max_size=4),
    most=st.integers(-10, 25),
    miss_step=st.integers(1, 5),
    divisor=st.integers(1, 30),
    turned=st.sets(st.integers(0, 3)),
)
def test_no_whole_point_of_a_soft_row_is_cut_off(weights, most, miss_step, divisor, turned):
    program = knapsack(weights, most, miss_step=miss_step)
    matrix, least, soft = derived(program, [cut(divisor, tuple(at for at in turned if at < len(weights)))])
    assert soft.toarray().tolist() == [[-1]]
    for point in product((0, 1), repeat=len(weights)):
        miss = max(0, int(np.dot(weights, point)) - most) / miss_step
        assert int((matrix @ np.array(point))[0]) + miss_step * miss >= int(least[0])


def test_a_soft_row_is_rounded_with_its_miss():
    """3u ≤ 1 + miss, rounded by 3 with f = 2, is 2u ≤ miss: a half of u costs the half of its miss, too."""
    matrix, least, soft = derived(knapsack([3], 1, miss_step=1), [cut(3)])
    assert (matrix.toarray().tolist(), least.tolist(), soft.toarray().tolist()) == ([[-2]], [0], [[-1]])


@given(
    weights=st.lists(st.integers(1, 900), min_size=2, max_size=5),
    share=st.floats(0.2, 0.9),
    amounts=st.lists(st.floats(0.05, 1.0), min_size=5, max_size=5),
)
def test_cuts_that_are_found_are_violated_and_hold(weights, share, amounts):
    most = int(share * sum(weights))
    point = np.array(amounts[: len(weights)])
    point *= min(1.0, most / float(np.dot(weights, point)))
    program = knapsack(weights, most)
    source = MixedCuts(program, DEFAULTS.certificate)
    found = source.violated(point)
    matrix, least, _ = derived(program, found)
    assert np.all(matrix @ point < least.astype(float))
    assert source.violated(point) == []
    for whole in product((0, 1), repeat=len(weights)):
        if np.dot(weights, whole) <= most:
            assert np.all(matrix @ np.array(whole) >= least.astype(np.int64))


def test_columns_that_are_not_whole_or_may_be_negative_are_refused():
    for program in (knapsack([3, 7], 6, whole=False), knapsack([3, 7], 6, low=-1)):
        with pytest.raises(CertificateError, match="cut 0 cannot be derived"):
            derived(program, [cut(7)])
    for turned in ((5,), (-1,)):
        with pytest.raises(CertificateError, match="cut 0 cannot be derived"):
            derived(knapsack([3, 7], 6), [cut(7, turned)])
    with pytest.raises(CertificateError, match="cut 0 cannot be derived"):
        derived(knapsack([3, 7], 6, high=-1, low=-2), [cut(7, (0,))])
