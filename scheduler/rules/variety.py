"""Variety: a cap on the minutes of one kind of content in every span of hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from scheduler.arrays import ranges
from scheduler.instance import Selector
from scheduler.instance.derived.timeline import day_reached, moment_on_clock
from scheduler.instance.model.field_marks import Relaxable
from scheduler.messages import Message, RefusedError, msg, msg_n
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.dates import first_and_last, holds_on
from scheduler.rules.framework.entries import screen
from scheduler.rules.framework.row_builder import Sheet
from scheduler.rules.framework.selected import selected
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance, InstanceHead
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Variety(ScopedRule):
    """Σ minutes selected in [t, t + hours) ≤ most_minutes, for every t that is a multiple of `every` minutes.

    The multiples are counted from every local midnight. Airings, anchors and fallback count. Other spans are not
    checked; with `every: 15` a breach of more than 15 minutes is always found. Minutes outside the rule's dates do not
    count. With `in_a_row`, spans begin at every minute and are one minute longer than `most_minutes`: a span is full if
    more than `most_minutes` are shown in a row, and every further minute is a miss. Unit: minutes.
    """

    type: Literal["variety"] = "variety"
    example: ClassVar[str] = (
        "{type: variety, id: not-only-drama, territories: [KZ], select: {genre: drama}, most_minutes: 180, hours: 6}"
    )
    select: Selector = Field(description="content of one kind, e.g. {genre: drama}")
    most_minutes: Annotated[int, Relaxable("higher")] = Field(ge=0, description="minutes of it in any span")
    hours: int | None = Field(None, ge=1, le=48, description="length of a span, hours")
    in_a_row: bool = Field(
        False,
        description="true in place of `hours`: unbroken minutes of it, as in a break of advertising",
    )
    every: int = Field(60, ge=5, le=720, description="minutes between the starts of two spans")

    @model_validator(mode="after")
    def _fits(self) -> Variety:
        if (self.hours is None) != self.in_a_row:
            raise RefusedError(msg("the rule '{rule}' needs either `hours` or `in_a_row: true`", rule=self.id))
        if self.in_a_row and "every" in self.model_fields_set:
            raise RefusedError(msg("the rule '{rule}' counts minutes in a row; drop its `every`", rule=self.id))
        if self.hours is not None and self.most_minutes >= self.hours * 60:
            message = msg(
                "the rule '{rule}' allows {minutes} minutes in {hours} hours: all of it",
                rule=self.id,
                minutes=self.most_minutes,
                hours=self.hours,
            )
            raise RefusedError(message)
        return self

    @property
    def _length(self) -> int:
        """Length of a span, minutes."""
        return self.most_minutes + 1 if self.hours is None else self.hours * 60

    @property
    def _step(self) -> int:
        """Minutes between the starts of two spans."""
        return 1 if self.in_a_row else self.every

    def settled_on(self, last: date, file: InstanceHead) -> date:
        """The day of the last minute of a span that begins in the last minute."""
        return day_reached({channel.zone for channel in file.channels}, last, self._length - 2)

    @property
    def keeps_misses(self) -> bool:
        """Past minutes above the cap remain misses."""
        return True

    def sentence(self) -> Message:
        """The rule in words."""
        if self.hours is None:
            return msg(
                "{rule}: at most {most} minutes of {select} in a row {scope}",
                rule=self.id,
                most=self.most_minutes,
                select=self.select.message(),
                scope=self.scope_words(),
            )
        return msg_n(
            "{rule}: at most {most} minutes of {select} in any {count} hour {scope}",
            "{rule}: at most {most} minutes of {select} in any {count} hours {scope}",
            rule=self.id,
            most=self.most_minutes,
            select=self.select.message(),
            count=self.hours,
            scope=self.scope_words(),
        )

    def looks_back(self, start: date) -> date:
        """The first day on which a span can begin that overlaps the horizon."""
        return start - timedelta(minutes=self._length, days=1)

    def _spans(self, instance: Instance, channel: int) -> tuple[Ints, Flags]:
        """(starts of all spans in order, flags of those that begin while the rule holds)."""
        timeline, zone = instance.timeline, instance.channels[channel].zone
        midnights = [timeline.local_minute(zone, day, 0) for day in range(timeline.days + 1)]
        starts = np.concatenate([np.arange(begin, end, self._step) for begin, end in pairwise(midnights)])
        return starts, holds_on(self, instance, timeline.clock(zone).day[starts])

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per channel and span."""
        instance, sheet = airings.instance, Sheet(self, "minutes", len(airings))
        anchors, windows = instance.dated_anchors, instance.windows
        for channel in self.scope(instance):
            starts, valid = self._spans(instance, channel)
            taken = selected(instance, channel, self.select)
            until = self._until(instance, channel)
            mine = np.flatnonzero(airings.channel == channel)
            counts = taken.of(airings.content[mine], airings.run[mine])
            change = counts.astype(np.int64) - taken.fixed[windows.fallback[airings.column("window")[mine]]]
            mine, change = mine[change != 0], change[change != 0]
            end = np.minimum(airings.end_minute[mine], until)
            item, span, minutes = self._overlaps(airings.start_minute[mine], end, starts)
            constant, coming = (np.zeros(len(starts), dtype=np.int64) for _ in range(2))
            fixed, open_ = anchors.channel == channel, windows.channel == channel
            for start, end, weight, past in (
                (anchors.start[fixed], anchors.end[fixed], taken.fixed[anchors.content[fixed]], anchors.past[fixed]),
                (windows.start[open_], windows.end[open_], taken.fixed[windows.fallback[open_]], windows.past[open_]),
            ):
                at, of_span, length = self._overlaps(start, np.minimum(end, until), starts)
                np.add.at(constant, of_span, weight[at] * length)
                np.add.at(coming, of_span, (weight & ~past)[at] * length)
            if self.in_a_row:  # drop spans that can never be full: there are many
                full = constant + np.bincount(span, np.maximum(change[item] * minutes, 0), len(starts))
                valid = valid & (full > self.most_minutes)
            labels = [instance.timeline.moment_text(minute) for minute in starts[valid].tolist()]
            name, upper = instance.channels[channel].id, (self.most_minutes - constant)[valid]
            rows = np.full(len(starts), -1)
            rows[valid] = sheet.rows(
                labels,
                Subject("channel", name),
                "most",
                upper=upper,
                need=max(self.most_minutes, 1),
                coming=coming[valid],
            )
            keep = rows[span] >= 0
            sheet.add(rows[span[keep]], mine[item[keep]], (change[item] * minutes)[keep])
        return sheet.blocks()

    def _until(self, instance: Instance, channel: int) -> int:
        """First minute of the line after the rule's last day on a channel's clock."""
        last = min(first_and_last(self, instance)[1], instance.timeline.days + 1)
        return instance.timeline.local_minute(instance.channels[channel].zone, last + 1, 0)

    def _overlaps(self, start: Ints, end: Ints, starts: Ints) -> tuple[Ints, Ints, Ints]:
        """(index of the interval, index of the span, common minutes) of every interval and span that overlap."""
        length = self._length
        low = np.searchsorted(starts, start - length, side="right")
        high = np.where(end > start, np.searchsorted(starts, end, side="left"), low)
        high = np.maximum(low, high)
        item = np.repeat(np.arange(len(start)), high - low)
        span = np.repeat(low, high - low) + ranges(high - low)
        begin = starts[span]
        return item, span, np.minimum(end[item], begin + length) - np.maximum(start[item], begin)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Minutes in every span of every channel."""
        instance, first_day = on_air.instance, on_air.instance.timeline.first_day
        after = instance.file.horizon.start + timedelta(days=instance.file.horizon.days)
        for channel in self.scope(instance):
            shown = screen(self, on_air, channel, self.select)
            name, zone = instance.channels[channel].id, instance.channels[channel].zone
            days = [first_day + timedelta(days=at) for at in range((after - first_day).days)]
            days = [day for day in days if (self.valid_from or day) <= day <= (self.valid_to or day)]
            edges = [[moment_on_clock(zone, day + timedelta(days=more), 0) for more in (0, 1)] for day in days]
            minutes = [[instance.timeline.minute_of(edge) for edge in pair] for pair in edges]
            length, step = (self.most_minutes + 1, 1) if self.hours is None else (self.hours * 60, self.every)
            before = np.concatenate([[0], np.cumsum(shown)])
            for start in (minute for begin, end in minutes for minute in range(begin, end, step)):
                have = int(before[min(start + length, len(shown))] - before[start])
                if have > self.most_minutes:
                    moment = instance.timeline.moment_text(start)
                    yield self.measured(
                        subject=Subject("channel", name),
                        period=moment,
                        aspect="most",
                        have=have,
                        need=self.most_minutes,
                        sense="most",
                        unit="minutes",
                        text=self._sentence_on(name, have, moment),
                    )

    def _sentence_on(self, channel: str, have: int, moment: str) -> Message:
        """The sentence on one span."""
        if self.hours is None:
            return msg(
                "{channel}: more than {most} minutes of {select} in a row from {moment}",
                channel=channel,
                most=self.most_minutes,
                select=self.select.message(),
                moment=moment,
            )
        return msg_n(
            "{channel}: {have} minutes of {select} in the {count} hour from {moment}, at most {most}",
            "{channel}: {have} minutes of {select} in the {count} hours from {moment}, at most {most}",
            channel=channel,
            have=have,
            select=self.select.message(),
            count=self.hours,
            moment=moment,
            most=self.most_minutes,
        )
