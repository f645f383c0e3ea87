"""HiGHS's branch and bound on the whole program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.solve.programs.mip import mip
from scheduler.solve.programs.program import program_of
from scheduler.solve.proof.second_proof import offer_bound

if TYPE_CHECKING:
    from scheduler.solve import Search


def highs(search: Search) -> None:
    """Solve the whole program with HiGHS; every better solution and bound is offered as it is found."""
    with search.stage("model"):
        program = program_of(search.formulation)
    with search.stage("highs"):
        end = mip(
            search,
            program,
            search.budget,
            gap=search.settings.gap,
            threads=search.settings.workers,
            on_bound=lambda bound: offer_bound(search, bound),
        )
    if end.bound is not None:
        offer_bound(search, end.bound)
