"""The relaxation of large programs by a first-order method, and the loss of each column at its duals.

Primal-dual hybrid gradient (`hybrid_gradient.py`) needs only products with the matrix, and `factored.py` makes them
fast. After a few hundred iterations it is within 1 % of the relaxation; simplex or interior point on all columns take
minutes. Any duals give a bound (`lagrangian_bound`), so the method need not converge.

Rounds with all columns alternate with rounds with few columns: those that are used and those of the least loss. An
iteration with few columns takes less time.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from scheduler.solve.params import DEFAULTS
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.strands.hybrid_gradient import HybridGradient, ScaledProgram
from scheduler.solve.strands.relaxation import RelaxedColumns, lagrangian_bound, reduced_values, steps_beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Ints, Reals
    from scheduler.solve.params import WorkParams
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.program import StrandProgram


def first_order(
    program: StrandProgram,
    params: StrandParams,
    budget: Budget,
    offer: Callable[[float], object],
    *,
    threads: int = 1,
    work: WorkParams = DEFAULTS.work,
) -> RelaxedColumns:
    """Approach the relaxation with all rigid and hard rows.

    After each round with all columns the bound of its duals and of their average is computed. The method ends if
    several rounds together have lowered the best bound by little.

    Parameters
    ----------
    offer
        Called with every better bound, viewer-minutes.
    threads
        Threads that share each product with the matrix.
    work
        What counts as how much work, if the budget counts it.
    """
    best = RelaxedColumns(np.zeros(len(program.lower)), np.inf, np.zeros(program.column_count))
    if budget.over():
        return best
    with ThreadPoolExecutor(max_workers=max(1, threads - 1)) as pool:
        method = HybridGradient(ScaledProgram.of(program, params.scalings), params, threads, pool)
        bounds, pricer = list[float](), Pricer(program.formulation)
        for _ in range(params.relaxation_rounds):
            method.iterate(params.round_iterations, budget)
            budget.spend(params.round_iterations * method.matrix.size * work.first_order)
            for y, x in method.points():
                duals = method.duals(y)
                steps = steps_beside(program, pricer, reduced_values(program, duals))
                bound = lagrangian_bound(program, duals, steps)
                if bound < best.bound:
                    best = RelaxedColumns(duals, bound, method.amounts(x), steps=steps)
                    offer(bound)
            bounds.append(best.bound)
            before = bounds[-1 - params.round_patience] if len(bounds) > params.round_patience else np.inf
            if before - best.bound < params.round_gain * abs(best.bound) or budget.over():
                break
            if params.few_columns < program.column_count:
                few = method.restricted(_few(program, params, method.duals(method.y), method.amounts(method.x)))
                few.iterate(params.few_iterations, budget)
                budget.spend(params.few_iterations * few.matrix.size * work.first_order)
                method.take(few)
    return best


def _few(program: StrandProgram, params: StrandParams, duals: Reals, amounts: Reals) -> Ints:
    """The columns of a round with few columns, sorted: used ones first, then those of the least loss.

    Locked columns and those that are no airings are always among them.
    """
    rank = np.where(amounts > params.surely_used, -1.0, losses(program, duals))
    least = np.argsort(rank, kind="stable")[: params.few_columns]
    return np.union1d(least, np.flatnonzero((program.channel < 0) | (program.column_lower > 0)))


def losses(program: StrandProgram, duals: Reals, steps: Reals | None = None) -> Reals:
    """The decrease of the bound if a column is set to 1, viewer-minutes, (c,).

    It is 0 for the best bundle of each group.

    Parameters
    ----------
    duals
        (s,) Duals of the rows.
    steps
        (w, length) Duals of steps beside those of overlap rows.
    """
    return losses_of(program, reduced_values(program, duals, steps))


def losses_of(program: StrandProgram, value: Reals) -> Reals:
    """The same from the reduced values of the columns, (c,)."""
    bundles = program.bundle_count
    most = np.zeros(int(program.group.max(initial=0)) + 1)
    np.maximum.at(most, program.group[:bundles], value[:bundles])
    lost = np.maximum(-value, 0.0)
    lost[:bundles] = most[program.group[:bundles]] - value[:bundles]
    return np.asarray(lost, dtype=np.float64)
