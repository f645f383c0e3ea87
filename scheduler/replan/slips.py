"""Slips of series: a kept airing shows another episode than published.

Let k be the run number of a kept airing. Episodes are numbered in air order. So the history determines c, the number of
k-th runs after the freeze that come before that of the published episode (`past.place`). Frozen airings that did not
air count among them. Then

    Σ_{k-th runs a before it} x_a − c ≤ M⁺·(1 − kept) + M⁺·s,    c − Σ x_a ≤ M⁻·(1 − kept) + M⁻·s

where M⁺ is the largest possible number of k-th runs before it minus c, M⁻ = c, and s = 1 if the series slips. If the
episode can no longer have a k-th run, the series slips whenever the airing is kept.

Simultaneous airings of a simulcast are one run. Where several candidates G can begin at one instant, a column u = 1
counts them once: x_a ≤ u for every a in G, u ≤ Σ x_a. Airings at the instant of the kept one do not count.

If the past of a series differs between the territories of a channel, the formulation has a column y(g, e) = 1 if place
g shows episode e (`rules/episode_columns`). The airing that is kept in g with the published episode e then slips by

    Σ_{a keeps it} x_a − y(g, e) ≤ s

For a first run only one episode fits, so this is exact. For a rerun several may fit: the numbering then chooses one,
and the program may state a slip fewer than the recount finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from scheduler.arrays import Flags, Ints, Reals
from scheduler.instance.derived.repeats import REPEAT
from scheduler.rules.episode_columns import SHOWS
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.airings import Airings
    from scheduler.formulation import Formulation
    from scheduler.timetable import Timetable

Matrix = sparse.csr_array[Any, tuple[int, int]]


@dataclass(frozen=True, eq=False)
class SlipRows:
    """lower ≤ columns·(x, z) − slips·(s, u) ≤ upper; `group` is the (programme, territory) of every slip.

    x and z are the airings and the auxiliary variables of the formulation. The first g columns of `slips` are the slips
    s, the others are the u that count the airings of one instant once.
    """

    group: tuple[tuple[int, str], ...]
    first: Ints  # (g,) index of the first published airing of each group after the freeze
    columns: Matrix
    slips: Matrix
    lower: Reals
    upper: Reals


def slip_rows(
    airings: Airings, formulation: Formulation, published: Timetable, open_: Ints, kept: tuple[Ints, Ints]
) -> SlipRows:
    """State the slips of every series with a published airing that may be kept.

    Parameters
    ----------
    open_
        Indices, in air order, of the published airings that are not frozen. `kept` refers to positions in it.
    """
    instance = airings.instance
    runs = _Runs(airings)
    apart = airings.numbered_apart
    shows = _Shown(formulation) if apart.any() else None
    firsts = first_of_series(published, open_)
    groups: dict[tuple[int, str], int] = {}
    rows = _Rows()
    keeping: dict[tuple[int, int], list[int]] = {}
    for one, candidate in zip(kept[0].tolist(), kept[1].tolist(), strict=True):
        keeping.setdefault((one, int(airings.run[candidate])), []).append(candidate)
    for (one, run), candidates in sorted(keeping.items()):
        at = int(open_[one])
        programme, territory = int(published.programme[at]), instance.channels[int(published.channel[at])].territory
        episodes, episode = instance.programmes[programme].episodes, int(published.episode[at])
        if episodes == 1 or run >= REPEAT:
            continue
        before = runs.before(candidates[0], territory)
        if before is None:
            continue  # left out: the order of runs is not certain before they are chosen
        slip = groups.setdefault((programme, territory), len(groups))
        alone, instants = before
        keeps, one_slip = np.array(candidates), {("slip", slip): 1}
        if apart[programme] and shows is not None:
            shown = shows.column(candidates[0], episode)
            columns = keeps if shown is None else np.append(keeps, shown)
            rows.add(columns, np.where(np.arange(len(columns)) < len(keeps), 1, -1), one_slip, 0.0)
            continue
        ahead = instance.past.place(programme, territory, episode, run) - 1
        if ahead < 0:
            rows.add(keeps, np.ones(len(keeps), dtype=np.int64), one_slip, 0.0)
            continue
        left = instance.past.left(programme, territory, episodes) if run == 1 else episodes
        most = max(0, min(len(alone) + len(instants), left) - ahead)
        numbers = [rows.instant(group) for group in instants]
        for sign, margin, bound in ((1, most, ahead), (-1, ahead, -ahead)):
            values = np.concatenate([np.full(len(alone), sign), np.full(len(keeps), margin)])
            counted = {("slip", slip): margin, **{("instant", number): -sign for number in numbers}}
            rows.add(np.concatenate([alone, keeps]), values, counted, float(bound + margin))
    return rows.made(groups, np.array([firsts[key] for key in groups], dtype=np.int64), formulation.matrix.shape[1])


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
        self._channel, self._programme = airings.channel, airings.programme
        self._start, self._day = airings.start_minute, airings.broadcast_day
        self._simulcast = instance.simulcasts
        self._seen = {
            code: np.array([code in channel.seen_in for channel in channels], dtype=bool)
            for code in {channel.territory for channel in channels}
        }
        planned = np.flatnonzero(~airings.past)
        self._sorted = planned[np.lexsort((self._order[planned], self._key[planned]))]
        self._keys = self._key[self._sorted]

    def before(self, chosen: int, territory: str) -> tuple[Ints, list[tuple[int, ...]]] | None:
        """The runs with the programme and run number of a candidate that a territory sees before it.

        Returns
        -------
        candidates, instants
            Runs of one candidate, and the earlier candidates of each instant at which a simulcast has several. None if
            the instant of the candidate itself lies on two broadcast days: then its own place depends on the choice.
        """
        low, high = np.searchsorted(self._keys, [self._key[chosen], self._key[chosen] + 1])
        mine = self._sorted[low:high]
        seen: Flags = self._seen[territory][self._channel[mine]]
        mine = np.asarray(mine[seen], dtype=np.int64)
        if not self._simulcast[self._programme[chosen]]:
            return mine[self._order[mine] < self._order[chosen]], []
        together = self._start[mine] == self._start[chosen]
        if np.any(self._day[mine[together]] != self._day[chosen]):
            return None
        # An instant has the place of its first chosen airing. So it comes before if one of its earlier candidates is
        # chosen; on two broadcast days these may be only some of them.
        sooner = mine[(self._order[mine] < self._order[chosen]) & ~together]
        starts, first, of = np.unique(self._start[sooner], return_index=True, return_inverse=True)
        several = np.bincount(of, minlength=len(starts)) > 1
        groups = [tuple(sooner[of == one].tolist()) for one in np.flatnonzero(several).tolist()]
        return sooner[first[~several]], groups


class _Shown:
    """The columns that state which episode a place of a series shows, by airing."""

    def __init__(self, formulation: Formulation) -> None:
        n, labels = formulation.airing_count, formulation.labels
        self._columns: dict[int, Ints] = {}
        matrix = formulation.matrix
        for row in np.flatnonzero(labels["subject"].to_numpy() == Subject("own", SHOWS)).tolist():
            entries = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
            shown = np.sort(entries[entries >= n]).astype(np.int64)
            self._columns.update(dict.fromkeys(entries[entries < n].tolist(), shown))

    def column(self, airing: int, episode: int) -> int | None:
        """The column of an airing's place and an episode, among all columns; None if there is none."""
        columns = self._columns.get(airing)
        return int(columns[episode - 1]) if columns is not None and 0 < episode <= len(columns) else None


