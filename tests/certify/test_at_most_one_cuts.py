"""Zero-half cuts from rows "at most one", on the smallest program that has one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from scheduler.certify import CertifiedProgram
from scheduler.certify.cuts import derived
from scheduler.rules import NO_BOUND
from scheduler.solve.params import DEFAULTS
from scheduler.solve.proof.at_most_one_cuts import AtMostOneCuts


def triangle(*others: tuple[int, int, int]) -> CertifiedProgram:
    """Columns u, v, w: u + v ≤ 1, u and w on one step, v and w on the other; `others` are more rows, Σ ≤ 5."""
    rows, zeros = 1 + len(others), np.zeros(3, dtype=np.int64)
    none = np.zeros(rows, dtype=np.int64)
    return CertifiedProgram(
        constant=0,
        entry=np.arange(3),
        value=zeros + 1,
        low=zeros,
        high=zeros + 1,
        whole=np.ones(3, dtype=bool),
        locked=np.zeros(3, dtype=bool),
        matrix=sparse.csr_array(np.array([(1, 1, 0), *others], dtype=np.int64)),
        lower=none - NO_BOUND,
        upper=np.array([1, *(5 for _ in others)]),
        soft=none > 0,
        miss_step=none + 1,
        price=none,
        most_miss=none,
        defines=none > 0,
        occupies=sparse.csr_array(np.array([[1, 0, 1], [0, 1, 1]], dtype=np.int64)),
        step_key=np.array([0, 1]),
        span=2,
    )


@pytest.mark.parametrize(
    "others", [(), ((0, 0, 5),), ((0, 0, 5), (2, 3, 0))], ids=["alone", "before one", "before two"]
)
def test_a_row_and_two_steps_of_which_each_pair_excludes_one_another_give_at_most_one(others):
    program = triangle(*others)
    found = AtMostOneCuts(program, DEFAULTS.certificate.violated).violated(np.full(3, 0.5))
    assert len(found) == 1
    matrix, least, _ = derived(program, found)
    assert matrix.toarray().tolist() == [[-1, -1, -1]]
    assert least.tolist() == [-1]


def test_a_point_with_one_of_them_violates_nothing():
    assert not AtMostOneCuts(triangle(), DEFAULTS.certificate.violated).violated(np.array([0.0, 0.0, 1.0]))


@pytest.mark.parametrize("row", [(2, 1, 0), (1, 0, 0)])
def test_other_rows_are_not_taken_for_at_most_one(row):
    program = triangle(row)
    assert AtMostOneCuts(program, DEFAULTS.certificate.violated).one.tolist() == [0]
