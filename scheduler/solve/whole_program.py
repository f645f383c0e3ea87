"""HiGHS on the whole program, from the best timetable, beside the other improvers: for a few thousand airings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.solve.programs.mip import mip
from scheduler.solve.programs.program import program_of
from scheduler.solve.proof.second_proof import confirm_value, offer_bound
from scheduler.solve.scale import Turn, default_improvers

if TYPE_CHECKING:
    from scheduler.arrays import Flags
    from scheduler.solve.bounding import Bounding
    from scheduler.solve.context import Context
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.search.time_limit import Budget


class WholeProgram:
    """Improver: HiGHS's branch and bound on all rows and airings. It improves the timetable and the bound."""

    def __init__(self, search: Search) -> None:
        self.search = search

    def improve(self, end: Flags | None, budget: Budget) -> Flags | None:
        """Run HiGHS until it has proven its optimum or the budget is over.

        It starts from the best timetable if that keeps the hard rows. If not, it looks for one that does.
        """
        search = self.search
        if search.keeps_hard_rows():
            confirm_value(search, None, budget)
            return None
        program, gap = program_of(search.formulation), search.settings.gap
        found = mip(search, program, budget, gap=gap, on_bound=lambda bound: offer_bound(search, bound))
        if found.bound is not None:
            offer_bound(search, found.bound)
        return None


def beside_whole_program(context: Context, bounding: Bounding) -> list[Turn]:
    """The improvers of `scale`. The second worker first gives the whole program to HiGHS, for most of its time."""
    share = context.params.auto.whole_share
    return [Turn(WholeProgram(context.search), second=share, once=True), *default_improvers(context, bounding)]
