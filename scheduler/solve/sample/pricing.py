"""All airings of an instance, priced with the multipliers of a sample: a certificate and the bound that it proves.

The multipliers of a sample's rows and steps are those of a Lagrangian bound on all airings, too, because multipliers
prove a bound whatever they are. Some are chosen again, each as the best one if the others stay:

- π of a slot of reruns: Σ x_a ≤ n·s. γ / n, where γ is the multiplier of the series' row Σ s ≤ 1.
- μ of a step: raised by the differences of the longest path over the free airings of its window, each with its
  reduced value as reward. Then no free airing has a positive reduced value.
- The multiplier of the row "at most one bundle" of a series: the largest reduced value of a bundle in it.

The rows are priced block by block while the rules state them, as in `certify/chunks.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.certify import Certificate, RowMultipliers, StepMultipliers, bound_in_chunks
from scheduler.certify.bound import COLUMNS_AT_ONCE, reduced_at
from scheduler.certify.chunks import ProgramInChunks, may_define, most_miss_of
from scheduler.certify.exact import Products, exact
from scheduler.certify.program import assembled, only_rows, steps_of, without_defined
from scheduler.formulation import of_stack, planned_blocks
from scheduler.rules import NO_BOUND, RIGID, SOFT, stack_rows
from scheduler.rules.placement import PLACEMENT
from scheduler.solve.proof.multipliers import along_paths, with_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.certify.exact import Exact, Matrix
    from scheduler.certify.program import CertifiedProgram, Steps
    from scheduler.formulation import Formulation
    from scheduler.objective import Objective
    from scheduler.rules import Rule
    from scheduler.rules.framework.rows import StackedBlock
    from scheduler.solve.sample.multipliers import NamedMultipliers


def price_all(
    airings: Airings, rules: Sequence[Rule], objective: Objective, named: NamedMultipliers
) -> tuple[Certificate, int]:
    """The certificate of all airings of an instance with the multipliers of a sample, and the bound that it proves.

    The bound is in units of the objective, viewer-minutes for the value.

    Parameters
    ----------
    airings
        All candidate airings, (n,).
    named
        The multipliers of a sample of them.
    """
    blocks = _Blocks(len(airings), named, with_soft=objective.is_value)
    stacked = stack_rows(planned_blocks(airings, rules), len(airings), blocks.held)
    formulation = objective.applied_to(of_stack(airings, stacked), airings)
    del stacked
    n, unit, products = formulation.airing_count, named.denominator, blocks.products
    products.widened(formulation.matrix.shape[1])
    rows = np.concatenate([exact([]), *blocks.multipliers])
    _price_slots(formulation, rows, products)
    replacement = without_defined(formulation)
    kept = replacement[2]
    free = np.zeros(n, dtype=bool)
    free[kept[kept < n]] = True
    steps = steps_of(formulation)
    paid = steps.over_all(named.steps.window, named.steps.step, exact(named.steps.multiplier))
    products.add_ranges(np.arange(n), steps.first, formulation.steps, paid)
    more = _more_at_steps(formulation, steps, free, unit, products)
    products.add_ranges(np.arange(n), steps.first, formulation.steps, more)
    paid = paid + more
    products.through(replacement[1])
    nothing = np.zeros(len(steps.key), dtype=bool)
    program = assembled(
        formulation,
        replacement,
        steps.occupied(formulation, nothing),
        steps,
        np.concatenate([np.zeros(0, dtype=np.int64), *blocks.most_miss]),
        (np.concatenate([np.zeros(0, dtype=bool), *blocks.held_rows]), nothing),
    )
    better = with_groups(formulation, program, rows, _reduced(program, unit, products))
    products.add(program.matrix, better - rows)
    certificate = _certificate(airings, objective, named, program, better, steps, paid)
    return certificate, bound_in_chunks(ProgramInChunks(certificate, program, products))


class _Blocks:
    """Prices the blocks of rows. The rows of the placement that are priced later keep their entries."""

    def __init__(self, airings: int, named: NamedMultipliers, *, with_soft: bool) -> None:
        self.products = Products(airings)
        self.multipliers: list[Exact] = []
        self.most_miss: list[Ints] = []
        self.held_rows: list[Flags] = []
        self._airings, self._named, self._with_soft = airings, named, with_soft

    def held(self, block: StackedBlock) -> Matrix:
        """The entries of a block that are kept, after the others are priced."""
        kind = block.kept("kind")
        counted = np.ones(len(kind), dtype=bool) if self._with_soft else kind != SOFT
        multipliers = self._named.of_block(block, counted & ~may_define(block, kind))
        self.products.widened(block.matrix.shape[1])
        self.products.add(block.matrix, multipliers)
        held = np.full(len(kind), block.rows.rule == PLACEMENT) & (kind == RIGID)
        self.multipliers.append(multipliers[counted])
        self.most_miss.append(most_miss_of(block, kind, self._airings)[counted])
        self.held_rows.append(held[counted])
        return only_rows(block.matrix, held)


def _price_slots(formulation: Formulation, rows: Exact, products: Products) -> None:
    """Set the multipliers of slots of reruns, and add their products. `rows`, (r,), is changed in place.

    The row of a slot is Σ x_a − n·s ≤ 0; the row of its group is Σ s ≤ 1.
    """
    matrix, n = formulation.matrix, formulation.airing_count
    tied = (formulation.labels["rule"].to_numpy() == PLACEMENT) & (formulation.kind == RIGID)
    of_slot = tied & (formulation.upper == 0) & (formulation.lower <= -NO_BOUND)
    of_group = tied & (formulation.upper == 1) & (formulation.lower <= -NO_BOUND)
    at = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    own = np.flatnonzero(of_slot[at] & (matrix.indices >= n))
    group = np.flatnonzero(of_group[at])
    paid = exact([0] * matrix.shape[1])
    paid[matrix.indices[group]] = rows[at[group]]
    rows[at[own]] = paid[matrix.indices[own]] // exact(-matrix.data[own].astype(np.int64))
    slots = np.flatnonzero(of_slot)
    products.add(sparse.csr_array(matrix[slots]), rows[slots])


def _more_at_steps(formulation: Formulation, steps: Steps, free: Flags, unit: int, products: Products) -> Exact:
    """What is added to the multiplier of every step, (t,): no free airing keeps a reduced value above 0."""
    n = formulation.airing_count
    reduced = unit * formulation.value.astype(np.float64) - products.of(slice(0, n)).astype(np.float64)
    return steps.over_all(*along_paths(formulation, np.where(free, reduced, 0.0)))


def _reduced(program: CertifiedProgram, unit: int, products: Products) -> Reals:
    """The reduced value of every column in parts of the denominator, (c,)."""
    begins = range(0, len(program.value), COLUMNS_AT_ONCE)
    parts = [reduced_at(program, unit, products, slice(begin, begin + COLUMNS_AT_ONCE)) for begin in begins]
    return np.concatenate([np.zeros(0), *(part.astype(np.float64) for part in parts)])


def _certificate(
    airings: Airings,
    objective: Objective,
    named: NamedMultipliers,
    program: CertifiedProgram,
    rows: Exact,
    steps: Steps,
    paid: Exact,
) -> Certificate:
    """The certificate of the multipliers of rows, (r,), and steps, (t,)."""
    used, at = np.flatnonzero(rows), np.flatnonzero(paid)
    window, step = np.divmod(steps.key[at], steps.span)
    return Certificate(
        instance_sha256=airings.instance.digest,
        objective=objective.name,
        rows_in_program=program.matrix.shape[0],
        columns_in_program=program.matrix.shape[1],
        denominator=named.denominator,
        rows=RowMultipliers(row=tuple(used.tolist()), multiplier=tuple(rows[used].tolist())),
        steps=StepMultipliers(
            window=tuple(window.tolist()), step=tuple(step.tolist()), multiplier=tuple(paid[at].tolist())
        ),
    )
