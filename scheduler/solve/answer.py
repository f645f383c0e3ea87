"""The answer of a run: the best timetable found, rechecked, with the search that found it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.airings import Airings
    from scheduler.certify import Certificate
    from scheduler.formulation import Formulation
    from scheduler.results import HardRules, Status
    from scheduler.solve.best_places import BestPlace
    from scheduler.solve.search.incumbent import Search
    from scheduler.timetable import Timetable
    from scheduler.verify import Verification


@dataclass(frozen=True, eq=False)
class Answer:
    """The best timetable found, rechecked, with the search that found it. Without a timetable if none was found."""

    airings: Airings
    formulation: Formulation
    search: Search
    timetable: Timetable | None
    verification: Verification | None
    certificate: Certificate | None = None
    certified_bound: int | None = None  # what the certificate proves, viewer-minutes
    places: Mapping[int, BestPlace] = field(default_factory=dict)  # of programmes that do not air, by their index

    @property
    def hard_rules(self) -> HardRules | None:
        """Whether the timetable keeps the hard rules; if not, whether it is proven that none can.

        Rows that are not judged are no misses.
        """
        if self.verification is None:
            return "impossible" if self.search.impossible else None
        if not self.verification.tally.hard:
            return "kept"
        return "impossible" if self.search.least_hard_miss else "not_found"

    @property
    def status(self) -> Status:
        """optimal, feasible, hard_missed or nothing."""
        if self.verification is None:
            return "nothing"
        if self.verification.tally.hard:
            return "hard_missed"
        return "optimal" if self.search.proven else "feasible"
