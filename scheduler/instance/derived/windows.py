"""Windows and anchors on the horizon's line of minutes. Anchors cut windows into pieces."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.model.field_types import WEEKDAYS
from scheduler.moments import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from scheduler.arrays import Flags, Ints
    from scheduler.instance.derived.contents import Contents
    from scheduler.instance.derived.on_record import OnRecord
    from scheduler.instance.derived.timeline import Timeline
    from scheduler.instance.model.channel import Channel
    from scheduler.instance.model.programme import Anchor


@dataclass(frozen=True)
class DatedAnchors:
    """Every occurrence of every anchor, sorted by channel and start.

    Times are minutes of the line, half-open intervals.

    `past` marks occurrences on days before the plan.
    """

    channel: Ints
    start: Ints
    end: Ints
    content: Ints
    anchor: Ints  # index into the instance's anchors
    past: Flags


@dataclass(frozen=True)
class DatedWindows:
    """Every piece of every window, sorted by channel and start.

    `start` and `end` are minutes of the line. `first_step` and `last_step` (exclusive) are the whole grid steps inside.
    Airings begin at `first_start` and every `every` steps after it. `past` marks pieces on days that have aired:
    nothing is planned in them. Each airing on record has a window of its own: `record` is the airing's number, −1 for
    others.
    """

    channel: Ints
    definition: Ints  # index among the channel's windows
    start: Ints
    end: Ints
    first_step: Ints
    last_step: Ints
    first_start: Ints
    every: Ints
    fallback: Ints  # content
    day: Ints  # day of the line on which the window begins
    past: Flags
    record: Ints

    def __len__(self) -> int:
        return len(self.channel)

    @property
    def planned(self) -> int:
        """The number of planned windows: all except those of days that have aired."""
        return int(np.count_nonzero(~self.past))


def days_of(days: frozenset[str] | None, dates: Iterable[date] | None, timeline: Timeline) -> list[int]:
    """The days of the line, counted from 0, that a set of weekdays or a list of dates names."""
    if dates is not None:
        found = [(day - timeline.first_day).days for day in dates]
        return sorted(day for day in found if 0 <= day < timeline.days)
    named = days or frozenset()
    span = range(timeline.days)
    return [day for day in span if WEEKDAYS[(timeline.first_day + timedelta(days=day)).weekday()] in named]


def date_anchors(
    channels: Sequence[Channel],
    anchors: Sequence[Anchor],
    contents: Contents,
    timeline: Timeline,
    record: OnRecord,
) -> DatedAnchors:
    """Place every anchor on the line. On a channel's days that are on record, only the anchors of history.csv aired."""
    index = {channel.id: at for at, channel in enumerate(channels)}
    known = [record.days_of(at) if len(record.day) else frozenset() for at in range(len(channels))]
    found: list[tuple[int, int, int, int, int, int]] = []
    for at in np.flatnonzero((record.anchor == 1) & (record.content >= 0)).tolist():
        channel, start, content = int(record.channel[at]), int(record.start[at]), int(record.content[at])
        end = start + int(record.minutes[at])
        found.append((channel, start, end, content, content - contents.anchor_offset, 1))
    recorded = set(found)
    for number, anchor in enumerate(anchors):
        at = index[anchor.channel]
        zone = channels[at].zone
        for day in days_of(anchor.days, None if anchor.date is None else [anchor.date], timeline):
            start, end = edges_of(anchor, zone, day, timeline)
            early = day - (anchor.start % DAY < timeline.broadcast_start and anchor.start < DAY)
            past = day < int(record.planned_from[at])
            row = (at, start, end, contents.anchor_offset + number, number)
            if end > start and (*row, 1) not in recorded and not (past and early in known[at]):
                found.append((*row, int(past)))
    table = np.array(sorted(found), dtype=np.int64).reshape(-1, 6)
    return DatedAnchors(table[:, 0], table[:, 1], table[:, 2], table[:, 3], table[:, 4], table[:, 5].astype(bool))


