"""Viewers per minute: the audience curve of a channel × the appeal of the content, in whole viewers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.derived.timeline import Cells
from scheduler.instance.model.field_types import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from scheduler.arrays import Ints
    from scheduler.instance.derived.contents import Contents
    from scheduler.instance.derived.timeline import Timeline
    from scheduler.instance.model.channel import Channel
    from scheduler.instance.model.programme import AudienceRow


NO_VALUE = -1
"""An hour for which a curve has no value. A genre's curve then has the value of the channel's general curve."""


@dataclass(frozen=True)
class Viewing:
    """The curves. Viewers in a minute = curve(weekday, hour) × appeal, rounded half up to whole viewers.

    If several rows of the audience table fit, the row for a date has precedence, then one for a genre, then one for a
    version kind, then the general one. Kinds of day are the 7 weekdays, and one for every date that has a row.
    """

    curve: Ints  # (k, 7 + dates, 24) viewers by kind of day and local hour
    dates: dict[date, int]  # kind of day of every date that has a row
    curve_of: Ints  # (channels, contents) index of the curve
    appeal_milli: Ints  # (contents,)
    hours: tuple[Cells, ...]  # per channel: the line cut at every local hour
    day_kind: tuple[Ints, ...]  # per channel: kind of day of each such segment
    hour: tuple[Ints, ...]

    def per_minute(self, channel: int, content: Ints, segment: Ints) -> Ints:
        """Viewers per minute of contents on a channel.

        Parameters
        ----------
        channel
            Index of the channel.
        content, segment
            Indices of the contents, and of the hour segments (of `hours[channel]`) in which they air; the shapes
            broadcast.
        """
        curve = self.curve_of[channel, content]
        base = self.curve[curve, self.day_kind[channel][segment], self.hour[channel][segment]]
        viewers: Ints = (base * self.appeal_milli[content] + 500) // 1000
        return viewers

    def audience(self, channel: int, content: Ints, start: Ints, end: Ints) -> Ints:
        """Viewer-minutes of contents on a channel, (k,).

        Parameters
        ----------
        channel
            Index of the channel.
        content
            (k,) Index of the content.
        start, end
            (k,) First minute, and first minute after, on the line of minutes.
        """
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
    """Build the curves from the audience table."""
    dated = sorted((row for row in rows if row.date is not None), key=_rank)
    rows = [row for row in rows if row.date is None]
    numbers: dict[tuple[str, str, str], int] = {("", "", ""): 0}
    for row in sorted(rows, key=lambda row: bool(row.genre) + bool(row.version_kind)):
        numbers.setdefault((row.channel, row.genre, row.version_kind), len(numbers))
    curve = np.full((len(numbers), 7, 24), NO_VALUE, dtype=np.int64)
    for row in rows:
        at = numbers[row.channel, row.genre, row.version_kind]
        curve[at, [WEEKDAYS.index(day) for day in row.days or ()], row.hour] = row.viewers
    for (channel_id, genre, kind), at in numbers.items():
        general = numbers.get((channel_id, "", ""), 0) if genre or kind else 0
        curve[at] = np.where(curve[at] == NO_VALUE, np.maximum(curve[general], 0), curve[at])
    curve_of = np.zeros((len(channels), len(contents)), dtype=np.int64)
    for at, channel in enumerate(channels):
        for content, item in enumerate(contents.items):
            keys = ((item.genre, item.version_kind), (item.genre, ""), ("", item.version_kind), ("", ""))
            found = (numbers.get((channel.id, *key)) for key in keys)
            curve_of[at, content] = next((number for number in found if number is not None), 0)
    dates = {day: 7 + number for number, day in enumerate(sorted({row.date for row in dated if row.date}))}
    if dates:
        curve, curve_of = _with_dates(channels, dated, contents, dates, curve, curve_of)
    hours, day_kinds, hour = [], [], []
    for channel in channels:
        cells, day_kind, clock_hour = _hours(channel, timeline, dates)
        hours.append(cells)
        day_kinds.append(day_kind)
        hour.append(clock_hour)
    return Viewing(curve, dates, curve_of, contents.appeal_milli, tuple(hours), tuple(day_kinds), tuple(hour))


def _rank(row: AudienceRow) -> int:
    """The precedence of a row. Rows of higher rank overwrite others: a genre has precedence over a version kind."""
    return 2 * bool(row.genre) + bool(row.version_kind)


def _with_dates(
    channels: Sequence[Channel],
    dated: Sequence[AudienceRow],
    contents: Contents,
    dates: dict[date, int],
    curve: Ints,
    curve_of: Ints,
) -> tuple[Ints, Ints]:
    """Add a kind of day for every date that has a row. Contents that a dated row distinguishes get their own curves."""
    weekday = [day.weekday() for day in dates]
    curve = np.concatenate([curve, curve[:, weekday]], axis=1)
    curves, found = list(curve), curve_of.copy()
    for at, channel in enumerate(channels):
        mine = [row for row in dated if row.channel == channel.id]
        numbered: dict[tuple[int, tuple[int, ...]], int] = {}
        for content, item in enumerate(contents.items if mine else ()):
            fits = [
                number
                for number, row in enumerate(mine)
                if row.genre in ("", item.genre) and row.version_kind in ("", item.version_kind)
            ]
            key = int(curve_of[at, content]), tuple(fits)
            if fits and key not in numbered:
                numbered[key] = len(curves)
                own = curve[key[0]].copy()
                for number in fits:
                    own[dates[mine[number].date], mine[number].hour] = mine[number].viewers  # type: ignore[index]
                curves.append(own)
            found[at, content] = numbered.get(key, key[0])
    return np.array(curves), found


def _hours(channel: Channel, timeline: Timeline, dates: dict[date, int]) -> tuple[Cells, Ints, Ints]:
    clock = timeline.clock(channel.zone)
    key = clock.day * 24 + clock.minute // 60
    start = np.concatenate([[0], np.flatnonzero(np.diff(key)) + 1])
    end = np.concatenate([start[1:], [len(key)]])
    cells = Cells(start, end, np.arange(len(start)), ())
    kind = (clock.day[start] + timeline.first_day.weekday()) % 7
    for day, number in dates.items():
        kind[clock.day[start] == (day - timeline.first_day).days] = number
    return cells, kind, clock.minute[start] // 60
