"""Add to each bundle the repeats of its first runs that the followers of its line require.

The episodes of a day, or of the six days before an omnibus, follow each other without a break from the follower's
start. They are in the bundle if all of them can air within the hours of the rights, and if no run has more repeats than
allowed. The required repeats of first runs before the horizon are also a bundle by themselves, unless the series must
continue.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.derived.repeats import REPEAT, minutes_by_day
from scheduler.strands.exceptions import locked_places
from scheduler.strands.held_places import overlap_held_places
from scheduler.strands.ongoing import runs_of_last_slot, runs_to_repeat, slots_before

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance.model.placement import Follower
    from scheduler.strands.bundles import Bundles
    from scheduler.strands.ongoing import PastFirstRun


def with_followers(airings: Airings, bundles: Bundles, held: Ints) -> Bundles:
    """Add repeats to bundles, after the first runs of each. `held` are the keys of series that keep their slot."""
    repeats = np.flatnonzero((airings.run >= REPEAT) & ~airings.past)
    if not len(repeats):
        return bundles
    alone = _of_repeats(airings, bundles, repeats)
    # `head[k]` is the first airing of bundle k, or any repeat of a bundle of repeats alone.
    at = bundles.airing
    head = np.concatenate([at[bundles.first[:-1]], np.array([one for _, one, _ in alone], dtype=np.int64)])
    pairs = _repeats_of(_first_runs(airings, bundles, alone, held), head)
    locked = named_by_locks(airings)
    pairs = pairs[:, ~locked[pairs[1]]]
    # A group is a series in a territory. The sort is stable, so in each bundle first runs stay in order and repeats
    # follow them.
    of_bundle = np.concatenate(
        [bundles.group_key[bundles.group], np.array([key for key, _, _ in alone], dtype=np.int64)]
    )
    owner = np.concatenate([np.repeat(np.arange(len(bundles)), np.diff(bundles.first)), pairs[0]])
    airing = np.concatenate([at, pairs[1]])
    order = np.lexsort((owner, of_bundle[owner]))
    _, size = np.unique(np.stack([of_bundle[owner], owner]), axis=1, return_counts=True)
    kept = owner[order][np.cumsum(size) - size]
    group_key, group = np.unique(of_bundle[kept], return_inverse=True)
    return replace(
        bundles,
        first=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(size)]),
        airing=airing[order],
        group=group.astype(np.int64),
        group_key=group_key,
        ongoing=np.isin(group_key, bundles.group_key[bundles.ongoing]),
        placed=np.union1d(bundles.placed, repeats[~locked[repeats]]),
        choice=np.concatenate([bundles.choice, np.full(len(alone), -1)])[kept],
        remaining=np.concatenate([bundles.remaining, np.zeros(len(alone), dtype=np.int64)])[kept],
        week_after=np.concatenate([bundles.week_after, np.zeros(len(alone), dtype=np.int64)])[kept],
    )


def _first_runs(
    airings: Airings, bundles: Bundles, alone: list[tuple[int, int, list[PastFirstRun]]], held: Ints
) -> _Runs:
    """The first runs of each bundle, with those before the horizon that its repeats may follow.

    Runs before the horizon are added to every bundle of a series that keeps its slot, and to the bundles of repeats
    alone, which are numbered after all others.
    """
    instance = airings.instance
    owner, at = np.repeat(np.arange(len(bundles)), np.diff(bundles.first)), bundles.airing
    before: list[tuple[Ints, list[PastFirstRun]]] = [
        (np.array([len(bundles) + number]), runs) for number, (_, _, runs) in enumerate(alone)
    ]
    for key, slot in slots_before(instance).items():
        number = key[0] * len(instance.file.territories) + key[1]
        mine = np.flatnonzero(bundles.group_key[bundles.group] == number) if number in held else owner[:0]
        there = slot.channel, slot.content
        past = [one for one in runs_to_repeat(instance, key[0]) if (one.channel, one.content) == there]
        before.append((mine, past))
    bundle, start, day = [owner], [airings.start_minute[at]], [airings.broadcast_day[at]]
    used = [np.zeros(len(at), dtype=np.int64)]
    for mine, past in before:
        bundle.append(np.repeat(mine, len(past)))
        start.append(np.tile(np.array([one.start for one in past], dtype=np.int64), len(mine)))
        day.append(np.tile(np.array([one.day for one in past], dtype=np.int64), len(mine)))
        used.append(np.tile(np.array([one.repeats for one in past], dtype=np.int64), len(mine)))
    runs = _Runs(airings, np.concatenate(bundle), np.concatenate(start), np.concatenate(day), np.concatenate(used))
    return runs.in_order()


def _repeats_of(runs: _Runs, head: Ints) -> Ints:
    """The pairs (bundle, repeat) that the followers of each bundle's line require, (2, pairs) in order."""
    airings, instance = runs.airings, runs.airings.instance
    line = instance.placements.line[airings.content[head], airings.channel[head]]
    # Each pair (line of `placement`, channel) has its own followers.
    found_bundle, found = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for number, channel in np.unique(np.stack([line, airings.channel[head]]), axis=1).T.tolist():
        mine = (line[runs.bundle] == number) & (airings.channel[head[runs.bundle]] == channel)
        for one in instance.placements.lines[number].followers if number >= 0 else ():
            of_run, again = runs.followed(one, np.flatnonzero(mine), channel, head)
            found_bundle.append(runs.bundle[of_run])
            found.append(again)
    return np.unique(np.stack([np.concatenate(found_bundle), np.concatenate(found)]), axis=1)


