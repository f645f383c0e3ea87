"""What clauses cost, in viewers: duals of the relaxation's rows, and bounds with and without an agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.rules import KEY, RIGID
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.lagrangian import hard_price, relax
from scheduler.solve.relaxation.master import Master
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.strands.program import has_bundles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.formulation import Formulation
    from scheduler.solve.params import SolveParams
    from scheduler.solve.relaxation.lagrangian import Relaxation
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search, Settings


def clause_costs(search: Search, agreements: Sequence[str]) -> None:
    """Fill `search.costs` as far as the time goes.

    rows: per binding row, what one unit of it costs at the margin (|dual| × miss step, viewer-minutes).
    agreements: per agreement the bound on the value with and without its rows, and the difference. An agreement
    whose bound was not reached in time is left out.
    """
    formulation = search.formulation
    if not _fits(formulation, search.settings):
        return
    params = search.settings.params
    budget = search.budget_beyond(search.settings.time_limit * params.costs.share)

    def offer(bound: float) -> None:
        search.offer_bound(bound, "relaxation")

    with search.stage("costs"):
        whole = _relaxation(formulation, budget, params, offer)
        if not whole.converged:
            return
        search.costs = {"rows": _row_costs(formulation, whole), "agreements": []}
        for agreement in agreements:
            keep = np.flatnonzero(formulation.labels["rule"].to_numpy() != agreement)
            without = _relaxation(formulation.only_rows(keep), budget, params, start=whole.duals[keep])
            if without.converged:
                found = max(0, round(without.bound - whole.bound))
                said = {"agreement": agreement, "bound_with": int(whole.bound), "bound_without": int(without.bound)}
                search.costs["agreements"].append({**said, "cost": found})


def reserved(formulation: Formulation, settings: Settings) -> float:
    """Seconds of the limit that are kept for what clauses cost; work is counted beyond the limit."""
    return (
        settings.params.costs.share * settings.time_limit
        if _fits(formulation, settings) and not settings.deterministic
        else 0.0
    )


def _fits(formulation: Formulation, settings: Settings) -> bool:
    """Whether there is time to solve the relaxation to its end."""
    few = len(formulation.window_start) <= settings.params.bounding.most_windows
    return few and not has_bundles(formulation)


def _relaxation(
    formulation: Formulation,
    budget: Budget,
    params: SolveParams,
    offer: Callable[[float], None] = lambda bound: None,
    start: np.ndarray[Any, Any] | None = None,
) -> Relaxation:
    rows = linear_rows(formulation)
    pricer = Pricer(formulation)
    master = Master(formulation, rows, hard_price(formulation, pricer, params.relaxation), params.relaxation)
    return relax(master, pricer, offer, budget, start=start, closeness=params.costs.closeness)


def _row_costs(formulation: Formulation, relaxation: Relaxation) -> list[dict[str, Any]]:
    """The binding rows that are not rigid, the dearest unit first."""
    cost = np.abs(relaxation.duals) * formulation.miss_step
    cost[formulation.kind == RIGID] = 0.0
    order = np.argsort(-cost, kind="stable")
    binding = order[np.round(cost[order]) >= 1]
    labels = formulation.labels.iloc[binding]
    said = labels[[*KEY, "unit"]].assign(cost=np.round(cost[binding]).astype(np.int64))
    return [{str(name): value for name, value in row.items()} for row in said.to_dict(orient="records")]
