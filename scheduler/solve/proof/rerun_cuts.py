"""The limits x_a ≤ s of reruns as cuts of a certificate.

A rerun a of a slot airs only if its series has this slot. The program has Σ_b x_b ≤ n·s over the n reruns of the slot.
With x_a = 1 − v this is v − Σ_{b ≠ a} x_b + n·s ≥ 1. Mixed-integer rounding with the divisor n makes it v + s ≥ 1,
which is x_a ≤ s. For n = 1 the row is the limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.certify import Cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.arrays import Ints


def rerun_cuts(row: Ints, column: Ints, size: Ints, multiplier: Sequence[int] | None = None) -> list[Cut]:
    """A cut for each of k reruns.

    Parameters
    ----------
    row
        (k,) The rows of their slots.
    column
        (k,) The reruns, as columns of the certified program.
    size
        (k,) n of their slots.
    multiplier
        (k,) Whole multipliers of the cuts. None: all 0.
    """
    given = [0] * len(row) if multiplier is None else multiplier
    parts = zip(row.tolist(), column.tolist(), size.tolist(), given, strict=True)
    return [
        Cut(row=(own,), weight=(-1,), divisor=n, mixed=n > 1, turned=(rerun,) if n > 1 else (), multiplier=amount)
        for own, rerun, n, amount in parts
    ]
