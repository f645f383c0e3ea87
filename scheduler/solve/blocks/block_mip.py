"""One block of windows as a mixed-integer program in HiGHS: the best choice among some of its airings.

maximise reward·x − price·miss over x ∈ {0,1}, subject to: at most one airing at every step of a window, and the rows
inside the block, with whole misses if they are soft. Solutions worth less than a floor are cut off, so proofs are
short.

Airings with equal coefficients in all rows that join windows (mostly airings of one title: minutes, share, runs) are
one *kind*. An integer column counts the chosen airings of a kind. A row in which all airings of each kind have equal
coefficients becomes a row over these counts: it has dozens of entries and not thousands, and rounding it rounds how
often a title is shown, not when. A branch on a count decides rows of minutes and shares at once; a branch on one airing
only moves it by a step or a day. This is branching on sums of columns, as in Ryan and Foster (1981).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from scheduler.arrays import Reals, outside
from scheduler.rules import SOFT
from scheduler.solve.programs.highs import QuietHighs, highs_lp, iterations_of, limit
from scheduler.solve.programs.overlaps import overlap_rows

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.formulation import Formulation
    from scheduler.solve.params import BlockParams
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.search.time_limit import Budget


TOLERANCE = 1e-6
"""HiGHS keeps rows and reduced costs to about this in a scaled program; the bound is raised by it per step and row."""

LARGEST = 1e3
"""Rows with larger coefficients, those of viewer-minutes, are scaled down to about this in a program."""

Options = tuple[tuple[str, int | bool], ...]
"""Options of HiGHS, by name."""

NO_SUBPROGRAMS: Options = (
    ("mip_heuristic_run_rens", False),
    ("mip_heuristic_run_rins", False),
    ("mip_heuristic_run_root_reduced_cost", False),
    ("mip_detect_symmetry", False),
)
"""Options of HiGHS where only the bound matters: no programs inside the program."""


def proof_options(params: BlockParams) -> Options:
    """Options of HiGHS where only the bound matters."""
    return (*NO_SUBPROGRAMS, ("mip_pscost_minreliable", params.trial_branchings))


FINDING: Options = (("mip_heuristic_run_root_reduced_cost", False), ("mip_heuristic_run_feasibility_jump", False))
"""Options of HiGHS where a choice is wanted soon and the relaxation is near: of the programs inside the program the
one around the relaxation's own choice comes first."""

LIMITED = (
    highspy.HighsModelStatus.kTimeLimit,
    highspy.HighsModelStatus.kSolutionLimit,
    highspy.HighsModelStatus.kIterationLimit,
    highspy.HighsModelStatus.kInterrupt,
)
ENDED = (
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kObjectiveBound,
)


@dataclass(frozen=True, slots=True)
class BlockOutcome:
    """The result of a block's program, viewer-minutes."""

    bound: float  # no choice among the airings is worth more; inf if nothing is known
    ended: bool  # more time would change nothing
    value: float  # value of the best choice found; −inf if there is none
    chosen: Ints  # this choice: indices of airings in the formulation
    iterations: int  # of simplex


