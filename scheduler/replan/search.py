"""The search of a replan: least hard miss, least change, most value, and two bounds on the change.

The relaxation over the whole program gives a bound z on the weighted change, and reduced costs d. It is solved over
what keeps published airings, then with the columns that can still lower it. The first part of the search has the
bundles and airings that the relaxation uses: those that stay, and those that replace what the news has removed. It is
small, so an answer is found soon, but it proves nothing. Every answer with a change of at most z + t uses only columns
with d ≤ t. So the search continues with the columns of a small t, and doubles t until nothing below the answer is left
out. Then this is the least change of the whole program. With the least change C, columns with d > C − z cannot be used
for the value either.

The bound on the number of changes is raised one change at a time: with z and d of the relaxation with the number, a
timetable of at most k changes uses only columns with d ≤ k − z. If this part has none, every timetable has k + 1
changes or more. The proven bound on the weighted change is a row of this program.

Where the time is too short for any of this, the answer is the published timetable without what can no longer air.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.replan.mip import Outcome, reduced_costs, sifted_relaxation, solve_part
from scheduler.solve.search.time_limit import Budget

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Reals
    from scheduler.replan.params import ReplanParams
    from scheduler.replan.program import ChangeProgram
    from scheduler.replan.repaired import Repaired

WHOLE = 1e-4
"""Weights are integers. An objective this close above an integer counts as that integer."""


class NoTimetableError(Exception):
    """No timetable was found: none keeps the rigid rows, or the time was too short."""

    def __init__(self, *, impossible: bool) -> None:
        super().__init__("no timetable keeps the rigid rows" if impossible else "no timetable was found in time")
        self.impossible = impossible


@dataclass(frozen=True, eq=False)
class Found:
    """The best timetable, and what is proven about it."""

    chosen: Flags  # (n,) candidates
    change: int | None  # weighted; None for the first answer, which is not searched
    change_bound: int
    count_bound: int
    hard_miss: float
    hard_miss_bound: float
    value_bound: float | None  # on the value (without loss) of any timetable with at most this change
    free_bound: float | None  # the same for any change
    parts: tuple[int, ...]  # number of columns of each part that was searched


def search(
    program: ChangeProgram, params: ReplanParams, budget: Budget | None = None, first: Repaired | None = None
) -> Found:
    """Find the least change with the least hard miss, then the most value with this change.

    Parameters
    ----------
    budget
        The time of the search, by default the time limit of `params`.
    first
        The answer if no other is found in time.

    Raises
    ------
    NoTimetableError
        No timetable was found, and there is no first answer.
    """
    budget = budget or Budget.of_seconds(params.time_limit)
    hard = [0.0]  # the bounds on the hard miss that are proven so far
    try:
        return _searched(program, params, budget, first, hard)
    except NoTimetableError as error:
        if first is None or error.impossible:
            raise
        return Found(
            chosen=first.chosen,
            change=None,
            change_bound=program.forced_weight,
            count_bound=program.forced,
            hard_miss=first.hard_miss,
            hard_miss_bound=min(max(hard), first.hard_miss),
            value_bound=None,
            free_bound=None,
            parts=(),
        )


def _searched(
    program: ChangeProgram, params: ReplanParams, budget: Budget, first: Repaired | None, hard: list[float]
) -> Found:
    """The answer of the search. Raises NoTimetableError if there is none in time."""
    kept = program.capped(hard=0.0)
    least = 0.0
    relaxed = _relaxed(kept, budget, params)
    if relaxed.infeasible:
        kept, least, relaxed = _least_hard_miss(program, budget, params, first, hard)
    sizes: list[int] = []
    try:
        best, bound, relaxed = _least_change(kept, relaxed, budget.share(params.change_share), params, sizes)
    except _NoPoint:
        if least > 0 or budget.over():
            raise NoTimetableError(impossible=False) from None
        kept, least, relaxed = _least_hard_miss(program, budget, params, first, hard)
        try:
            best, bound, relaxed = _least_change(kept, relaxed, budget.share(params.change_share), params, sizes)
        except _NoPoint:
            raise NoTimetableError(impossible=False) from None
    change = round(_cost(program, best, "change"))
    if least > 0:
        budget = budget.share(1 - params.hold_kept)
    count_bound = _count_bound(kept, relaxed, best, bound, budget.share(params.count_share), params)
    point, value_bound = _most_value(kept, relaxed, best, budget, params)
    begin = _support(program, relaxed, point)
    free = budget.over() or sifted_relaxation(kept, program.loss, budget.left(), begin, params.sifted)
    return Found(
        chosen=program.chosen(point),
        change=round(_cost(program, point, "change")),
        change_bound=min(bound, change),
        count_bound=count_bound,
        hard_miss=least,
        hard_miss_bound=min(least, max(hard)),
        value_bound=value_bound,
        free_bound=-free.bound if isinstance(free, Outcome) and np.isfinite(free.bound) else None,
        parts=tuple(sizes),
    )


def _most_value(
    program: ChangeProgram, relaxed: Outcome, best: Reals, budget: Budget, params: ReplanParams
) -> tuple[Reals, float | None]:
    """(the point of most value found with the change of `best` and the change budget, a bound on this value)."""
    if budget.over():
        return best, None
    most = round(_cost(program, best, "change")) + params.change_budget
    free, ends = _free_part(program, program.change, program.change_constant, relaxed, most)
    whole = relaxed.solved and int(free.sum()) <= params.part_columns
    if not whole:  # too many columns can be used: those in use are searched, and their bound is none of the program
        free, ends = _support(program, relaxed, best), program.lower.copy()
    found = solve_part(
        program.capped(change=most),
        program.loss,
        budget.share(params.value_share).left(),
        free=free,
        point=ends,
        start=best,
        relative_gap=params.value_gap,
        seed=params.seed,
    )
    proven = whole and np.isfinite(found.bound)
    return best if found.point is None else found.point, -found.bound if proven else None


class _NoPoint(Exception):
    """No point was found within the allowed hard miss."""


def _cost(program: ChangeProgram, point: Reals, name: str) -> float:
    return float(getattr(program, name) @ point) + float(getattr(program, f"{name}_constant"))


def _least_hard_miss(
    program: ChangeProgram, budget: Budget, params: ReplanParams, first: Repaired | None, hard: list[float]
) -> tuple[ChangeProgram, float, Outcome]:
    """(program capped at the least hard miss found, this miss, the relaxation). Its bound is added to `hard`."""
    part = budget.share(params.change_share)
    found = solve_part(program, program.hard_miss, part.left(), absolute_gap=1e-7, seed=params.seed)
    if found.infeasible or (found.point is None and first is None):
        raise NoTimetableError(impossible=found.infeasible)
    least = max(0.0, found.objective)
    # HiGHS leaves its bound at 0 if presolve solves the whole program
    hard.append(least if found.solved else found.bound)
    least = least if first is None else min(least, first.hard_miss)
    kept = program.capped(hard=least + 1e-7)
    return kept, least, _relaxed(kept, budget, params)


def _relaxed(program: ChangeProgram, budget: Budget, params: ReplanParams) -> Outcome:
    """The relaxation with the weighted change. It begins with the columns that keep published airings."""
    begin = program.free_of_choice | (program.change < 0)
    return sifted_relaxation(
        program, program.change, budget.share(params.relaxation_share).left(), begin, params.sifted
    )


def _least_change(
    program: ChangeProgram, relaxed: Outcome, budget: Budget, params: ReplanParams, sizes: list[int]
) -> tuple[Reals, int, Outcome]:
    """(point of the least weighted change found, its bound, the relaxation, solved if there was time for it)."""
    constant, grain = program.change_constant, _grain(program)
    if relaxed.infeasible:
        raise _NoPoint
    bound = max(program.forced_weight, _whole_up(relaxed.bound + constant, grain))
    best = _of_support(program, relaxed, budget.share(params.support_share), params, sizes)
    least = math.inf if best is None else round(_cost(program, best, "change"))
    if best is not None and not relaxed.solved:
        begin = _support(program, relaxed, best) | (program.change < 0)
        relaxed = sifted_relaxation(program, program.change, budget.left(), begin, params.sifted)
        bound = max(bound, _whole_up(relaxed.bound + constant, grain))
    step = params.first_part
    while least > bound and not budget.over():
        level = min(bound + step, least - 1)
        free, ends = _free_part(program, program.change, constant, relaxed, level)
        sizes.append(int(free.sum()))
        outcome = solve_part(
            program,
            program.change,
            budget.left(),
            free=free,
            point=ends,
            start=best,
            absolute_gap=params.weight_gap * grain,
            seed=params.seed,
        )
        if outcome.infeasible and free.all():
            break
        found = math.inf if outcome.point is None else round(outcome.objective + constant)
        proven = found if outcome.solved else _whole_up(outcome.bound + constant, grain)
        bound = max(bound, round(min(proven, least if free.all() else _whole_up(level + 1, grain))))
        if found < least:
            best, least = outcome.point, found
        if budget.over() or free.all():
            break
        step *= 4 if outcome.infeasible else 2
    if best is None:
        raise _NoPoint
    return best, min(bound, round(least)), relaxed


def _of_support(
    program: ChangeProgram, relaxed: Outcome, budget: Budget, params: ReplanParams, sizes: list[int]
) -> Reals | None:
    """The best point over the bundles and airings that the relaxation uses, which is soon found; None if none is."""
    if relaxed.point is None:
        return None
    free = _support(program, relaxed)
    sizes.append(int(free.sum()))
    outcome = solve_part(
        program, program.change, budget.left(), free=free, point=program.lower.copy(), seed=params.seed
    )  # fmt: skip
    return outcome.point


def _support(program: ChangeProgram, relaxed: Outcome, *others: Reals) -> Flags:
    """(c,) The bundles and airings that a relaxation or other points use, and what follows from them."""
    found = program.free_of_choice
    for point in (relaxed.point, *others):
        if point is not None:
            found = found | (point > program.lower + WHOLE)
    return found


def _grain(program: ChangeProgram) -> int:
    """The greatest common divisor of all weights. Changes differ by at least this."""
    weights = np.abs(program.change[program.change != 0])
    return int(np.gcd.reduce(np.append(weights, abs(program.change_constant)).astype(np.int64))) or 1


def _whole_up(bound: float, grain: int) -> int:
    """The least multiple of the grain that is at least a bound, within the bound's tolerance."""
    if not np.isfinite(bound):
        return 10**15 if bound > 0 else 0
    return max(0, math.ceil((bound - WHOLE) / grain) * grain)


