"""The second proof of a claim of CP-SAT: HiGHS solves the same rows by another method and other code.

The presolve of CP-SAT 9.15 can lose solutions and then report a wrong optimum. An optimum, a least miss or an
impossibility is therefore stated only if HiGHS agrees. If HiGHS finds a better timetable, the claim is refuted: the
timetable is kept, the claim is dropped and reported as a fault.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.formulation import HARD_SCALE
from scheduler.solve.programs.mip import MipEnd, mip, rounded_outward
from scheduler.solve.programs.program import hard_miss_of, program_of, with_hard_miss_at_most
from scheduler.solve.search.bound_sources import TWO_PROOFS, solver

if TYPE_CHECKING:
    import numpy.typing as npt

    from scheduler.solve.programs.program import Program
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.search.time_limit import Budget

    Floats = npt.NDArray[np.float64]

MISS_ERROR = 1e-6
"""HiGHS's bound on the hard miss, in whole hard rows, agrees when it is within this of the least miss found."""


def confirm_value(search: Search, claimed: int | None, budget: Budget) -> None:
    """Let HiGHS maximise the value, starting from the best timetable, at no more hard miss than it has.

    What HiGHS finds is offered, and also its bound if no hard row is missed. The search is optimal if both solvers
    agree.

    Parameters
    ----------
    claimed
        The value that CP-SAT claims to be optimal. None if CP-SAT did not finish.
    budget
        The time for the proof.
    """
    best = search.best
    if best is None or budget.over():
        return
    program = program_of(search.formulation, hard_elastic=best.hard_miss > 0)
    if best.hard_miss > 0:
        weight = hard_miss_of(search.formulation, program)
        program = with_hard_miss_at_most(program, weight, best.hard_miss / HARD_SCALE * (1 + MISS_ERROR))
    gap = search.settings.gap if best.hard_miss == 0 else 0.0
    on_bound = (lambda bound: offer_bound(search, bound)) if best.hard_miss == 0 else None
    end = mip(search, program, budget, gap=gap, start=start_of(search, program), on_bound=on_bound)
    if best.hard_miss == 0 and end.bound is not None:
        offer_bound(search, end.bound)
    _compare(search, end, best.hard_miss, claimed)


def _compare(search: Search, end: MipEnd, hard_miss: int, claimed: int | None) -> None:
    best = search.best
    if best is None:
        return
    if end.infeasible or (end.bound is not None and rounded_outward(end.bound) < best.value):
        text = "finds no timetable" if end.infeasible else f"bounds the value by {end.bound:,.0f}"
        search.report_fault(f"{solver('highs')} {text}, but one worth {best.value:,} is held; its proof is dropped")
        search.forget_bounds("highs")
    elif claimed is not None and best.value > claimed:
        refute(search, f"no timetable to be worth more than {claimed:,}")
    elif best.hard_miss < hard_miss:  # found by HiGHS; the claim is about timetables with more hard miss
        if search.least_hard_miss == hard_miss:
            refute(search, "the miss of the hard rows the least")
            search.withdraw_least_hard_miss()
    elif claimed is not None and end.bound is not None and end.bound <= rounded_outward(best.value):
        if hard_miss == 0 or search.least_hard_miss == hard_miss:
            search.prove_optimal()
        if hard_miss == 0:
            search.offer_bound(best.value, TWO_PROOFS)


def refute(search: Search, claim: str) -> None:
    """Report a claim of CP-SAT that a timetable refutes."""
    best = search.best
    held = "" if best is None else f", but one worth {best.value:,} is held"
    missed = "" if best is None or best.hard_miss == 0 else f" that misses {best.hard_rows} hard rows"
    search.report_fault(f"{solver('cp-sat')} calls {claim}{held}{missed}; its proof is dropped")


def confirm_least_miss(search: Search, budget: Budget) -> bool:
    """Whether HiGHS proves, too, that no timetable has less hard miss than the best one."""
    best = search.best
    if best is None or budget.over():
        return False
    program = program_of(search.formulation, hard_elastic=True)
    weight = hard_miss_of(search.formulation, program)
    least = replace(program, cost=-weight, offset=0)
    end = mip(search, least, budget, start=start_of(search, program))
    if search.best is not None and search.best.hard_miss < best.hard_miss:
        refute(search, "the miss of the hard rows the least")
        return False
    return end.bound is not None and -end.bound >= best.hard_miss / HARD_SCALE - MISS_ERROR


def confirm_impossible(search: Search, budget: Budget) -> bool:
    """Whether HiGHS proves, too, that no timetable keeps the locks and the rigid rows."""
    if budget.over():
        return False
    program = program_of(search.formulation, hard_elastic=True)
    end = mip(search, replace(program, cost=np.zeros(len(program.cost)), offset=0), budget)
    if search.best is not None:
        refute(search, "the locks and the rigid rows impossible")
    return end.infeasible and search.best is None


def offer_bound(search: Search, bound: float) -> None:
    """Offer a bound of HiGHS, rounded outward."""
    search.offer_bound(rounded_outward(bound), "highs")


def start_of(search: Search, program: Program) -> Floats | None:
    """The best timetable as a complete point of a program."""
    if search.best is None:
        return None
    misses = search.formulation.misses(search.best.point)[program.miss_row]
    return np.concatenate([search.best.point, misses]).astype(np.float64)
