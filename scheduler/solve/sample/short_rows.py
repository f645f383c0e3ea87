"""Rows over all airings in a short form: of a row that is nearly equal to the row before only the difference is kept.

Rows on the runs until a day contain those until the day before. In a generated quarter they are two thirds of all
entries, and the differences are a quarter of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from scheduler.arrays import narrow
from scheduler.solve.programs.row_differences import differences

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.certify.exact import Matrix, Products
    from scheduler.rules.framework.rows import StackedBlock

Numbers = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class ShortRows:
    """Some rows, (k, n + m): row i is `difference[i]`, plus row i − 1 where it continues that row."""

    number: Ints  # (k,) the rows' numbers in the formulation
    continues: Flags  # (k,)
    difference: Matrix  # (k, n + m)

    @classmethod
    def of(cls, block: StackedBlock, at: Ints, number: Ints) -> ShortRows:
        """The rows `at` of a block, (k,), whose numbers in the formulation are `number`."""
        order = _neighbours(block, at)
        continues, found = differences(sparse.csr_array(block.matrix[at[order]]))
        found.data = narrow(found.data)  # most coefficients are 1 or minutes
        return cls(number[order], continues, found)

    def folded(self, multipliers: Numbers) -> Numbers:
        """The multipliers of the differences, (k,), from those of all rows of the formulation, (r,).

        Σ_i p_i·row_i = Σ_j (p_j + … + p_e)·difference_j, where rows j + 1 … e continue row j.
        """
        own, first = multipliers[self.number], np.flatnonzero(~self.continues)
        end = np.append(first, len(own))[1:]
        after = np.append(np.cumsum(own[::-1])[::-1], own[:1] * 0)
        folded: Numbers = after[: len(own)] - after[np.repeat(end, end - first)]
        return folded

    def add_to(self, products: Products, multipliers: Numbers) -> None:
        """Add Aᵀp to sums of products, exactly. `multipliers` are those of all rows of the formulation, (r,)."""
        matrix = self.difference
        wide = sparse.csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], products.count))
        products.add(wide, self.folded(multipliers))


def _neighbours(block: StackedBlock, at: Ints) -> Ints:
    """The order of some rows of a block, (k,), in which rows of one subject and aspect follow each other by period."""
    names = (pd.Series(block.kept(name)[at]).astype(str) for name in ("period", "aspect", "subject"))
    return np.lexsort([pd.factorize(one, sort=True)[0] for one in names])
