"""The weight of every change of the published timetable, over the candidate airings of the instance after the freeze.

Published airings i, candidates a, x_a = 1 if a is chosen, K_i the candidates that keep i, pairs (i, a) that are moves.
A timetable's change weighs

    Σ_i d_i·(1 − Σ_{a ∈ K_i} x_a) + Σ_{a ∉ K} n_a·x_a − max Σ s_ia·y_ia + Σ_g w_g·s_g

where y matches dropped with new airings (each at most once), s_ia = d_i + n_a − move_ia is the saving of a move, and
s_g = 1 if a series in a territory slips: a kept airing of it shows another episode.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.instance.model.change import Change
    from scheduler.replan.places import Places
    from scheduler.replan.steps import Steps


@dataclass(frozen=True, eq=False)
class Weights:
    """The weights of one replan."""

    dropped: Ints  # (p,)
    new: Ints  # (n,)
    pair: tuple[Ints, Ints]  # (published, candidate) of each move
    saving: Ints  # (q,) weight of a dropped and a new airing minus weight of the move
    slipped: Ints  # (g + u,) of each slip, and 0 of each column that only counts (`SlipRows`)


def moves(change: Change, old: Places, new: Places, now: Steps, *, counted: bool) -> tuple[Ints, Ints, Ints]:
    """(published, candidate, saving) of every pair that is a move and weighs less than a dropped and a new airing.

    Parameters
    ----------
    now
        The factors on the day of the replan.
    counted
        Whether every change weighs one instead of its weight.
    """
    pairs: list[tuple[Ints, Ints]] = []
    key = new.programme * 4096 + new.channel
    order = np.argsort(key, kind="stable")
    for at in range(len(old.programme)):
        mine = int(old.programme[at]) * 4096 + int(old.channel[at])
        first, last = (int(np.searchsorted(key, mine, side=side, sorter=order)) for side in ("left", "right"))
        near = order[first:last]
        near = near[np.abs(new.day[near] - old.day[at]) <= change.moved_days]
        pairs.append((np.full(len(near), at), near))
    empty = np.zeros(0, dtype=np.int64)
    one, other = (np.concatenate([empty, *(pair[side] for pair in pairs)]) for side in (0, 1))
    cost = move_weights(change, old, one, new, other, now, counted=counted)
    both = drop_weights(change, old, now, counted=counted)[one] + new_weights(change, new, now, counted=counted)[other]
    kept = cost < both
    return one[kept], other[kept], (both - cost)[kept]


def move_weights(
    change: Change, old: Places, one: Ints, new: Places, other: Ints, now: Steps, *, counted: bool
) -> Ints:  # fmt: skip
    """The weight of moving published airing `one[k]` to candidate `other[k]`, (k,)."""
    if counted:
        return np.where(old.draft[one] & new.draft[other], 0, 1)
    minutes = np.abs(new.start[other] - old.start[one])
    plain = np.minimum(change.moved + change.moved_minute * minutes, change.moved_most)
    far = old.strand[one] & (minutes > change.strand_minutes)
    weight = np.where(far, change.strand_moved, plain)
    factor = np.maximum(now.of(old)[one], now.of(new)[other])
    return np.where(old.draft[one] & new.draft[other], 0, weight * factor)


def drop_weights(change: Change, old: Places, now: Steps, *, counted: bool) -> Ints:
    """The weight of dropping each published airing, (p,)."""
    weight = 1 if counted else change.dropped * now.of(old)
    return np.where(old.draft, 0, weight)


def new_weights(change: Change, new: Places, now: Steps, *, counted: bool) -> Ints:
    """The weight of each candidate if it is new, (n,)."""
    weight = 1 if counted else change.new * now.of(new)
    return np.where(new.draft, 0, weight)
