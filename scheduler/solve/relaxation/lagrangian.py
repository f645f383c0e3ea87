"""An upper bound: the linear relaxation by column generation over window patterns, with smoothed duals.

Any duals give a valid bound (Lagrange): every rule row is priced, then every window takes its best pattern.
    bound(π) = constant + Σ_windows best pattern of (value − Aᵀπ) + Σ_columns max over their range
               + Σ_rows (π⁺·upper − π⁻·lower),   with |π| ≤ price / miss_step on soft rows.
Column generation: Dantzig and Wolfe 1960; smoothing: Wentges 1997, Pessoa et al. 2018.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import Reals
from scheduler.formulation import HARD_SCALE
from scheduler.rules import SOFT
from scheduler.solve.params import DEFAULTS
from scheduler.solve.programs.linear_rows import EPSILON

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Ints
    from scheduler.formulation import Formulation
    from scheduler.solve.params import RelaxationParams
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.relaxation.master import Master
    from scheduler.solve.relaxation.pricing import Patterns, Pricer
    from scheduler.solve.search.time_limit import Budget


@dataclass(slots=True)
class Relaxation:
    """The result of column generation."""

    bound: float  # the best valid bound
    duals: Reals  # (r,) the duals that gave it
    support: Ints  # airings and auxiliary variables in the master's solution
    amounts: Reals
    rounds: int
    converged: bool


@dataclass(slots=True)
class LagrangianValue:
    """One Lagrangian evaluation."""

    bound: float
    reward: Reals  # (n,)
    best: Reals  # (w,)
    patterns: Patterns


def projected(rows: LinearRows, duals: Reals) -> Reals:
    """The nearest duals with a finite bound. No sign towards an absent side, |dual| ≤ price / step on soft rows."""
    duals = np.where(np.isposinf(rows.upper), np.minimum(duals, 0.0), duals)
    duals = np.where(np.isneginf(rows.lower), np.maximum(duals, 0.0), duals)
    most = np.where(rows.kind == SOFT, rows.price / rows.step * (1 - 4 * EPSILON), np.inf)
    return np.clip(duals, -most, most)


def evaluate_lagrangian(formulation: Formulation, rows: LinearRows, pricer: Pricer, duals: Reals) -> LagrangianValue:
    """The Lagrangian bound at projected duals, and the patterns that reach it. `float_error` is not yet added."""
    n = formulation.airing_count
    pushed = rows.by_airing @ duals
    reward = formulation.value - pushed[:n]
    best, patterns = pricer.patterns(reward)
    extra = formulation.column_value - pushed[n:]
    ends = np.maximum(extra * formulation.column_lower, extra * formulation.column_upper)
    push = np.flatnonzero(duals)
    sides = np.where(duals[push] > 0, rows.upper[push], rows.lower[push]) * duals[push]
    total = math.fsum(best) + math.fsum(ends) + math.fsum(sides)
    return LagrangianValue(formulation.constant + total, reward, best, patterns)


def float_error(formulation: Formulation, rows: LinearRows, pricer: Pricer, duals: Reals) -> float:
    """An upper limit on the rounding error of `evaluate_lagrangian`: Σ |terms| × number of terms × epsilon."""
    n = formulation.airing_count
    sizes = np.abs(duals)
    absolute = rows.by_airing.copy()
    absolute.data = np.abs(absolute.data)
    pushed = absolute @ sizes
    terms = int(np.max(np.diff(rows.by_airing.indptr), initial=0)) + pricer.length + 8
    along = pricer.best(np.abs(formulation.value) + pushed[:n])
    reach = np.maximum(np.abs(formulation.column_lower), np.abs(formulation.column_upper))
    ends = (np.abs(formulation.column_value) + pushed[n:]) * reach
    sides = np.where(duals > 0, rows.upper, np.where(duals < 0, rows.lower, 0.0)) * duals
    return 2 * terms * EPSILON * (math.fsum(along) + math.fsum(ends) + math.fsum(np.abs(sides)))


def hard_price(formulation: Formulation, pricer: Pricer, params: RelaxationParams = DEFAULTS.relaxation) -> float:
    """Price of a weighted miss of a hard row in the master. A whole row costs a share of the value of all windows."""
    best = float(pricer.best(formulation.value.astype(np.float64)).sum())
    return params.hard_row * max(1.0, best) / HARD_SCALE


def relax(
    master: Master,
    pricer: Pricer,
    offer: Callable[[float], object],
    budget: Budget,
    *,
    start: Reals | None = None,
    closeness: float | None = None,
) -> Relaxation:
    """Solve the relaxation by column generation with smoothed duals.

    In each round the master is solved. Then π = α·centre + (1 − α)·master duals, where the centre holds the duals of
    the best bound so far. The best pattern of every window at π becomes a column if it improves the master, and the
    bound at π is offered. If no pattern improves the master although π is not optimal (mis-pricing), α is halved, then
    set to 0.

    Parameters
    ----------
    offer
        Called with every better bound, rounded outward.
    start
        (r,) Duals to start from.
    closeness
        Stop if bound and master differ by at most this share. By default the master's parameters state it.
    """
    formulation, rows, params = master.formulation, master.rows, master.params
    closeness = params.closeness if closeness is None else closeness
    centre = np.zeros(rows.count) if start is None else projected(rows, start)
    found = evaluate_lagrangian(formulation, rows, pricer, centre)
    best = found.bound
    every = np.arange(pricer.window_count)
    master.add(pricer.patterns(np.full(formulation.airing_count, -1.0))[1], every)  # locked airings alone
    master.add(found.patterns, every)
    alpha, support, amounts = params.smoothing, np.zeros(0, np.int64), np.zeros(0)
    offer(best + float_error(formulation, rows, pricer, centre))
    done, number = False, 0
    while not done and number < params.rounds and not budget.over() and master.solve(budget):
        number += 1
        support, amounts = master.point()
        violated = master.activate_violated()
        if violated:
            continue
        top, master_duals = formulation.constant + master.objective, projected(rows, master.duals())
        convexity = -master.dual[: pricer.window_count] * master.unit
        limit = max(1.0, abs(best)) * closeness
        for weight in (alpha, alpha / 2, 0.0):
            duals = projected(rows, weight * centre + (1 - weight) * master_duals)
            found = evaluate_lagrangian(formulation, rows, pricer, duals)
            gain = _reduced(master, found, master_duals, convexity)
            useful = np.flatnonzero(gain > 1e-9 * master.unit)
            better = found.bound < best
            if better:
                best, centre = found.bound, duals
                offer(best + float_error(formulation, rows, pricer, duals))
            if len(useful) or weight == 0.0:
                break
        # more smoothing while the bound improves, less when it does not
        up, down = alpha + params.smoothing_up, alpha - params.smoothing_down
        alpha = min(params.most_smoothing, up) if better else max(0.0, down)
        done = best - top <= limit or (not len(useful) and weight == 0.0)
        master.add(found.patterns, useful)
    return Relaxation(best, centre, support, amounts, number, done)


def _reduced(master: Master, found: LagrangianValue, master_duals: Reals, convexity: Reals) -> Reals:
    """The reduced profit of each pattern at the master's own duals, (w,).

    Patterns with a positive one improve the master.
    """
    rows = master.rows
    patterns = found.patterns
    airing = patterns.airing
    worth = master.formulation.value[airing] - rows.by_airing[airing] @ master_duals
    total = np.concatenate([[0.0], np.cumsum(worth)])
    gain: Reals = total[patterns.first[1:]] - total[patterns.first[:-1]] - convexity
    return gain
