"""Past airings: the runs that every episode has used before the horizon, by programme and territory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.derived.repeats import Repeats, repeated_runs
from scheduler.instance.derived.timeline import zone_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.arrays import Ints
    from scheduler.instance.derived.aired import Aired
    from scheduler.instance.derived.timeline import Timeline
    from scheduler.instance.model.channel import Channel
    from scheduler.instance.model.commitment import Commitment


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run of an episode before the horizon. `day` is the broadcast day, 0 being the line's first."""

    episode: int
    day: int
    channel: int


@dataclass(frozen=True)
class History:
    """Past runs by (programme index, territory where they were seen), and past airings by programme, in air order."""

    runs: dict[tuple[int, str], tuple[PastRun, ...]]
    airings: dict[int, tuple[PastRun, ...]]
    not_aired: dict[tuple[int, str], tuple[PastRun, ...]] = field(default_factory=dict)
    """First runs that were announced and did not air, in order of days."""

    def of(self, programme: int, territory: str) -> tuple[PastRun, ...]:
        """The past runs of a programme in a territory."""
        return self.runs.get((programme, territory), ())

    def first_runs(self, programme: int, territory: str) -> int:
        """The number of episodes that have had their first run in a territory."""
        return len({run.episode for run in self.of(programme, territory)})

    def last_episode(self, programme: int, territory: str) -> int:
        """The last episode that has aired in a territory, 0 if none has. First runs continue after it."""
        return max((run.episode for run in self.of(programme, territory)), default=0)

    def missed(self, programme: int, territory: str) -> list[int]:
        """Episodes that were skipped: they precede the last aired episode and did not air.

        They are the next first runs.
        """
        lost = {run.episode for run in self.not_aired.get((programme, territory), ())}
        aired = {run.episode for run in self.of(programme, territory)} if lost else set()
        return sorted(episode for episode in lost - aired if episode < max(aired, default=0))

    def to_come(self, programme: int, territory: str, episodes: int) -> list[int]:
        """The episodes of a programme that can still have a first run in a territory, in order.

        `programme` is its index, `episodes` the number of its episodes.
        """
        last = self.last_episode(programme, territory)
        return [*self.missed(programme, territory), *range(last + 1, episodes + 1)]

    def left(self, programme: int, territory: str, episodes: int) -> int:
        """The number of episodes of a programme that can still have a first run in a territory.

        `programme` is its index, `episodes` the number of its episodes.
        """
        return len(self.to_come(programme, territory, episodes))

    def total(self, programme: int) -> int:
        """Number of past airings of a programme on all channels."""
        return len(self.airings.get(programme, ()))

    def on_channel(self, programme: int, channel: int) -> int:
        """Number of past airings of a programme on a channel."""
        return sum(run.channel == channel for run in self.airings.get(programme, ()))

    def agrees(self, programme: int, territories: Sequence[str]) -> bool:
        """Whether the next runs of a programme are the same episodes in all of these territories."""
        states = {(*self._state(self.of(programme, code)), *self.missed(programme, code)) for code in territories}
        return len(states) < 2

    def place(self, programme: int, territory: str, episode: int, run: int) -> int:
        """The position of an episode among the planned k-th runs of a title in a territory.

        Parameters
        ----------
        programme
            Index of the title.
        territory
            Code of the territory.
        episode
            Number of the episode, from 1.
        run
            k, 1 for first runs.

        Returns
        -------
        The position in air order, from 1, or 0 if the episode cannot have a planned k-th run.
        """
        past = self.of(programme, territory)
        count, last = Counter(one.episode for one in past), {one.episode: one.day for one in past}
        to_come = self.to_come(programme, territory, episode)
        place = to_come.index(episode) + 1 if episode in to_come and not count[episode] else 0
        for number in range(2, run + 1):
            ready = sorted((one for one in last if count[one] == number - 1), key=lambda one: (last[one], one))
            if episode in ready:
                place = ready.index(episode) + 1
            elif place:
                place += len(ready)
        return place if count[episode] < run else 0

    def _state(self, runs: tuple[PastRun, ...]) -> tuple[tuple[int, int], ...]:
        """(episode, number of its runs) of every episode, ordered by its last run."""
        count, last = Counter(run.episode for run in runs), {run.episode: run.day for run in runs}
        return tuple((episode, count[episode]) for episode in sorted(last, key=lambda one: (last[one], one)))


def broadcast_day(timeline: Timeline, channel: Channel, minute: int) -> int:
    """The broadcast day of a minute on a channel's clock, 0 being the line's first. It may be outside the line."""
    reading = timeline.moment(minute).astimezone(zone_clock(channel.zone)).replace(tzinfo=None)
    return ((reading - timedelta(minutes=timeline.broadcast_start)).date() - timeline.first_day).days


