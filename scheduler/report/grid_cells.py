"""The weekly grids in words: the texts of every cell of a page or a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.report.grid import channel_weeks
from scheduler.timetable import strand_entries

if TYPE_CHECKING:
    from scheduler.report.grid import Cell, ChannelWeek, GridBlock
    from scheduler.report.language import Language
    from scheduler.report.tables import Tables

COLOURS = 7
"""Number of colours for countries of origin; further countries share the last. The cell also shows the code."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell: first row, number of rows, and texts. `kind`: airing, anchor, fallback or empty."""

    row: int
    span: int
    kind: str
    time: str = ""
    title: str = ""
    detail: str = ""
    origin: str = ""
    colour: int = 0
    agreements: str = ""
    minutes: int = 0
    tongue: str = ""
    day: str = ""  # the broadcast day, 2026-12-09


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of a grid: clock time, minutes, whether it shows more than anchors, and the cells that begin in it."""

    time: str
    minutes: int
    busy: bool
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """One channel's week in words."""

    channel: str
    name: str
    zone: str
    caption: str
    week: str
    days: tuple[tuple[str, str], ...]  # (2026-12-09, in words)
    rows: tuple[GridRow, ...]


def grids(tables: Tables, language: Language) -> list[Grid]:
    """All grids of a timetable, in the order of the instance's channels, week by week."""
    words = _Words(tables, language)
    found = []
    for week in channel_weeks(tables.timetable):
        channel = tables.instance.channels[week.channel]
        caption = language.say("grid_of", channel=channel.name, week=language.period(week.week))
        days = tuple((day.isoformat(), language.weekday(day)) for day in week.days)
        found.append(Grid(channel.id, channel.name, channel.zone, caption, week.week, days, _rows(week, words)))
    return found


def colours(tables: Tables) -> dict[str, int]:
    """A colour for every country of origin, first those of the instance's territories."""
    instance = tables.instance
    order = [*instance.file.territories, *sorted(set(instance.contents.codes) - set(instance.file.territories))]
    return {code: min(at, COLOURS - 1) for at, code in enumerate(order)}


def _rows(week: ChannelWeek, words: _Words) -> tuple[GridRow, ...]:
    beginning: list[list[GridCell]] = [[] for _ in week.edges]
    busy = [False] * len(week.edges)
    for day, column in zip(week.days, week.columns, strict=True):
        for cell in column:
            beginning[cell.row].append(words.cell(week, cell, day.isoformat()))
            if cell.block is not None and words.kind(cell.block) != "anchor":
                busy[cell.row : cell.row + cell.span] = [True] * cell.span
    rows = []
    for row in range(len(week.edges) - 1):
        length = week.edges[row + 1] - week.edges[row]
        rows.append(GridRow(week.clock(row), length, busy[row], tuple(beginning[row])))
    return tuple(rows)


class _Words:
    """Writes blocks in words; the listing's columns are indexed by entry."""

    def __init__(self, tables: Tables, language: Language) -> None:
        self._say, self._title = language.say, language.title
        self._contents = tables.instance.contents.items
        self._listing = {name: tables.listing[name].tolist() for name in tables.listing.columns}
        self._colours = colours(tables)
        strands = strand_entries(tables.timetable, tables.listing)
        moved = {entry for strand in strands for _, entry in strand.moved}
        self._off_slot = moved | {strand.entries[0] for strand in strands if strand.before is not None}

    def kind(self, block: GridBlock) -> str:
        """Whether a block is an airing, an anchor or fallback."""
        return "fallback" if block.entry < 0 else "anchor" if self._listing["anchor"][block.entry] else "airing"

    def cell(self, week: ChannelWeek, cell: Cell, day: str) -> GridCell:
        """A cell of a grid in words."""
        block = cell.block
        if block is None:
            return GridCell(cell.row, cell.span, "empty", day=day)
        minute = (block.start + week.broadcast_start) % 1440
        time = f"{minute // 60:02d}:{minute % 60:02d}"
        item = self._contents[block.content]
        origin = "+".join(code for code, _ in item.origin)
        return GridCell(
            row=cell.row,
            span=cell.span,
            kind=self.kind(block),
            time=time,
            title=self._title(item.title),
            detail=self._detail(block, origin),
            origin=origin,
            colour=self._colours[item.origin[0][0]],
            agreements="" if block.entry < 0 else self._listing["agreement"][block.entry].replace(";", " "),
            minutes=block.end - block.start,
            day=day,
        )

    def _detail(self, block: GridBlock, origin: str) -> str:
        """Origin first, then episode, run, version and other marks."""
        say, row, at = self._say, self._listing, block.entry
        parts = [origin]
        if at < 0:
            return origin
        if row["episode"][at]:
            parts.append(say("episode_short", number=row["episode"][at]))
        if not row["anchor"][at]:
            parts.append("①" if row["run"][at] == "first" else "↻")
        parts.append(row["version_language"][at])
        if row["version_kind"][at] != "original":
            parts.append(say(row["version_kind"][at]))
        if row["live"][at]:
            parts.append(f"● {say('live')}")
        if row["anchor"][at]:
            parts.append("⚓")
        if at in self._off_slot:
            parts.append("⇄")
        if row["direction"][at]:
            parts.append(row["direction"][at].replace(">", "→").replace(";", ", "))
        if block.continued:
            parts.append(say("continued"))
        return " · ".join(parts)
