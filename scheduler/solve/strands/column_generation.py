"""The search in a very large instance: samples of its airings that become better by column generation.

1. A random sample: its relaxation, and a first timetable. Beside it one worker states the rows of all airings.
2. The duals of the sample price all airings (`sample/whole_program.py`). The next sample has what the relaxations
   before used and the airings of least loss. Its relaxation begins at these duals. This is repeated.
3. The last sample is searched like any other large program. The duals of its relaxation give the bound.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.formulation import formulate
from scheduler.objective import objective_of
from scheduler.rules import rules_of
from scheduler.solve.proof.multipliers import DENOMINATOR
from scheduler.solve.sample.multipliers import NamedMultipliers
from scheduler.solve.sample.whole_program import Slots, WholeProgram
from scheduler.solve.strands.first_order import FirstOrder
from scheduler.solve.strands.fixed_columns import only_fixed, without_excluded
from scheduler.solve.strands.large import LargeProgram, first_order_params, solve_large
from scheduler.solve.strands.program import StrandProgram, strand_program
from scheduler.solve.strands.relaxation import RelaxedColumns, duals_of
from scheduler.strands import sampled_by_loss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.airings import Airings
    from scheduler.arrays import Ints, Reals
    from scheduler.rules import Rule
    from scheduler.solve.sample.whole_program import Priced
    from scheduler.solve.search.incumbent import Search


def solve_sampled(search: Search, airings: Airings, workers: int) -> None:
    """Search among samples of the airings until the time is spent.

    Without time for the rows of all airings, the random sample is the only one, and there is no bound.

    Parameters
    ----------
    airings
        All airings, (n,). The search has a random sample of them.
    """
    params, program = search.settings.params.sample, without_excluded(strand_program(search.formulation))
    if search.budget.left() < len(airings) * params.row_seconds:
        solve_large(search, program, workers)
        return
    with ThreadPoolExecutor(max_workers=1) as beside:
        stating = beside.submit(_state_rows, search, airings)
        if workers == 1:
            stating.result()
        with LargeProgram(search, program, workers, wait=stating.result) as large:
            large.begin(search.budget.share(params.begin_share).left())
            relaxed = large.relaxed
        whole = stating.result()
    del stating, large
    generation = ColumnGeneration(search, whole, workers, program)
    del program  # each sample is released when the next one is taken
    start = generation.run(relaxed)
    solve_large(search, generation.program, workers, start=start, before=generation.certify)


def _state_rows(search: Search, airings: Airings) -> WholeProgram:
    """The rows of all airings."""
    with search.stage("price"):
        search.budget.spend(len(airings) * search.settings.params.sample.row_seconds)
        # a copy, so that its derived arrays are released
        objective = objective_of(airings.instance, search.settings.objective)
        return WholeProgram.of(replace(airings), _rules(search, airings), objective)


def _rules(search: Search, airings: Airings) -> Sequence[Rule]:
    """The rules of a search."""
    return rules_of(airings.instance) if search.rules is None else search.rules


class ColumnGeneration:
    """The present sample, and what the relaxations of earlier ones used.

    Attributes
    ----------
    program
        The program of the present sample.
    used
        The codes of airings that a relaxation used, sorted.
    bound
        What the duals of the sample before prove for all airings, in units of the objective.
    """

    program: StrandProgram
    bound: float

    def __init__(self, search: Search, whole: WholeProgram, workers: int, program: StrandProgram) -> None:
        """Begin with the program of a random sample."""
        self.search, self.whole, self.workers, self.program = search, whole, workers, program
        self.used: Ints = np.zeros(0, dtype=np.int64)

    def run(self, relaxed: RelaxedColumns) -> RelaxedColumns:
        """Take samples until their share of the time is spent, or until one lowers the bound by little.

        Returns where the relaxation of the last sample may begin.

        Parameters
        ----------
        relaxed
            The relaxation of the random sample.
        """
        search, params = self.search, self.search.settings.params
        latest, before = search.budget.share(params.sample.generation_share), np.inf
        while self._in_time():
            start = self._next(relaxed)
            little = before - self.bound < params.sample.round_gain * abs(self.bound)
            if little or latest.over():
                return start
            before = self.bound
            with search.stage("bound"), ThreadPoolExecutor(max_workers=self.workers) as pool:
                relaxation = FirstOrder(
                    self.program,
                    first_order_params(search),
                    pool,
                    threads=self.workers,
                    work=params.work,
                    start=start,
                    cuts=False,
                )
                relaxation.run(search.budget.share(params.sample.round_share), lambda _: None)
            found = relaxation.best
            del relaxation  # its matrices are large
            if not np.isfinite(found.bound):
                return start
            relaxed = found
        return relaxed

    def certify(self, relaxed: RelaxedColumns) -> None:
        """Price all airings with the duals of the present sample, and offer the bound, if there is time."""
        if self._in_time():
            with self.search.stage("price"):
                self.search.offer_certificate(*self.whole.certified(self._priced(relaxed)))

    def _in_time(self) -> bool:
        """Whether there is time to price all airings."""
        return self.search.budget.left() >= len(self.whole.airings) * self.search.settings.params.sample.price_seconds

    def _priced(self, relaxed: RelaxedColumns) -> Priced:
        """The duals of the present sample for all airings."""
        return self.whole.priced(NamedMultipliers.of(self.program.formulation, duals_of(self.program, relaxed)))

    def _next(self, relaxed: RelaxedColumns) -> RelaxedColumns:
        """Take the next sample. Returns where its relaxation may begin."""
        search, whole, sample = self.search, self.whole, self.search.settings.params.sample
        airings, old = whole.airings, search.sample
        if old is None:
            raise ValueError("the search has no sample")
        with search.stage("price"):
            search.budget.spend(len(airings) * sample.price_seconds)
            priced = self._priced(relaxed)
            self.bound, loss = priced.bound, whole.losses(priced)
            used = self.program.expand[: len(old)] @ relaxed.amounts > search.settings.params.strands.surely_used
            known = _named_columns(self.program, old).assign(amount=relaxed.amounts)
            del self.program
            self.used = np.union1d(self.used, old.codes[used])
            best = old.codes[:0] if search.best is None else old.codes[search.best.point[: len(old)] > 0]
            loss[np.isin(airings.codes, np.union1d(self.used, best))] = -1.0
            found = sampled_by_loss(
                airings, loss, first_runs=sample.first_runs, reruns=sample.reruns, others=sample.others
            )
            formulation = whole.objective.applied_to(formulate(found, _rules(search, airings)), found)
            search.move_to(formulation, found, None if search.best is None else np.isin(found.codes, best))
            self.program = without_excluded(strand_program(formulation))
            duals = _duals(self.program, whole, priced)
            return RelaxedColumns(duals, np.inf, _amounts(self.program, found, known))


def _duals(program: StrandProgram, whole: WholeProgram, priced: Priced) -> Reals:
    """The multipliers of all airings as duals of a sample's rows, (s,)."""
    formulation, slots = program.formulation, Slots.of(program.formulation)
    rows = whole.named(priced).of_rows(formulation.labels, formulation.lower, formulation.upper)
    rows[slots.row] = slots.prices(rows)
    at = whole.steps.at(*program.overlap_at)
    found = np.zeros(len(program.lower))
    found[program.origin >= 0] = rows[program.origin[program.origin >= 0]].astype(np.float64)
    found[program.origin < 0] = priced.steps[at].astype(np.float64)
    found[only_fixed(program)] = 0.0  # large duals would slow the method and change no other column
    return found / DENOMINATOR


def _amounts(program: StrandProgram, airings: Airings, known: pd.DataFrame) -> Reals:
    """The amounts of an earlier sample's columns, with their names, in the columns of a sample, (c,).

    Columns are the same if they have as many airings, and the same first and last one by code.
    """
    new = _named_columns(program, airings)
    known = known[known["count"] > 0].drop_duplicates(["first", "last", "count"])
    found = new.merge(known, on=["first", "last", "count"], how="left")["amount"].fillna(0.0)
    return np.asarray(found, dtype=np.float64)


def _named_columns(program: StrandProgram, airings: Airings) -> pd.DataFrame:
    """First and last code and number of the airings of every column, (c,); 0 for other columns."""
    parts = program.expand[: len(airings)].tocsc()
    count = np.diff(parts.indptr)
    filled = np.flatnonzero(count)
    frame = pd.DataFrame({"first": np.zeros(len(count), dtype=np.int64), "last": 0, "count": count})
    for name, reduce in (("first", np.minimum), ("last", np.maximum)):
        frame.loc[filled, name] = reduce.reduceat(airings.codes[parts.indices], parts.indptr[filled])
    return frame
