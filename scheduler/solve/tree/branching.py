"""Branch and bound over linear relaxations, best bound first. Every leaf keeps multipliers that anybody can check.

The bound of a node is that of its multipliers in whole numbers, so a node is closed only if the checker will find it
closed. A node of which the relaxation has no point (the splits above it contradict the rows) has multipliers, too:
in the relaxation missed rows have so high a price that its bound falls below the value.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.certify import (
    CutMultipliers,
    Leaf,
    RowMultipliers,
    Side,
    Split,
    StepMultipliers,
    bound_of_leaf,
    value_step,
)
from scheduler.certify.cuts import derived
from scheduler.solve.proof.at_most_one_cuts import AtMostOneCuts
from scheduler.solve.proof.multipliers import DENOMINATOR, rounded_rows, whole_numbers
from scheduler.solve.proof.tightened import Relaxation

if TYPE_CHECKING:
    from scheduler.arrays import Ints, Reals
    from scheduler.certify import CertifiedProgram, Cut
    from scheduler.certify.cuts import DerivedCuts
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.tree.splits import Splits
    from scheduler.solve.tree_params import TreeParams


@dataclass(frozen=True, eq=False)
class Tree:
    """The nodes, the root first, and the cuts that its leaves use."""

    nodes: tuple[Split | Leaf, ...]
    cuts: tuple[Cut, ...]
    bound: int  # the largest of a leaf


@dataclass(eq=False)
class _Node:
    """A node while the tree grows. `split` and the children are set when it is divided."""

    path: tuple[tuple[int, bool], ...]  # (number of the split row, whether below)
    leaf: Leaf
    bound: int
    point: Reals | None  # of its relaxation; None if it was not solved
    split: tuple[Ints, int] | None = None
    below: _Node | None = None
    above: _Node | None = None


def branched(
    program: CertifiedProgram, splits: Splits, value: int | None, budget: Budget, params: TreeParams
) -> Tree | None:
    """A tree with at most `params.leaves` leaves, grown until no leaf has a bound above `value`.

    None if nothing is to be chosen or the relaxation is not solved within the budget.

    Parameters
    ----------
    value
        Of the best timetable that keeps the hard rows; None if none is known.
    """
    if not len(program.value):
        return None
    growing = _Growing(program, budget, params)
    root = growing.root()
    if root is None:
        return None
    number = 0
    waiting, leaves = [(-root.bound, number, root)], 1
    while waiting and leaves < params.leaves and not budget.over():
        _, _, node = waiting[0]
        if value is not None and growing.rounded(node.bound) <= value:
            break
        split = growing.best_split(node, splits)
        if split is None:
            break  # the largest bound is of a node that cannot be divided
        heapq.heappop(waiting)
        node.split, leaves = split, leaves + 1
        node.below, node.above = growing.children(node, split)
        for child in (node.below, node.above):
            number += 1
            heapq.heappush(waiting, (-child.bound, number, child))
    return Tree(_listed(root), tuple(growing.relaxation.cuts), max(node.bound for _, _, node in waiting))


class _Growing:
    """The relaxation of all nodes: one linear program, in which the splits above a node are switched on."""

    def __init__(self, program: CertifiedProgram, budget: Budget, params: TreeParams) -> None:
        self.program, self.budget, self.params = program, budget, params
        size = program.constant + int(np.abs(program.value * np.maximum(program.high, 1)).sum())
        self.relaxation = Relaxation(program, price=params.dear * max(1.0, float(size)))
        self.step = value_step(program)
        self.sides: list[tuple[Ints, int]] = []
        self.cuts: DerivedCuts

    def rounded(self, bound: int) -> int:
        """A bound rounded down to a value that a timetable can have."""
        if self.step is None:
            return bound
        return self.program.constant + (bound - self.program.constant) // self.step * self.step

    def root(self) -> _Node | None:
        """The root, after rounds of at-most-one cuts."""
        source = AtMostOneCuts(self.program, self.params.violated)
        for _ in range(self.params.rounds + 1):
            if not self.relaxation.solve(self.budget):
                return None
            cuts = source.violated(self.relaxation.point())
            if not cuts or self.budget.over():
                break
            self.relaxation.add(cuts)
        else:
            if not self.relaxation.solve(self.budget):
                return None
        self.cuts = derived(self.program, self.relaxation.cuts)
        return self._solved(())

    def best_split(self, node: _Node, splits: Splits) -> tuple[Ints, int] | None:
        """The split of which both sides lower the relaxation most, by the product of what they lower it by."""
        if node.point is None:
            return None
        candidates = splits.candidates(node.point, self.params.fractional, self.params.tried)
        if len(candidates) < 2:
            return next(iter(candidates), None)
        self.relaxation.switch({at: self._limits(at, below=side) for at, side in node.path})
        if not self.relaxation.solve(self.budget):
            return candidates[0]
        before, best, most = self.relaxation.value(), candidates[0], -1.0
        for columns, k in candidates:
            values = self.relaxation.try_split(columns, k, self.budget)
            if values is None:
                break
            gains = [max(before - value, self.params.least_gain * abs(before)) for value in values]
            if gains[0] * gains[1] > most:
                best, most = (columns, k), gains[0] * gains[1]
        return best

    def children(self, node: _Node, split: tuple[Ints, int]) -> tuple[_Node, _Node]:
        """The two sides of a split."""
        number = len(self.sides)
        self.sides.append(split)
        self.relaxation.add_split(split[0])
        below, above = (self._child(node, number, below=below) for below in (True, False))
        return below, above

    def _child(self, parent: _Node, number: int, *, below: bool) -> _Node:
        path = (*parent.path, (number, below))
        self.relaxation.switch({at: self._limits(at, below=side) for at, side in path})
        inherited = parent.leaf.model_copy(update={"splits": (*parent.leaf.splits, 0)})
        if not self.budget.over() and self.relaxation.solve(self.budget):
            found = self._solved(path)
            if found.bound <= parent.bound:
                return found
            return _Node(path, inherited, parent.bound, found.point)  # rounding: the multipliers above prove more
        return _Node(path, inherited, parent.bound, None)

    def _limits(self, number: int, *, below: bool) -> tuple[float, float]:
        most = self.sides[number][1]
        return (-np.inf, float(most)) if below else (float(most + 1), np.inf)

    def _solved(self, path: tuple[tuple[int, bool], ...]) -> _Node:
        """The node of the relaxation's present solution."""
        program, relaxation = self.program, self.relaxation
        duals, (window, step, of_steps) = relaxation.duals(), relaxation.step_duals()
        rows, amount = rounded_rows(program, duals.rows), whole_numbers(np.maximum(of_steps * DENOMINATOR, 0.0))
        of_cuts = [max(0, round(one * DENOMINATOR)) for one in duals.of_cuts]
        signed = np.array([(-1 if below else 1) * relaxation.split_dual(at) for at, below in path], dtype=np.float64)
        of_splits = whole_numbers(np.maximum(signed * DENOMINATOR, 0.0))
        used, paid = np.flatnonzero(rows), np.flatnonzero(amount)
        leaf = Leaf(
            rows=RowMultipliers(row=tuple(used.tolist()), multiplier=tuple(rows[used].tolist())),
            steps=StepMultipliers(
                window=tuple(window[paid].tolist()),
                step=tuple(step[paid].tolist()),
                multiplier=tuple(amount[paid].tolist()),
            ),
            cuts=CutMultipliers(
                cut=tuple(at for at, one in enumerate(of_cuts) if one),
                multiplier=tuple(one for one in of_cuts if one),
            ),
            splits=tuple(of_splits.tolist()),
        )
        sides = [Side(*self.sides[at], below=below) for at, below in path]
        bound = bound_of_leaf(program, DENOMINATOR, self.cuts, leaf, sides)
        return _Node(path, leaf, bound, relaxation.point())


def _listed(root: _Node) -> tuple[Split | Leaf, ...]:
    """The nodes of a tree, each before those below it."""
    order, at = [root], 0
    while at < len(order):
        node = order[at]
        order += [child for child in (node.below, node.above) if child is not None]
        at += 1
    number = {id(node): position for position, node in enumerate(order)}
    return tuple(_listed_one(node, number) for node in order)


def _listed_one(node: _Node, number: dict[int, int]) -> Split | Leaf:
    if node.split is None or node.below is None or node.above is None:
        return node.leaf
    columns, most = node.split
    return Split(column=tuple(columns.tolist()), most=most, below=number[id(node.below)], above=number[id(node.above)])
