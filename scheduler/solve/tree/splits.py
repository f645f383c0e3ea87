"""Which sum of columns a node is divided by: the airings of a channel and week first, single columns last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.certify import CertifiedProgram
    from scheduler.certify.exact import Matrix
    from scheduler.formulation import Formulation


@dataclass(frozen=True, eq=False)
class Splits:
    """Groups of whole columns in levels, from large to small."""

    levels: Sequence[Matrix]  # (g, c) each, ones

    def candidates(self, point: Reals, least: float, tried: int) -> list[tuple[Ints, int]]:
        """(columns, k) of splits that a point of the relaxation violates on both sides, large groups first.

        Parameters
        ----------
        point
            (c,) amounts of the columns.
        least
            A sum counts as fractional if it is at least this far from every whole number.
        tried
            Most candidates of a level: the sums that are farthest from whole numbers.
        """
        found = []
        for groups in self.levels:
            total = groups @ point
            off = np.abs(total - np.rint(total))
            for group in np.argsort(-off, kind="stable")[:tried].tolist():
                if off[group] >= least:
                    columns = groups.indices[groups.indptr[group] : groups.indptr[group + 1]].astype(np.int64)
                    found.append((columns, int(np.floor(total[group]))))
        return found


def splits_of(formulation: Formulation, program: CertifiedProgram, place: Ints) -> Splits:
    """The splits of a program: by channel and week, by window, by title on a channel, by single column.

    Parameters
    ----------
    place
        (w,) the channel and week of each window, as a number.
    """
    whole = program.whole & (program.low >= 0)
    window = program.step_key // program.span
    touched = sparse.coo_array(program.occupies)
    of_window = window[touched.row], touched.col.astype(np.int64)
    airings = np.flatnonzero(program.entry < formulation.airing_count)
    carriage = formulation.carriage[program.entry[airings]]
    each = np.flatnonzero(whole)
    pairs: list[tuple[Ints, Ints]] = [
        (place[of_window[0]], of_window[1]),
        of_window,
        (np.unique(carriage, return_inverse=True)[1], airings),
        (np.arange(len(each)), each),
    ]
    return Splits([_groups(group, column, whole) for group, column in pairs])


def _groups(group: Ints, column: Ints, whole: Flags) -> Matrix:
    """(g, c) one row of ones per group of whole columns."""
    keep = whole[column]
    number, at = np.unique(group[keep], return_inverse=True)
    shape = len(number), len(whole)
    found = sparse.csr_array(sparse.coo_array((np.ones(len(at), dtype=np.int64), (at, column[keep])), shape=shape))
    found.data[:] = 1  # a column that occupies several steps of a window is in its group once
    return found
