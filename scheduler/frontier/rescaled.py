"""A certificate of one value of the axis for the rows of another value."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from scheduler.certify import Leaf

if TYPE_CHECKING:
    from scheduler.certify import Certificate, CertifiedProgram, Cut, RowMultipliers


def rescaled(certificate: Certificate, origin: CertifiedProgram, here: CertifiedProgram) -> Certificate:
    """A certificate whose multipliers and cuts fit the rows of another value of the axis.

    A permitted deviation is stated in whole numbers, times a common denominator that differs between values. The step
    of a miss differs in the same way. Where a row is `s` times as large, its multiplier is divided by `s`, and its
    weight in cuts, too. Then a whole cut is multiplied by the common denominator k of its weights. Mixed-integer
    rounding makes its row k times as large, so its multiplier is divided by k; rounding up leaves the row as it was.
    """
    if origin.matrix.shape != here.matrix.shape or np.array_equal(origin.miss_step, here.miss_step):
        return certificate
    changed = np.flatnonzero(origin.miss_step != here.miss_step).tolist()
    share = {row: Fraction(int(origin.miss_step[row]), int(here.miss_step[row])) for row in changed}
    moved = [_cut(one, share) for one in certificate.cuts]
    times = [k if one.mixed else 1 for one, k in moved]
    tree = [_leaf(node, share, times) if isinstance(node, Leaf) else node for node in certificate.tree]
    cuts = [
        one.model_copy(update={"multiplier": round(Fraction(one.multiplier, k))})
        for (one, _), k in zip(moved, times, strict=True)
    ]
    return certificate.model_copy(
        update={"rows": _rows(certificate.rows, share), "cuts": tuple(cuts), "tree": tuple(tree)}
    )


def _rows(rows: RowMultipliers, share: dict[int, Fraction]) -> RowMultipliers:
    """Multipliers of rows, each times the share of its row; rounding keeps a certificate valid."""
    multiplier = tuple(round(one * share.get(at, 1)) for at, one in zip(rows.row, rows.multiplier, strict=True))
    return rows.model_copy(update={"multiplier": multiplier})


def _leaf(leaf: Leaf, share: dict[int, Fraction], times: list[int]) -> Leaf:
    """A leaf whose multipliers fit the other rows and cuts.

    Parameters
    ----------
    share
        Of each row of another size, by its number: the factor of its multiplier.
    times
        Of each cut of the certificate: how many times as large it has become.
    """
    used = zip(leaf.cuts.cut, leaf.cuts.multiplier, strict=True)
    multiplier = tuple(round(Fraction(one, times[at])) for at, one in used)
    cuts = leaf.cuts.model_copy(update={"multiplier": multiplier})
    return leaf.model_copy(update={"rows": _rows(leaf.rows, share), "cuts": cuts})


def _cut(cut: Cut, share: dict[int, Fraction]) -> tuple[Cut, int]:
    """A cut over the other rows, with its multiplier unchanged, and k."""
    weights = [one * share.get(at, Fraction(1)) for at, one in zip(cut.row, cut.weight, strict=True)]
    k = lcm(*(one.denominator for one in weights))
    update = {
        "weight": tuple(int(one * k) for one in weights),
        "step_weight": tuple(one * k for one in cut.step_weight),
        "divisor": cut.divisor * k,
    }
    return cut.model_copy(update=update), k
