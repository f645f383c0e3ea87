"""A first timetable from the relaxation: take the bundles that it is sure of, solve again, and fill the rest.

Each step holds the bundles of at least `sure`, else the largest ones, at 1 and solves the linear program again. A step
that leaves no solution is taken back but for its largest bundle; where that alone was taken it is barred. What is left
open, bundles that the relaxation has used on the way and all other columns, is one small mixed-integer program.
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
    """Look for a timetable among some columns, sorted, that misses no hard row; False where there is none of them.

    Parameters
    ----------
    found
        Gets every timetable, the better ones later.
    relaxed
        Gets the duals of the program's rows at the relaxation over the columns, before the first step.
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
    """Take back the last step: of several bundles the first stays, a single one is barred from now on."""
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
    """Choose the rest beside the bundles of all steps; where that cannot be, of half of them, a quarter, … none."""
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
        budget.spend(outcome.work)
        if outcome.columns is not None:
            found(outcome.columns)
        if outcome.columns is not None or not kept:
            return
        kept //= 2
