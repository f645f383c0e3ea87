"""Channels of a territory do not show the same kind of content at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.arrays import ranges
from scheduler.instance import Selector
from scheduler.instance.model.field_marks import Relaxable
from scheduler.messages import Message, msg_n
from scheduler.moments import DAY, utc_text
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.dates import holds_on
from scheduler.rules.framework.entries import screen
from scheduler.rules.framework.row_builder import Sheet
from scheduler.rules.framework.selected import selected
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class NoClash(ScopedRule):
    """At every mark of the clock: number of channels of a territory that show selected content ≤ most.

    Marks are `every` minutes apart, beginning at each midnight in UTC. Airings, anchors and fallback count, on the days
    (of each channel's own clock) on which the rule holds. Unit: channels.
    """

    type: Literal["no_clash"] = "no_clash"
    example: ClassVar[str] = (
        "{type: no_clash, id: one-film, territories: [KZ], select: {genre: film}, hard: false, price: 5000}"
    )
    select: Selector = Field(description="content of one kind, e.g. {genre: film}")
    most: Annotated[int, Relaxable("higher")] = Field(1, ge=0, description="channels of a territory at the same time")
    every: int = Field(15, ge=5, le=60, description="minutes between two checked moments")

    @property
    def keeps_misses(self) -> bool:
        """Past minutes with too many channels remain misses."""
        return True

    def sentence(self) -> Message:
        """The rule in words."""
        return msg_n(
            "{rule}: {select} on at most {count} channel of a territory at once",
            "{rule}: {select} on at most {count} channels of a territory at once",
            rule=self.id,
            select=self.select.message(),
            count=self.most,
        )

    def _groups(self, instance: Instance) -> dict[str, list[int]]:
        """The channels in scope, by territory."""
        groups: dict[str, list[int]] = {}
        for channel in self.scope(instance):
            groups.setdefault(instance.channels[channel].territory, []).append(channel)
        return groups

    def _marks(self, instance: Instance) -> Ints:
        """The checked minutes of the timeline."""
        minutes = np.arange(instance.timeline.minutes)
        marks: Ints = minutes[minutes % DAY % self.every == 0]
        return marks

    def _marks_inside(self, marks: Ints, start: Ints, end: Ints, held: Flags) -> tuple[Ints, Ints]:
        """(index of the interval, index of the mark) of all marks inside intervals at which the rule holds."""
        first, after = (np.searchsorted(marks, edge, side="left") for edge in (start, end))
        count = np.maximum(after - first, 0)
        item, mark = np.repeat(np.arange(len(start)), count), np.repeat(first, count) + ranges(count)
        return item[held[mark]], mark[held[mark]]

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per territory and mark at which a channel may show selected content."""
        instance, sheet = airings.instance, Sheet(self, "channels", len(airings))
        for territory, channels in self._groups(instance).items():
            marks = self._marks(instance)
            constant, coming = (np.zeros(len(marks), dtype=np.int64) for _ in range(2))
            entries = [(np.zeros(0, dtype=np.int64),) * 3]
            for channel in channels:
                entries.append(self._channel(airings, channel, constant, coming))
            airing, mark, change = (np.concatenate(parts) for parts in zip(*entries, strict=True))
            used = np.zeros(len(marks), dtype=bool)
            used[mark] = True
            used |= constant > self.most
            labels = [instance.timeline.moment_text(minute) for minute in marks[used].tolist()]
            rows = np.full(len(marks), -1)
            rows[used] = sheet.rows(
                labels,
                Subject("territory", territory),
                "at once",
                upper=(self.most - constant)[used],
                coming=coming[used],
            )
            sheet.add(rows[mark], airing, change)
        return sheet.blocks()

    def _channel(self, airings: Airings, channel: int, constant: Ints, coming: Ints) -> tuple[Ints, Ints, Ints]:
        """(airing, mark, change) on a channel. Content without airings is added to `constant`.

        The part of it that has not aired yet is also added to `coming`.
        """
        instance, anchors, windows = airings.instance, airings.instance.dated_anchors, airings.instance.windows
        taken = selected(instance, channel, self.select)
        clock = instance.timeline.clock(instance.channels[channel].zone)
        marks = self._marks(instance)
        held = holds_on(self, instance, clock.day[marks])
        fixed, open_ = anchors.channel == channel, windows.channel == channel
        for start, end, shows, past in (
            (anchors.start[fixed], anchors.end[fixed], taken.fixed[anchors.content[fixed]], anchors.past[fixed]),
            (windows.start[open_], windows.end[open_], taken.fixed[windows.fallback[open_]], windows.past[open_]),
        ):
            item, mark = self._marks_inside(marks, start, end, held)
            np.add.at(constant, mark, shows[item].astype(np.int64))
            np.add.at(coming, mark, (shows & ~past)[item].astype(np.int64))
        mine = np.flatnonzero(airings.channel == channel)
        shows = taken.of(airings.content[mine], airings.run[mine])
        change = shows.astype(np.int64) - taken.fixed[windows.fallback[airings.column("window")[mine]]]
        mine, change = mine[change != 0], change[change != 0]
        item, mark = self._marks_inside(marks, airings.start_minute[mine], airings.end_minute[mine], held)
        return mine[item], mark, change[item]

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every mark at which too many channels of a territory show selected content."""
        instance = on_air.instance
        for territory, channels in self._groups(instance).items():
            shown = np.zeros(instance.timeline.minutes, dtype=np.int64)
            for channel in channels:
                shown += screen(self, on_air, channel, self.select)
            over = np.flatnonzero(shown > self.most)
            for mark in over.tolist():
                when = instance.timeline.moment(mark)
                if (when.hour * 60 + when.minute) % self.every:
                    continue
                moment = utc_text(when)
                yield self.measured(
                    subject=Subject("territory", territory),
                    period=moment,
                    aspect="at once",
                    have=int(shown[mark]),
                    need=self.most,
                    sense="most",
                    unit="channels",
                    text=msg_n(
                        "{count} channel of {territory} shows {select} at {moment}, at most {most}",
                        "{count} channels of {territory} show {select} at {moment}, at most {most}",
                        count=int(shown[mark]),
                        territory=territory,
                        select=self.select.message(),
                        moment=moment,
                        most=self.most,
                    ),
                )
