"""A first timetable from the relaxation: fix the bundles with large amounts, solve again, and fill the rest.

Each step fixes at 1 the bundles of amount at least `sure`, or the largest ones if there are none, and solves the linear
program again. If a step leaves no solution, it is undone except for its largest bundle; if that was its only bundle, it
is fixed at 0. The remaining columns (bundles that the relaxation used in some step, and all other columns) are then one
small mixed-integer program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import highspy
import numpy as np

from scheduler.solve.programs.highs import QuietHighs
from scheduler.solve.strands.mip import StrandMip

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from scheduler.arrays import Reals
    from scheduler.formulation import Integers
    from scheduler.solve.params import StrandParams
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.strands.program import StrandProgram

USED = 1e-6


def dive(
    program: StrandProgram,
    params: StrandParams,
    budget: Budget,
    columns: Integers,
    found: Callable[[Reals], object],
    relaxed: Callable[[Reals], None] | None = None,
) -> bool:
    """Search some columns, sorted, for a timetable that misses no hard row. Returns False if none exists among them.

    Parameters
    ----------
    found
        Called with every timetable. Later ones are better.
    relaxed
        Called with the duals of the program's rows, from the relaxation over the columns, before the first step.
    """
    highs, mip = QuietHighs(), StrandMip(program, columns)
    highs.setOptionValue("threads", 1)
    highs.passModel(mip.lp(relaxed=True))
    bundles = columns[columns < program.bundle_count]
    held = np.zeros(len(bundles), dtype=bool)
    used = np.zeros(len(bundles), dtype=bool)
    steps: list[npt.NDArray[np.int64]] = []
    back_ups = 0
    while not budget.over():
        if not budget.counted:
            highs.setOptionValue("time_limit", highs.getRunTime() + max(0.1, budget.left()))
        highs.run()
        budget.spend(max(0, int(highs.getInfo().simplex_iteration_count)) / 5000)
        if highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
            return True
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            back_ups += 1
            if not steps:
                return False
            if back_ups > params.back_ups:
                break
            _step_back(highs, steps, held)
            continue
        solution = highs.getSolution()
        if relaxed is not None and not steps:
            relaxed(mip.duals(solution.row_dual))
            relaxed = None
        amount = np.asarray(solution.col_value)[: len(bundles)]
        used |= amount > USED
        open_ = np.flatnonzero(~held & (amount > USED))
        if not len(open_):
            break
        open_ = open_[np.argsort(-amount[open_], kind="stable")]
        sure = open_[amount[open_] >= params.sure]
        steps.append(sure if len(sure) else open_[: params.at_least])
        held[steps[-1]] = True
        _bound(highs, steps[-1], 1.0, 1.0)
    steps = [bundles[step] for step in steps]
    rest = columns[len(bundles) :]
    _fill(program, params, steps, np.concatenate([bundles[used], rest]), budget, found)
    return True


def _step_back(highs: QuietHighs, steps: list[npt.NDArray[np.int64]], held: npt.NDArray[np.bool_]) -> None:
    """Undo the last step. Of several bundles the first stays fixed at 1, a single bundle is fixed at 0."""
    last = steps.pop()
    held[last] = False
    _bound(highs, last, 0.0, 1.0)
    if len(last) > 1:
        steps.append(last[:1])
        held[last[:1]] = True
        _bound(highs, last[:1], 1.0, 1.0)
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
    columns: Integers,
    budget: Budget,
    found: Callable[[Reals], object],
) -> None:
    """Choose the rest after the steps of the dive.

    If there is no solution, keep only half of the steps, a quarter, … none.
    """
    kept = len(steps)
    while not budget.over():
        point = np.zeros(program.column_count)
        point[[at for step in steps[:kept] for at in step.tolist()]] = 1.0
        free = columns[point[columns] == 0]
        part = budget.at_most(params.fill_seconds)
        gap = params.fill_gap * abs(program.formulation.constant)
        outcome = StrandMip(program, free, point).solve(
            part.left(), nodes=part.node_limit(params.node_rate), gap=gap, found=found, stopped=budget.over
        )
        budget.spend_iterations(outcome.iterations)
        if outcome.columns is not None:
            found(outcome.columns)
        if outcome.columns is not None or not kept:
            return
        kept //= 2
