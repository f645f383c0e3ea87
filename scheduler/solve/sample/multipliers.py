"""Multipliers of rows by the names of the rows, so that those of a sample serve the rows over all airings.

A rule states the same rows over a sample as over all airings, except rows without entries. The name of a row (`KEY`) is
the same in both. Names of placed airings and of slots of reruns contain numbers, which differ; their rows get none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.certify.exact import exact
from scheduler.rules import KEY, NO_BOUND
from scheduler.rules.placement import PLACEMENT, RERUNS_OF_SLOT

if TYPE_CHECKING:
    from scheduler.arrays import Flags
    from scheduler.certify import Certificate, StepMultipliers
    from scheduler.certify.exact import Exact
    from scheduler.formulation import Formulation
    from scheduler.rules.framework.rows import StackedBlock


@dataclass(frozen=True, eq=False)
class NamedMultipliers:
    """The multipliers of a certificate: of rows by their names, and of steps of windows."""

    names: pd.DataFrame  # (k,) `KEY` and `at`, the position of the multiplier
    multiplier: Exact  # (k,)
    steps: StepMultipliers
    denominator: int

    @classmethod
    def of(cls, formulation: Formulation, certificate: Certificate) -> NamedMultipliers:
        """Those of a certificate about a formulation, without rows whose names contain numbers."""
        row = np.array(certificate.rows.row, dtype=np.int64)
        multiplier = exact(certificate.rows.multiplier)
        names = formulation.labels.iloc[row][KEY].reset_index(drop=True)
        kept = np.flatnonzero(~_of_slot(names))
        named = names.iloc[kept].reset_index(drop=True).assign(at=np.arange(len(kept)))
        return cls(named, multiplier[kept], certificate.steps, certificate.denominator)

    def of_block(self, block: StackedBlock, rows: Flags) -> Exact:
        """The multipliers of a block's kept rows, (r,); 0 outside `rows`, (r,), and towards a side that is absent."""
        found, at = exact([0] * len(rows)), np.flatnonzero(rows)
        if not len(at) or not (self.names["rule"] == block.rows.rule).any():
            return found
        names = pd.DataFrame({name: block.kept(name)[at] for name in KEY})
        of = names.merge(self.names, on=KEY, how="left")["at"].to_numpy(dtype=np.float64, na_value=-1).astype(np.int64)
        multiplier = np.where(of >= 0, self.multiplier[np.maximum(of, 0)], 0)
        lower, upper = block.kept("lower")[at], block.kept("upper")[at]
        multiplier = np.where(upper < NO_BOUND, multiplier, np.minimum(multiplier, 0))
        found[at] = np.where(lower > -NO_BOUND, multiplier, np.maximum(multiplier, 0))
        return found


def _of_slot(names: pd.DataFrame) -> Flags:
    """The rows of single slots of reruns, (k,)."""
    aspect = names["aspect"].map(lambda one: getattr(one, "code", ""))
    return np.asarray((names["rule"] == PLACEMENT) & (aspect == RERUNS_OF_SLOT), dtype=bool)
