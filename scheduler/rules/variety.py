"""Variety: no more than so many minutes of a kind in any span of hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from scheduler.instance import Selector
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.ranges import ranges
from scheduler.rules.framework.row_builder import Sheet

if TYPE_CHECKING:
    from scheduler.airings import Airings, Flags
    from scheduler.instance import Instance
    from scheduler.rules.framework.rows import Ints, RuleRows
    from scheduler.timetable import OnAir


class Variety(ScopedRule):
    """Σ minutes selected in [t, t + hours) ≤ most_minutes, for every t that is a multiple of `every` minutes.

    Spans are counted from each channel's first local midnight; airings, anchors and fallback all count. Spans that
    begin off these marks are not looked at: with `every: 15` a breach of more than 15 minutes cannot hide.
    Unit: minutes.
    """

    type: Literal["variety"] = "variety"
    example: ClassVar[str] = (
        "{type: variety, id: not-only-drama, territories: [KZ], select: {genre: drama}, most_minutes: 180, hours: 6}"
    )
    select: Selector = Field(description="content of one kind, e.g. {genre: drama}")
    most_minutes: int = Field(ge=0, description="minutes of it in any span")
    hours: int = Field(ge=1, le=48, description="length of a span, hours")
    every: int = Field(60, ge=5, le=720, description="a span begins every so many minutes")

    @model_validator(mode="after")
    def _fits(self) -> Variety:
        if self.most_minutes >= self.hours * 60:
            raise ValueError(
                f"the rule '{self.id}' allows {self.most_minutes} minutes in {self.hours} hours: all of it"
            )
        return self

    def sentence(self) -> str:
        """The rule in words."""
        said = f"at most {self.most_minutes} minutes of {self.select.words()} in any {self.hours} hours"
        return f"{self.id}: {said} {self.scope_words()}"

    def _spans(self, instance: Instance, channel: int) -> tuple[int, Ints, Flags]:
        """(first span's start, starts of all spans, which of them begin while the rule holds)."""
        timeline, zone = instance.timeline, instance.channels[channel].zone
        base = timeline.local_minute(zone, 0, 0)
        starts = np.arange(base, timeline.local_minute(zone, timeline.days, 0), self.every)
        day, first = timeline.clock(zone).day[starts], timeline.first_day
        begin = (self.valid_from - first).days if self.valid_from else -(10**6)
        end = (self.valid_to - first).days if self.valid_to else 10**6
        return base, starts, (day >= begin) & (day <= end)

    def _weights(self, instance: Instance, channel: int) -> tuple[Flags, Flags]:
        """Which contents count as first runs, and which as reruns (fallback among them)."""
        fits = instance.contents.matches(self.select, instance.channels[channel].territory)
        return fits & (self.select.run != "rerun"), fits & (self.select.run != "first")

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per channel and span."""
        instance, sheet = airings.instance, Sheet(self, "minutes", len(airings))
        anchors, windows = instance.dated_anchors, instance.windows
        for channel in self.scope(instance):
            base, starts, valid = self._spans(instance, channel)
            first, rerun = self._weights(instance, channel)
            mine = np.flatnonzero(airings.channel == channel)
            counts = np.where(airings.run[mine] == 1, first[airings.content[mine]], rerun[airings.content[mine]])
            fallback = windows.fallback[airings.column("window")[mine]]
            change = counts.astype(np.int64) - rerun[fallback]
            mine, change = mine[change != 0], change[change != 0]
            item, span, minutes = self._overlaps(
                airings.start_minute[mine], airings.end_minute[mine], base, len(starts)
            )
            constant = np.zeros(len(starts), dtype=np.int64)
            fixed, open_ = anchors.channel == channel, windows.channel == channel
            content = anchors.content[fixed]
            anchored = np.where(instance.contents.first[content], first[content], rerun[content])
            for start, end, weight in (
                (anchors.start[fixed], anchors.end[fixed], anchored),
                (windows.start[open_], windows.end[open_], rerun[windows.fallback[open_]]),
            ):
                at, of_span, length = self._overlaps(start, end, base, len(starts))
                np.add.at(constant, of_span, weight[at] * length)
            labels = [f"{instance.timeline.moment(minute):%Y-%m-%dT%H:%MZ}" for minute in starts[valid].tolist()]
            name, upper = instance.channels[channel].id, (self.most_minutes - constant)[valid]
            rows = np.full(len(starts), -1)
            rows[valid] = sheet.rows(labels, name, "most", upper=upper, need=max(self.most_minutes, 1))
            keep = rows[span] >= 0
            sheet.add(rows[span[keep]], mine[item[keep]], (change[item] * minutes)[keep])
        return sheet.blocks()

    def _overlaps(self, start: Ints, end: Ints, base: int, spans: int) -> tuple[Ints, Ints, Ints]:
        """(which interval, which span, minutes) of every interval and span that share a minute."""
        length, every = self.hours * 60, self.every
        low = np.clip((start - length - base) // every + 1, 0, spans)
        high = np.clip(-((base - end) // every), low, spans)
        item = np.repeat(np.arange(len(start)), high - low)
        span = np.repeat(low, high - low) + ranges(high - low)
        begin = base + span * every
        return item, span, np.minimum(end[item], begin + length) - np.maximum(start[item], begin)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Minutes in every span of every channel."""
        instance = on_air.instance
        for channel in self.scope(instance):
            screen = self._screen(on_air, channel)
            _, starts, valid = self._spans(instance, channel)
            name = instance.channels[channel].id
            for start in starts[valid].tolist():
                have = int(screen[start : start + self.hours * 60].sum())
                if have > self.most_minutes:
                    moment = f"{instance.timeline.moment(start):%Y-%m-%dT%H:%MZ}"
                    yield self.measured(
                        channel=name,
                        period=moment,
                        aspect="most",
                        have=have,
                        need=self.most_minutes,
                        sense="most",
                        unit="minutes",
                        text=f"{name} has {have} minutes of {self.select.words()} in the {self.hours} hours from"
                        f" {moment}, at most {self.most_minutes}",
                    )

    def _screen(self, on_air: OnAir, channel: int) -> Flags:
        """For every minute of the line: whether what is on screen is selected."""
        instance, table = on_air.instance, on_air.timetable
        fits = instance.contents.matches(self.select, instance.channels[channel].territory)
        screen = np.zeros(instance.timeline.minutes, dtype=bool)
        windows = instance.windows
        for at in np.flatnonzero(windows.channel == channel).tolist():
            shows = bool(fits[windows.fallback[at]]) and self.select.run != "first"
            screen[windows.start[at] : windows.end[at]] = shows
        for at in np.flatnonzero(table.channel == channel).tolist():
            run = "first" if table.first[at] else "rerun"
            shows = bool(fits[table.content[at]]) and self.select.run in (None, run)
            screen[max(table.start[at], 0) : max(table.start[at] + table.minutes[at], 0)] = shows
        return screen
