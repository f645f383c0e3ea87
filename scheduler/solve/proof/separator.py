"""All cuts of our own that a point of the relaxation violates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.solve.proof.at_most_one_cuts import AtMostOneCuts
from scheduler.solve.proof.mixed_cuts import MixedCuts

if TYPE_CHECKING:
    from scheduler.arrays import Reals
    from scheduler.certify import CertifiedProgram, Cut
    from scheduler.solve.params import CertificateParams


class Separator:
    """Finds violated cuts of all families. Each is found once."""

    def __init__(self, program: CertifiedProgram, params: CertificateParams) -> None:
        self._families = (
            AtMostOneCuts(program, params.violated),
            MixedCuts(program, params.violated, params.divisors),
        )

    def violated(self, point: Reals) -> list[Cut]:
        """The cuts that a point violates, (c,)."""
        return [cut for family in self._families for cut in family.violated(point)]
