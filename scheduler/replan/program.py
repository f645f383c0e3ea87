"""The program of a replan: the formulation over airings and bundles, and the weight of change as columns and rows.

Columns: those of the base program (bundles, airings outside bundles, auxiliary variables), one match per move, one slip
per series and territory, two misses per elastic row. Three objectives share the program: the least hard miss, the least
change (weighted or counted), and the value. Two rows cap the hard miss and the change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from scheduler.arrays import Flags, Ints, Reals
from scheduler.formulation import HARD_SCALE
from scheduler.rules import HARD, RIGID, SOFT
from scheduler.solve.programs.bundle_columns import has_bundles
from scheduler.solve.programs.highs import infinite_side, row_scales
from scheduler.solve.programs.overlaps import clique_rows
from scheduler.solve.strands.program import StrandProgram, strand_program

if TYPE_CHECKING:
    from scheduler.formulation import Formulation
    from scheduler.replan.slips import SlipRows
    from scheduler.replan.weights import Weights

Matrix = sparse.csr_array[Any, tuple[int, int]]


@dataclass(frozen=True, eq=False)
class ChangeProgram:
    """minimise cost·v + constant over lower ≤ v ≤ upper, row_lower ≤ matrix·v ≤ row_upper."""

    base: StrandProgram
    matrix: Matrix
    row_lower: Reals
    row_upper: Reals
    lower: Reals
    upper: Reals
    integer: Flags
    change: Reals  # cost of the weighted change
    change_constant: float
    count: Reals  # cost of the number of changes
    count_constant: float
    hard_miss: Reals  # cost of the hard miss: 1 is a hard row missed as a whole
    loss: Reals  # viewer-minutes lost, to be minimised
    hard_cap: int  # index of the row that caps the hard miss
    change_cap: int  # index of the row that caps the weighted change
    forced: int  # number of changes without which there is no point: published airings that no candidate keeps
    forced_weight: int  # the least weight of these changes: each such airing is dropped or moved

    @property
    def columns(self) -> int:
        """The number of columns."""
        return len(self.lower)

    @property
    def free_of_choice(self) -> Flags:
        """(c,) The columns that follow from the bundles and airings that are chosen, such as misses."""
        follows = np.ones(self.columns, dtype=bool)
        airings = self.base.expand[: self.base.formulation.airing_count]
        follows[: self.base.column_count] = np.asarray(abs(airings).sum(axis=0)).ravel() == 0
        return follows

    def chosen(self, point: Reals) -> Flags:
        """The chosen airings of a point."""
        return self.base.chosen(point[: self.base.column_count])

    def capped(
        self, *, hard: float | None = None, change: float | None = None, least_change: float | None = None
    ) -> ChangeProgram:
        """The same program with a cap on the hard miss, and with limits of the weighted change.

        Parameters
        ----------
        hard
            Cap on the hard miss, in whole hard rows. None for no change of the cap.
        change
            Cap on the weighted change. None for no change of the cap.
        least_change
            A proven bound on the weighted change, as a row. None for no change of the row.
        """
        upper, most, lower = self.row_upper.copy(), self.upper.copy(), self.row_lower
        if hard is not None:
            upper[self.hard_cap] = hard
            if hard <= 0:
                most[self.hard_miss > 0] = 0.0
        if change is not None:
            upper[self.change_cap] = change - self.change_constant
        if least_change is not None:
            lower = lower.copy()
            lower[self.change_cap] = least_change - self.change_constant
        return replace(self, row_lower=lower, row_upper=upper, upper=most)


def base_program(formulation: Formulation) -> StrandProgram:
    """The formulation as a program over bundles if series are placed, else over its airings."""
    if has_bundles(formulation):
        return strand_program(formulation)
    n, width = formulation.airing_count, formulation.matrix.shape[1]
    cliques = clique_rows(formulation, np.arange(n))
    cliques = sparse.csr_array((cliques.data, cliques.indices, cliques.indptr), shape=(cliques.shape[0], width))
    none = np.zeros(cliques.shape[0])
    kind = formulation.kind
    # Every column is a group of its own. Rows: those of the formulation, then the cliques Σ x ≤ 1 of overlapping
    # airings.
    price = np.where(kind == SOFT, formulation.price, formulation.hard_weight).astype(np.float64)
    low = np.concatenate([formulation.locked.astype(np.int64), formulation.column_lower])
    high = np.concatenate([np.ones(n, dtype=np.int64), formulation.column_upper])
    rows = sparse.csr_array(sparse.vstack([formulation.matrix, cliques]))
    return StrandProgram(
        formulation=formulation,
        expand=sparse.csr_array(sparse.identity(width, dtype=np.int64, format="csr")),
        group=np.arange(width),
        channel=np.full(width, -1),
        bundle_count=0,
        column_lower=low.astype(np.float64),
        column_upper=high.astype(np.float64),
        value=np.concatenate([formulation.value, formulation.column_value]).astype(np.float64),
        matrix=rows.astype(np.float64),
        lower=np.concatenate([infinite_side(formulation.lower), none - np.inf]),
        upper=np.concatenate([infinite_side(formulation.upper), none + 1.0]),
        kind=np.concatenate([kind, np.full(len(none), RIGID, dtype=np.int8)]),
        miss_step=np.concatenate([formulation.miss_step.astype(np.float64), none + 1.0]),
        price=np.concatenate([price, none]),
        origin=np.concatenate([np.arange(len(kind)), none.astype(np.int64) - 1]),
        overlap_at=(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)),
    )


@dataclass(frozen=True, eq=False)
class _Layout:
    """The first column of each kind: base, matches, slips, misses below, misses above, airings that must stay."""

    offset: Ints

    @classmethod
    def of(cls, *sizes: int) -> _Layout:
        return cls(np.concatenate([[0], np.cumsum(sizes)]))

    @property
    def total(self) -> int:
        return int(self.offset[-1])

    def spread(self, rows: Matrix, kind: int) -> Matrix:
        """Rows over the columns of one kind, as rows over all columns."""
        entries = rows.tocoo()
        shape = rows.shape[0], self.total
        places = entries.row, entries.col + self.offset[kind]
        return sparse.csr_array(sparse.coo_array((entries.data, places), shape=shape))


def _picks(row: Ints, column: Ints, rows: int, columns: int) -> Matrix:
    """A matrix with a one at each (row, column)."""
    return sparse.csr_array(sparse.coo_array((np.ones(len(row)), (row, column)), shape=(rows, columns)))


def change_program(
    base: StrandProgram,
    kept: tuple[Ints, Ints],
    weights: Weights,
    counted: Weights,
    slips: SlipRows,
    fixed: Ints,
) -> ChangeProgram:
    """Build the program of a replan.

    Parameters
    ----------
    kept
        (published, candidate): the pairs in which a candidate keeps a published airing.
    counted
        The weights if every change weighs one. Its moves are those of `weights`, or more.
    fixed
        Candidates that keep what the other party has accepted. Leaving one out is a missed hard row.
    """
    # Columns v = (base columns y, matches m of moves (i, a), slips s with instants u, misses below and above, stays t).
    # With E = `expand`, x = E·y are the airings. Rows, in this order:
    #   base:   lower ≤ A·y + miss_step·(miss below − miss above) ≤ upper, scaled by `share`
    #   old:    Σ_{a keeps i} x_a + Σ m_(i,·) ≤ 1    a published airing is kept, matched at most once, or dropped
    #   new:    Σ m_(·,a) − x_a ≤ 0                  a match needs its new airing
    #   slips:  slips.columns·(x, z) − slips.slips·(s, u) within their sides
    #   stays:  x_a + t_a ≥ 1                        t_a = 1 is a hard miss
    #   caps:   hard miss and weighted change, without a cap here (`capped` sets them)
    n, width, published = base.formulation.airing_count, base.column_count, len(weights.dropped)
    expand: Matrix = sparse.csr_array(base.expand[:n]).astype(np.float64)
    moves = np.unique(np.stack([np.concatenate(both) for both in zip(weights.pair, counted.pair, strict=True)]), axis=1)
    elastic = _elastic(base)
    place = _Layout.of(width, moves.shape[1], len(weights.slipped), elastic.size, elastic.size, len(fixed))
    total, offset = place.total, place.offset
    hard = np.concatenate([np.zeros(offset[3]), elastic.weight, elastic.weight, np.ones(len(fixed))])
    costs = [_cost(one, expand, kept, moves, offset) for one in (weights, counted)]
    candidates, at = np.unique(moves[1], return_inverse=True)
    share, spread, numbers = row_scales(base.matrix), place.spread, np.arange(moves.shape[1])

    def picked(airings: Ints, row: Ints, rows: int) -> Matrix:
        """Rows with these airings, over all columns."""
        return spread(sparse.csr_array(_picks(row, airings, rows, n) @ expand), 0)

    one_each: Any = sparse.identity(len(fixed), format="csr")
    blocks: list[Any] = [
        sparse.diags_array(share) @ (spread(base.matrix, 0) + spread(elastic.steps, 3) - spread(elastic.steps, 4)),
        picked(kept[1], kept[0], published) + spread(_picks(moves[0], numbers, published, len(numbers)), 1),
        spread(_picks(at, numbers, len(candidates), len(numbers)), 1)
        - picked(candidates, np.arange(len(candidates)), len(candidates)),
        spread(sparse.csr_array(slips.columns @ base.expand), 0) - spread(slips.slips, 2),
        picked(fixed, np.arange(len(fixed)), len(fixed)) + spread(one_each, 5),
        sparse.csr_array(np.stack([hard, costs[0][0]])),
    ]
    matrix: Matrix = sparse.csr_array(sparse.vstack(blocks, format="csr").astype(np.float64))
    none, unused, must = np.zeros(published), np.zeros(len(candidates)), np.ones(len(fixed))
    lower = [share * base.lower, none - np.inf, unused - np.inf, slips.lower, must, np.full(2, -np.inf)]
    upper = [share * base.upper, none + 1, unused, slips.upper, must + np.inf, np.full(2, np.inf)]
    whole = np.ones(total, dtype=bool)
    whole[offset[1] : offset[2]] = False  # matches are integer if the airings are: a transportation problem
    return ChangeProgram(
        base=base,
        matrix=matrix,
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
        lower=np.concatenate([base.column_lower, np.zeros(total - width)]),
        upper=np.concatenate([base.column_upper, np.ones(offset[3] - width), elastic.upper, must]),
        integer=whole,
        change=costs[0][0],
        change_constant=costs[0][1],
        count=costs[1][0],
        count_constant=costs[1][1],
        hard_miss=hard,
        loss=np.concatenate(
            [-base.value, np.zeros(offset[3] - width), elastic.price, elastic.price, np.zeros(len(fixed))]
        ),
        hard_cap=matrix.shape[0] - 2,
        change_cap=matrix.shape[0] - 1,
        forced=int(np.delete(counted.dropped, np.unique(kept[0])).sum()),
        forced_weight=_forced_weight(weights, kept[0]),
    )


@dataclass(frozen=True, eq=False)
class _Elastic:
    """The e elastic rows of the base program, each with a miss below and a miss above, in units of its miss step."""

    steps: Matrix  # (rows, e)
    weight: Reals  # (e,) hard miss of one unit: 1 is a hard row missed as a whole
    price: Reals  # (e,) viewer-minutes of one unit of a soft row
    upper: Reals  # (2e,) misses below, then above: 0 where the row has no such side

    @property
    def size(self) -> int:
        return len(self.weight)


def _elastic(base: StrandProgram) -> _Elastic:
    """The misses of the hard and soft rows."""
    rows = np.flatnonzero((base.kind == SOFT) | (base.kind == HARD))
    step: Any = sparse.diags_array(base.miss_step[rows])
    sides = np.concatenate([np.isfinite(base.lower[rows]), np.isfinite(base.upper[rows])])
    return _Elastic(
        steps=sparse.csr_array(_picks(rows, np.arange(len(rows)), base.matrix.shape[0], len(rows)) @ step),
        weight=np.where(base.kind[rows] == HARD, base.price[rows] / HARD_SCALE, 0.0),
        price=np.where(base.kind[rows] == SOFT, base.price[rows], 0.0),
        upper=np.where(sides, np.inf, 0.0),
    )


def _forced_weight(weights: Weights, kept: Ints) -> int:
    """The least weight of the changes of published airings that no candidate keeps.

    Σ_i (d_i − max(0, max_a (s_ia − n_a))) over these airings i and the moves (i, a): the lighter of a drop and a move.
    `kept` are the published airings that candidates keep.
    """
    one, other = weights.pair
    gain = np.zeros(len(weights.dropped), dtype=np.int64)
    np.maximum.at(gain, one, weights.saving - weights.new[other])
    return int(np.delete(weights.dropped - gain, np.unique(kept)).sum())


def _cost(weights: Weights, expand: Matrix, kept: tuple[Ints, Ints], moves: Ints, offset: Ints) -> tuple[Reals, float]:
    """(cost of every column, constant) of the weighted change."""
    # Change = Σ_i d_i·(1 − kept_i) + Σ_{new a} n_a·x_a − Σ saving·match + Σ w·slip. So a candidate that keeps i costs
    # −d_i, and the constant is Σ d_i.
    cost = np.zeros(int(offset[-1]))
    airing = weights.new.astype(np.float64)
    airing[kept[1]] = -weights.dropped[kept[0]]
    cost[: offset[1]] = expand.T @ airing
    span = int(moves.max(initial=0)) + 1
    saving = dict(zip((weights.pair[0] * span + weights.pair[1]).tolist(), weights.saving.tolist(), strict=True))
    cost[offset[1] : offset[2]] = [-saving.get(key, 0) for key in (moves[0] * span + moves[1]).tolist()]
    cost[offset[2] : offset[3]] = weights.slipped
    return cost, float(weights.dropped.sum())
