"""Read an edited timetable workbook: the sheet with the listing, and the rows to lock."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.formats.listing import LISTING, MARK, words_of
from scheduler.formats.sheet_mark import SHOWN, mark_of
from scheduler.imports.anchors import table_text
from scheduler.imports.cells import cell_text, read_sheet, sheet_names
from scheduler.imports.clocks import NO_START, NotAClock, clean, number_way, read_clock
from scheduler.imports.dates import NO_DATE, DateReader, NotADate
from scheduler.imports.findings import read_as
from scheduler.imports.local_time import after_skipped, moments_of, skipped
from scheduler.instance import TIMETABLE_COLUMNS, InputError, Problem, zone_clock
from scheduler.instance.derived.aired import NEEDED_COLUMNS
from scheduler.instance.files.named import there_is_no
from scheduler.messages import Listed, Message, msg
from scheduler.moments import utc_text
from scheduler.timetable import read_timetable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from scheduler.imports.cells import Cell, Table
    from scheduler.imports.findings import Findings
    from scheduler.instance import Instance
    from scheduler.timetable import Timetable

_AIRING = re.compile(r"/(\d{8}T\d{4})Z$")

YES = frozenset({"yes", "x", "1", "true"}) | words_of("yes")
NO = frozenset({"", "no", "0", "false"}) | words_of("no")
READ = (
    *("channel", "start_utc", "duration_min", "programme", "episode", "run"),
    *("version_language", "version_kind", "anchor"),
)
FOLLOWING = ("original_language", "origin", "genre", "agreement", "direction", "daypart", "live")
"""Columns that follow from the programme and the time. Edits of them have no effect and are reported."""


@dataclass(frozen=True, slots=True)
class Edited:
    """The timetable of a workbook: its rows of timetable.csv, and which of them are locked.

    `following[i]` are the cells of row i that follow from the others. `columns` is the position of every column.
    """

    file: str
    rows: list[dict[str, str]]
    locked: list[bool]
    lines: list[int]
    following: list[dict[str, str]]
    columns: Mapping[str, int]

    def read(self, instance: Instance) -> Timetable:
        """The timetable. Raises InputError, whose problems have the lines of the sheet."""
        names = [name for name in TIMETABLE_COLUMNS if name in READ]
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "timetable.csv"
            path.write_text(table_text(self.rows, names, needed=NEEDED_COLUMNS), encoding="utf-8")
            try:
                return read_timetable(instance, path)
            except InputError as error:
                raise InputError(self._placed(problem) for problem in error.problems) from None

    def line_of(self, channel: str, start_utc: str) -> int:
        """The line of the row for a channel and a start, 1 if there is none."""
        same = (at for at, row in enumerate(self.rows) if (row["channel"], row["start_utc"]) == (channel, start_utc))
        at = next(same, None)
        return 1 if at is None else self.lines[at]

    def _placed(self, problem: Problem) -> Problem:
        """The same problem at the line of the sheet. Row i of the table is line i + 2."""
        at = problem.line - 2
        line = self.lines[at] if 0 <= at < len(self.lines) else 1
        return Problem(self.file, line, 1, problem.text)


def read_workbook(instance: Instance, path: Path, findings: Findings) -> Edited:
    """Read the listing of a workbook that `parity report` wrote, in any language. Raises InputError if it has none."""
    table = _listing(path)
    names = [cell_text(cell).removeprefix(f"{MARK}:") for cell in table.rows[0]]
    columns = {name: at for at, name in enumerate(names) if name}
    missing = [name for name, _, _ in LISTING if name not in columns and name in (*READ, "locked", "date", "start")]
    if missing:
        message = msg("the hidden first row has no {columns}; export the workbook again", columns=", ".join(missing))
        raise InputError([Problem(table.file, 1, 1, message)])
    found = []
    for number in range(2, len(table.rows)):
        cells = table.rows[number]
        row = {name: cells[at] for name, at in columns.items() if at < len(cells)}
        if any(cell_text(row[name]) for name in ("channel", "programme", "title") if name in row):
            found.append((number, row))
    reader = _Reader(instance, table, columns, [row for _, row in found], findings)
    edited = Edited(table.file, [], [], [], [], columns)
    for number, row in found:
        read = reader.row(number, row)
        if read is not None:
            edited.rows.append(read)
            edited.locked.append(clean(cell_text(row.get("locked", ""))).casefold() in YES)
            edited.lines.append(number + 1)
            edited.following.append({name: cell_text(row.get(name, "")) for name in FOLLOWING if name in columns})
    if not edited.rows and not findings.problems:
        findings.fail(table.file, (3, 1), msg("lists no airing"))
    _warn_of_edited_grids(path, table.file, findings)
    if not findings.problems:
        findings.left_out[msg("sheets that only show the timetable (grids, tables)")] += len(sheet_names(path)) - 1
    return edited


def _warn_of_edited_grids(path: Path, listing: str, findings: Findings) -> None:
    """Warn about edited sheets with a channel's weeks, because they are not read."""
    for name in sheet_names(path):
        rows = read_sheet(path, name).rows
        texts = [
            (row, at, cell) for row, cells in enumerate(rows) for at, cell in enumerate(cells) if isinstance(cell, str)
        ]
        marks = [text for _, _, text in texts if text.startswith(f"{SHOWN}:")]
        if marks and mark_of(one for one in texts if one[2] != marks[0]) != marks[0]:
            what = msg(
                "this sheet was edited, but it only shows the timetable; edit {listing}, which is read", listing=listing
            )
            findings.warn(f"{path.name}[{name}]", (1, 1), what)