class BlockMip:
    """The program over `airings` of one block and its `inside` rows. `reward` is per airing, (n,)."""

    def __init__(
        self,
        formulation: Formulation,
        rows: LinearRows,
        airings: Ints,
        inside: Ints,
        reward: Reals,
        kind: Ints | None = None,
    ) -> None:
        """Leave out the rows that no choice can break, and scale rewards to about one.

        Parameters
        ----------
        formulation, rows
            The formulation and its rows, or residual rows.
        airings
            Indices of the airings that may be chosen.
        inside
            Indices of the rows inside the block.
        reward
            (n,) Reward per airing, viewer-minutes.
        kind
            (airings,) Optional labels. Airings with equal labels share one count column. By default a label stands for
            equal coefficients in all rows that join windows.
        """
        self.airings, self.reward = airings, reward[airings]
        self.unit = max(1.0, float(np.mean(np.abs(self.reward)))) if len(airings) else 1.0
        self.locked = formulation.locked[airings]
        apart = overlap_rows(formulation, airings)
        on_rows = sparse.csr_array(rows.by_airing[airings][:, inside].T)
        most = np.asarray(on_rows.maximum(0).sum(axis=1)).ravel()
        least = np.asarray(on_rows.minimum(0).sum(axis=1)).ravel()
        lower, upper = rows.lower[inside], rows.upper[inside]
        kept = np.flatnonzero((least < lower) | (most > upper))
        self.on_rows, self.lower, self.upper = sparse.csr_array(on_rows[kept]), lower[kept], upper[kept]
        self.inside = inside[kept]
        self.soft = np.flatnonzero(rows.kind[self.inside] == SOFT)
        self.miss_step, self.price = rows.step[self.inside][self.soft], rows.price[self.inside][self.soft]
        off = np.maximum(np.maximum(self.lower - least[kept], most[kept] - self.upper), 0.0)[self.soft]
        self.most_miss = np.ceil(off / self.miss_step)
        self.apart = apart
        self.alike = _alike(formulation, airings, self.on_rows) if kind is None else _by_kind(kind)
        self.on_airings, self.on_counts = _split(self.on_rows, self.alike)
        # presolve would replace the counts by their definitions
        self.presolve = "off" if self.alike.shape[0] else "choose"
        self.margin = TOLERANCE * self.unit * (apart.shape[0] + len(kept) + self.alike.shape[0] + 1)

    def solve(self, floor: float, gap: float, budget: Budget, node_rate: float, options: Options = ()) -> BlockOutcome:
        """Search for choices worth more than `floor`, to an absolute gap.

        Parameters
        ----------
        floor
            Viewer-minutes. Choices worth less are not looked for, and the bound is never below it.
        gap
            Viewer-minutes. HiGHS stops at this gap.
        budget
            Limit of the clock, or of counted work.
        node_rate
            Nodes of branch and bound that stand for one unit of counted work.
        options
            Options of HiGHS.
        """
        none = np.zeros(0, dtype=np.int64)
        if not len(self.airings):
            nothing = self.worth(np.zeros(0, dtype=bool))
            return BlockOutcome(max(floor, nothing) + self.margin, True, nothing, none, 0)
        highs = self._highs(floor, gap, options)
        limit(highs, budget, node_rate)
        highs.passModel(self._program())
        highs.run()
        status, info = highs.getModelStatus(), highs.getInfo()
        iterations = iterations_of(info)
        if status not in ENDED and status not in LIMITED:
            return BlockOutcome(np.inf, ended=True, value=-np.inf, chosen=none, iterations=iterations)
        value, claimed, chosen = -np.inf, -np.inf, none
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            taken = np.asarray(highs.getSolution().col_value)[: len(self.airings)] > 0.5
            value, claimed, chosen = self.worth(taken), -info.objective_function_value * self.unit, self.airings[taken]
        ended = status in ENDED
        # HiGHS drops nodes below the floor or within the gap of its best choice, and reports its bound without
        # them. By its tolerances it may overrate that choice.
        reported = -np.inf if ended else -info.mip_dual_bound * self.unit
        bound = max(floor, value + gap, claimed + gap, reported) + self.margin
        return BlockOutcome(bound if np.isfinite(bound) else np.inf, ended, value, chosen, iterations)

    def _highs(self, floor: float, gap: float, options: Options = ()) -> QuietHighs:
        """A HiGHS model with the options of one search, on one thread."""
        highs = QuietHighs()
        for option, value in (
            ("threads", 1),
            ("presolve", self.presolve),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", gap / self.unit),
            ("objective_bound", -floor / self.unit),
            *options,
        ):
            highs.setOptionValue(option, value)
        return highs

    def worth(self, taken: npt.NDArray[np.bool_]) -> float:
        """Reward minus priced misses of a choice, flags over the airings. −inf if it breaks a row that is not soft."""
        activity: Reals = self.on_rows @ taken.astype(np.float64)
        off = outside(activity, self.lower, self.upper)
        units = np.ceil(off[self.soft] / self.miss_step)
        off[self.soft] = 0.0
        return -np.inf if np.any(off > 0) else float(self.reward[taken].sum() - self.price @ units)

    def _program(self) -> highspy.HighsLp:
        """The program as a HiGHS model, minimised.

        Columns: airings x, misses below and above of each soft row, counts k of the kinds.
        Rows:    overlaps   Σ x ≤ 1
                 rules      lower ≤ scale·(A_x x + step·(below − above) + A_k k) ≤ upper
                 counts     Σ_{x of the kind} x − k = 0
        """
        count, soft, alike = len(self.airings), len(self.soft), self.alike.shape[0]
        # HiGHS keeps rows to an absolute tolerance. Sums of viewer-minutes cannot meet it in double precision.
        size = np.full(len(self.lower), LARGEST)
        np.maximum.at(size, np.repeat(np.arange(len(size)), np.diff(self.on_rows.indptr)), np.abs(self.on_rows.data))
        share = LARGEST / size
        lower, upper = share * self.lower, share * self.upper
        signed = np.concatenate([self.miss_step, -self.miss_step]) * np.tile(share[self.soft], 2)
        at = np.concatenate([self.soft, self.soft])
        miss = sparse.csr_array((signed, (at, np.arange(2 * soft))), shape=(len(self.lower), 2 * soft))
        none, scale = sparse.csr_array((self.apart.shape[0], 2 * soft + alike)), sparse.diags_array(share)
        top = sparse.hstack([self.apart, none])
        middle = sparse.hstack([scale @ self.on_airings, miss, scale @ self.on_counts])
        bottom = sparse.hstack([self.alike, sparse.csr_array((alike, 2 * soft)), -sparse.eye_array(alike)])
        whole = sparse.csr_array(sparse.vstack([top, middle, bottom]))
        # an absent side needs no miss
        finite = np.concatenate([np.isfinite(self.lower[self.soft]), np.isfinite(self.upper[self.soft])])
        most_miss = np.where(finite, np.tile(self.most_miss, 2), 0.0)
        most_alike = np.diff(self.alike.indptr).astype(np.float64)
        cost = np.concatenate([-self.reward, self.price, self.price, np.zeros(alike)]) / self.unit
        least = np.concatenate([self.locked.astype(np.float64), np.zeros(2 * soft + alike)])
        most = np.concatenate([np.ones(count), most_miss, most_alike])
        below = np.concatenate([np.full(self.apart.shape[0], -np.inf), lower, np.zeros(alike)])
        above = np.concatenate([np.ones(self.apart.shape[0]), upper, np.zeros(alike)])
        return highs_lp(whole, cost, (least, most), (below, above), whole=True)


