"""All cuts of our own that a point of the relaxation violates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.solve.proof.at_most_one_cuts import AtMostOneCuts
from scheduler.solve.proof.mixed_cuts import MixedCuts
from scheduler.solve.proof.tableau_cuts import TableauCuts

if TYPE_CHECKING:
    from scheduler.arrays import Reals
    from scheduler.certify import CertifiedProgram, Cut
    from scheduler.solve.params import CertificateParams
    from scheduler.solve.proof.tableau_cuts import Tableau


class Separator:
    """Finds violated cuts of all families. Each is found once."""

    def __init__(self, program: CertifiedProgram, params: CertificateParams) -> None:
        self._families = (
            AtMostOneCuts(program, params.violated),
            MixedCuts(program, params),
        )
        self._combined = TableauCuts(program, params.tableau_violated, params.tableau_entries)

    def violated(self, point: Reals, tableau: Tableau | None) -> list[Cut]:
        """The cuts that a point, (c,), violates. With a tableau also cuts of combined rows."""
        found = [cut for family in self._families for cut in family.violated(point)]
        return found if tableau is None else [*found, *self._combined.violated(point, tableau)]
