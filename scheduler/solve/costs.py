"""What clauses cost, in viewers: marginal prices of rows, and for each agreement an interval from bounds.

The interval is what a search knows without searching again; scheduler/cost narrows it by solving without a clause.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from scheduler.rules import HARD, KEY, RIGID, Parity
from scheduler.solve.cost_interval import Known, interval
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.lagrangian import float_error, hard_price, relax
from scheduler.solve.relaxation.master import Master
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.strands.program import bundle_count, has_bundles, strand_program
from scheduler.solve.strands.simplex import simplex, without_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.arrays import Flags
    from scheduler.formulation import Formulation
    from scheduler.solve.relaxation.lagrangian import Relaxation
    from scheduler.solve.search.budget import Budget
    from scheduler.solve.search.incumbent import Search, Settings

Reals = npt.NDArray[np.float64]
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
    budget = search.budget_beyond(search.settings.time_limit * search.settings.params.costs.share)
    with search.stage("costs"):
        solved = _placed(search, budget) if has_bundles(formulation) else _free(search, budget)
        whole = solved(None)
        if whole is None:
            return
        search.costs = {"rows": _row_costs(formulation, whole), "clauses": []}
        if best is None:
            return
        for agreement in agreements:
            ruled = formulation.labels["rule"]
            parts = [rule for rule in ruled.unique() if Parity.is_part(rule, agreement)]
            left_out = ruled.isin(parts).to_numpy()
            without = solved(left_out)
            if without is None:
                continue
            rest = formulation.only_rows(np.flatnonzero(~left_out))
            with_it = Known(best.value, search.bound, keeps=best.hard_miss == 0)
            worth = rest.audience(best.point) - rest.penalty(rest.misses(best.point))
            search.costs["clauses"].append(interval(agreement, with_it, worth, math.ceil(without.bound)).model_dump())


def _free(search: Search, budget: Budget) -> Callable[[Flags | None], Relaxation | None]:
    """Solves the relaxation over window patterns without some rows, (r,); its bound is rounded outward."""
    formulation, params = search.formulation, search.settings.params
    duals: list[Reals] = []

    def solved(left_out: Flags | None) -> Relaxation | None:
        keep = np.arange(len(formulation.lower)) if left_out is None else np.flatnonzero(~left_out)
        rest = formulation.only_rows(keep)
        rows, pricer = linear_rows(rest), Pricer(rest)
        master = Master(rest, rows, hard_price(rest, pricer, params.relaxation), params.relaxation)
        offer: Callable[[float], object] = (
            _nothing if duals else (lambda bound: search.offer_bound(bound, "relaxation"))
        )
        start = duals[0][keep] if duals else None
        found = relax(master, pricer, offer, budget, start=start, closeness=params.costs.closeness)
        if not found.converged:
            return None
        duals.append(found.duals)
        return replace(found, bound=found.bound + float_error(rest, rows, pricer, found.duals))

    return solved


def _nothing(bound: float) -> None:
    """Pass a bound over."""


def _placed(search: Search, budget: Budget) -> Callable[[Flags | None], Relaxation | None]:
    """Solves the relaxation over bundles without some rows, (r,)."""
    program = strand_program(search.formulation)

    def solved(left_out: Flags | None) -> Relaxation | None:
        found = simplex(program if left_out is None else without_rows(program, left_out), budget)
        if found is not None and left_out is None:
            search.offer_bound(found.bound, "relaxation")
        return found

    return solved


def reserved(formulation: Formulation, settings: Settings) -> float:
    """Seconds of the limit that are kept for what clauses cost; work is counted beyond the limit."""
    return (
        settings.params.costs.share * settings.time_limit
        if _fits(formulation, settings) and not settings.deterministic
        else 0.0
    )


def _fits(formulation: Formulation, settings: Settings) -> bool:
    """Whether there is time to solve the relaxation to its end."""
    if has_bundles(formulation):
        return bundle_count(formulation) <= settings.params.strands.whole_columns
    return len(formulation.window_start) <= settings.params.bounding.most_windows


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
