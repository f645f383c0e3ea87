"""The names of the placement's rows that engines look for.

Other rows of the placement have the same sides: the rows of `after_horizon`, `meetings` and `seasons`, too, are
Σ ≤ 1 or Σ ≤ 0. So engines find their rows by the aspect, never by the sides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from scheduler.arrays import Flags

PLACEMENT = "placement"
"""The rule's id."""

ONE_SLOT = "one slot"
"""The aspect of the row of one series and territory: Σ y_b ≤ 1 over its bundles."""

RERUNS_IN_ONE_SLOT = "reruns in one slot"
"""The aspect of the row of one series and territory: Σ s_k ≤ 1 over its slots of reruns."""

RERUNS_OF_SLOT = "reruns of slot"
"""The aspect of the row of one slot of reruns: Σ x_a ≤ n_k·s_k."""


def rows_with_aspect(names: pd.DataFrame, *codes: str) -> Flags:
    """The rows of the placement that have an aspect with one of some codes, (k,).

    Parameters
    ----------
    names
        (k,) At least the columns `rule` and `aspect`.
    """
    found = (names["rule"] == PLACEMENT).to_numpy(dtype=bool, copy=True)
    at = np.flatnonzero(found)
    found[at] = [getattr(one, "code", "") in codes for one in names["aspect"].iloc[at]]
    return found
