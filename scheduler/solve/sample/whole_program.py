"""The program over all airings, for a search among a sample of them: multipliers of the sample price every column.

The multipliers of a sample's rows and steps are those of a Lagrangian bound on all airings, too, because multipliers
prove a bound whatever they are. Some are chosen again, each as the best one if the others stay:

- π of a slot of reruns: Σ x_a ≤ n·s. γ / n, where γ is the multiplier of the series' row Σ s ≤ 1.
- μ of a step: raised by the differences of the longest path over the free airings of its window, each with its
  reduced value as reward. Then no free airing has a positive reduced value.
- The multiplier of the row "at most one bundle" of a series: the largest reduced value of a bundle in it.

The rules state their rows block by block, and only the short form of each block is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import by_row, narrow
from scheduler.certify import Certificate, RowMultipliers, StepMultipliers, bound_in_chunks
from scheduler.certify.chunks import ProgramInChunks, may_define, most_miss_of
from scheduler.certify.exact import Products, exact
from scheduler.certify.program import assembled, only_rows, steps_of, without_defined
from scheduler.formulation import of_stack, planned_blocks
from scheduler.rules import KEY, RIGID, SOFT, stack_rows
from scheduler.rules.placement_rows import PLACEMENT, RERUNS_IN_ONE_SLOT, RERUNS_OF_SLOT, rows_with_aspect
from scheduler.solve.proof.multipliers import DENOMINATOR, along_paths, groups_of, with_groups
from scheduler.solve.sample.multipliers import NamedMultipliers
from scheduler.solve.sample.short_rows import ShortRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.certify.exact import Exact, Matrix
    from scheduler.certify.program import CertifiedProgram, Steps
    from scheduler.formulation import Formulation
    from scheduler.objective import Objective
    from scheduler.rules import Rule
    from scheduler.rules.framework.rows import StackedBlock


@dataclass(frozen=True, eq=False)
class Priced:
    """Multipliers of all rows, (r,), and steps, (t,), and the reduced values of the program's columns, (c,).

    All are in parts of `DENOMINATOR`. The reduced values and the bound are sums in double precision.
    """

    rows: Exact
    steps: Exact
    reduced: Reals
    bound: float  # units of the objective


@dataclass(frozen=True, eq=False)
class WholeProgram:
    """The program of all airings; r rows, n + m entries of a point, c columns, t steps of windows."""

    airings: Airings
    objective: Objective
    formulation: Formulation  # without rows and auxiliary variables
    short: Sequence[ShortRows]  # the k rows that may have multipliers
    names: pd.DataFrame  # (k,) their names, `KEY`
    numbers: Ints  # (k,) their numbers in the program
    expand: Matrix  # (n + m, c)
    steps: Steps
    program: CertifiedProgram  # its matrix has only the rigid rows of the placement
    groups: Ints  # the rows "at most one bundle of this series"
    slots: Slots

    @classmethod
    def of(cls, airings: Airings, rules: Sequence[Rule], objective: Objective) -> WholeProgram:
        """State the rows of all airings of an instance."""
        blocks, working = _Blocks(len(airings), with_soft=objective.is_value), replace(airings)
        stacked = stack_rows(planned_blocks(working, rules), len(airings), blocks.held)
        formulation = objective.applied_to(of_stack(working, stacked), airings)
        del stacked, working  # the copy of the airings has many derived arrays
        replacement, steps = without_defined(formulation), steps_of(formulation)
        nothing = np.zeros(len(steps.key), dtype=bool)
        program = assembled(
            formulation,
            replacement,
            steps.occupied(formulation, nothing),
            steps,
            np.concatenate([np.zeros(0, dtype=np.int64), *blocks.most_miss]),
            (np.concatenate([nothing[:0], *blocks.held_rows]), nothing),
        )
        numbers = np.flatnonzero(np.concatenate([nothing[:0], *blocks.named]))
        groups, slots = groups_of(formulation, program), Slots.of(formulation)
        names = formulation.labels.iloc[numbers][KEY].reset_index(drop=True)
        formulation = replace(formulation, matrix=formulation.matrix[:0], labels=names[:0], columns=())
        expand = replacement[1]
        expand.data = narrow(expand.data)
        return cls(airings, objective, formulation, blocks.rows, names, numbers, expand, steps, program, groups, slots)

    @cached_property
    def free(self) -> Flags:
        """(n,) the airings that no bundle defines."""
        n = self.formulation.airing_count
        found = np.zeros(n, dtype=bool)
        found[self.program.entry[self.program.entry < n]] = True
        return found

    def priced(self, given: NamedMultipliers) -> Priced:
        """The multipliers of a sample, completed."""
        formulation, program, numbers = self.formulation, self.program, self.numbers
        rows = exact([0] * len(program.lower))
        rows[numbers] = given.of_rows(self.names, program.lower[numbers], program.upper[numbers])
        rows[self.slots.row] = self.slots.prices(rows)
        window, step, multiplier = given.steps
        paid, in_numbers = self.steps.over_all(window, step, multiplier), rows.astype(np.float64)
        prices = self._at_airings(paid)
        for part in self.short:
            prices[: part.difference.shape[1]] += part.difference.T @ part.folded(in_numbers)
        left = DENOMINATOR * formulation.value.astype(np.float64) - prices[: formulation.airing_count]
        more = self.steps.over_all(*along_paths(formulation, np.where(self.free, left, 0.0)))
        prices += self._at_airings(more)
        reduced = DENOMINATOR * program.value.astype(np.float64) - self.expand.T @ prices
        better = with_groups(program, self.groups, rows, reduced)
        reduced = np.asarray(reduced - program.matrix.T @ (better - rows).astype(np.float64), dtype=np.float64)
        return Priced(better, paid + more, reduced, self._bound(better, paid + more, reduced))

    def named(self, priced: Priced) -> NamedMultipliers:
        """The multipliers by the names of their rows, for another sample. Those of steps are left out."""
        return NamedMultipliers.of_names(self.names, priced.rows[self.numbers])

    def losses(self, priced: Priced) -> Reals:
        """By how much the bound of some multipliers falls if an airing airs, (n,), viewer-minutes.

        Of an airing in bundles it is the least loss of a bundle; infinite if it is in none.
        """
        n, matrix = self.formulation.airing_count, self.expand
        first = matrix.indptr[: n + 1].astype(np.int64)
        of_column = np.maximum(-priced.reduced, 0.0) / DENOMINATOR
        return np.asarray(by_row(np.minimum, of_column[matrix.indices[: first[n]]], first, np.inf), dtype=np.float64)

    def certified(self, priced: Priced) -> tuple[Certificate, int]:
        """The certificate of some multipliers, and the bound that it proves, in units of the objective."""
        used, at = np.flatnonzero(priced.rows), np.flatnonzero(priced.steps)
        window, step = np.divmod(self.steps.key[at], self.steps.span)
        certificate = Certificate(
            instance_sha256=self.airings.instance.digest,
            objective=self.objective.name,
            rows_in_program=self.program.matrix.shape[0],
            columns_in_program=self.program.matrix.shape[1],
            denominator=DENOMINATOR,
            rows=RowMultipliers(row=tuple(used.tolist()), multiplier=tuple(priced.rows[used].tolist())),
            steps=StepMultipliers(
                window=tuple(window.tolist()), step=tuple(step.tolist()), multiplier=tuple(priced.steps[at].tolist())
            ),
        )
        products = Products(self.expand.shape[0])
        for part in self.short:
            part.add_to(products, priced.rows)
        every = np.arange(self.formulation.airing_count)
        products.add_ranges(every, self.steps.first, self.formulation.steps, priced.steps)
        products.through(self.expand)
        return certificate, bound_in_chunks(ProgramInChunks(certificate, self.program, products))

    def _bound(self, rows: Exact, steps: Exact, reduced: Reals) -> float:
        """The bound that some multipliers prove, if none of a soft row exceeds its price: then no miss adds to it."""
        program, used = self.program, np.flatnonzero(rows)
        side = np.where(rows[used] > 0, program.upper[used], program.lower[used])
        total = float((rows[used] * side).sum()) + float(steps.sum())
        total += float(np.maximum(reduced * program.low, reduced * program.high).sum())
        return program.constant + total / DENOMINATOR

    def _at_airings(self, multipliers: Exact) -> Reals:
        """The sums of multipliers of steps, (t,), over the steps of every airing; 0 for other entries. (n + m,)."""
        before = np.append(0.0, np.cumsum(multipliers.astype(np.float64)))
        found, first = np.zeros(self.expand.shape[0]), self.steps.first
        found[: len(first)] = before[first + self.formulation.steps] - before[first]
        return found


@dataclass(frozen=True, eq=False)
class Slots:
    """The rows Σ x_a − n·s ≤ 0 of slots of reruns. s is in the row Σ s ≤ 1 of its group."""

    row: Ints  # (k,)
    group: Ints  # (k,) the row of the slot's group
    most: Ints  # (k,) n

    @classmethod
    def of(cls, formulation: Formulation) -> Slots:
        """The slots of a formulation."""
        matrix, n = formulation.matrix, formulation.airing_count
        of_slot = rows_with_aspect(formulation.labels, RERUNS_OF_SLOT)
        of_group = rows_with_aspect(formulation.labels, RERUNS_IN_ONE_SLOT)
        at = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        own = np.flatnonzero(of_slot[at] & (matrix.indices >= n))
        in_group = np.flatnonzero(of_group[at])
        group_of = np.full(matrix.shape[1], -1, dtype=np.int64)
        group_of[matrix.indices[in_group]] = at[in_group]
        found = group_of[matrix.indices[own]]
        return cls(at[own][found >= 0], found[found >= 0], -matrix.data[own][found >= 0].astype(np.int64))

    def prices(self, rows: Exact) -> Exact:
        """The best multipliers of the slots, (k,), γ // n, for multipliers γ of the rows of groups among `rows`."""
        return np.asarray(rows[self.group] // exact(self.most))


class _Blocks:
    """Keeps the short form of every block of rows. Rigid rows of the placement keep their entries beside it."""

    def __init__(self, airings: int, *, with_soft: bool) -> None:
        self.rows: list[ShortRows] = []
        self.named: list[Flags] = []
        self.most_miss: list[Ints] = []
        self.held_rows: list[Flags] = []
        self._airings, self._with_soft, self._count = airings, with_soft, 0

    def held(self, block: StackedBlock) -> Matrix:
        """The entries of a block that are kept as they are."""
        kind = block.kept("kind")
        counted = np.ones(len(kind), dtype=bool) if self._with_soft else kind != SOFT
        named = counted & ~may_define(block, kind)
        number = self._count + np.cumsum(counted) - 1
        self._count += int(counted.sum())
        at = np.flatnonzero(named)
        self.rows.append(ShortRows.of(block, at, number[at]))
        held = np.full(len(kind), block.rows.rule == PLACEMENT) & (kind == RIGID)
        self.named.append(named[counted])
        self.most_miss.append(most_miss_of(block, kind, self._airings)[counted])
        self.held_rows.append(held[counted])
        return only_rows(block.matrix, held)
