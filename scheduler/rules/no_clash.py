"""Sister channels of a territory do not show the same kind at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.instance import Selector
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.ranges import ranges
from scheduler.rules.framework.row_builder import Sheet

if TYPE_CHECKING:
    from scheduler.airings import Airings, Flags
    from scheduler.instance import Instance
    from scheduler.rules.framework.rows import Ints, RuleRows
    from scheduler.timetable import OnAir


class NoClash(ScopedRule):
    """At every mark of the clock: Σ channels of a territory that show selected content ≤ most.

    Marks are `every` minutes apart, in UTC; airings, anchors and fallback all count. Unit: channels.
    """

    type: Literal["no_clash"] = "no_clash"
    example: ClassVar[str] = (
        "{type: no_clash, id: one-film, territories: [KZ], select: {genre: film}, hard: false, price: 5000}"
    )
    select: Selector = Field(description="content of one kind, e.g. {genre: film}")
    most: int = Field(1, ge=0, description="channels of a territory at once")
    every: int = Field(15, ge=5, le=60, description="minutes between two looks at the clock")

    def sentence(self) -> str:
        """The rule in words."""
        return f"{self.id}: {self.select.words()} on at most {self.most} channels of a territory at once"

    def _groups(self, instance: Instance) -> dict[str, list[int]]:
        """The channels in scope, by territory."""
        groups: dict[str, list[int]] = {}
        for channel in self.scope(instance):
            groups.setdefault(instance.channels[channel].territory, []).append(channel)
        return groups

    def _marks(self, instance: Instance, channel: int) -> tuple[Ints, Flags]:
        """(minutes of the line at which the rule looks, which of them lie on days on which it holds)."""
        marks = np.arange(0, instance.timeline.minutes, self.every)
        day = instance.timeline.clock(instance.channels[channel].zone).day[marks]
        first = instance.timeline.first_day
        begin = (self.valid_from - first).days if self.valid_from else -(10**6)
        end = (self.valid_to - first).days if self.valid_to else 10**6
        return marks, (day >= begin) & (day <= end)

    def _looks(self, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """(which interval, which mark) of all marks inside the intervals."""
        first, after = -(-start // self.every), -(-end // self.every)
        count = np.maximum(after - first, 0)
        return np.repeat(np.arange(len(start)), count), np.repeat(first, count) + ranges(count)

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per territory and mark at which a channel may show it."""
        instance, sheet = airings.instance, Sheet(self, "channels", len(airings))
        for territory, channels in self._groups(instance).items():
            marks, valid = self._marks(instance, channels[0])
            constant = np.zeros(len(marks), dtype=np.int64)
            entries = [(np.zeros(0, dtype=np.int64),) * 3]
            for channel in channels:
                entries.append(self._channel(airings, channel, constant))
            airing, mark, change = (np.concatenate(parts) for parts in zip(*entries, strict=True))
            used = np.zeros(len(marks), dtype=bool)
            used[mark] = True
            used |= constant > self.most
            used &= valid
            labels = [f"{instance.timeline.moment(minute):%Y-%m-%dT%H:%MZ}" for minute in marks[used].tolist()]
            rows = np.full(len(marks), -1)
            rows[used] = sheet.rows(labels, territory, "at once", upper=(self.most - constant)[used])
            keep = rows[mark] >= 0
            sheet.add(rows[mark[keep]], airing[keep], change[keep])
        return sheet.blocks()

    def _channel(self, airings: Airings, channel: int, constant: Ints) -> tuple[Ints, Ints, Ints]:
        """(airing, mark, change) on a channel; what is there without airings is added to `constant`."""
        instance, anchors, windows = airings.instance, airings.instance.dated_anchors, airings.instance.windows
        fits = instance.contents.matches(self.select, instance.channels[channel].territory)
        first, rerun = fits & (self.select.run != "rerun"), fits & (self.select.run != "first")
        fixed, open_ = anchors.channel == channel, windows.channel == channel
        content = anchors.content[fixed]
        anchored = np.where(instance.contents.first[content], first[content], rerun[content])
        for start, end, shows in (
            (anchors.start[fixed], anchors.end[fixed], anchored),
            (windows.start[open_], windows.end[open_], rerun[windows.fallback[open_]]),
        ):
            item, mark = self._looks(start, end)
            np.add.at(constant, mark, shows[item].astype(np.int64))
        mine = np.flatnonzero(airings.channel == channel)
        shows = np.where(airings.run[mine] == 1, first[airings.content[mine]], rerun[airings.content[mine]])
        change = shows.astype(np.int64) - rerun[windows.fallback[airings.column("window")[mine]]]
        mine, change = mine[change != 0], change[change != 0]
        item, mark = self._looks(airings.start_minute[mine], airings.end_minute[mine])
        return mine[item], mark, change[item]

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every mark at which too many channels of a territory show it."""
        instance, table = on_air.instance, on_air.timetable
        for territory, channels in self._groups(instance).items():
            shown = np.zeros(instance.timeline.minutes, dtype=np.int64)
            for channel in channels:
                fits = instance.contents.matches(self.select, instance.channels[channel].territory)
                screen = np.zeros(instance.timeline.minutes, dtype=bool)
                for at in np.flatnonzero(instance.windows.channel == channel).tolist():
                    shows = bool(fits[instance.windows.fallback[at]]) and self.select.run != "first"
                    screen[instance.windows.start[at] : instance.windows.end[at]] = shows
                for at in np.flatnonzero(table.channel == channel).tolist():
                    run = "first" if table.first[at] else "rerun"
                    shows = bool(fits[table.content[at]]) and self.select.run in (None, run)
                    screen[max(table.start[at], 0) : max(table.start[at] + table.minutes[at], 0)] = shows
                shown += screen
            marks, valid = self._marks(instance, channels[0])
            for mark in marks[valid & (shown[marks] > self.most)].tolist():
                moment = f"{instance.timeline.moment(mark):%Y-%m-%dT%H:%MZ}"
                yield self.measured(
                    channel=territory,
                    period=moment,
                    aspect="at once",
                    have=int(shown[mark]),
                    need=self.most,
                    sense="most",
                    unit="channels",
                    text=f"{int(shown[mark])} channels of {territory} show {self.select.words()} at {moment},"
                    f" at most {self.most}",
                )
