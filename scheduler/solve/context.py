"""The data that the improvers of one search share, and the interface of an improver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from scipy import sparse

    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation
    from scheduler.solve.params import SolveParams
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.relaxation.reduced_costs import ReducedCosts
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.search.time_limit import Budget


@dataclass(frozen=True, slots=True)
class Context:
    """Built once after the bound, by `shared_context` in scale.py. Improvers read it; only the search in it changes."""

    search: Search  # the incumbent, the bound and the budget
    rows: LinearRows  # of the formulation, without cuts
    reduced_costs: ReducedCosts
    candidates: Flags  # (n,) the candidate list: airings of least regret in each window
    coupling: Flags  # (r,) coupling rows; all others are local
    block: Ints  # (w,) the small block of every window
    by_column: sparse.csc_array[Any]  # the formulation's matrix by columns, (r, n + m)

    @property
    def formulation(self) -> Formulation:
        """The formulation that is searched."""
        return self.search.formulation

    @property
    def params(self) -> SolveParams:
        """The parameters of all methods."""
        return self.search.settings.params

    @property
    def seed(self) -> int:
        """The seed of the search. A second improver of the same kind adds a number to it."""
        return self.search.settings.seed

    def has_choice(self) -> bool:
        """Whether at least one candidate is not locked."""
        return bool((self.candidates & ~self.formulation.locked).any())


class Improver(Protocol):
    """One way to improve the incumbent.

    It starts from `search.best` and offers each choice it finds to the search, which keeps the best. It returns when it
    has nothing more to try or when its budget is used up.
    """

    def improve(self, end: Flags | None, budget: Budget) -> Flags | None:
        """Improve the incumbent within a budget.

        Parameters
        ----------
        end
            (n,) The choice at which the previous improver of this round ended. It keeps all hard rows and may be worse
            than the incumbent, but parts of it may be useful. None if there is none.
        budget
            The time it may take. It also counts its work there.

        Returns
        -------
        (n,) or None
            The choice at which this improver ended, for the next one. None keeps `end` as it is.
        """
