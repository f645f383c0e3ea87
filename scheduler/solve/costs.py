"""The cost of clauses in viewers: marginal prices of rows, and for each agreement an interval from bounds.

The interval uses only what the search knows. scheduler/cost narrows it: it solves the instance without a clause.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.rules import HARD, KEY, RIGID, Parity
from scheduler.solve.cost_interval import BestWithAll, interval
from scheduler.solve.programs.bundle_columns import bundle_count, has_bundles
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.lagrangian import float_error, hard_price, relax
from scheduler.solve.relaxation.master import Master
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.strands.program import strand_program
from scheduler.solve.strands.relaxation import duals_of
from scheduler.solve.strands.simplex import by_formulation, simplex, simplex_relaxation, without_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.arrays import Flags, Reals
    from scheduler.formulation import Formulation
    from scheduler.solve.relaxation.lagrangian import Relaxation
    from scheduler.solve.search.incumbent import Search, Settings
    from scheduler.solve.search.time_limit import Budget

YES_OR_NO = frozenset({"airings", "channels", "days"})
"""Units without meaningful parts (half a day, half a channel). Rows in these units have no marginal price."""
CLOSE = 1e-6
"""A row counts as missed in the relaxation if it is violated by more than this share of its side."""


def clause_costs(search: Search, agreements: Sequence[str]) -> None:
    """Fill `search.costs` within the time that is left.

    rows: the marginal price of each binding row that asks for an amount: |dual| × miss step, viewer-minutes per unit.
    clauses: for each agreement an interval of its cost. The timetable found is also a timetable without the agreement.
    Without the agreement's own penalty its value is v, and
        at_least = max(0, v − bound),   at_most = bound without the agreement − value found.
    An agreement is left out if its bound was not reached in time.
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
        clauses: list[dict[str, Any]] = []
        search.keep_costs({"rows": _row_costs(formulation, whole), "clauses": clauses})
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
            with_it = BestWithAll(best.value, search.bound, keeps=best.hard_miss == 0)
            worth = rest.audience(best.point) - rest.penalty(rest.misses(best.point))
            clauses.append(interval(agreement, with_it, worth, math.ceil(without.bound)).model_dump())


def _free(search: Search, budget: Budget) -> Callable[[Flags | None], Relaxation | None]:
    """A function that solves the pattern relaxation without some rows, (r,). Its bound is rounded outward."""
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
    """Ignore a bound."""


def _placed(search: Search, budget: Budget) -> Callable[[Flags | None], Relaxation | None]:
    """A function that solves the relaxation over bundles without some rows, (r,).

    With all rows its bound and its duals are offered: a large program has only those of the first-order method.
    """
    program = strand_program(search.formulation)

    def solved(left_out: Flags | None) -> Relaxation | None:
        if left_out is not None:
            return simplex(without_rows(program, left_out), budget)
        found = simplex_relaxation(program, budget)
        if found is None:
            return None
        search.offer_bound(found.bound, "relaxation")
        search.offer_duals(duals_of(program, found))
        return by_formulation(program, found)

    return solved


def reserved(formulation: Formulation, settings: Settings) -> float:
    """Seconds of the limit that are kept for the cost of clauses. Counted work is spent beyond the limit instead."""
    return (
        settings.params.costs.share * settings.time_limit
        if _fits(formulation, settings) and not settings.deterministic
        else 0.0
    )


def _fits(formulation: Formulation, settings: Settings) -> bool:
    """Whether the formulation is small enough to solve the relaxation to its end."""
    if has_bundles(formulation):
        return bundle_count(formulation) <= settings.params.strands.whole_columns
    return len(formulation.window_start) <= settings.params.bounding.most_windows


def _row_costs(formulation: Formulation, relaxation: Relaxation) -> list[dict[str, Any]]:
    """The binding rows that ask for an amount, most expensive unit first.

    Three kinds of rows have no marginal price: rigid rows; rows in a unit of which a part has no meaning (half a day of
    a premiere, half an airing of a link-up); and rows that the relaxation misses, whose dual is only the price that
    stands for "hard".
    """
    cost = np.abs(relaxation.duals) * formulation.miss_step
    cost[formulation.kind == RIGID] = 0.0
    cost[formulation.labels["unit"].isin(YES_OR_NO).to_numpy()] = 0.0
    cost[_missed(formulation, relaxation)] = 0.0
    order = np.argsort(-cost, kind="stable")
    binding = order[np.round(cost[order]) >= 1]
    labels = formulation.labels.iloc[binding]
    rows = labels[[*KEY, "unit"]].assign(
        cost=np.round(cost[binding]).astype(np.int64), subject=labels["subject"].map(str)
    )
    rows = rows.rename(columns={"subject": "channel"})
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict(orient="records")]


def _missed(formulation: Formulation, relaxation: Relaxation) -> np.ndarray[Any, Any]:
    """The hard rows that the relaxation's solution misses, (r,)."""
    activity = formulation.matrix[:, relaxation.support] @ relaxation.amounts
    off = np.maximum(formulation.lower - activity, activity - formulation.upper)
    side = np.where(activity < formulation.lower, formulation.lower, formulation.upper).astype(np.float64)
    found: np.ndarray[Any, Any] = (formulation.kind == HARD) & (off > CLOSE * np.maximum(1.0, np.abs(side)))
    return found