def broadcast_days(timeline: Timeline, channels: Sequence[Channel], channel: Ints, minute: Ints) -> Ints:
    """The broadcast day of moments of the line on their channels' clocks, 0 being the line's first, (k,).

    Parameters
    ----------
    channel
        (k,) Index of the channel.
    minute
        (k,) Minute of the line.
    """
    day = np.zeros(len(channel), dtype=np.int64)
    for number, each in enumerate(channels):
        mine = channel == number
        clock, at = timeline.clock(each.zone), minute[mine]
        day[mine] = clock.day[at] - (clock.minute[at] < timeline.broadcast_start)
    return day


@dataclass(frozen=True, slots=True)
class RepeatOnRecord:
    """A row of history.csv of a programme with repeats: whether the row is a repeat, and the number of its repeats."""

    row: Aired
    programme: int
    repeat: bool
    repeats: int


def repeats_on_record(
    rows: Sequence[Aired],
    channel_index: dict[str, int],
    programme_index: dict[str, int],
    timeline: Timeline,
    repeats: dict[int, Repeats],
) -> list[RepeatOnRecord]:
    """Find the rows of programmes that have repeats. The rows must be in air order.

    Parameters
    ----------
    channel_index, programme_index
        Index of each channel and programme by its id.
    repeats
        The repeats that the rights allow, by index of the programme.
    """
    found: list[RepeatOnRecord] = []
    for programme, allowed in repeats.items():
        mine = [row for row in rows if not row.anchor and programme_index.get(row.programme) == programme]
        runs = [(row.episode, channel_index[row.channel], timeline.minute_of(row.start_utc)) for row in mine]
        again = repeated_runs(runs, allowed)
        used = Counter(again)
        found += [RepeatOnRecord(row, programme, again[at] >= 0, used[at]) for at, row in enumerate(mine)]
    return found


def build_history(
    rows: Sequence[Aired],
    not_aired: Sequence[Aired],
    commitments: Sequence[Commitment],
    channels: Sequence[Channel],
    programme_index: dict[str, int],
    timeline: Timeline,
    repeats: dict[int, Repeats],
) -> History:
    """Group history.csv by programme and territory. Anchors, and repeats that use no run, are left out.

    A commitment names its next episode. Earlier episodes that are neither in history.csv nor in `not_aired` count as
    aired on the last day before the horizon, the latest day on which they can have aired.

    Parameters
    ----------
    rows, not_aired
        Rows of history.csv that aired, and those that did not.
    programme_index
        Index of each programme by its id.
    repeats
        The repeats that the rights allow, by index of the programme.
    """
    index = {channel.id: at for at, channel in enumerate(channels)}
    found: dict[tuple[int, str], list[PastRun]] = {}
    airings: dict[int, list[PastRun]] = {}
    in_order = sorted(rows, key=lambda row: row.start_utc)
    free = {id(one.row) for one in repeats_on_record(in_order, index, programme_index, timeline, repeats) if one.repeat}
    for row in in_order:
        if row.anchor or row.programme not in programme_index or id(row) in free:
            continue
        at = index[row.channel]
        day = broadcast_day(timeline, channels[at], timeline.minute_of(row.start_utc))
        programme, run = programme_index[row.programme], PastRun(row.episode, day, at)
        airings.setdefault(programme, []).append(run)
        for code in channels[at].seen_in:
            found.setdefault((programme, code), []).append(run)
    lost: dict[tuple[int, str], list[PastRun]] = {}
    for row in sorted(not_aired, key=lambda row: row.start_utc):
        if row.anchor or row.programme not in programme_index or row.run != "first":
            continue
        at, programme = index[row.channel], programme_index[row.programme]
        day = broadcast_day(timeline, channels[at], timeline.minute_of(row.start_utc))
        for code in channels[at].seen_in:
            lost.setdefault((programme, code), []).append(PastRun(row.episode, day, at))
    for line in commitments:
        at, programme = index[line.channel], programme_index[line.programme]
        key = programme, channels[at].territory
        there = {run.episode for run in (*found.get(key, ()), *lost.get(key, ()))}
        missing = [
            PastRun(one, timeline.planned_from - 1, at) for one in range(1, line.next_episode) if one not in there
        ]
        airings.setdefault(programme, []).extend(missing)
        for code in channels[at].seen_in:
            found.setdefault((programme, code), []).extend(missing)
    return History(
        {key: tuple(runs) for key, runs in found.items() if runs},
        {key: tuple(runs) for key, runs in airings.items()},
        {key: tuple(sorted(runs, key=lambda run: run.day)) for key, runs in lost.items()},
    )
