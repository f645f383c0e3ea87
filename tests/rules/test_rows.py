"""Stacking rows: clipping at what a least asks for changes no whole choice's misses, and tightens the relaxation."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.rules.framework.rows import NO_BOUND, SOFT, AuxiliaryVariables, RuleRows, same, stack_rows

AIRINGS, ROWS = 4, 3


def rows_of(coefficients, lower, upper, columns=None):
    """Dense rows, (r, n + m), as a rule states them."""
    row, column = np.nonzero(coefficients)
    ones = np.ones(len(lower), dtype=np.int64)
    return RuleRows(
        "quota", SOFT, ones, "minutes", row, column, coefficients[row, column], lower, upper, ones, ones,
        same("", len(lower)), same("", len(lower)), same("", len(lower)), columns,
    )  # fmt: skip


def own_columns(lower):
    count = len(lower)
    return AuxiliaryVariables(lower, lower + 3, np.zeros(count), np.ones(count, dtype=bool), lambda chosen: lower)


def off(matrix, lower, upper, points):
    activity = matrix @ points
    return np.maximum(np.maximum(lower[:, None] - activity, activity - upper[:, None]), 0)


numbers = st.integers(0, 12) | st.integers(-6, 12)
sides = st.tuples(st.integers(-2, 9), st.none() | st.integers(0, 20))


@settings(max_examples=400)
@given(
    st.lists(st.lists(numbers, min_size=AIRINGS + 1, max_size=AIRINGS + 1), min_size=ROWS, max_size=ROWS),
    st.lists(sides, min_size=ROWS, max_size=ROWS),
    st.integers(-1, 1),
    st.booleans(),
)
def test_whole_choices_miss_stacked_rows_as_they_were_stated(coefficients, sides, least, own):
    coefficients = np.array(coefficients)
    lower = np.array([low for low, _ in sides])
    upper = np.array([NO_BOUND if width is None else low + width for low, width in sides])
    columns = own_columns(np.array([least])) if own else None
    if not own:
        coefficients[:, AIRINGS] = 0
    stacked = stack_rows([rows_of(coefficients, lower, upper, columns)], AIRINGS)
    values = [range(2)] * AIRINGS + ([range(least, least + 3)] if own else [range(1)])
    points = np.array(list(product(*values))).T
    asked = off(coefficients, lower, upper, points)
    found = off(stacked.matrix.toarray(), stacked.lower, stacked.upper, points[: AIRINGS + own])
    assert found.sum(axis=0).tolist() == asked.sum(axis=0).tolist()


def test_a_part_of_a_long_film_is_not_a_least_of_film():
    """77 of 119 minutes are not a film; a row with a most beside its least, or that weighs sides, stays as it is."""
    coefficients = np.array([[119, 40, 0, 77], [119, 40, 0, 77], [119, 40, -5, 77], [5, 40, 0, 90]])
    lower, upper = np.array([77, 77, 77, -5]), np.array([NO_BOUND, 200, NO_BOUND, 80])
    stacked = stack_rows([rows_of(coefficients, lower, upper)], AIRINGS)
    assert stacked.matrix.toarray().tolist() == [[77, 40, 0, 77], *coefficients[1:].tolist()]