def _free_part(
    program: ChangeProgram, cost: Reals, constant: float, relaxed: Outcome, level: float
) -> tuple[Flags, Reals]:
    """The columns that can differ from their cheaper bound in a point of at most this objective, and the others at it.

    Parameters
    ----------
    cost, constant
        The objective: weighted change or number of changes.
    relaxed
        The relaxation of the program with this objective. All columns are free if it was not solved.
    """
    point = np.zeros(program.columns)
    if relaxed.duals is None or not relaxed.solved or not np.isfinite(relaxed.bound):
        return np.ones(program.columns, dtype=bool), point
    slack = level - (relaxed.bound + constant) + WHOLE
    reduced = reduced_costs(program, cost, relaxed.duals)
    fixed = (np.abs(reduced) > slack) & program.integer  # an integer column differs from its bound by at least 1
    point[fixed] = np.where(reduced > 0, program.lower, program.upper)[fixed]
    return ~fixed, point


def _count_bound(
    program: ChangeProgram, least_weight: Outcome, best: Reals, change_bound: int, budget: Budget, params: ReplanParams
) -> int:
    """A bound on the number of changes of any timetable with no more hard miss than `best`.

    Parameters
    ----------
    least_weight
        The relaxation with the weighted change. The relaxation with the number begins at its support.
    change_bound
        The proven bound on the weighted change.
    """
    # A published airing that no candidate keeps is dropped or moved: its drop counts 1, and every match saves the 1 of
    # its new airing at most. So `forced` is a bound before anything is solved.
    constant, bound = program.count_constant, program.forced
    number = round(_cost(program, best, "count"))
    if bound >= number or budget.over():
        return min(bound, number)
    support = _support(program, least_weight, best)
    relaxed = sifted_relaxation(program, program.count, budget.left(), support, params.sifted)
    if np.isfinite(relaxed.bound):
        bound = max(bound, math.ceil(relaxed.bound + constant - WHOLE))
    # The row of the weighted change is dense: it slows the relaxation down, so only the parts have it.
    heavy = program.capped(least_change=change_bound)
    while bound < number and relaxed.solved and not budget.over():
        # Is there a point of at most `bound` changes? If so, the bound is exact.
        free, point = _free_part(program, program.count, constant, relaxed, bound)
        if int(free.sum()) > params.part_columns:
            break
        outcome = solve_part(
            heavy,
            program.count,
            budget.left(),
            free=free,
            point=point,
            absolute_gap=params.whole_gap,
            seed=params.seed,
        )
        proven = math.inf if outcome.infeasible else outcome.bound + constant
        if math.ceil(min(proven, bound + 1) - WHOLE) <= bound:
            break
        bound += 1
    return min(bound, number)
