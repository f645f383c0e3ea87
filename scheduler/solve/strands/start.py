"""A first timetable of a large program: any choice among few columns that keeps the hard rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.strands.restricted import RestrictedProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Ints, Reals
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.program import StrandProgram


def first_choice(
    program: StrandProgram,
    params: StrandParams,
    budget: Budget,
    columns: Ints,
    amounts: Reals,
    found: Callable[[Reals], object],
) -> None:
    """Search some columns for any timetable that misses no hard row, as a start.

    Bundles with an amount of at least `start_amount` are fixed at 1. If this leaves no solution, none is fixed. The
    search ends with its first timetable.
    """
    bundles = columns[columns < program.bundle_count]
    sure = bundles[amounts[bundles] >= params.start_amount]
    part = budget.first(params.start_seconds)
    for hold in (sure, sure[:0]):
        point, begun = np.zeros(program.column_count), False
        point[hold] = 1.0

        def first(choice: Reals) -> None:
            nonlocal begun
            begun = True
            found(choice)

        outcome = RestrictedProgram(program, columns[point[columns] == 0], point).solve(
            part,
            params.node_rate,
            found=first,
            stopped=lambda: begun or part.over(),  # noqa: B023
        )
        budget.spend_iterations(outcome.iterations)
        if outcome.columns is not None:
            found(outcome.columns)
        if begun or not outcome.infeasible:
            return