def _listing(path: Path) -> Table:
    for name in sheet_names(path):
        table = read_sheet(path, name)
        if table.rows and table.rows[0] and cell_text(table.rows[0][0]).startswith(MARK):
            return table
    message = msg("has no listing with the hidden first row that `parity report --format xlsx` writes")
    raise InputError([Problem(path.name, 1, 1, message)])


class _Reader:
    """Reads the rows of a listing. Every edit of a cell is used or reported."""

    def __init__(
        self,
        instance: Instance,
        table: Table,
        columns: Mapping[str, int],
        rows: list[dict[str, Cell]],
        findings: Findings,
    ) -> None:
        self._instance, self._table, self._columns, self._findings = instance, table, columns, findings
        horizon = instance.file.horizon
        self._dates = DateReader((row.get("date", "") for row in rows), horizon.start, horizon.days)
        self._ways = {name: number_way(row.get(name, "") for row in rows) for name in ("start", "end")}
        self._ids = Counter(cell_text(row.get("airing_id", "")) for row in rows)
        self._titles = {programme.programme: programme.title for programme in instance.programmes}
        self._titles |= {anchor.anchor: anchor.title for anchor in instance.anchors}
        self._number = 0

    def row(self, number: int, row: dict[str, Cell]) -> dict[str, str] | None:
        """The cells of timetable.csv for a row. None if the row cannot be used."""
        self._number = number
        channel = cell_text(row.get("channel", ""))
        if channel not in self._instance.channel_index:
            self._wrong("channel", there_is_no("channel", channel, self._instance.channel_index))
            return None
        start = self._start(row)
        if start is None:
            return None
        zone = zone_clock(self._instance.channels[self._instance.channel_index[channel]].zone)
        utc = self._moment(start, zone, channel, cell_text(row.get("airing_id", "")))
        if utc is None:
            return None
        locked = clean(cell_text(row.get("locked", ""))).casefold()
        if locked not in YES | NO:
            self._wrong("locked", msg("'{text}' is neither yes nor no", text=locked))
        cells = {name: cell_text(row.get(name, "")) for name in READ if name != "start_utc"}
        cells = {**cells, "start_utc": utc_text(utc)}
        self._check_end(row, start, utc, zone, cells["duration_min"])
        self._check_title(cells["programme"], cell_text(row.get("title", "")))
        return {name: text for name, text in cells.items() if text}

    def _wrong(self, name: str, what: Message) -> None:
        self._findings.fail(self._table.file, self._table.place(self._number, self._columns.get(name, 0)), what)

    def _start(self, row: dict[str, Cell]) -> datetime | None:
        """The local start: a date and a clock time, as cells or as text. A wrong cell is reported with its value."""
        day, minute = None, None
        try:
            if not cell_text(row.get("date", "")):
                raise NotADate(NO_DATE)
            day = self._dates.read(row["date"])
        except NotADate as error:
            self._wrong("date", error.reason)
        try:
            if not cell_text(row.get("start", "")):
                raise NotAClock(NO_START)
            clock = read_clock(row["start"], self._ways["start"])
            day, minute = clock.day or day, clock.minute
            if clock.end is not None:
                written = cell_text(row["start"])
                raise NotAClock(msg("'{text}' is a start and an end; write the end in its own column", text=written))
        except NotAClock as error:
            self._wrong("start", error.reason)
        if day is None or minute is None:
            return None
        return datetime.combine(day, time()) + timedelta(minutes=minute)

    def _moment(self, local: datetime, zone: ZoneInfo, channel: str, airing: str) -> datetime | None:
        """The moment of a local start. If the time occurs twice, the airing's id decides."""
        try:
            found = moments_of(local, zone)
            if not found:
                what = skipped(f"{local:%H:%M}", zone.key, local.date())
                meant = after_skipped(local, zone)
                repair = read_as(f"{meant.astimezone(zone):%H:%M}")
                place = self._table.place(self._number, self._columns["start"])
                return meant if self._findings.repair(self._table.file, place, what, repair) else None
        except OverflowError:
            self._wrong("date", msg("{day} is no day near the horizon", day=f"{local:%Y-%m-%d}"))
            return None
        if len(found) == 1:
            return found[0]
        same = [moment for moment in found if airing == f"{channel}/{moment:%Y%m%dT%H%MZ}"]
        if same and self._ids[airing] == 1:
            return same[0]
        what = msg(
            "{clock} comes twice on {day} in {zone}, as {times}; take another",
            clock=f"{local:%H:%M}",
            day=f"{local:%Y-%m-%d}",
            zone=zone.key,
            times=Listed(tuple(f"{moment:%H:%MZ}" for moment in found), " or "),
        )
        self._wrong("start", what)
        return None

    def _check_end(self, row: dict[str, Cell], start: datetime, utc: datetime, zone: ZoneInfo, minutes: str) -> None:
        """Report an end that fits neither the start nor the start before the edit, because it is not used."""
        cell = row.get("end", "")
        if not cell_text(cell) or not minutes.isdigit():
            return
        try:
            end = read_clock(cell, self._ways["end"])
        except NotAClock as error:
            self._wrong("end", error.reason)
            return
        length = timedelta(minutes=int(minutes))
        real = (utc + length).astimezone(zone)
        before = _start_of(cell_text(row.get("airing_id", "")))
        known = [real] if before is None else [real, (before + length).astimezone(zone)]
        if all(end.minute % 1440 != one.hour * 60 + one.minute or end.day not in (None, one.date()) for one in known):
            what = msg(
                "the end is {end}, but {minutes} minutes from {start} end at {real}; an airing is as long as its"
                " programme: correct the end, or take another programme",
                end=cell_text(cell),
                minutes=minutes,
                start=f"{start:%H:%M}",
                real=f"{real:%H:%M}",
            )
            self._wrong("end", what)

    def _check_title(self, programme: str, title: str) -> None:
        """Report a title that differs from the programme's, because an edit of the title alone has no effect."""
        own = self._titles.get(programme)
        if own is not None and title and title != " ".join(own.split()) and title != own.strip():
            what = msg(
                "the title is '{title}', but {programme} is '{own}'; change the programme's id too",
                title=title,
                programme=programme,
                own=own,
            )
            self._wrong("title", what)


def _start_of(airing: str) -> datetime | None:
    """The start, in UTC, in an airing's id."""
    match = _AIRING.search(airing)
    return None if match is None else datetime.strptime(match[1], "%Y%m%dT%H%M").replace(tzinfo=UTC)


def report_following(edited: Edited, frame: Mapping[str, list[str]], findings: Findings) -> None:
    """Report edits of cells that follow from the programme and the time. `frame` has the columns of timetable.csv."""
    keys = zip(frame["channel"], frame["start_utc"], strict=True)
    places = {key: number for number, key in enumerate(keys)}
    for row, following, line in zip(edited.rows, edited.following, edited.lines, strict=True):
        number = places.get((row["channel"], row["start_utc"]))
        if number is None:
            continue
        for name, written in following.items():
            real = str(frame[name][number])
            if " ".join(written.split()) != " ".join(real.split()):
                what = msg(
                    "{column} is '{written}', but follows from the rest of the row as '{real}'",
                    column=name,
                    written=written,
                    real=real,
                )
                place = line, edited.columns[name] + 1
                findings.repair(edited.file, place, what, msg("the edit has no effect"))
