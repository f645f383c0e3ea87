"""Locks of a series' own airings: exceptions in its slot, whichever of their cells are empty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.derived.history import broadcast_day

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags
    from scheduler.instance import Aired, Instance
    from scheduler.instance.derived.aired import Lock

MOST_CHOSEN_ONE_BY_ONE = 3
"""Of at most this number of locks without a run, each may be a first run or not. Of more, all are or none is."""

ChannelMinute = tuple[int, int]
"""Index of the channel, minute of the line."""


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The airings that locks with a title, a channel and a start may mean, without those that have aired.

    `airings` has by run, first or rerun, (content, channel, minute) of each. By series (programme, territory): `first`
    are the places of locks that mean a first run, `either` those of locks that may mean a first run or a rerun.
    """

    airings: dict[str, frozenset[tuple[int, int, int]]]
    first: dict[tuple[int, int], tuple[ChannelMinute, ...]]
    either: dict[tuple[int, int], tuple[ChannelMinute, ...]]

    def choices(self, key: tuple[int, int]) -> tuple[frozenset[int], ...]:
        """The sets of places in `either` of a series, by position, at which first runs may air."""
        every = range(len(self.either.get(key, ())))
        if len(every) > MOST_CHOSEN_ONE_BY_ONE:
            return frozenset(), frozenset(every)
        sizes = (combinations(every, size) for size in range(len(every) + 1))
        return tuple(frozenset(some) for sets in sizes for some in sets)

    def chosen(self, key: tuple[int, int], aired: Iterable[ChannelMinute]) -> frozenset[int]:
        """The positions of the places in `either` of a series at which first runs aired."""
        there = set(aired)
        return frozenset(at for at, place in enumerate(self.either.get(key, ())) if place in there)


def exceptions_of(instance: Instance) -> Exceptions:
    """The airings that locks may mean.

    A lock without a run means a first run if the title has no reruns, and a rerun if no episode is left. A lock without
    a version means all versions.
    """
    airings: dict[str, set[tuple[int, int, int]]] = {"first": set(), "rerun": set()}
    runs: dict[tuple[int, int], dict[ChannelMinute, set[str | None]]] = {}
    codes = list(instance.file.territories)
    for lock in instance.locks:
        if lock.anchor or lock.start_utc is None or instance.has_aired(lock):
            continue
        if lock.channel not in instance.channel_index or lock.programme not in instance.programme_index:
            continue
        channel, minute = instance.channel_index[lock.channel], instance.timeline.minute_of(lock.start_utc)
        programme, run = instance.programme_index[lock.programme], _run_of(instance, lock)
        for one in airings:
            if run in (one, None):
                airings[one] |= {(content, channel, minute) for content in _contents(instance, programme, lock)}
        key = programme, codes.index(instance.channels[channel].territory)
        runs.setdefault(key, {}).setdefault((channel, minute), set()).add(run)
    return Exceptions(
        airings={run: frozenset(found) for run, found in airings.items()},
        first={key: tuple(at for at, said in places.items() if "first" in said) for key, places in runs.items()},
        either={
            key: tuple(at for at, said in places.items() if None in said and "first" not in said)
            for key, places in runs.items()
        },
    )


def without_exceptions(instance: Instance, rows: list[Aired]) -> list[Aired]:
    """Leave out rows of one title in history.csv that are at the place of a lock.

    If all are, but two of them are on one channel at one time of the day, they are its slot, and all stay.
    """
    places = {(lock.channel, lock.start_utc, lock.programme) for lock in instance.locks if not lock.anchor}
    own = [row for row in rows if (row.channel, row.start_utc, row.programme) not in places]
    starts = {(row.channel, row.start_utc.time()) for row in rows}
    return rows if not own and len(starts) < len(rows) else own


def _run_of(instance: Instance, lock: Lock) -> str | None:
    """The run of a lock, None if it may be either."""
    if lock.run is not None:
        return lock.run
    number = instance.programme_index[lock.programme or ""]
    programme, territory = instance.programmes[number], instance.channels[instance.channel_index[lock.channel or ""]]
    if not instance.past.left(number, territory.territory, programme.episodes):
        return "rerun"
    return "first" if programme.runs == 1 and number not in instance.repeats else None


def _contents(instance: Instance, programme: int, lock: Lock) -> list[int]:
    """The versions of a programme that fit a lock, as contents."""
    contents, versions = instance.contents, instance.programmes[programme].versions
    return [
        at
        for at, item in enumerate(contents.items[: contents.version_count])
        if item.programme == programme
        and lock.version_language in (None, versions[item.version].language)
        and lock.version_kind in (None, versions[item.version].kind)
    ]


def locked_places(instance: Instance) -> set[tuple[int, int, int]]:
    """(programme, channel, minute) of every lock that has all three."""
    return {
        (
            instance.programme_index[lock.programme],
            instance.channel_index[lock.channel],
            instance.timeline.minute_of(lock.start_utc),
        )
        for lock in instance.locks
        if not lock.anchor and lock.start_utc is not None
        if lock.channel in instance.channel_index and lock.programme in instance.programme_index
    }


def at_exceptions(airings: Airings, found: Exceptions, run: str) -> Flags:
    """(n,) the airings of a run, first or rerun, that a lock may mean."""
    place = np.array(sorted(found.airings[run]), dtype=np.int64).reshape(-1, 3)
    mine = np.flatnonzero(np.isin(airings.content, place[:, 0]) & ((airings.run == 1) == (run == "first")))
    mine = mine[~airings.past[mine]]
    both = np.concatenate(
        [np.stack([airings.content, airings.channel, airings.start_minute])[:, mine], place.T], axis=1
    )
    _, code = np.unique(both, axis=1, return_inverse=True)
    code = code.ravel()
    hit = np.zeros(len(airings), dtype=bool)
    hit[mine[np.isin(code[: len(mine)], code[len(mine) :])]] = True
    return hit


def only_in_bundles(airings: Airings) -> Flags:
    """(n,) first runs that may only air in a bundle: those of placed series that no lock means."""
    line = airings.instance.placements.line[airings.content, airings.channel]
    exempt = airings.locked | at_exceptions(airings, exceptions_of(airings.instance), "first")
    return np.asarray((line >= 0) & (airings.run == 1) & ~exempt)


def days_of(instance: Instance, places: Iterable[ChannelMinute]) -> list[int]:
    """The broadcast day of the line of each place."""
    return [broadcast_day(instance.timeline, instance.channels[channel], minute) for channel, minute in places]
