"""A part of a strand program in CP-SAT: with a complete timetable as its hint, it finds better ones from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from scheduler.rules import HARD
from scheduler.solve.cp_sat.model import NO_LOWER, NO_UPPER, add_column, add_row
from scheduler.solve.cp_sat.parameters import Watcher, limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strands.restricted import RestrictedProgram

LARGEST_VALUE = 1_000_000
"""The largest value of a column in CP-SAT's objective, in whole units. Larger ones make its linear programs inexact."""
LEAST_PRICE = 50
"""The least price of a miss in the same units: rounding changes a price by at most one per cent."""


def search_part(
    search: Search,
    part: RestrictedProgram,
    point: Reals,
    budget: Budget,
    seed: int,
    found: Callable[[Reals], object],
    *,
    everywhere: bool = False,
) -> None:
    """Search a part of a program with one thread, from a timetable on.

    Parameters
    ----------
    point
        (c,) The timetable.
    found
        Called with the columns, (c,), of every better choice.
    everywhere
        Whether CP-SAT frees parts of the timetable by itself all the time (large neighbourhood search, Shaw 1998).
        Otherwise it branches with the linear relaxation of all rows, which is stronger in small parts.
    """
    solver = cp_model.CpSolver()
    limit(solver, budget.left(), counted=budget.counted, workers=1, seed=seed)
    parameters = solver.parameters
    parameters.max_presolve_iterations, parameters.cp_model_probing_level = 1, 0
    if everywhere:
        parameters.use_lns_only = parameters.interleave_search = True
    else:
        parameters.linearization_level = 2

    def offer(solution: cp_model.CpSolverSolutionCallback) -> None:
        free = np.array(list(solution.response_proto.solution)[: len(part.free)], dtype=np.float64)
        found(part.whole(free))

    watcher = Watcher(offer, search.finished)
    with search.stoppable(solver.stop_search):
        solver.solve(cp_sat_model(part, point), watcher)
    search.meter.spend(solver.response_proto.deterministic_time + search.settings.params.strands.part_work)
    watcher.raise_fault()


def cp_sat_model(part: RestrictedProgram, point: Reals) -> cp_model.CpModel:
    """A part of a program as a CP-SAT model, with a timetable as its complete hint.

    Its variables are the free columns, then the misses. Values are whole multiples of a unit. A miss is counted in
    steps so large that one costs at least `LEAST_PRICE` units; so prices are rounded up, never lost.

    Parameters
    ----------
    point
        (c,) The timetable, by the columns of the whole program.
    """
    program, free = part.program, part.free
    model = cp_model.CpModel()
    proto = model.proto
    unit = max(1.0, float(np.abs(program.value[free]).max(initial=0.0)) / LARGEST_VALUE)
    low, high = program.column_lower[free].astype(np.int64), program.column_upper[free].astype(np.int64)
    for least, most in zip(low.tolist(), high.tolist(), strict=True):
        add_column(model, least, most)
    binary = (low >= 0) & (high <= 1)
    hint = point[free].round().astype(np.int64).tolist()
    entries = list(range(len(free)))
    gains = np.round(program.value[free] / unit).astype(np.int64).tolist()
    activity = part.part @ point[free]
    may_miss = np.zeros(len(part.rows), dtype=bool)
    may_miss[part.elastic] = True
    prices = np.where(program.kind[part.rows] == HARD, part.hard_price, 1.0) * program.price[part.rows]
    for row in np.flatnonzero(_binding(part, low, high)).tolist():
        span = slice(part.part.indptr[row], part.part.indptr[row + 1])
        columns, weights = part.part.indices[span].tolist(), part.part.data[span].round().astype(np.int64).tolist()
        lower, upper = _sides(part.lower[row], part.upper[row])
        ones = upper == 1 and lower <= 0 and set(weights) == {1} and binary[columns].all()
        if ones and not may_miss[row]:
            proto.constraints.add().at_most_one.literals.extend(columns)
            continue
        if may_miss[row]:
            step, price = int(program.miss_step[part.rows[row]]), float(prices[row]) / unit
            times = max(1, int(np.ceil(LEAST_PRICE / price))) if price > 0 else 1
            largest = float(np.abs(part.part.data[span]) @ np.maximum(np.abs(low), np.abs(high))[columns])
            for side, sign in ((lower, 1), (upper, -1)):
                if side in (NO_LOWER, NO_UPPER):
                    continue
                off = max(0.0, sign * (side - activity[row]))
                most_missed = int((largest + abs(side)) // (step * times)) + 2
                variable = add_column(model, 0, most_missed).index
                hint.append(int(np.ceil(off / (step * times) - 1e-9)))
                entries.append(variable)
                gains.append(-max(1, round(price * times)) if price > 0 else 0)
                columns.append(variable)
                weights.append(sign * step * times)
        add_row(model, columns, weights, (lower, upper))
    proto.objective.vars.extend(entries)
    proto.objective.coeffs.extend([-gain for gain in gains])
    proto.objective.scaling_factor = -1.0
    proto.solution_hint.vars.extend(range(len(hint)))
    proto.solution_hint.values.extend(hint)
    return model


def _binding(part: RestrictedProgram, low: Ints, high: Ints) -> Flags:
    """The rows that some choice of the free columns misses."""
    matrix = part.part
    positive, negative = matrix.maximum(0), matrix.minimum(0)
    most, least = positive @ high + negative @ low, positive @ low + negative @ high
    return np.asarray((most > part.upper) | (least < part.lower), dtype=bool)


def _sides(lower: float, upper: float) -> tuple[int, int]:
    """The sides of a row as whole numbers."""
    return (
        int(np.ceil(lower - 1e-6)) if np.isfinite(lower) else NO_LOWER,
        int(np.floor(upper + 1e-6)) if np.isfinite(upper) else NO_UPPER,
    )
