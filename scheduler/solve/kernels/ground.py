"""What the compiled moves of the annealing work on: intervals, candidates, rows and what is chosen.

An *interval* is a stretch of a window between locked airings.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scheduler.solve.kernels.jit import Flags, Ints, Reals

VALUE, WEIGHTED, SOFT_PENALTY, HARD_MISS, RIGID_MISS, REWARD = range(6)
"""Where `State.total` keeps what is chosen: its value, all misses at the weights of now, soft misses at their prices,
hard misses at their weights in the formulation, units missed of rigid rows, the rewards of now."""

ABOVE, BELOW, STEP, WEIGHT = range(4)
"""The columns of `State.room`: what one row needs lies side by side."""


class Ground(NamedTuple):
    """What does not change: candidate airings sorted by interval and first step, rows, and who touches what."""

    length: Ints  # (i,) steps of each interval
    first: Ints  # (i, longest + 2) candidates of an interval from each step on
    interval: Ints  # (c,)
    offset: Ints  # (c,) steps since the interval's begin
    steps: Ints  # (c,)
    value: Reals  # (c,) viewer-minutes
    kind: Ints  # (c,) candidates of one interval and kind touch some rows alike
    row_first: Ints  # (c + 1,)
    own_first: Ints  # (c,) where rows begin that others of the kind touch otherwise or not at all
    row: npt.NDArray[np.int32]  # rows that each candidate touches
    coefficient: Reals
    touch_first: Ints  # (r + 1,)
    touching: Ints  # candidates that touch each row
    soft: Reals  # (r,) price of a missed unit, viewer-minutes
    hard: Reals  # (r,) weight of a missed unit
    rigid: Reals  # (r,) 1 or 0
    narrow: Flags  # (r,) rows in which one airing makes way for another


class State(NamedTuple):
    """What is chosen and what every row has."""

    at: Ints  # (i, longest) the candidate that begins at each step of an interval, or −1
    room: Reals  # (r, 4) activity above lower, upper above activity, step of a missed unit, its weight as of now
    reward: Reals  # (c,) what a candidate counts, as of now
    total: Reals  # (6,)


class Path(NamedTuple):
    """Room for a longest path, by step."""

    onward: Reals  # (longest + 1,) what can still be gained
    pick: Ints  # the candidate that begins here, or −1
    promised: Reals  # what it adds
    alike: Reals  # (kinds of an interval,) what the rows that a kind touches alike would cost; NaN where not known


class Best(NamedTuple):
    """The best that was met: as `State.at`, and its merit (value less soft misses) and misses."""

    at: Ints
    merit: Reals  # (3,) rigid units, hard miss, −(value − soft penalty): less is better, in this order
