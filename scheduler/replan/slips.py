"""When a series slips: a kept airing of it shows another episode than was published.

Let k be the run number of a kept airing of a series in a territory. Let c be the number of k-th runs before it in the
published timetable; for a first run, the position of its episode among the first runs still to come. Then

    Σ_{k-th runs a before it} x_a − c ≤ M⁺·(1 − kept) + M⁺·s,    c − Σ x_a ≤ M⁻·(1 − kept) + M⁻·s

where M⁺ is the most k-th runs there can be before it beyond c, M⁻ = c, and s = 1 if the series slips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from scheduler.arrays import Reals

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Ints
    from scheduler.timetable import Timetable

Matrix = sparse.csr_array[Any, tuple[int, int]]


@dataclass(frozen=True, eq=False)
class SlipRows:
    """lower ≤ airings·x − slips·s ≤ upper; `group` is the (programme, territory) of every slip."""

    group: tuple[tuple[int, str], ...]
    first: Ints  # (g,) index of the first kept published airing of each group
    airings: Matrix
    slips: Matrix
    lower: Reals
    upper: Reals


def slip_rows(airings: Airings, published: Timetable, open_: Ints, kept: tuple[Ints, Ints]) -> SlipRows:
    """State the slips of every series with a published airing that may be kept.

    Parameters
    ----------
    open_
        Indices in air order of the published airings that are not frozen. `kept` counts in them.
    """
    instance, codes = airings.instance, list(airings.instance.file.territories)
    several = np.array([one.episodes > 1 for one in instance.programmes], dtype=bool)
    key = airings.programme * len(codes) + airings.territory
    run = airings.run
    span = instance.timeline.minutes
    order = airings.broadcast_day * span + airings.start_minute
    groups: dict[tuple[int, str], int] = {}
    first: list[int] = []
    entries: list[tuple[Any, Any, Any]] = []
    slips: list[tuple[int, int, int]] = []
    lower: list[float] = []
    upper: list[float] = []
    keeping: dict[int, list[int]] = {}
    for one, candidate in zip(kept[0].tolist(), kept[1].tolist(), strict=True):
        keeping.setdefault(one, []).append(candidate)
    for one, candidates in sorted(keeping.items()):
        at = int(open_[one])
        programme = int(published.programme[at])
        owner = instance.channels[int(published.channel[at])]
        group = programme, owner.territory
        rerun = not bool(published.first[at])
        if (
            not several[programme]
            or len(set(owner.seen_in)) > 1
            or (rerun and (instance.programmes[programme].runs > 2 or programme in instance.repeats))
        ):
            continue  # left out, so that no change is counted that may not be one
        chosen = candidates[0]
        mine = np.flatnonzero((key == key[chosen]) & (run == run[chosen]) & ~airings.past & (order < order[chosen]))
        if run[chosen] == 1:
            to_come = instance.past.to_come(*group, instance.programmes[programme].episodes)
            episode = int(published.episode[at])
            ahead = to_come.index(episode) if episode in to_come else -1
        else:
            ahead = _reruns_before(published, open_, airings, group, int(order[chosen]))
        slip = groups.setdefault(group, len(groups))
        if slip == len(first):
            first.append(one)
        episodes = instance.programmes[programme].episodes
        left = instance.past.left(*group, episodes) if run[chosen] == 1 else episodes
        most = max(0, min(len(mine), left) - ahead) if ahead >= 0 else len(mine) + 1
        least = max(ahead, 0)
        if ahead < 0:  # its episode has already aired: the series slips if the airing is kept
            row = len(lower)
            entries.append((np.full(1, row), np.array(candidates[:1]), np.ones(1)))
            slips.append((row, slip, 1))
            lower.append(-np.inf)
            upper.append(0.0)
            continue
        for sign, margin, bound in ((1, most, ahead), (-1, least, -ahead)):
            row = len(lower)
            columns = np.concatenate([mine, np.array(candidates)])
            values = np.concatenate([np.full(len(mine), sign), np.full(len(candidates), margin)])
            entries.append((np.full(len(columns), row), columns, values))
            slips.append((row, slip, margin))
            lower.append(-np.inf)
            upper.append(float(bound + margin))
    rows = len(lower)
    empty = np.zeros(0, dtype=np.int64)
    where, column, value = (np.concatenate([empty, *(entry[at] for entry in entries)]) for at in range(3))
    shape = rows, len(airings)
    by_slip = np.array(slips, dtype=np.int64).reshape(-1, 3).T
    return SlipRows(
        group=tuple(groups),
        first=np.array(first, dtype=np.int64),
        airings=sparse.csr_array(sparse.coo_array((value.astype(np.float64), (where, column)), shape=shape)),
        slips=sparse.csr_array(
            sparse.coo_array((by_slip[2].astype(np.float64), (by_slip[0], by_slip[1])), shape=(rows, len(groups)))
        ),
        lower=np.array(lower, dtype=np.float64),
        upper=np.array(upper, dtype=np.float64),
    )


def _reruns_before(
    published: Timetable, open_: Ints, airings: Airings, group: tuple[int, str], order: int
) -> int:  # fmt: skip
    """The number of published reruns of a series in a territory before a place in air order, without frozen ones."""
    instance = airings.instance
    code = np.array([channel.territory == group[1] for channel in instance.channels])
    mine = open_[(published.programme[open_] == group[0]) & ~published.first[open_] & code[published.channel[open_]]]
    day = airings.day_of(published.channel[mine], published.start[mine])
    return int(np.count_nonzero(day * instance.timeline.minutes + published.start[mine] < order))
