"""A timetable from the relaxation: fix the bundles with large amounts, solve again, and fill the rest.

Each step fixes at 1 the bundles of amount at least `sure`, or the largest ones if there are none, and solves the linear
program again. If a step leaves no solution, it is undone except for its largest bundle; if that was its only bundle, it
is fixed at 0. At the end the remaining columns form a mixed-integer program: first only those that the relaxation used
in some step, then also all other columns outside bundles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import highspy
import numpy as np

from scheduler.solve.programs.highs import QuietHighs
from scheduler.solve.strands.restricted import RestrictedProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from scheduler.arrays import Ints, Reals
    from scheduler.solve.search.time_limit import Budget
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.program import StrandProgram

USED = 1e-6


def dive(
    program: StrandProgram,
    params: StrandParams,
    budget: Budget,
    columns: Ints,
    found: Callable[[Reals], object],
) -> None:
    """Search some columns, sorted, for a timetable that misses no hard row.

    Parameters
    ----------
    found
        Called with every timetable. Later ones are better.
    """
    highs, mip = QuietHighs(), RestrictedProgram(program, columns)
    highs.setOptionValue("threads", 1)
    highs.passModel(mip.lp(relaxed=True))
    bundles = columns[columns < program.bundle_count]
    held = np.zeros(len(bundles), dtype=bool)
    used = np.zeros(len(columns), dtype=bool)
    steps: list[npt.NDArray[np.int64]] = []
    back_ups, solved = 0, False
    while not budget.over():
        if not budget.counted:
            highs.setOptionValue("time_limit", highs.getRunTime() + max(0.1, budget.left()))
        highs.run()
        budget.spend_iterations(max(0, int(highs.getInfo().simplex_iteration_count)), least=0.0)
        if highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
            return
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            if not steps:
                return
            _step_back(highs, params, steps, held)
            back_ups += solved
            if back_ups > params.back_ups:
                break
            continue
        solved = True
        solution = highs.getSolution()
        amount = np.asarray(solution.col_value)[: len(columns)]
        used |= amount > USED
        amount = amount[: len(bundles)]
        open_ = np.flatnonzero(~held & (amount > USED))
        if not len(open_):
            break
        open_ = open_[np.argsort(-amount[open_], kind="stable")]
        sure = open_[amount[open_] >= params.sure]
        steps.append(sure if len(sure) else open_[: params.at_least])
        held[steps[-1]] = True
        _bound(highs, steps[-1], 1.0, 1.0)
    steps = [bundles[step] for step in steps]
    _fill(program, params, steps, (columns[used], columns[used | (columns >= program.bundle_count)]), budget, found)


def _step_back(
    highs: QuietHighs, params: StrandParams, steps: list[npt.NDArray[np.int64]], held: npt.NDArray[np.bool_]
) -> None:
    """Undo the last step.

    Of many bundles half stay fixed at 1, of a few the first one. A single bundle is fixed at 0.
    """
    last = steps.pop()
    held[last] = False
    _bound(highs, last, 0.0, 1.0)
    if len(last) > 1:
        stay = last[: len(last) // 2 if len(last) > params.at_least else 1]
        steps.append(stay)
        held[stay] = True
        _bound(highs, stay, 1.0, 1.0)
    else:
        _bound(highs, last, 0.0, 0.0)


def _bound(highs: QuietHighs, columns: npt.NDArray[np.int64], low: float, high: float) -> None:
    """Set the bounds of some columns."""
    if len(columns):
        size = len(columns)
        highs.changeColsBounds(size, columns.astype(np.int32), np.full(size, low), np.full(size, high))


def _fill(
    program: StrandProgram,
    params: StrandParams,
    steps: list[npt.NDArray[np.int64]],
    columns: tuple[Ints, Ints],
    budget: Budget,
    found: Callable[[Reals], object],
) -> None:
    """Choose the rest after the steps of the dive: among the first columns, then among the second.

    If there is no solution, keep only half of the steps, a quarter, … none.
    """
    kept = len(steps)
    while not budget.over():
        point = np.zeros(program.column_count)
        point[[at for step in steps[:kept] for at in step.tolist()]] = 1.0
        for some in columns:
            part = budget.first(params.fill_seconds)
            gap = params.fill_gap * max(abs(program.formulation.constant), float(abs(program.value @ point)))
            outcome = RestrictedProgram(program, some[point[some] == 0], point).solve(
                part, params.node_rate, gap=gap, found=found, stopped=part.over
            )
            budget.spend_iterations(outcome.iterations)
            if outcome.columns is not None:
                found(outcome.columns)
                return
        if not kept:
            return
        kept //= 2
