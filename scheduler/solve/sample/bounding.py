"""The bound over all airings, for a search among a sample of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scheduler.objective import objective_of
from scheduler.rules import rules_of
from scheduler.solve.proof.multipliers import certificate_of
from scheduler.solve.sample.multipliers import NamedMultipliers
from scheduler.solve.sample.pricing import price_all

if TYPE_CHECKING:
    from scheduler.solve.search.incumbent import Search


def bound_all(search: Search) -> None:
    """In a sample: price all airings with the duals that the search keeps, and offer the bound, if there is time."""
    airings, duals = search.sample_of, search.duals
    if airings is None or duals is None:
        return
    needed = len(airings) * search.settings.params.sample.price_seconds
    if search.budget.left() < needed:
        return
    instance = airings.instance
    with search.stage("price"):
        objective = objective_of(instance, search.settings.objective)
        _, certificate = certificate_of(search.formulation, instance.digest, duals, objective.name)
        named = NamedMultipliers.of(search.formulation, certificate)
        rules = rules_of(instance) if search.rules is None else search.rules
        search.budget.spend(needed)
        # a copy, so that its derived arrays are released
        search.offer_certificate(*price_all(replace(airings), rules, objective, named))
