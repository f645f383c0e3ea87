"""The least miss of the hard rows, and the most value with it, where hard rows cannot all hold.

1. Least miss: minimise Σ w·m over all columns, with m ≥ 0 the missed units of a hard row and w the weight of a unit.
   Rigid rows hold; soft rows and the value do not count. Nearly all hard rows hold in the relaxation of this program.
2. Most value: every hard row is widened by the units that the timetable of step 1 misses. HiGHS searches the widened
   program from this timetable on. A timetable that keeps all hard rows is one of its points, so its bounds hold.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules import HARD
from scheduler.solve.strands.restricted import RestrictedProgram

if TYPE_CHECKING:
    from scheduler.arrays import Reals
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strands.program import StrandProgram


def most_value_with_least_miss(search: Search, program: StrandProgram) -> None:
    """Offer the timetables of both steps. The second one ends with the search."""
    columns = least_hard_miss(search, program, search.budget.share(search.settings.params.strands.least_miss_share))
    if columns is None or search.finished():
        return
    with search.stage("improve"):
        _solved(search, widened(program, columns), search.budget, columns)


def least_hard_miss(search: Search, program: StrandProgram, budget: Budget) -> Reals | None:
    """The columns, (c,), of the timetable with the least weighted miss of hard rows that a budget allows, if any.

    The search gets the timetables.
    """
    hard = program.kind == HARD
    least = replace(program, value=np.zeros_like(program.value), price=np.where(hard, program.price, 0.0))
    scale = 1 / max(1.0, float(program.price[hard].mean())) if hard.any() else 1.0
    with search.stage("least miss"):
        return _solved(search, least, budget, None, hard_price=scale)


def widened(program: StrandProgram, columns: Reals) -> StrandProgram:
    """The program with every hard row widened by the whole units that a choice misses, so that the choice keeps it."""
    activity, step = program.matrix @ columns, np.where(program.kind == HARD, program.miss_step, 1.0)
    low, high = (
        np.ceil(np.maximum(off, 0.0) / step - 1e-9) for off in (program.lower - activity, activity - program.upper)
    )
    hard = program.kind == HARD
    return replace(
        program,
        lower=np.where(hard, program.lower - step * low, program.lower),
        upper=np.where(hard, program.upper + step * high, program.upper),
    )


def _solved(
    search: Search, program: StrandProgram, budget: Budget, start: Reals | None, *, hard_price: float = 0.0
) -> Reals | None:
    """The best columns of a program. Every better choice is offered. `hard_price`: 0 if no hard row may be missed."""

    def found(columns: Reals) -> object:
        return search.try_offer(program.chosen(columns))

    whole = RestrictedProgram(program, hard_price=hard_price, elastic=program.kind == HARD if hard_price else None)
    outcome = whole.solve(
        budget, search.settings.params.strands.node_rate / 10, start=start, found=found, stopped=search.finished
    )
    budget.spend_iterations(outcome.iterations)
    if outcome.columns is not None:
        found(outcome.columns)
    return outcome.columns
