"""Bundles: sets of airings, each of which puts a series into one regular slot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from scheduler.moments import DAY

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance


@dataclass(frozen=True, eq=False)
class FirstRunsAtLocks:
    """First runs of one series at its locks without a run. Choice k has one at each of the places in `choices[k]`."""

    key: int  # programme · (number of territories) + territory
    places: tuple[Ints, ...]  # the airings at each lock
    choices: tuple[frozenset[int], ...]

    def number_of(self, chosen: Flags) -> int:
        """The number of the choice that was made, −2 if it is none of them."""
        aired = frozenset(at for at, airings in enumerate(self.places) if chosen[airings].any())
        return self.choices.index(aired) if aired in self.choices else -2


@dataclass(frozen=True, eq=False)
class Bundles:
    """Bundle k has the airings `airing[first[k] : first[k + 1]]` and belongs to `group[k]`.

    Its first runs come first, in air order, then the repeats of its followers.

    `placed` are the airings that may only air in a bundle. `group_key` is programme · (number of territories) +
    territory. `ongoing` marks groups whose series began before the horizon and must continue.
    """

    first: Ints  # (b + 1,)
    airing: Ints
    group: Ints  # (b,)
    group_key: Ints  # (g,)
    ongoing: Flags  # (g,)
    placed: Ints
    channel: Ints  # (n,) of every airing of the instance
    series: Ints  # (n,) the key of every airing's series and territory, as in `group_key`
    choice: Ints  # (b,) the choice of first runs at locks without a run beside which the bundle airs, −1 if any
    remaining: Ints  # (b,) episodes of the series without a first run if the bundle airs, 0 for repeats alone
    week_after: Ints  # (b,) bit f: with every day set that fits, a place follows f days after the horizon's end
    resting: Ints  # keys of series that keep their slot and have no bundle with first runs
    stuck: Ints  # those of them that must continue
    at_locks: tuple[FirstRunsAtLocks, ...] = ()  # of the series that have such locks

    def __len__(self) -> int:
        return len(self.first) - 1

    @property
    def airing_count(self) -> int:
        """The number of airings of the instance."""
        return len(self.channel)

    @cached_property
    def matrix(self) -> sparse.csr_array[Any, tuple[int, int]]:
        """(n, b) 1 if the airing is in the bundle, else 0."""
        ones = np.ones(len(self.airing), dtype=np.int64)
        by_bundle = sparse.csr_array((ones, self.airing, self.first), shape=(len(self), self.airing_count))
        return sparse.csr_array(by_bundle.T)

    def chosen_of(self, chosen: Flags) -> Ints:
        """(b,) 1 if the chosen airings of the bundle's group are exactly those of the bundle, else 0."""
        # A bundle is chosen if all its airings air, and its group airs nothing else. Of equal bundles the first one
        # counts.
        mine = np.zeros(self.airing_count, dtype=np.int64)
        mine[self.placed] = chosen[self.placed]
        held = np.add.reduceat(mine[self.airing], self.first[:-1]) if len(self) else np.zeros(0, dtype=np.int64)
        size = np.diff(self.first)
        in_group = np.zeros(len(self.group_key), dtype=np.int64)
        of = self._group_of[np.flatnonzero(mine)]
        np.add.at(in_group, of[of >= 0], 1)
        fits = (held == size) & (size == in_group[self.group])
        for one in self.at_locks:
            fits &= (self.group_key[self.group] != one.key) | np.isin(self.choice, [-1, one.number_of(chosen)])
        whole = np.flatnonzero(fits)
        best = np.zeros(len(self), dtype=np.int64)
        _, at = np.unique(self.group[whole], return_index=True)
        best[whole[at]] = 1
        return best

    @cached_property
    def _group_of(self) -> Ints:
        """(n,) the group of each airing's series, −1 if the series has no bundle."""
        at = np.searchsorted(self.group_key, self.series)
        known = np.append(self.group_key, -1)[at] == self.series
        return np.where(known, at, -1)


def place_minutes(instance: Instance, content: Ints, channel: Ints) -> Ints:
    """(k,) The minutes of a place of each content on a channel, each episode rounded up to whole steps."""
    grid = instance.timeline.grid
    return np.asarray(
        instance.placements.episodes[content, channel] * -(-instance.contents.minutes[content] // grid) * grid
    )


def start_clock(airings: Airings) -> Ints:
    """(n,) the start of each airing on its channel's clock, minutes since the broadcast day began."""
    timeline = airings.instance.timeline
    clock = np.zeros(len(airings), dtype=np.int64)
    for number, channel in enumerate(airings.instance.channels):
        mine = airings.channel == number
        minute = timeline.clock(channel.zone).minute[airings.start_minute[mine]]
        clock[mine] = (minute - timeline.broadcast_start) % DAY
    return clock
