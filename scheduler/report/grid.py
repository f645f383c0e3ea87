"""Every channel's week as a grid: broadcast days across, time down on the channel's own clock.

Rows of the grid are the spans between all times at which anything begins or ends on any day of the week. A block of
a day is a cell that spans rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance import zone_clock
from scheduler.moments import DAY

if TYPE_CHECKING:
    from scheduler.timetable import Timetable


@dataclass(frozen=True, slots=True)
class GridBlock:
    """One airing, anchor or fallback on one broadcast day, in minutes since the day began (half-open).

    `entry` is an index into the timetable, or −1 for fallback. `content` is an index into the instance's contents.
    """

    start: int
    end: int
    entry: int
    content: int
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid: the rows it spans, and its block (None if nothing is planned)."""

    row: int
    span: int
    block: GridBlock | None


@dataclass(frozen=True, slots=True)
class ChannelWeek:
    """One channel's week. `edges` are minutes since the broadcast day began: row r is edges[r] to edges[r + 1]."""

    channel: int
    week: str
    days: tuple[date, ...]
    edges: tuple[int, ...]
    columns: tuple[tuple[Cell, ...], ...]
    broadcast_start: int

    def clock(self, row: int) -> str:
        """The clock time at which a row begins."""
        minute = (self.edges[row] + self.broadcast_start) % DAY
        return f"{minute // 60:02d}:{minute % 60:02d}"


def channel_weeks(timetable: Timetable) -> list[ChannelWeek]:
    """The grids of all channels, in the order of the instance, week by week.

    The broadcast day before the first one has a column only if more than anchors is planned in it.
    """
    found = []
    for channel in range(len(timetable.instance.channels)):
        days = _planned_days(timetable, channel_days(timetable, channel))
        for week, group in groupby(sorted(days), key=lambda day: day.isocalendar()[:2]):
            shown = tuple(group)
            blocks = [days[day] for day in shown]
            edges = tuple(sorted({edge for day in blocks for block in day for edge in (block.start, block.end)}))
            columns = tuple(_column(day, edges) for day in blocks)
            start = timetable.instance.timeline.broadcast_start
            found.append(ChannelWeek(channel, f"{week[0]}-W{week[1]:02d}", shown, edges, columns, start))
    return found


def _planned_days(timetable: Timetable, days: dict[date, list[GridBlock]]) -> dict[date, list[GridBlock]]:
    """The broadcast days of the horizon, and earlier ones that have more than anchors."""
    first = timetable.instance.file.horizon.start
    return {
        day: blocks
        for day, blocks in days.items()
        if day >= first or any(block.entry < 0 or not timetable.anchor[block.entry] for block in blocks)
    }


def channel_days(timetable: Timetable, channel: int) -> dict[date, list[GridBlock]]:
    """The blocks of a channel by broadcast day; a block that runs past the day's end continues in the next."""
    instance = timetable.instance
    clock = zone_clock(instance.channels[channel].zone)
    shift = timedelta(minutes=instance.timeline.broadcast_start)
    days: dict[date, list[GridBlock]] = {}
    for start, end, entry, content in _spans(timetable, channel):
        local = instance.timeline.moment(start).astimezone(clock).replace(tzinfo=None) - shift
        begin, left, day = local.hour * 60 + local.minute, end - start, local.date()
        continued = False
        while left > 0:
            piece = min(left, DAY - begin)
            days.setdefault(day, []).append(GridBlock(begin, begin + piece, entry, content, continued))
            begin, left, day, continued = 0, left - piece, day + timedelta(days=1), True
    return {day: sorted(blocks, key=lambda block: block.start) for day, blocks in days.items()}


def _spans(timetable: Timetable, channel: int) -> list[tuple[int, int, int, int]]:
    """(start, end, entry, content) of everything on a channel: its airings and anchors, and fallback between."""
    mine = np.flatnonzero(timetable.channel == channel)
    start, minutes = timetable.start[mine], timetable.minutes[mine]
    spans = list(
        zip(
            start.tolist(),
            (start + minutes).tolist(),
            mine.tolist(),
            timetable.content[mine].tolist(),
            strict=True,
        )
    )
    windows = timetable.instance.windows
    taken = sorted((begin, end) for begin, end, _, _ in spans)
    for at in np.flatnonzero((windows.channel == channel) & ~windows.past).tolist():
        free, fallback = int(windows.start[at]), int(windows.fallback[at])
        until = int(windows.end[at])
        for begin, end in taken:
            if end <= free or begin >= until:
                continue
            if begin > free:
                spans.append((free, begin, -1, fallback))
            free = max(free, end)
        if free < until:
            spans.append((free, until, -1, fallback))
    return sorted(spans)


def _column(blocks: list[GridBlock], edges: tuple[int, ...]) -> tuple[Cell, ...]:
    """One day's cells from the first edge to the last. A block ends at the latest where the next begins."""
    row_of = {edge: row for row, edge in enumerate(edges)}
    last = len(edges) - 1
    cells: list[Cell] = []
    row = 0
    for number, block in enumerate(blocks):
        begin = row_of[block.start]
        later = min((other.start for other in blocks[number + 1 :]), default=block.end)
        end = row_of[min(block.end, later)]
        if end <= begin or begin < row:
            continue
        if begin > row:
            cells.append(Cell(row, begin - row, None))
        cells.append(Cell(begin, end - begin, block))
        row = end
    if row < last:
        cells.append(Cell(row, last - row, None))
    return tuple(cells)
