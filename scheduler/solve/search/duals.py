"""The duals behind the best bound that a search keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.arrays import Ints, Reals
    from scheduler.certify import Cut


@dataclass(frozen=True)
class Duals:
    """The duals of the best bound of our own: of the formulation's rows, of cuts, and of steps of windows."""

    bound: float
    rows: Reals  # (r,)
    cuts: Sequence[Cut] = ()  # their multipliers are ignored
    of_cuts: Sequence[float] = ()  # (k,) at least 0
    steps: tuple[Ints, Ints, Reals] | None = None  # window, step, dual; None: by longest paths
