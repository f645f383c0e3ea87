"""What clauses cost, in viewers: duals of the relaxation's rows, and bounds with and without an agreement."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.rules import KEY, RIGID
from scheduler.solve.bound import hard_price, relax
from scheduler.solve.linear_rows import linear_rows
from scheduler.solve.master import Master
from scheduler.solve.pricing import Pricer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.formulation import Formulation
    from scheduler.solve.bound import Relaxation
    from scheduler.solve.search import Search

SHARE_OF_LIMIT = 0.1
"""At most this share of the time limit goes into what clauses cost."""


def clause_costs(search: Search, agreements: Sequence[str]) -> None:
    """Fill `search.costs` as far as the time goes.

    rows: per binding row, what one unit of it costs at the margin (|dual| × miss step, viewer-minutes).
    agreements: per agreement the bound on the value with and without its rows, and the difference. An agreement
    whose bound was not reached in time is left out.
    """
    ends = time.monotonic() + search.settings.time_limit * SHARE_OF_LIMIT

    def remaining() -> float:
        if search.interrupted:
            return 0.0
        return 3600.0 if search.settings.deterministic else ends - time.monotonic()

    formulation = search.formulation
    with search.stage("costs"):
        whole = _relaxation(formulation, remaining)
        if not whole.converged:
            return
        search.offer_bound(whole.bound, "relaxation")
        search.costs = {"rows": _row_costs(formulation, whole), "agreements": []}
        for agreement in agreements:
            keep = np.flatnonzero(formulation.labels["rule"].to_numpy() != agreement)
            without = _relaxation(formulation.only_rows(keep), remaining, whole.duals[keep])
            if without.converged:
                found = max(0, round(without.bound - whole.bound))
                said = {"agreement": agreement, "bound_with": int(whole.bound), "bound_without": int(without.bound)}
                search.costs["agreements"].append({**said, "cost": found})


def _relaxation(
    formulation: Formulation, remaining: Callable[[], float], start: np.ndarray[Any, Any] | None = None
) -> Relaxation:
    rows = linear_rows(formulation)
    pricer = Pricer(formulation)
    master = Master(formulation, rows, hard_price(formulation, pricer))
    return relax(master, pricer, lambda bound: None, remaining, start=start)


def _row_costs(formulation: Formulation, relaxation: Relaxation) -> list[dict[str, Any]]:
    """The binding rows that are not rigid, the dearest unit first."""
    cost = np.abs(relaxation.duals) * formulation.miss_step
    cost[formulation.kind == RIGID] = 0.0
    order = np.argsort(-cost, kind="stable")
    binding = order[np.round(cost[order]) >= 1]
    labels = formulation.labels.iloc[binding]
    said = labels[[*KEY, "unit"]].assign(cost=np.round(cost[binding]).astype(np.int64))
    return [{str(name): value for name, value in row.items()} for row in said.to_dict(orient="records")]
