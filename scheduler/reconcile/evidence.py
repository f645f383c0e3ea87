"""Evidence of past airings, row by row and to the second: certificates, journals, monitoring, automation logs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.imports.cells import cell_text, read_tables
from scheduler.imports.clocks import NotAClock
from scheduler.imports.columns import beyond_header, find_header
from scheduler.imports.dates import NO_DATE, DateReader, NotADate
from scheduler.imports.findings import CELLS_LEFT_OUT, OTHER_CHANNELS
from scheduler.imports.local_time import after_skipped, fits_after, moments_of
from scheduler.instance import did_you_mean, zone_clock
from scheduler.instance.signs import as_read
from scheduler.reconcile.bxf import bxf_table, is_bxf
from scheduler.reconcile.clock import clock_seconds, lengths, moment_of
from scheduler.reconcile.heads import FIELDS, evidence_words
from scheduler.reconcile.known import Names
from scheduler.reconcile.params import ReconcileParams

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from scheduler.imports.cells import Cell, Table
    from scheduler.imports.findings import Findings
    from scheduler.instance import Instance

RANKS = {"certificate": 1, "journal": 2, "monitoring": 3, "log": 4}
"""Kinds of evidence. If two contradict each other, the one with the lower number decides."""
COLUMNS = (
    *("channel", "start", "seconds", "identity", "episode", "title", "shown", "airing"),
    *("rank", "file", "row", "sha256"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file of evidence: its kind, and how to read its columns, channels and times."""

    path: Path
    kind: str = "log"
    mapped: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    owner: str | None = None
    zone: str | None = None


def read_evidence(
    instance: Instance, sources: Sequence[Source], findings: Findings, params: ReconcileParams | None = None
) -> pd.DataFrame:
    """Every row of every file that states an airing, sorted by channel and start.

    Returns
    -------
    A frame of COLUMNS. `start` is in seconds since the origin of the instance's line. `seconds` is the length; without
    one in the file, the time until the next row. `identity` is the programme or anchor, "" if there is none. `shown` is
    the title as written. `row` is the line of the file, or the number of the event in a BXF message, from 2.

    Raises
    ------
    InputError
        All cells that cannot be read, unless the findings are lenient.
    """
    names = Names(instance)
    parts: list[pd.DataFrame] = []
    for source in sources:
        digest = hashlib.sha256(source.path.read_bytes()).hexdigest()
        for table in _tables(instance, source.path, findings):
            if any(any(cell_text(cell) for cell in row) for row in table.rows):
                parts.append(_Reader(instance, source, table, names, findings).frame(digest))
    findings.stop_on_errors()
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    found = found.sort_values(["channel", "start", "rank", "row"], kind="stable").reset_index(drop=True)
    longest = (params or ReconcileParams()).unknown_length_minutes * 60
    until = found.groupby(["file", "channel"])["start"].shift(-1).sub(found["start"])
    found["seconds"] = found["seconds"].fillna(until.clip(upper=longest)).fillna(0.0)
    return found


def _tables(instance: Instance, path: Path, findings: Findings) -> list[Table]:
    return [bxf_table(path, instance.file.broadcast_day)] if is_bxf(path) else read_tables(path, findings)


