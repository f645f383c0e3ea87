"""Slips of series: a kept airing shows another episode than published.

Let k be the run number of a kept airing. Episodes are numbered in air order. So the history determines c, the number of
k-th runs after the freeze that come before that of the published episode (`past.place`). Frozen airings that did not
air count among them. Then

    Σ_{k-th runs a before it} x_a − c ≤ M⁺·(1 − kept) + M⁺·s,    c − Σ x_a ≤ M⁻·(1 − kept) + M⁻·s

where M⁺ is the largest possible number of k-th runs before it minus c, M⁻ = c, and s = 1 if the series slips. If the
episode can no longer have a k-th run, the series slips whenever the airing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from scheduler.arrays import Flags, Ints, Reals
from scheduler.instance.derived.repeats import REPEAT

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.timetable import Timetable

Matrix = sparse.csr_array[Any, tuple[int, int]]


@dataclass(frozen=True, eq=False)
class SlipRows:
    """lower ≤ airings·x − slips·s ≤ upper; `group` is the (programme, territory) of every slip."""

    group: tuple[tuple[int, str], ...]
    first: Ints  # (g,) index of the first published airing of each group after the freeze
    airings: Matrix
    slips: Matrix
    lower: Reals
    upper: Reals


def slip_rows(airings: Airings, published: Timetable, open_: Ints, kept: tuple[Ints, Ints]) -> SlipRows:
    """State the slips of every series with a published airing that may be kept.

    Parameters
    ----------
    open_
        Indices, in air order, of the published airings that are not frozen. `kept` refers to positions in it.
    """
    instance = airings.instance
    runs = _Runs(airings)
    apart = airings.numbered_apart | instance.simulcasts
    firsts = first_of_series(published, open_)
    groups: dict[tuple[int, str], int] = {}
    rows = _Rows()
    keeping: dict[tuple[int, int], list[int]] = {}
    for one, candidate in zip(kept[0].tolist(), kept[1].tolist(), strict=True):
        keeping.setdefault((one, int(airings.run[candidate])), []).append(candidate)
    for (one, run), candidates in sorted(keeping.items()):
        at = int(open_[one])
        programme, territory = int(published.programme[at]), instance.channels[int(published.channel[at])].territory
        episodes = instance.programmes[programme].episodes
        if episodes == 1 or run >= REPEAT or apart[programme]:
            continue  # left out: whether it is a change is not certain here
        slip = groups.setdefault((programme, territory), len(groups))
        ahead = instance.past.place(programme, territory, int(published.episode[at]), run) - 1
        if ahead < 0:
            rows.add(np.array(candidates), np.ones(len(candidates)), slip, 1, 0.0)
            continue
        before = runs.before(candidates[0], territory)
        left = instance.past.left(programme, territory, episodes) if run == 1 else episodes
        most = max(0, min(len(before), left) - ahead)
        columns = np.concatenate([before, np.array(candidates)])
        for sign, margin, bound in ((1, most, ahead), (-1, ahead, -ahead)):
            values = np.concatenate([np.full(len(before), sign), np.full(len(candidates), margin)])
            rows.add(columns, values, slip, margin, float(bound + margin))
    return rows.made(groups, np.array([firsts[key] for key in groups], dtype=np.int64), len(airings))


def first_of_series(published: Timetable, at: Ints) -> dict[tuple[int, str], int]:
    """The first published airing of each (programme, territory), as an index into `at`, which is in air order.

    It dates the slip of the series.
    """
    first: dict[tuple[int, str], int] = {}
    codes = [channel.territory for channel in published.instance.channels]
    pairs = zip(published.programme[at].tolist(), published.channel[at].tolist(), strict=True)
    for one, (programme, channel) in enumerate(pairs):
        first.setdefault((programme, codes[channel]), one)
    return first


class _Runs:
    """The candidates of each programme and run number in air order."""

    def __init__(self, airings: Airings) -> None:
        instance, most = airings.instance, int(airings.run.max(initial=0)) + 1
        span, channels = instance.timeline.minutes, instance.channels
        self._order = (airings.broadcast_day * span + airings.start_minute) * len(channels) + airings.channel
        self._key = airings.programme * most + airings.run
        self._channel = airings.channel
        self._seen = {
            code: np.array([code in channel.seen_in for channel in channels], dtype=bool)
            for code in {channel.territory for channel in channels}
        }
        planned = np.flatnonzero(~airings.past)
        self._sorted = planned[np.lexsort((self._order[planned], self._key[planned]))]
        self._keys = self._key[self._sorted]

    def before(self, chosen: int, territory: str) -> Ints:
        """The candidates with the programme and run number of one that a territory sees before it."""
        low, high = np.searchsorted(self._keys, [self._key[chosen], self._key[chosen] + 1])
        mine = self._sorted[low:high]
        mine = mine[: np.searchsorted(self._order[mine], self._order[chosen])]
        seen: Flags = self._seen[territory][self._channel[mine]]
        return np.asarray(mine[seen], dtype=np.int64)


class _Rows:
    """Rows airings·x − slips·s ≤ upper."""

    def __init__(self) -> None:
        none = np.zeros(0, dtype=np.int64)
        self._column: list[Ints] = [none]
        self._value: list[Ints] = [none]
        self._length: list[int] = []
        self._slip: list[tuple[int, int]] = []
        self._upper: list[float] = []

    def add(self, columns: Ints, values: Any, slip: int, margin: int, upper: float) -> None:
        self._column.append(columns)
        self._value.append(values)
        self._length.append(len(columns))
        self._slip.append((slip, margin))
        self._upper.append(upper)

    def made(self, groups: dict[tuple[int, str], int], first: Ints, airings: int) -> SlipRows:
        rows = len(self._upper)
        where = np.repeat(np.arange(rows), self._length)
        value = np.concatenate(self._value).astype(np.float64)
        slip, margin = np.array(self._slip, dtype=np.int64).reshape(-1, 2).T
        return SlipRows(
            group=tuple(groups),
            first=first,
            airings=sparse.csr_array(
                sparse.coo_array((value, (where, np.concatenate(self._column))), shape=(rows, airings))
            ),
            slips=sparse.csr_array(
                sparse.coo_array((margin.astype(np.float64), (np.arange(rows), slip)), shape=(rows, len(groups)))
            ),
            lower=np.full(rows, -np.inf),
            upper=np.array(self._upper, dtype=np.float64),
        )
