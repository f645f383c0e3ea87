"""The frame of admissible airings, and the arrays derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from scheduler.arrays import Flags, Ints
from scheduler.instance import Instance
from scheduler.instance.derived.aired import Lock
from scheduler.instance.derived.history import broadcast_days
from scheduler.reasons import Unplaceable

COLUMNS = {
    "content": np.int32,  # programme version: index into the instance's contents
    "channel": np.int16,
    "window": np.int32,
    "start": np.int32,  # first grid step it occupies
    "steps": np.int16,  # grid steps it occupies: its length rounded up
    "minutes": np.int16,  # its length, which is what counts
    "run": np.int8,  # 1 for a first run, 2, 3, … for reruns of an episode in the territory, REPEAT + k for repeats
    "offset": np.int16,  # minutes from that step to the start: 0 except for airings locked or on record off the grid
}


@dataclass(frozen=True, eq=False)
class Airings:
    """The frame (columns as in COLUMNS, sorted by window, content, start and run) and the arrays derived from it."""

    instance: Instance
    frame: pd.DataFrame
    locked: Flags
    unplaceable: tuple[Unplaceable, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)

    def column(self, name: str) -> Ints:
        """One column as an integer array."""
        return self.frame[name].to_numpy(dtype=np.int64)

    @cached_property
    def content(self) -> Ints:
        """The content of each airing."""
        return self.column("content")

    @cached_property
    def channel(self) -> Ints:
        """The channel of each airing."""
        return self.column("channel")

    @cached_property
    def run(self) -> Ints:
        """The run number of each airing. 1 is a first run."""
        return self.column("run")

    @cached_property
    def programme(self) -> Ints:
        """The programme of each airing."""
        return self.instance.contents.programme[self.content]

    @cached_property
    def start_minute(self) -> Ints:
        """The first minute of each airing, on the line of minutes."""
        return self.column("start") * self.instance.timeline.grid + self.column("offset")

    @cached_property
    def past(self) -> Flags:
        """The airings on record in history.csv. They count, and every timetable contains them."""
        return self.instance.windows.record[self.column("window")] >= 0

    @cached_property
    def end_minute(self) -> Ints:
        """The first minute after each airing, on the line of minutes."""
        return self.start_minute + self.column("minutes")

    @cached_property
    def territory(self) -> Ints:
        """Index of the channel's licensing territory, in the order of instance.yaml."""
        order = {code: at for at, code in enumerate(self.instance.file.territories)}
        return np.array([order[channel.territory] for channel in self.instance.channels])[self.channel]

    def seen_in(self, at: Ints) -> tuple[Ints, Ints]:
        """(airing, territory) for the airings `at` and every territory that sees them.

        The pairs with licensing territories come first. Territories are indices in the order of instance.yaml.
        """
        order = {code: number for number, code in enumerate(self.instance.file.territories)}
        airing, territory = [at], [self.territory[at]]
        for number, channel in enumerate(self.instance.channels):
            others = [order[code] for code in dict.fromkeys(channel.seen_in) if code != channel.territory]
            mine = at[self.channel[at] == number] if others else at[:0]
            airing.append(np.tile(mine, len(others)))
            territory.append(np.repeat(np.array(others, dtype=np.int64), len(mine)))
        return np.concatenate(airing), np.concatenate(territory)

    @cached_property
    def broadcast_day(self) -> Ints:
        """The broadcast day of the start on the channel's clock, counted on the line. −1 before the first."""
        return self.day_of(self.channel, self.start_minute)

    def day_of(self, channel: Ints, minute: Ints) -> Ints:
        """The broadcast day of each moment on its channel's clock, counted as in `broadcast_day`, (k,).

        Parameters
        ----------
        channel
            (k,) Index of the channel.
        minute
            (k,) Minute of the line.
        """
        return broadcast_days(self.instance.timeline, self.instance.channels, channel, minute)

    @cached_property
    def numbered_apart(self) -> Flags:
        """(programmes,) whether a series has different past runs in the territories of a channel on which it may air.

        Air order in one territory then does not determine the episodes. Each airing of such a series gets an episode of
        its own.
        """
        instance, apart = self.instance, np.zeros(len(self.instance.programmes), dtype=bool)
        planned = ~self.past
        for number in np.flatnonzero([len(channel.seen_in) > 1 for channel in instance.channels]).tolist():
            seen = instance.channels[number].seen_in
            for programme in np.unique(self.programme[planned & (self.channel == number)]).tolist():
                several = instance.programmes[programme].episodes > 1
                apart[programme] |= several and not instance.past.agrees(programme, seen)
        return apart

    def numbered_in_order(self, programme: int) -> bool:
        """Whether a rule or a lock assumes that the j-th rerun of a series in a territory shows its j-th episode."""
        instance, name = self.instance, self.instance.programmes[programme].programme
        if any(lock.programme == name and lock.episode is not None for lock in instance.locks):
            return True
        versions = np.flatnonzero(instance.contents.programme == programme)
        return any(
            bool(instance.contents.matches(select, code)[versions].any())
            for select in (rule.repeats_of for rule in instance.written_rules)
            if select is not None
            for code in instance.file.territories
        )

    @cached_property
    def codes(self) -> Ints:
        """One number per airing that identifies its content, channel, first minute and run.

        The numbers are the same in all variants of an instance.
        """
        return _codes(self.content, self.channel, self.start_minute, self.run)

    def find(self, content: Ints, channel: Ints, minute: Ints, run: Ints) -> Ints:
        """The airing with each content, channel, first minute and run, (k,). −1 if there is none.

        Parameters
        ----------
        content, channel
            (k,) Indices of the content and of the channel.
        minute
            (k,) First minute, on the line of minutes.
        run
            (k,) Run number. 1 is a first run.
        """
        wanted = _codes(content, channel, minute, run)
        if not len(self):
            return np.full(len(wanted), -1, dtype=np.int64)
        order = np.argsort(self.codes)
        place = np.minimum(np.searchsorted(self.codes, wanted, sorter=order), len(order) - 1)
        return np.where(self.codes[order[place]] == wanted, order[place], -1)

    @cached_property
    def audience(self) -> Ints:
        """Viewer-minutes of each airing."""
        return self._on_channels(self.content)

    @cached_property
    def displaced(self) -> Ints:
        """Viewer-minutes of the fallback that each airing displaces."""
        return self._on_channels(self.instance.windows.fallback[self.column("window")])

    def fitting(self, lock: Lock) -> Ints:
        """The airings on days of the horizon that fit all fields of a lock, except its episode."""
        instance = self.instance
        hit = self.broadcast_day >= (instance.file.horizon.start - instance.timeline.first_day).days
        if lock.channel is not None:
            hit &= self.channel == instance.channel_index[lock.channel]
        if lock.start_utc is not None:
            hit &= self.start_minute == instance.timeline.minute_of(lock.start_utc)
        elif lock.broadcast_date is not None:
            hit &= self.broadcast_day == (lock.broadcast_date - instance.timeline.first_day).days
        if lock.programme is not None:
            hit &= self.programme == instance.programme_index[lock.programme]
        if lock.run is not None:
            hit &= (self.run == 1) == (lock.run == "first")
        at = np.flatnonzero(hit)
        if lock.start_utc is not None and lock.programme is not None and len(at):
            minutes = lock.duration_min or instance.programmes[instance.programme_index[lock.programme]].minutes
            at = at[self.column("minutes")[at] == minutes]
        items = [instance.contents.items[content] for content in self.content[at].tolist()]
        spoken = [instance.programmes[item.programme].versions[item.version].language for item in items]
        fits = [
            lock.version_language in (None, language) and lock.version_kind in (None, item.version_kind)
            for item, language in zip(items, spoken, strict=True)
        ]
        kept: Ints = at[np.array(fits, dtype=bool)]
        return kept

    def _on_channels(self, content: Ints) -> Ints:
        total = np.zeros(len(self), dtype=np.int64)
        for number in range(len(self.instance.channels)):
            mine = np.flatnonzero(self.channel == number)
            total[mine] = self.instance.viewing.audience(
                number, content[mine], self.start_minute[mine], self.end_minute[mine]
            )
        return total


def _codes(content: Ints, channel: Ints, minute: Ints, run: Ints) -> Ints:
    code = content.astype(np.int64)
    for column, width in ((channel, 2**12), (minute, 2**21), (run, 2**7)):
        code = code * width + column
    return code
