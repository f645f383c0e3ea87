"""The deletion filter, against brute force over all sets, and when it cannot decide."""

from __future__ import annotations

from itertools import combinations

import pytest

from scheduler.explain.conflict import deletion_filter


def clashing(*cores: set[int]):
    """Items hold together unless they contain one of the cores."""
    return lambda kept: not any(core.issubset(kept) for core in cores)


@pytest.mark.parametrize(
    "cores",
    [
        [{0}],
        [{6}],
        [{0, 6}],
        [{1, 2, 3}],
        [{0, 1}, {5, 6}],
        [{0, 1, 2, 3, 4, 5, 6}],
        [{2}, {3, 4}],
        [set()],
    ],
)
@pytest.mark.parametrize("count", [7, 8, 13])
def test_what_is_left_clashes_and_no_less_does(cores, count):
    holds = clashing(*cores)
    found = deletion_filter(range(count), holds)
    assert not holds(found.items)
    for size in range(len(found.items)):
        assert all(holds(some) for some in combinations(found.items, size))
    assert found.minimal


def test_first_items_are_left_out_first():
    assert deletion_filter(range(6), clashing({0, 1}, {4, 5})).items == (4, 5)


def test_a_clash_of_nothing_is_a_clash_of_what_is_fixed():
    assert deletion_filter([3], clashing(set())).items == ()


def test_few_questions_where_few_of_many_clash():
    asked = []

    def holds(kept):
        asked.append(len(kept))
        return not {17, 90} <= set(kept)

    assert set(deletion_filter(range(128), holds).items) == {17, 90}
    assert len(asked) < 40


def test_not_minimal_where_a_question_was_not_decided():
    def holds(kept):
        return None if 2 not in kept else not {1, 2} <= set(kept)

    found = deletion_filter(range(5), holds)
    assert set(found.items) == {1, 2}
    assert not found.minimal


def test_nothing_decided_leaves_everything():
    found = deletion_filter(range(5), lambda kept: None)
    assert found.items == (0, 1, 2, 3, 4)
    assert not found.minimal