def edges_of(anchor: Anchor, zone: str, day: int, timeline: Timeline) -> tuple[int, int]:
    """(start, end) of an anchor on a day, in minutes of the line."""
    late = anchor.second_pass
    return (
        timeline.local_minute(zone, day, anchor.start, second_pass="start" in late),
        timeline.local_minute(zone, day, anchor.end, second_pass="end" in late),
    )


def date_windows(
    channels: Sequence[Channel], contents: Contents, timeline: Timeline, anchors: DatedAnchors, record: OnRecord
) -> DatedWindows:
    """Place every window on the line, without the times of anchors and of airings on record.

    On a date for which a channel has windows of its own, these replace its regular windows.
    """
    rows = (
        row
        for at, channel in enumerate(channels)
        for row in _windows_of(at, channel, contents, timeline, anchors, record)
    )
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 12)
    column: list[Ints] = list(table.T)
    return DatedWindows(
        channel=column[0],
        definition=column[3],
        start=column[1],
        end=column[2],
        first_step=column[4],
        last_step=column[5],
        first_start=column[6],
        every=column[7],
        fallback=column[8],
        day=column[9],
        past=column[10].astype(bool),
        record=column[11],
    )


def _windows_of(
    at: int, channel: Channel, contents: Contents, timeline: Timeline, anchors: DatedAnchors, record: OnRecord
) -> Iterator[tuple[int, ...]]:
    """The windows of channel `at`, then a window for each of its airings on record, as rows of `date_windows`."""
    mine = anchors.channel == at
    fixed = list(zip(anchors.start[mine].tolist(), anchors.end[mine].tolist(), strict=True))
    aired = np.flatnonzero((record.channel == at) & (record.anchor == 0)).tolist()
    spans = [(int(record.start[one]), int(record.start[one] + record.minutes[one]), one) for one in aired]
    fixed = sorted(fixed + [(start, end) for start, end, _ in spans])
    planned, around = int(record.planned_from[at]), dict.fromkeys(aired, contents.fallback_of[at, -1])
    minute = timeline.clock(channel.zone).minute
    special = {day for window in channel.windows if window.dates for day in days_of(None, window.dates, timeline)}
    for definition, window in enumerate(channel.windows):
        every = window.start_every or timeline.grid
        fallback = contents.fallback_of[at, definition]
        own_days = days_of(window.days, window.dates, timeline)
        for day in own_days if window.dates is not None else sorted(set(own_days) - special):
            whole = (
                timeline.local_minute(channel.zone, day, window.start),
                timeline.local_minute(channel.zone, day, window.end),
            )
            around.update({one: fallback for start, _, one in spans if whole[0] <= start < whole[1]})
            for start, end in _without(whole, _near(fixed, whole)):
                steps = -(-start // timeline.grid), end // timeline.grid
                begin = _aligned(minute, steps[0] * timeline.grid, end, every, timeline.grid)
                row = (at, start, end, definition, *steps, begin, every // timeline.grid, fallback, day)
                yield (*row, int(day < planned), -1)
    for start, end, one in spans:
        steps = start // timeline.grid, -(-end // timeline.grid)
        yield (at, start, end, -1, *steps, steps[0], 1, around[one], int(record.day[one]), 1, one)


def _near(fixed: list[tuple[int, int]], whole: tuple[int, int]) -> list[tuple[int, int]]:
    """The intervals that may overlap `whole`. `fixed` is sorted by start, and no interval is longer than two days."""
    return fixed[bisect_left(fixed, (whole[0] - 2 * DAY, 0)) : bisect_left(fixed, (whole[1], 0))]


def _without(whole: tuple[int, int], fixed: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of an interval that no fixed interval covers."""
    parts = [whole] if whole[0] < whole[1] else []
    for start, end in fixed:
        parts = [
            piece
            for begin, stop in parts
            for piece in ((begin, min(stop, start)), (max(begin, end), stop))
            if piece[0] < piece[1]
        ]
    return parts


def _aligned(clock_minute: Ints, start: int, end: int, every: int, grid: int) -> int:
    """The first grid step, not before `start`, at which the local clock shows a multiple of `every` minutes."""
    at = start
    while at < end and clock_minute[at] % every:
        at += grid
    return at // grid