class _Reader:
    """Reads the rows of one table."""

    def __init__(self, instance: Instance, source: Source, table: Table, names: Names, findings: Findings) -> None:
        self._instance, self._source, self._table = instance, source, table
        self._names, self._findings = names, findings
        needed = ["start"] + ([] if source.owner is not None else ["channel"])
        self._header, self._columns = find_header(table, FIELDS, source.mapped, needed, evidence_words())
        if not {"title", "programme", "airing_id"} & set(self._columns):
            find_header(table, FIELDS, source.mapped, [*needed, "title"], evidence_words())
        for extra in beyond_header(table, self._header):
            findings.repair(extra.file, (extra.line, extra.column), extra.text, CELLS_LEFT_OUT)
        self._renamed = {as_read(theirs): ours for theirs, ours in source.renamed.items()}
        self._known = {as_read(channel.name): channel.id for channel in instance.channels}
        self._known |= {as_read(channel.id): channel.id for channel in instance.channels}
        self._latest: dict[int, datetime] = {}
        self._before: dict[int, tuple[object, float]] = {}
        self._days: dict[Cell, date] = {}

    def frame(self, digest: str) -> pd.DataFrame:
        """The rows that state a start."""
        numbers = [
            at
            for at in range(self._header + 1, len(self._table.rows))
            if any(cell_text(self._cell(at, name)) for name in ("start", "end", "length", "seconds"))
        ]
        horizon = self._instance.file.horizon
        self._dates = DateReader((self._cell(at, "date") for at in numbers), horizon.start, horizon.days)
        stated = self._lengths(numbers)
        rows = []
        for number, seconds in zip(numbers, stated, strict=True):
            read = self._row(number, seconds)
            if read is not None:
                rows.append((*read, RANKS[self._source.kind], self._source.path.name, number + 1, digest))
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def _row(self, number: int, seconds: float) -> tuple[int, float, float, str, int, str, str, str] | None:
        channel = self._channel(number)
        start = None if channel is None else self._moment(number, channel, "start", self._latest.get(channel))
        if channel is None or start is None:
            return None
        self._latest[channel] = start
        if np.isnan(seconds) and cell_text(self._cell(number, "end")):
            end = self._moment(number, channel, "end", start)
            if end is not None:
                seconds = (end - start).total_seconds() % 86_400
        shown = self._text(number, "title")
        spoken = self._names.of(channel, self._text(number, "programme"), shown)
        text = self._text(number, "episode")
        episode = int(text) if text.isdigit() else spoken.episode
        at = (start - self._instance.timeline.origin).total_seconds()
        return channel, at, seconds, spoken.identity, episode, spoken.title, shown, self._text(number, "airing_id")

    def _channel(self, number: int) -> int | None:
        text = as_read(self._text(number, "channel"))
        if self._renamed and text and text not in self._renamed:
            self._findings.left_out[OTHER_CHANNELS] += 1
            return None
        name = self._renamed.get(text) or self._known.get(text) or (self._source.owner if not text else None)
        if name is None:
            shown = self._text(number, "channel")
            hint = did_you_mean(shown, self._instance.channel_index)
            self._wrong(number, "channel", f"there is no channel '{shown}'{hint}; --channel '{shown}=OURS' says which")
            return None
        return self._instance.channel_index[name]

    def _moment(self, number: int, channel: int, name: str, after: datetime | None) -> datetime | None:
        """The moment of a start or an end, in UTC. In an hour that occurs twice the order of the rows decides."""
        cell = self._cell(number, name)
        zone = zone_clock(self._source.zone or self._instance.channels[channel].zone)
        local = moment_of(cell)
        if local is not None and local.tzinfo is not None:
            return local.astimezone(UTC)
        try:
            if local is None:
                clock = clock_seconds(cell)
                dated = self._cell(number, "date")
                if not cell_text(dated):
                    raise NotADate(NO_DATE)
                day = self._day(dated)
                clock = self._in_night(channel, day, clock) if name == "start" else clock
                local = datetime.combine(day, time()) + timedelta(seconds=clock)
            found = moments_of(local, zone)
        except NotAClock as error:
            self._wrong(number, name, str(error))
            return None
        except NotADate as error:
            self._wrong(number, "date", str(error))
            return None
        except OverflowError:
            self._wrong(number, "date", "is no day near the horizon")
            return None
        return fits_after(found, after) if found else after_skipped(local, zone)

    def _day(self, cell: Cell) -> date:
        """The date of a cell, which may also state a time of day. A log has few dates, so each is read once."""
        if cell not in self._days:
            whole = moment_of(cell)
            self._days[cell] = self._dates.read(cell if whole is None else whole.date())
        return self._days[cell]

    def _in_night(self, channel: int, day: object, clock: float) -> float:
        """The clock time, in seconds. If it decreases under one date, it counts on past midnight.

        The rows after it belong to the night after the date.
        """
        before = self._before.get(channel)
        if before is not None and before[0] == day and clock < 6 * 3600 and before[1] >= 12 * 3600:
            clock += 86_400
        self._before[channel] = day, clock
        return clock

    def _lengths(self, numbers: Sequence[int]) -> list[float]:
        """Seconds of every row, NaN if it states none. Of two columns, `seconds` comes first."""
        read = lengths(self._cell(at, "length") for at in numbers)
        found = []
        for number, length in zip(numbers, read, strict=True):
            exact = self._text(number, "seconds")
            if exact:
                length = float(exact) if exact.replace(".", "", 1).isdigit() else f"'{exact}' is no number of seconds"
            if isinstance(length, str):
                self._wrong(number, "seconds" if exact else "length", length)
                length = float("nan")
            found.append(length)
        return found

    def _cell(self, number: int, name: str) -> Cell:
        at = self._columns.get(name)
        row = self._table.rows[number]
        return row[at] if at is not None and at < len(row) else ""

    def _text(self, number: int, name: str) -> str:
        return cell_text(self._cell(number, name))

    def _wrong(self, number: int, name: str, what: str) -> None:
        place = self._table.place(number, self._columns.get(name, 0))
        self._findings.repair(self._table.file, place, what, "the row is left out")