class _Rows:
    """Rows columns·(x, z) − slips·(s, u) ≤ upper."""

    def __init__(self) -> None:
        none = np.zeros(0, dtype=np.int64)
        self._column: list[Ints] = [none]
        self._value: list[Ints] = [none]
        self._length: list[int] = []
        self._counted: list[tuple[int, str, int, int]] = []  # row, kind, number, value
        self._upper: list[float] = []
        self._instants: dict[tuple[int, ...], int] = {}

    def add(self, columns: Ints, values: Ints, counted: Mapping[tuple[str, int], int], upper: float) -> None:
        """State a row. `counted` is what each slip or instant, by kind and number, takes off."""
        self._column.append(columns)
        self._value.append(values)
        self._length.append(len(columns))
        self._counted += [(len(self._upper), kind, number, value) for (kind, number), value in counted.items()]
        self._upper.append(upper)

    def instant(self, group: tuple[int, ...]) -> int:
        """The number of the column that counts the candidates of one instant once; its rows are stated."""
        if group not in self._instants:
            number = self._instants[group] = len(self._instants)
            one = np.ones(1, dtype=np.int64)
            for at in group:
                self.add(np.array([at]), one, {("instant", number): 1}, 0.0)
            self.add(np.array(group), np.full(len(group), -1), {("instant", number): -1}, 0.0)
        return self._instants[group]

    def made(self, groups: dict[tuple[int, str], int], first: Ints, columns: int) -> SlipRows:
        rows, slips = len(self._upper), len(groups)
        row, column = np.repeat(np.arange(rows), self._length), np.concatenate(self._column)
        value = np.concatenate(self._value)
        taken = [(at, number + slips * (kind == "instant"), off) for at, kind, number, off in self._counted]
        where, of, off = np.array(taken, dtype=np.int64).reshape(-1, 3).T
        shape = rows, slips + len(self._instants)
        return SlipRows(
            group=tuple(groups),
            first=first,
            columns=sparse.csr_array(
                sparse.coo_array((value.astype(np.float64), (row, column)), shape=(rows, columns))
            ),
            slips=sparse.csr_array(sparse.coo_array((off.astype(np.float64), (where, of)), shape=shape)),
            lower=np.full(rows, -np.inf),
            upper=np.array(self._upper, dtype=np.float64),
        )
