"""The limits of reruns: the projection on them, and what they add to a bound."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog, minimize_scalar

from scheduler.solve.strands.rerun_limits import RerunLimits

SEEDS = range(40)


def drawn(seed: int) -> tuple[RerunLimits, np.random.Generator, int]:
    """Random limits with weights, and how many columns there are. Some columns are no reruns."""
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 6, size=random.integers(1, 9))  # reruns of the slots
    group_of_slot = np.sort(random.integers(0, 3, size=len(sizes)))
    slot = np.repeat(np.arange(len(sizes)), sizes)
    count = len(slot) + int(random.integers(0, 4))
    column = random.permutation(count)[: len(slot)]
    limits = RerunLimits.of(column, slot, group_of_slot[slot])
    by_column = np.ones(count)
    by_column[column] = random.uniform(0.2, 3.0, size=len(sizes))[slot]
    return limits.scaled(by_column), random, count


def parts(limits: RerunLimits) -> list[list[tuple[float, np.ndarray]]]:
    """Of every group its slots: the weight and the columns of the reruns."""
    slots = [
        (weight, limits.column[begin:end])
        for weight, begin, end in zip(limits.weight, limits.first_rerun[:-1], limits.first_rerun[1:], strict=True)
    ]
    return [slots[begin:end] for begin, end in zip(limits.first_slot[:-1], limits.first_slot[1:], strict=True)]


def by_bisection(group: list[tuple[float, np.ndarray]], point: np.ndarray) -> np.ndarray:
    """The nearest point within the limits of a group: the price is found by bisection, each level by a minimiser."""
    found = np.maximum(point, 0.0)

    def levels(price: float) -> list[float]:
        def best(weight: float, columns: np.ndarray) -> float:
            top = float(found[columns].max())
            cost = lambda s: 0.5 * (np.maximum(found[columns] - s, 0.0) ** 2).sum() + price * weight * s  # noqa: E731
            return float(minimize_scalar(cost, bounds=(0.0, top + 1e-12), method="bounded", options={"xatol": 1e-10}).x)

        return [best(*one) for one in group]

    low, high = 0.0, 1e3
    if sum(weight * found[columns].max() for weight, columns in group) > 1:
        for _ in range(60):
            price = (low + high) / 2
            used = sum(weight * level for (weight, _), level in zip(group, levels(price), strict=True))
            low, high = (price, high) if used > 1 else (low, price)
        for (_, columns), level in zip(group, levels(high), strict=True):
            found[columns] = np.minimum(found[columns], level)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_the_projection_is_the_nearest_point_within_the_limits(seed):
    limits, random, count = drawn(seed)
    point = (random.normal(size=count) * random.choice([0.3, 1.0, 5.0])).astype(np.float32)
    found = point.copy()
    limits.project(found)
    expected = point.astype(float)
    for group in parts(limits):
        columns = np.concatenate([columns for _, columns in group])
        expected[columns] = by_bisection(group, expected)[columns]
    assert found == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_point_within_the_limits_makes_a_smaller_angle_with_what_the_projection_took_away(seed):
    """The inequality (v − p)·(q − p) ≤ 0 for all q within the limits says that p is the nearest point to v."""
    limits, random, count = drawn(seed)
    point = (random.normal(size=count) * 3).astype(np.float32)
    found = point.copy()
    limits.project(found)
    assert all(sum(w * found[columns].max() for w, columns in group) <= 1 + 1e-5 for group in parts(limits))
    away = np.zeros(count)
    away[limits.column] = point[limits.column].astype(float) - found[limits.column]
    assert limits.largest(away).sum() <= away @ found + 1e-4 * (1 + np.abs(away).sum())
    others = np.setdiff1d(np.arange(count), limits.column)
    assert np.array_equal(found[others], point[others])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_largest_sum_is_the_optimum_of_a_linear_program(seed):
    limits, random, count = drawn(seed)
    reduced, total = random.normal(size=count), 0.0
    for group in parts(limits):
        # columns: the reruns of all slots, then a level for each slot
        columns = np.concatenate([columns for _, columns in group])
        of_slot = np.repeat(np.arange(len(group)), [len(columns) for _, columns in group])
        below = np.hstack([np.eye(len(columns)), -np.eye(len(group))[of_slot]])
        one = np.concatenate([np.zeros(len(columns)), [weight for weight, _ in group]])
        sides = np.append(np.zeros(len(columns)), 1.0)
        cost = np.concatenate([-reduced[columns], np.zeros(len(group))])
        total -= linprog(cost, A_ub=np.vstack([below, one]), b_ub=sides, bounds=(0, None)).fun
    assert limits.largest(reduced).sum() == pytest.approx(total)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_limits_over_some_columns_are_those_with_the_other_reruns_at_0(seed):
    limits, random, count = drawn(seed)
    columns = np.sort(random.permutation(count)[: max(1, count // 2)])
    point = (random.normal(size=count) * 3).astype(np.float32)
    point[np.setdiff1d(np.arange(count), columns)] = 0
    part = point[columns]
    limits.project(point)
    limits.only(columns).project(part)
    assert part == pytest.approx(point[columns], abs=1e-5)


def test_scales_are_equal_within_a_slot_and_keep_their_product():
    limits = RerunLimits.of(np.array([3, 1, 0]), np.array([0, 0, 1]), np.array([0, 0, 0]))
    found = limits.equal_in_slots(np.array([5.0, 4.0, 7.0, 9.0]))
    assert found == pytest.approx([5.0, 6.0, 7.0, 6.0])
    assert limits.scaled(found).weight == pytest.approx([6.0, 5.0])


def test_limits_of_no_reruns_change_nothing():
    none = RerunLimits.of(*(np.zeros(0, dtype=np.int64) for _ in range(3)))
    point = np.array([2.0, -1.0], dtype=np.float32)
    none.project(point)
    assert point.tolist() == [2.0, -1.0]
    assert none.largest(point).sum() == 0
    assert none.equal_in_slots(np.array([2.0, 3.0])).tolist() == [2.0, 3.0]
    assert len(none.only(np.array([1])).column) == len(none.scaled(np.ones(2)).weight) == 0


def test_a_step_is_projected_with_its_reflected_point_and_its_length():
    limits = RerunLimits.of(np.array([0, 1, 2]), np.array([0, 0, 1]), np.array([0, 0, 0]))
    x, scale = np.array([0.2, 0.0, 0.1, 0.5], dtype=np.float32), np.array([1, 2, 3, 4], dtype=np.float32)
    best = np.array([0.9, 0.8, 0.7, 0.9], dtype=np.float32)
    scaled = scale * (2 * best - x)
    expected = best.copy()
    limits.project(expected)
    moved = limits.step(x, scale, best, scaled)
    assert np.array_equal(best, expected)
    assert scaled == pytest.approx(scale * (2 * expected - x))
    assert moved == pytest.approx(((expected - x) ** 2).sum(), rel=1e-6)
    assert max(best[0], best[1]) + best[2] == pytest.approx(1.0)
