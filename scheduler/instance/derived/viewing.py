"""Viewers per minute: the audience curve of a channel × the appeal of what it shows, in whole viewers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.derived.timeline import Cells
from scheduler.instance.model.field_types import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.instance.derived.contents import Contents, Ints
    from scheduler.instance.derived.timeline import Timeline
    from scheduler.instance.model.channel import Channel
    from scheduler.instance.model.programme import AudienceRow


UNSAID = -1
"""An hour for which a curve says nothing: a genre's curve then follows the channel's general one."""


@dataclass(frozen=True)
class Viewing:
    """The curves. Viewers in a minute = curve(weekday, hour) × appeal, rounded half up to whole viewers.

    A row of the audience table for a genre or a version kind goes before a general one; genre goes first.
    """

    curve: Ints  # (k, 7, 24) viewers by weekday and local hour
    curve_of: Ints  # (channels, contents) which curve
    appeal_milli: Ints  # (contents,)
    hours: tuple[Cells, ...]  # per channel: the line cut at every local hour
    weekday: tuple[Ints, ...]  # per channel: weekday of each such segment
    hour: tuple[Ints, ...]

    def per_minute(self, channel: int, content: Ints, segment: Ints) -> Ints:
        """Viewers in a minute of contents on a channel in given hour segments of the line."""
        curve = self.curve_of[channel, content]
        base = self.curve[curve, self.weekday[channel][segment], self.hour[channel][segment]]
        viewers: Ints = (base * self.appeal_milli[content] + 500) // 1000
        return viewers

    def audience(self, channel: int, content: Ints, start: Ints, end: Ints) -> Ints:
        """Viewer-minutes of contents on a channel from start to end (minutes of the line)."""
        cells = self.hours[channel]
        item, segment = cells.pieces(start, end)
        minutes = np.minimum(end[item], cells.end[segment]) - np.maximum(start[item], cells.start[segment])
        viewers = minutes * self.per_minute(channel, content[item], segment)
        total = np.zeros(len(start), dtype=np.int64)
        np.add.at(total, item, viewers)
        return total


def build_viewing(
    channels: Sequence[Channel], rows: Sequence[AudienceRow], contents: Contents, timeline: Timeline
) -> Viewing:
    """Lay out the audience table as curves."""
    numbers: dict[tuple[str, str, str], int] = {("", "", ""): 0}
    for row in sorted(rows, key=lambda row: bool(row.genre) + bool(row.version_kind)):
        numbers.setdefault((row.channel, row.genre, row.version_kind), len(numbers))
    curve = np.full((len(numbers), 7, 24), UNSAID, dtype=np.int64)
    for row in rows:
        at = numbers[row.channel, row.genre, row.version_kind]
        curve[at, [WEEKDAYS.index(day) for day in row.days], row.hour] = row.viewers
    for (channel_id, genre, kind), at in numbers.items():
        general = numbers.get((channel_id, "", ""), 0) if genre or kind else 0
        curve[at] = np.where(curve[at] == UNSAID, np.maximum(curve[general], 0), curve[at])
    curve_of = np.zeros((len(channels), len(contents)), dtype=np.int64)
    for at, channel in enumerate(channels):
        for content, item in enumerate(contents.items):
            keys = ((item.genre, item.version_kind), (item.genre, ""), ("", item.version_kind), ("", ""))
            found = (numbers.get((channel.id, *key)) for key in keys)
            curve_of[at, content] = next((number for number in found if number is not None), 0)
    hours, weekdays, hour = [], [], []
    for channel in channels:
        cells, weekday, clock_hour = _hours(channel, timeline)
        hours.append(cells)
        weekdays.append(weekday)
        hour.append(clock_hour)
    return Viewing(curve, curve_of, contents.appeal_milli, tuple(hours), tuple(weekdays), tuple(hour))


def _hours(channel: Channel, timeline: Timeline) -> tuple[Cells, Ints, Ints]:
    clock = timeline.clock(channel.zone)
    key = clock.day * 24 + clock.minute // 60
    start = np.concatenate([[0], np.flatnonzero(np.diff(key)) + 1])
    end = np.concatenate([start[1:], [len(key)]])
    cells = Cells(start, end, np.arange(len(start)), ())
    weekday = (clock.day[start] + timeline.first_day.weekday()) % 7
    return cells, weekday, clock.minute[start] // 60
