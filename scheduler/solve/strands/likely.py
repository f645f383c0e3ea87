"""The columns of a large program that a first timetable is looked for among.

The relaxation without the rows of placement is solved over window patterns, which takes seconds where a linear program
over all bundles takes minutes; its bound holds, since placement only forbids. At its duals every airing has a regret,
what its window loses when it is in. Of each series in a territory the bundles of the least sum of regrets are likely,
and of the airings that may air by themselves those of the least regret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules.placement import PLACEMENT
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.lagrangian import hard_price, relax
from scheduler.solve.relaxation.master import Master
from scheduler.solve.relaxation.pricing import Pricer

if TYPE_CHECKING:
    from scheduler.formulation import Integers
    from scheduler.solve.params import StrandParams
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.strands.program import StrandProgram


def likely_columns(program: StrandProgram, params: StrandParams, search: Search) -> Integers:
    """The likely columns, sorted; locked airings and columns that are no airings are always among them."""
    rules = program.formulation.labels["rule"].to_numpy()
    formulation = program.formulation.only_rows(np.flatnonzero(rules != PLACEMENT))
    pricer, rows = Pricer(formulation), linear_rows(formulation)
    master = Master(formulation, rows, hard_price(formulation, pricer))

    def offer(bound: float) -> None:
        search.offer_bound(bound, "relaxation")

    found = relax(master, pricer, offer, search.budget.share(params.relaxation_share))
    n, bundles = formulation.airing_count, program.bundle_count
    reward = formulation.value - np.asarray(rows.by_airing @ found.duals)[:n]
    regret, _ = pricer.regrets(reward)
    regret = np.minimum(regret, 1e15)
    by_column = np.asarray(program.expand[:n].T @ regret)
    order = np.lexsort((by_column[:bundles], program.group[:bundles]))
    group = program.group[order]
    rank = np.arange(bundles) - np.searchsorted(group, group)
    alone = np.flatnonzero(program.channel[bundles:] >= 0) + bundles
    best = alone[np.argsort(by_column[alone], kind="stable")[: params.free_airings]]
    always = np.flatnonzero((program.channel < 0) | (program.column_lower > 0))
    return np.unique(np.concatenate([order[rank < params.group_columns], best, always]))
