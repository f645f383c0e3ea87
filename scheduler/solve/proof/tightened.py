"""The relaxation of a certified program with cuts of our own, by simplex: duals whose bound anybody can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np
from scipy import sparse

from scheduler.certify.cuts import derived
from scheduler.solve.params import DEFAULTS
from scheduler.solve.programs.basis import BASIC, LOWER, ModelBasis, begin_at, row_statuses
from scheduler.solve.programs.highs import QuietHighs, highs_lp, iterations_of, row_scales
from scheduler.solve.programs.overlaps import first_of_equal
from scheduler.solve.proof.separator import Separator
from scheduler.solve.proof.tableau_cuts import Tableau
from scheduler.solve.search.duals import Duals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.arrays import Ints, Reals
    from scheduler.certify import CertifiedProgram, Cut
    from scheduler.certify.exact import Matrix
    from scheduler.solve.params import CertificateParams
    from scheduler.solve.programs.basis import ProgramBasis
    from scheduler.solve.search.time_limit import Budget


@dataclass(frozen=True)
class Tightened:
    """The relaxation with cuts of a program: its duals, and the amounts of its columns, (c,)."""

    program: CertifiedProgram
    duals: Duals
    amounts: Reals

    def reduced(self) -> Reals:
        """The reduced value of each column, viewer-minutes, (c,). Cuts have a part in it."""
        program, duals = self.program, self.duals
        found = program.value - program.matrix.T @ duals.rows
        if duals.steps is not None:
            found -= program.occupies.T @ program.over_steps(*duals.steps)
        if duals.cuts:
            found += derived(program, duals.cuts).matrix.T @ np.asarray(duals.of_cuts)
        return np.asarray(found, dtype=np.float64)


@dataclass(frozen=True)
class Begin:
    """Where the simplex method has ended without cuts: the basis of a program, and the status of its steps, (t,)."""

    basis: ProgramBasis
    steps: Ints


def tightened(
    program: CertifiedProgram,
    budget: Budget,
    params: CertificateParams = DEFAULTS.certificate,
    begin: Begin | None = None,
) -> Tightened | None:
    """The relaxation with all cuts that it violates, round after round.

    None if the relaxation without cuts is not solved in time, or if there is nothing to choose.

    Parameters
    ----------
    begin
        Where the simplex method ended without cuts, if that program was solved before.
    """
    if not len(program.value):
        return None
    relaxation, separator = Relaxation(program, begin=begin), Separator(program, params)
    found, poor = None, 0
    for _ in range(params.rounds + 1):
        if not relaxation.solve(budget):
            return found
        last, found = found, Tightened(program, relaxation.duals(), relaxation.point())
        if last is not None:
            gained = last.duals.bound - found.duals.bound
            poor = poor + 1 if gained < params.least_gain * abs(found.duals.bound) else 0
        if poor == params.poor_rounds or budget.over():
            break
        cuts = separator.violated(found.amounts, relaxation.tableau(params.tableau_rows, budget))
        if not relaxation.add_missed() and not cuts:
            break
        relaxation.add(cuts)
    return found


USED = 1e-4
"""A column is fractional if it is this far from a whole number."""
MISSED = 1e-6
"""A waiting row is missed if it is off by this amount, after scaling."""


class Relaxation:
    """The linear program in HiGHS: rule rows, rows of steps, cuts; soft rows have priced misses.

    Parameters
    ----------
    price
        Viewer-minutes per unit at which all other rule rows may be missed. None: they must hold.
    begin
        Where the simplex method begins. Hard rows that are basic there, so that their duals are 0, wait until a point
        misses them.
    """

    def __init__(self, program: CertifiedProgram, price: float | None = None, begin: Begin | None = None) -> None:
        self.program, self._dear = program, price
        self.cuts: list[Cut] = []
        self._cut_share = np.zeros(0)
        self._splits = 0  # no row is added after a split
        filled = ~program.defines & (np.diff(program.matrix.indptr) > 0)
        slack = np.zeros(len(filled), dtype=bool)
        if begin is not None:
            slack = filled & ~program.soft & (begin.basis.rows == BASIC)
        self.rows, self.waiting = np.flatnonzero(filled & ~slack), np.flatnonzero(slack)
        self.steps = _distinct(program)
        self._row_at = np.arange(len(self.rows))
        self._step_at = len(self.rows) + np.arange(len(self.steps))
        self._cut_at = np.zeros(0, dtype=np.int64)
        rules = program.matrix[self.rows].astype(np.float64)
        self.share = row_scales(rules)
        self.unit = max(1.0, float(np.abs(program.value).mean()))
        self.highs = QuietHighs()
        self.highs.setOptionValue("threads", 1)
        self.highs.passModel(self._lp(rules))
        if begin is not None:
            columns = np.append(begin.basis.columns, begin.basis.misses[:, self.rows[self._missable]])
            begin_at(self.highs, ModelBasis(columns, np.append(begin.basis.rows[self.rows], begin.steps[self.steps])))

    def _lp(self, rules: Matrix) -> highspy.HighsLp:
        """The program without cuts, over the columns x and the misses below and above, u and v, of some rows.

        minimise  −value·x + price·(u + v),  lower ≤ rules·x + step·u − step·v ≤ upper,  occupies·x ≤ 1,  u, v ≥ 0.
        Rows are multiplied by `share` and the objective is divided by `unit`, so that numbers are close to 1.
        """
        program, missable = self.program, self.program.soft[self.rows]
        prices = program.price[self.rows].astype(np.float64)
        if self._dear is not None:
            prices, missable = np.where(missable, prices, self._dear), np.ones(len(self.rows), dtype=bool)
        soft = self._missable = np.flatnonzero(missable)
        count, steps = len(self.rows), len(self.steps)
        step = program.miss_step[self.rows][soft].astype(np.float64)
        signed, at = np.concatenate([step, -step]), np.concatenate([soft, soft])
        miss = sparse.csr_array((signed, (at, np.arange(len(at)))), shape=(count, len(at)))
        above = sparse.csr_array(sparse.diags_array(self.share) @ sparse.hstack([rules, miss]))
        below = sparse.hstack([program.occupies[self.steps], sparse.csr_array((steps, len(at)))])
        whole = sparse.csr_array(sparse.vstack([above, below]).astype(np.float64))
        price, infinity = prices[soft] / self.unit, highspy.kHighsInf
        lower, upper = self._sides(self.rows, self.share)
        cost = np.concatenate([-program.value / self.unit, price, price])
        least = np.concatenate([program.low.astype(np.float64), np.zeros(len(at))])
        most = np.concatenate([program.high.astype(np.float64), np.full(len(at), infinity)])
        sides = np.concatenate([lower, np.full(steps, -infinity)]), np.concatenate([upper, np.ones(steps)])
        return highs_lp(whole, cost, (least, most), sides, whole=False)

    def _sides(self, rows: Ints, share: Reals) -> tuple[Reals, Reals]:
        """The lower and upper sides of some rule rows, (k,) each, times their `share`."""
        program, infinity = self.program, highspy.kHighsInf
        lower = np.where(program.has_lower[rows], program.lower[rows] * share, -infinity)
        upper = np.where(program.has_upper[rows], program.upper[rows] * share, infinity)
        return lower, upper

    def solve(self, budget: Budget) -> bool:
        """Solve again from the last basis. Returns whether it was solved in time."""
        if not budget.counted:
            self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(0.1, budget.left()))
        self.highs.run()
        budget.spend_iterations(iterations_of(self.highs.getInfo()), least=0.0)
        return bool(self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def point(self) -> Reals:
        """The amounts of the columns, (c,)."""
        return np.asarray(self.highs.getSolution().col_value)[: len(self.program.value)]

    def tableau(self, most: int, budget: Budget) -> Tableau:
        """Rows of the inverse of the basis for the whole basic columns that are farthest from whole numbers.

        Parameters
        ----------
        most
            Most rows. A row counts as an iteration of the simplex method.
        """
        _, basic = self.highs.getBasicVariables()
        basic, point = np.asarray(basic), self.point()
        place = np.flatnonzero((basic >= 0) & (basic < len(point)))
        off = np.abs(point[basic[place]] - np.rint(point[basic[place]])) * self.program.whole[basic[place]]
        order = np.argsort(-off, kind="stable")[:most]
        found = np.zeros((len(order), self.highs.getNumRow()))
        for number, at in enumerate(place[order[off[order] > USED]].tolist()):
            if budget.over():
                break
            found[number] = np.asarray(self.highs.getBasisInverseRow(at)[1])
            budget.spend_iterations(1, least=0.0)
        return Tableau(
            rows=self.rows,
            of_rows=found[:, self._row_at] * self.share,
            at_lower=row_statuses(self.highs)[self._row_at] == LOWER,
            steps=self.steps,
            of_steps=found[:, self._step_at],
        )

    def add_missed(self) -> int:
        """State the waiting rows that the point misses. Returns their number."""
        rules = self.program.matrix[self.waiting].astype(np.float64)
        share = row_scales(rules)
        activity, (lower, upper) = share * (rules @ self.point()), self._sides(self.waiting, share)
        missed = np.flatnonzero(np.maximum(lower - activity, activity - upper) > MISSED)
        if len(missed):
            some = sparse.csr_array(sparse.diags_array(share[missed]) @ rules[missed])
            self._row_at = np.append(self._row_at, self._append(some, lower[missed], upper[missed]))
            self.rows, self.share = np.append(self.rows, self.waiting[missed]), np.append(self.share, share[missed])
            self.waiting = np.delete(self.waiting, missed)
        return len(missed)

    def add(self, cuts: list[Cut]) -> None:
        """Append cuts."""
        if not cuts:
            return
        matrix, least, soft = derived(self.program, cuts)
        scaled = sparse.csr_array(sparse.hstack([matrix, self._misses(soft)]).astype(np.float64))
        share = row_scales(scaled)
        lower, upper = least.astype(np.float64) * share, np.full(len(cuts), highspy.kHighsInf)
        scaled = sparse.csr_array(sparse.diags_array(share) @ scaled)
        self._cut_at = np.append(self._cut_at, self._append(scaled, lower, upper))
        self.cuts += cuts
        self._cut_share = np.concatenate([self._cut_share, share])

    def _append(self, rows: Matrix, lower: Reals, upper: Reals) -> Ints:
        """Append rows to the model. Returns their numbers in it."""
        first, count, starts = int(self.highs.getNumRow()), rows.shape[0], rows.indptr[:-1].astype(np.int32)
        self.highs.addRows(count, lower, upper, rows.nnz, starts, rows.indices.astype(np.int32), rows.data)
        return first + np.arange(count)

    def _misses(self, soft: Matrix) -> Matrix:
        """The misses below and above, (k, 2·m), in cuts that combine soft rows with some weights, (k, r)."""
        rows = self.rows[self._missable]
        some = soft[:, rows].multiply(self.program.miss_step[rows])
        return sparse.csr_array(sparse.hstack([some.maximum(0), -some.minimum(0)]))

    def add_split(self, columns: Ints) -> None:
        """Append a row for the sum of some columns, without sides."""
        infinity, ones = highspy.kHighsInf, np.ones(len(columns))
        self.highs.addRow(-infinity, infinity, len(columns), columns.astype(np.int32), ones)
        self._splits += 1

    def switch(self, sides: Mapping[int, tuple[float, float]]) -> None:
        """Give some splits, by their number, a lower and an upper side, and all others none."""
        first = self._first_split()
        for number in range(self._splits):
            lower, upper = sides.get(number, (-highspy.kHighsInf, highspy.kHighsInf))
            self.highs.changeRowBounds(first + number, lower, upper)

    def _first_split(self) -> int:
        """The number of the first split's row in the model. Splits are its last rows."""
        return int(self.highs.getNumRow()) - self._splits

    def try_split(self, columns: Ints, most: int, budget: Budget) -> tuple[float, float] | None:
        """The values of the relaxation with a sum at most `most`, and at least `most` + 1; None if time is over."""
        self.add_split(columns)
        found, row = [], self._first_split() + self._splits - 1
        for lower, upper in ((-highspy.kHighsInf, float(most)), (float(most + 1), highspy.kHighsInf)):
            self.highs.changeRowBounds(row, lower, upper)
            if not budget.over() and self.solve(budget):
                found.append(self.value())
        self.highs.deleteRows(1, np.array([row], dtype=np.int32))
        self._splits -= 1
        return (found[0], found[1]) if len(found) == 2 else None

    def value(self) -> float:
        """The value of the relaxation, viewer-minutes."""
        return self.program.constant - float(self.highs.getInfo().objective_function_value) * self.unit

    def split_dual(self, number: int) -> float:
        """The dual of a split: at most 0 on its upper side, at least 0 on its lower one."""
        return float(self.highs.getSolution().row_dual[self._first_split() + number]) * self.unit

    def duals(self) -> Duals:
        """The duals of rows, cuts and steps, and the value of the relaxation."""
        program, solution = self.program, np.asarray(self.highs.getSolution().row_dual) * self.unit
        rows = np.zeros(len(program.lower))
        rows[self.rows] = -solution[self._row_at] * self.share
        return Duals(
            bound=self.value(),
            rows=rows,
            cuts=tuple(self.cuts),
            of_cuts=(solution[self._cut_at] * self._cut_share).tolist(),
            steps=self.step_duals(),
        )

    def step_duals(self) -> tuple[Ints, Ints, Reals]:
        """(window, step, dual) of every row of a step."""
        key = self.program.step_key[self.steps]
        duals = np.asarray(self.highs.getSolution().row_dual)[self._step_at] * self.unit
        return key // self.program.span, key % self.program.span, -duals


def _distinct(program: CertifiedProgram) -> Ints:
    """Steps whose rows imply those of all others; sorted.

    A step at which nothing begins adds nothing to the step before, and equal sets of columns are stated once.
    """
    occupies, key = program.occupies, program.step_key
    size = np.diff(occupies.indptr)
    begins = np.ones(len(key), dtype=bool)
    both = sparse.csr_array(occupies[1:].multiply(occupies[:-1]))
    begins[1:] = (np.diff(key) > 1) | (np.diff(both.indptr) < size[1:])
    filled = np.flatnonzero(begins & (size > 1))
    return np.asarray(filled[first_of_equal(sparse.csr_array(occupies[filled]))], dtype=np.int64)
