"""The program of a certificate without its rows in memory: they are priced block by block while the rules state them.

A quarter has some 200 million entries, most of them in the rows of reruns, which grow with the square of the days. The
products Aᵀp of the certificate's own multipliers are added up as each block of rows is built. Then its entries are
dropped, except of rows that are needed again: those that cuts or leaves of a tree use, and those that define airings.
The numbers are the same as those of `certified_program`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.certify.certificate import Leaf
from scheduler.certify.exact import Exact, Products, exact
from scheduler.certify.program import CertifiedProgram, assembled, only_rows, steps_of, without_defined
from scheduler.formulation import activity_bounds, largest_misses, of_stack, planned_blocks
from scheduler.rules import RIGID, SOFT, stack_rows
from scheduler.rules.placement_rows import PLACEMENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.certify.certificate import Certificate, RowMultipliers
    from scheduler.certify.exact import Matrix
    from scheduler.certify.program import Steps
    from scheduler.objective import Objective
    from scheduler.rules import Rule
    from scheduler.rules.framework.rows import StackedBlock

MOST_NUMBER = 2**40
"""Numbers of rows and steps beyond this do not exist. `bound` refuses them."""


@dataclass(frozen=True, eq=False)
class ProgramInChunks:
    """A certificate, a program with the entries of few rows and steps, and the products of its own multipliers."""

    certificate: Certificate
    program: CertifiedProgram
    products: Products  # Aᵀp + Σ of μ at the steps of every column, (c,)


def program_in_chunks(
    airings: Airings, rules: Sequence[Rule], objective: Objective, certificate: Certificate
) -> ProgramInChunks:
    """The program of an instance for one certificate."""
    pricing = _Pricing(len(airings), certificate, with_soft=objective.is_value)
    stacked = stack_rows(planned_blocks(airings, rules), len(airings), pricing.held)
    formulation = objective.applied_to(of_stack(airings, stacked), airings)
    del stacked
    steps, products = steps_of(formulation), pricing.products
    products.widened(formulation.matrix.shape[1])
    own = np.arange(formulation.airing_count)
    # `bound` refuses multipliers of steps that do not exist
    given = certificate.steps
    paid = steps.over_all(given.window, given.step, exact(given.multiplier))
    products.add_ranges(own, steps.first, formulation.steps, paid)
    replacement = without_defined(formulation)
    products.through(replacement[1])
    rows, held_steps = pricing.held_rows(), _held_steps(certificate, steps)
    occupied = steps.occupied(formulation, held_steps)
    most_miss = np.concatenate([np.zeros(0, dtype=np.int64), *pricing.most_miss])
    program = assembled(formulation, replacement, occupied, steps, most_miss, (rows, held_steps))
    return ProgramInChunks(certificate, program, products)


class _Pricing:
    """Adds up the products of blocks of rows, and chooses which of their entries are kept."""

    def __init__(self, airings: int, certificate: Certificate, *, with_soft: bool) -> None:
        self.products = Products(airings)
        self.most_miss: list[Ints] = []
        self._airings, self._with_soft, self._count = airings, with_soft, 0
        self._held: list[Flags] = []
        leaves = [node for node in certificate.tree if isinstance(node, Leaf)]
        used = [at for cut in certificate.cuts for at in cut.row] + [at for leaf in leaves for at in leaf.rows.row]
        self._used = np.unique(_existing(used))
        self._row, self._multiplier = _by_row(certificate.rows)

    def held(self, block: StackedBlock) -> Matrix:
        """The entries of a block that are kept, after the others are priced."""
        kind, matrix = block.kept("kind"), block.matrix
        counted = np.ones(len(kind), dtype=bool) if self._with_soft else kind != SOFT
        place, first = np.flatnonzero(counted), self._count
        self._count += len(place)
        number = np.full(len(kind), -1)
        number[place] = np.arange(first, self._count)
        begin, end = np.searchsorted(self._row, [first, self._count])
        multipliers = exact([0] * len(kind))
        multipliers[place[self._row[begin:end] - first]] = self._multiplier[begin:end]
        self.products.widened(matrix.shape[1])
        self.products.add(matrix, multipliers)
        self.most_miss.append(most_miss_of(block, kind, self._airings)[counted])
        needed = np.isin(number, self._used)
        self._held.append(needed[counted])
        return only_rows(matrix, needed | may_define(block, kind))

    def held_rows(self) -> Flags:
        """(r,) the rows whose entries are kept for cuts and leaves."""
        return np.concatenate([np.zeros(0, dtype=bool), *self._held])


def may_define(block: StackedBlock, kind: Ints) -> Flags:
    """The rows of the placement with the sides 0 and 0, among which are those that define airings."""
    if block.rows.rule != PLACEMENT:
        return np.zeros(len(kind), dtype=bool)
    return np.asarray((kind == RIGID) & (block.kept("lower") == 0) & (block.kept("upper") == 0))


def most_miss_of(block: StackedBlock, kind: Ints, airings: int) -> Ints:
    """The largest possible miss of soft rows, units; 0 for the others, which may not be missed."""
    found = np.zeros(len(kind), dtype=np.int64)
    soft = np.flatnonzero(kind == SOFT)
    if not len(soft):
        return found
    low, high = np.zeros(block.matrix.shape[1], dtype=np.int64), np.zeros(block.matrix.shape[1], dtype=np.int64)
    high[:airings] = 1
    if block.rows.columns is not None:
        low[block.first_own :], high[block.first_own :] = block.rows.columns.lower, block.rows.columns.upper
    lower, upper, step = (block.kept(name)[soft] for name in ("lower", "upper", "miss_step"))
    found[soft] = largest_misses(activity_bounds(block.matrix[soft], low, high), lower, upper, step)
    return found


def _by_row(rows: RowMultipliers) -> tuple[Ints, Exact]:
    """Rows in order, each once, with their multipliers. What does not exist or is repeated is refused by `bound`."""
    inside = [at for at, row in enumerate(rows.row) if 0 <= row < MOST_NUMBER]
    row, at = np.unique(np.array([rows.row[one] for one in inside], dtype=np.int64), return_index=True)
    multipliers = exact([rows.multiplier[inside[one]] for one in at.tolist()])
    return row, multipliers


def _existing(numbers: Sequence[int]) -> Ints:
    """The numbers of rows that can exist."""
    return np.array([at for at in numbers if 0 <= at < MOST_NUMBER], dtype=np.int64)


def _held_steps(certificate: Certificate, steps: Steps) -> Flags:
    """(t,) the steps that cuts or leaves use."""
    held = np.zeros(len(steps.key), dtype=bool)
    leaves = [node for node in certificate.tree if isinstance(node, Leaf)]
    for window, step in [(one.window, one.step) for one in certificate.cuts] + [
        (leaf.steps.window, leaf.steps.step) for leaf in leaves
    ]:
        at = steps.at(window, step)
        held[at[at >= 0]] = True
    return held