def _alike(
    formulation: Formulation, airings: Ints, on_rows: sparse.csr_array[Any, tuple[int, int]]
) -> sparse.csr_array[Any, tuple[int, int]]:
    """One row per kind of airing, (k, n), with a 1 for each airing of that kind. Empty if no row joins windows.

    Airings are of one kind if they have equal coefficients in every row over several windows, except order rows (±1).
    """
    count = on_rows.shape[0]
    row = np.repeat(np.arange(count), np.diff(on_rows.indptr))
    window = formulation.window[airings][on_rows.indices]
    first, last = np.full(count, np.iinfo(np.int64).max), np.full(count, -1, dtype=np.int64)
    np.minimum.at(first, row, window)
    np.maximum.at(last, row, window)
    largest, smallest = np.zeros(count), np.zeros(count)
    np.maximum.at(largest, row, on_rows.data)
    np.minimum.at(smallest, row, on_rows.data)
    counts = np.flatnonzero((first < last) & (largest != -smallest))
    if len(counts) == 0:
        return sparse.csr_array((0, len(airings)))
    # Sums of random marks distinguish kinds. A coincidence would only join two kinds, which is also valid.
    marks = np.random.default_rng(0).random(len(counts))
    kind = np.unique(on_rows[counts].T @ marks, return_inverse=True)[1]
    return _by_kind(kind)


def _by_kind(kind: Ints) -> sparse.csr_array[Any, tuple[int, int]]:
    """One row per kind, (k, n), with a 1 for each airing of that kind."""
    count = int(np.max(kind, initial=-1)) + 1
    return sparse.csr_array((np.ones(len(kind)), (kind, np.arange(len(kind)))), shape=(count, len(kind)))


def _split(
    on_rows: sparse.csr_array[Any, tuple[int, int]], alike: sparse.csr_array[Any, tuple[int, int]]
) -> tuple[sparse.csr_array[Any, tuple[int, int]], sparse.csr_array[Any, tuple[int, int]]]:
    """Split rows into rows over airings, (r, n), and rows over counts, (r, k).

    A row becomes a row over counts if all airings of each kind have equal coefficients in it.
    """
    by_kind = sparse.csr_array(on_rows[:, alike.indices[alike.indptr[:-1]]])
    unlike = sparse.csr_array(on_rows - by_kind @ alike)
    unlike.eliminate_zeros()
    over_counts = (np.diff(unlike.indptr) == 0).astype(np.float64)
    on_airings = sparse.csr_array(sparse.diags_array(1.0 - over_counts) @ on_rows)
    on_counts = sparse.csr_array(sparse.diags_array(over_counts) @ by_kind)
    on_airings.eliminate_zeros()
    on_counts.eliminate_zeros()
    return on_airings, on_counts
