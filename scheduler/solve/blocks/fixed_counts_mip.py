"""A mixed-integer program in HiGHS over start times. The number of airings of every kind is given.

Each kind has two possible counts, `one` and `other`. All kinds of a group (a channel's week) take their first count, or
all take their second. If both are equal, the counts are fixed and only times are chosen. If they differ, each group
chooses one of the two while airings are relaxed to fractions. This relaxation is tight, because with fixed counts
fractions of airings gain little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np
from scipy import sparse

from scheduler.arrays import Reals
from scheduler.solve.blocks.block_mip import BlockMip
from scheduler.solve.programs.highs import iterations_of, limit

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.formulation import Formulation
    from scheduler.solve.programs.linear_rows import LinearRows
    from scheduler.solve.search.time_limit import Budget


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of each kind in two timetables. All kinds of a group take their counts from the same one."""

    kind: Ints  # (n,) of each airing of the program, from 0
    group: Ints  # (k,) of each kind
    one: Ints  # (k,)
    other: Ints  # (k,)


@dataclass(frozen=True, slots=True)
class MergedCounts:
    """The counts that the program has chosen."""

    count: Ints | None  # (k,) per kind; None if nothing above the floor was found
    iterations: int  # of simplex


class FixedCountMip(BlockMip):
    """The program over `airings` with counted kinds. `value` is per airing, (n,)."""

    def __init__(self, formulation: Formulation, rows: LinearRows, airings: Ints, value: Reals, counts: Counts) -> None:
        super().__init__(formulation, rows, airings, rows.touched(airings), value, counts.kind)
        self.counts = counts
        # fixed counts are no columns to branch on
        self.presolve = "choose"

    def relaxation_at(self, budget: Budget) -> tuple[float, Reals]:
        """The value of the relaxation, and the regret of each airing there, (airings,), in viewer-minutes.

        No choice is worth more than the value. No choice with a given airing is worth more than the value minus its
        regret. If HiGHS does not solve the relaxation, the value is infinite and the regrets are 0.
        """
        count = len(self.airings)
        if not count:
            return self.worth(np.zeros(0, dtype=bool)), np.zeros(0)
        program = self._program()
        program.integrality_ = []
        highs = self._highs(-np.inf, 0.0)
        if not budget.counted:
            limit(highs, budget, 0.0)
        highs.passModel(program)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return np.inf, np.zeros(count)
        loss = np.maximum(np.asarray(highs.getSolution().col_dual)[:count], 0.0) * self.unit
        loss[self.locked] = 0.0
        return -float(highs.getInfo().objective_function_value) * self.unit + self.margin, loss

    def merged(self, floor: float, gap: float, budget: Budget, node_rate: float) -> MergedCounts:
        """Choose one of two counts for every group, with relaxed airings.

        Parameters
        ----------
        floor
            Viewer-minutes. Choices worth less are not looked for.
        gap
            Viewer-minutes. HiGHS stops at this gap.
        budget
            Limit of the clock, or of counted work.
        node_rate
            Nodes of branch and bound that stand for one unit of counted work.
        """
        program, kinds, groups = self._program(), len(self.counts.group), len(self._open_groups())
        first = program.num_col_ - groups
        whole, part = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        program.integrality_ = [part] * first + [whole] * groups
        highs = self._highs(floor, gap)
        limit(highs, budget, node_rate)
        highs.passModel(program)
        highs.run()
        info = highs.getInfo()
        iterations = iterations_of(info)
        feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        # HiGHS may return a choice below the floor that it found before it pruned
        if not feasible or -info.objective_function_value * self.unit < floor:
            return MergedCounts(None, iterations)
        counted = np.asarray(highs.getSolution().col_value)[first - kinds : first]
        return MergedCounts(np.round(counted).astype(np.int64), iterations)

    def _open_groups(self) -> Ints:
        """The groups with two different counts."""
        counts = self.counts
        return np.unique(counts.group[counts.one != counts.other])

    def _program(self) -> highspy.HighsLp:
        """The block's program with one more column y per group with two different counts.

        y = 0 selects the first counts, y = 1 the others:  k − (other − one)·y = one  for each kind of the group. All
        other counts are fixed by the bounds of their columns. These rows are appended to the program's matrix.
        """
        program, counts, groups = super()._program(), self.counts, self._open_groups()
        kinds, columns = len(counts.group), program.num_col_
        lower, upper = np.array(program.col_lower_), np.array(program.col_upper_)
        lower[columns - kinds :] = np.minimum(counts.one, counts.other)
        upper[columns - kinds :] = np.maximum(counts.one, counts.other)
        program.col_lower_ = np.concatenate([lower, np.zeros(len(groups))])
        program.col_upper_ = np.concatenate([upper, np.ones(len(groups))])
        program.col_cost_ = np.concatenate([np.array(program.col_cost_), np.zeros(len(groups))])
        linked = np.flatnonzero(counts.one != counts.other)
        one, change = counts.one[linked].astype(np.float64), (counts.other - counts.one)[linked].astype(np.float64)
        row, follows = np.arange(len(linked)), columns + np.searchsorted(groups, counts.group[linked])
        entries = np.concatenate([np.ones(len(linked)), -change])
        at = (np.tile(row, 2), np.concatenate([columns - kinds + linked, follows]))
        links = sparse.csr_array((entries, at), shape=(len(linked), columns + len(groups)))
        program.row_lower_ = np.concatenate([np.array(program.row_lower_), one])
        program.row_upper_ = np.concatenate([np.array(program.row_upper_), one])
        program.num_row_, program.num_col_ = program.num_row_ + len(linked), columns + len(groups)
        program.integrality_ = [highspy.HighsVarType.kInteger] * program.num_col_
        matrix = program.a_matrix_
        start = np.array(matrix.start_)
        matrix.start_ = np.concatenate([start, start[-1] + links.indptr[1:]])
        matrix.index_ = np.concatenate([np.array(matrix.index_), links.indices])
        matrix.value_ = np.concatenate([np.array(matrix.value_), links.data])
        return program