def _of_repeats(airings: Airings, bundles: Bundles, repeats: Ints) -> list[tuple[int, int, list[PastFirstRun]]]:
    """Series that need not continue and may repeat first runs before the horizon: (group key, a repeat, these runs)."""
    instance, codes = airings.instance, list(airings.instance.file.territories)
    going, found = set(bundles.group_key[bundles.ongoing].tolist()), []
    keys = np.unique(airings.programme[repeats] * len(codes) + airings.territory[repeats]).tolist()
    for key in keys:
        runs = runs_of_last_slot(instance, key // len(codes), codes[key % len(codes)])
        if key in going or not runs:
            continue
        mine = (airings.content[repeats] == runs[-1].content) & (airings.channel[repeats] == runs[-1].channel)
        found += [(key, int(one), runs) for one in repeats[mine][:1]]
    return found


def named_by_locks(airings: Airings) -> Flags:
    """(n,) reruns, of titles with repeats, at the place of a lock. They are exceptions and in no bundle or slot."""
    repeated = np.isin(airings.programme, list(airings.instance.repeats))
    return np.array(at_locked_places(airings) & (airings.run > 1) & repeated, dtype=bool)


def at_locked_places(airings: Airings) -> Flags:
    """(n,) airings at the channel and start that a lock names for their title."""
    found = np.zeros(len(airings), dtype=bool)
    for programme, channel, minute in locked_places(airings.instance):
        found |= (airings.programme == programme) & (airings.channel == channel) & (airings.start_minute == minute)
    return found


class _Runs:
    """First runs of bundles, including those before the horizon, each with its number of repeats."""

    def __init__(self, airings: Airings, bundle: Ints, start: Ints, day: Ints, used: Ints) -> None:
        self.airings, self.bundle, self.start, self.day, self.used = airings, bundle, start, day, used
        self.held = overlap_held_places(airings)

    def in_order(self) -> _Runs:
        """Sort them by bundle and start."""
        order = np.lexsort((self.start, self.bundle))
        return _Runs(self.airings, self.bundle[order], self.start[order], self.day[order], self.used[order])

    def followed(self, follower: Follower, mine: Ints, channel: int, head: Ints) -> tuple[Ints, Ints]:
        """(run, airing) of one follower's repeats of the runs in `mine`.

        Parameters
        ----------
        mine
            Indices of runs, all on one channel.
        channel
            Index of this channel.
        head
            (bundles,) The first airing of each bundle.
        """
        instance, timeline = self.airings.instance, self.airings.instance.timeline
        # A block is the runs of one bundle that are repeated on one day. The repeat of its j-th run (j = 0, 1, …)
        # starts j · (length of an airing) after the follower's start. A block is kept only if all of its repeats are
        # possible.
        by_weekday = np.array([-1 if (one := follower.days_after(day)) is None else one for day in range(7)])
        later = by_weekday[(self.day[mine] + timeline.first_day.weekday()) % 7]
        target = self.day[mine] + later
        keep = (later >= 0) & (target >= 0) & (target < timeline.days)
        # The rights of some titles of a line may allow no repeat.
        keep &= np.isin(self.airings.programme[head[self.bundle[mine]]], list(instance.repeats))
        mine, later, target = mine[keep], later[keep], target[keep]
        if not len(mine):
            return mine, mine
        block_key = self.bundle[mine] * (timeline.days + 1) + target
        block, row = np.unique(block_key, return_inverse=True)
        row = row.ravel()
        place = np.arange(len(mine)) - np.searchsorted(row, np.arange(len(block)))[row]
        begin = minutes_by_day(timeline, instance.channels[channel], follower.start)[target]
        first = head[self.bundle[mine]]
        minute = begin + place * timeline.grid * self.airings.column("steps")[first]
        content = self.airings.content[first]
        again = self.airings.find(content, self.airings.channel[first], minute, REPEAT + later)
        rights = [instance.repeats[number] for number in self.airings.programme[first].tolist()]
        most, within = np.array([one.most for one in rights]), np.array([one.minutes for one in rights])
        after = minute - self.start[mine]
        free = (again >= 0) & ~self.held[again]
        fits = (begin >= 0) & free & (after > 0) & (after <= within) & (self.used[mine] < most)
        whole = np.bincount(row, weights=~fits, minlength=len(block))[row] == 0
        self.used[mine[whole]] += 1
        return mine[whole], again[whole]
