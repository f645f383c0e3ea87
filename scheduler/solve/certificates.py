"""The certificate of an answer: from the duals that an engine kept, or from the relaxation with at-most-one cuts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.certify import certified_bound, certified_program
from scheduler.objective import VALUE
from scheduler.solve.best_places import BestPlace, best_places
from scheduler.solve.proof.multipliers import Duals, certificate_of
from scheduler.solve.proof.tightened import tightened

if TYPE_CHECKING:
    from scheduler.solve.run import Answer
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search


def tighten(search: Search, budget: Budget | None = None) -> None:
    """Bound the value by the relaxation with at-most-one cuts and keep its duals, if the program is small enough."""
    params, formulation = search.settings.params.certificate, search.formulation
    if formulation.matrix.shape[1] > params.most_columns:
        return
    with search.stage("tighten"):
        part = search.budget.share(params.share) if budget is None else budget
        found = tightened(certified_program(formulation), part, params)
        if found is not None:
            program, certificate = certificate_of(formulation, "", found)
            bound = certified_bound(program, certificate)
            search.offer_bound(bound, "relaxation")
            search.offer_duals(replace(found, bound=bound))


def certified(answer: Answer) -> Answer:
    """The answer with its certificate, the bound that it proves, and the best places of what does not air.

    The bound holds for every timetable, so a value above it is a fault. It is recorded, and no certificate is given.
    """
    search, formulation = answer.search, answer.formulation
    if search.duals is None and not search.interrupted:
        tighten(search, search.budget_beyond(search.settings.params.certificate.beyond))
    duals = search.duals or Duals(float("inf"), np.zeros(len(formulation.lower)))
    objective = search.settings.objective
    program, certificate = certificate_of(formulation, answer.airings.instance.digest, duals, objective)
    bound = certified_bound(program, certificate)
    best = search.best
    if best is not None and best.hard_miss == 0 and best.value > bound:
        search.report_fault(f"the certificate's bound {bound:,} is below the value {best.value:,}; it was left out")
        search.forget_bounds()
        return answer
    places: dict[int, BestPlace] = {}
    if best is not None and not search.interrupted and objective == VALUE:
        chosen = best.point[: formulation.airing_count].astype(bool)
        params = search.settings.params.places
        places = best_places(answer.airings, formulation, certificate, bound, chosen, params, program=program)
    return replace(answer, certificate=certificate, certified_bound=bound, places=places)
