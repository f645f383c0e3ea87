"""Multipliers of rows by the names of the rows, so that those of a sample serve the rows over all airings.

A rule states the same rows over a sample as over all airings, except rows without entries. The name of a row (`KEY`) is
the same in both. Names of placed airings and of slots of reruns contain numbers, which differ; their rows get none.
Rows whose names are not unique (a `repeat` rule counts pairs of runs) get none, either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.certify.exact import exact
from scheduler.rules import KEY, NO_BOUND
from scheduler.rules.placement_rows import RERUNS_OF_SLOT, rows_with_aspect
from scheduler.solve.proof.multipliers import DENOMINATOR, whole_numbers

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.certify.exact import Exact
    from scheduler.formulation import Formulation
    from scheduler.solve.search.duals import Duals


@dataclass(frozen=True, eq=False)
class NamedMultipliers:
    """Multipliers in parts of `DENOMINATOR`: of rows by their names, and of steps of windows."""

    names: pd.DataFrame  # (k,) `KEY` and `at`, the position of the multiplier
    multiplier: Exact  # (k,)
    steps: tuple[Ints, Ints, Exact]  # window, step, multiplier

    @classmethod
    def of(cls, formulation: Formulation, duals: Duals) -> NamedMultipliers:
        """The duals of a formulation in whole numbers, without rows whose names contain numbers.

        Raises
        ------
        ValueError
            There are no duals of steps.
        """
        if duals.steps is None:
            raise ValueError("duals of a sample need those of steps")
        row = np.flatnonzero(duals.rows)
        window, step, amount = duals.steps
        paid = whole_numbers(np.maximum(amount, 0.0) * DENOMINATOR)
        return cls.of_names(
            formulation.labels.iloc[row], whole_numbers(duals.rows[row] * DENOMINATOR), (window, step, paid)
        )

    @classmethod
    def of_names(
        cls, names: pd.DataFrame, multiplier: Exact, steps: tuple[Ints, Ints, Exact] | None = None
    ) -> NamedMultipliers:
        """Multipliers of rows, (k,), with some names (`KEY`).

        Rows whose names contain numbers are left out, and those with a name that several of the rows have.
        """
        used = np.flatnonzero((multiplier != 0) & ~rows_with_aspect(names, RERUNS_OF_SLOT))
        used = used[~names[KEY].iloc[used].duplicated(keep=False)]
        named = names[KEY].iloc[used].reset_index(drop=True).assign(at=np.arange(len(used)))
        nothing = np.zeros(0, dtype=np.int64)
        return cls(named, multiplier[used], (nothing, nothing, exact([])) if steps is None else steps)

    def of_rows(self, names: pd.DataFrame, lower: Ints, upper: Ints) -> Exact:
        """The multipliers of rows with some names, (k,); 0 where there is none, and towards an absent side.

        Parameters
        ----------
        names
            `KEY` of every row, (k,).
        lower, upper
            (k,) The sides of the rows.
        """
        joined = names[KEY].merge(self.names, on=KEY, how="left")
        of = joined["at"].to_numpy(dtype=np.float64, na_value=-1).astype(np.int64)
        here, found = np.flatnonzero(of >= 0), exact([0] * len(names))
        multiplier = self.multiplier[of[here]]
        multiplier = np.where(upper[here] < NO_BOUND, multiplier, np.minimum(multiplier, 0))
        found[here] = np.where(lower[here] > -NO_BOUND, multiplier, np.maximum(multiplier, 0))
        return found
