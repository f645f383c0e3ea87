"""What clauses cost, in viewers: marginal prices of rows, and for each agreement an interval from bounds.

The interval is what a search knows without searching again; scheduler/cost narrows it by solving without a clause.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.rules import HARD, KEY, RIGID, Parity
from scheduler.solve.cost_interval import Known, interval
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.lagrangian import float_error, hard_price, relax
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

YES_OR_NO = frozenset({"airings", "channels", "days"})
"""Units of rows that say whether something is so, of which a part is nothing; such a row has no marginal price."""
CLOSE = 1e-6
"""By more than this share of its side a row of the relaxation is missed."""


def clause_costs(search: Search, agreements: Sequence[str]) -> None:
    """Fill `search.costs` as far as the time goes.

    rows: the marginal price of each binding row that asks for an amount (|dual| × miss step, viewer-minutes per unit).
    clauses: per agreement an interval of what it costs. The timetable found is one without the agreement too, and then
    it is worth what the agreement's own misses took from it:
    at_least = max(0, value found, less no penalty of the agreement − bound), at_most = bound without − value found.
    An agreement whose bound was not reached in time is left out.
    """
    formulation, best = search.formulation, search.best
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
        search.costs = {"rows": _row_costs(formulation, whole), "clauses": []}
        if best is None:
            return
        for agreement in agreements:
            ruled = formulation.labels["rule"]
            parts = [rule for rule in ruled.unique() if Parity.is_part(rule, agreement)]
            keep = np.flatnonzero(~ruled.isin(parts).to_numpy())
            rest = formulation.only_rows(keep)
            without = _relaxation(rest, budget, params, start=whole.duals[keep])
            if not without.converged:
                continue
            with_it = Known(best.value, search.bound, keeps=best.hard_miss == 0)
            worth = rest.audience(best.point) - rest.penalty(rest.misses(best.point))
            bound = math.ceil(without.bound + float_error(rest, linear_rows(rest), Pricer(rest), without.duals))
            search.costs["clauses"].append(interval(agreement, with_it, worth, bound).model_dump())


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
    """The binding rows that ask for an amount, the dearest unit first.

    A rigid row has no price. Nor has one of another unit: half a day of a premiere, half an airing of a link-up are
    nothing. A row that the relaxation misses has only the price that stands in for "hard".
    """
    cost = np.abs(relaxation.duals) * formulation.miss_step
    cost[formulation.kind == RIGID] = 0.0
    cost[formulation.labels["unit"].isin(YES_OR_NO).to_numpy()] = 0.0
    cost[_missed(formulation, relaxation)] = 0.0
    order = np.argsort(-cost, kind="stable")
    binding = order[np.round(cost[order]) >= 1]
    labels = formulation.labels.iloc[binding]
    said = labels[[*KEY, "unit"]].assign(
        cost=np.round(cost[binding]).astype(np.int64), subject=labels["subject"].map(str)
    )
    said = said.rename(columns={"subject": "channel"})
    return [{str(name): value for name, value in row.items()} for row in said.to_dict(orient="records")]


def _missed(formulation: Formulation, relaxation: Relaxation) -> np.ndarray[Any, Any]:
    """Which hard rows the relaxation's solution misses, (r,)."""
    activity = formulation.matrix[:, relaxation.support] @ relaxation.amounts
    off = np.maximum(formulation.lower - activity, activity - formulation.upper)
    side = np.where(activity < formulation.lower, formulation.lower, formulation.upper).astype(np.float64)
    found: np.ndarray[Any, Any] = (formulation.kind == HARD) & (off > CLOSE * np.maximum(1.0, np.abs(side)))
    return found
