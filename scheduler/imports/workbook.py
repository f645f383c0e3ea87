"""An edited timetable workbook back as a timetable: the sheet of the listing, with what is to be locked."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.imports.anchors import table_text
from scheduler.imports.cells import cell_text, read_sheet, sheet_names
from scheduler.instance import TIMETABLE_COLUMNS, InputError, Problem, did_you_mean, zone_clock
from scheduler.report.sheet_listing import LISTING, MARK
from scheduler.report.words import CATALOGUES
from scheduler.timetable import read_timetable

if TYPE_CHECKING:
    from scheduler.imports.cells import Cell, Table
    from scheduler.imports.findings import Findings
    from scheduler.instance import Instance
    from scheduler.timetable import Timetable

YES = frozenset({"yes", "x", "1", "true", *(words["yes"] for words in CATALOGUES.values())})
NO = frozenset({"", "no", "0", "false", *(words["no"] for words in CATALOGUES.values())})
READ = (
    *("channel", "start_utc", "duration_min", "programme", "episode", "run"),
    *("version_language", "version_kind", "anchor"),
)


@dataclass(frozen=True, slots=True)
class Edited:
    """A timetable as a workbook has it: the rows of timetable.csv that are read, and which are locked."""

    file: str
    rows: list[dict[str, str]]
    locked: list[bool]
    lines: list[int]
    review: tuple[str, ...] = ()

    def read(self, instance: Instance) -> Timetable:
        """The timetable. Raises InputError whose problems carry the lines of the sheet."""
        names = [name for name in TIMETABLE_COLUMNS if name in READ]
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "timetable.csv"
            path.write_text(table_text(self.rows, names), encoding="utf-8")
            try:
                return read_timetable(instance, path)
            except InputError as error:
                raise InputError(self._placed(problem) for problem in error.problems) from None

    def _placed(self, problem: Problem) -> Problem:
        """The same problem at the line of the sheet; row i of the table is line i + 2."""
        at = problem.line - 2
        line = self.lines[at] if 0 <= at < len(self.lines) else 1
        return Problem(self.file, line, 1, problem.message)


def read_workbook(instance: Instance, path: Path, findings: Findings) -> Edited:
    """Read the listing of a workbook that `parity report` wrote, in any language. Raises InputError if it has none."""
    table = _listing(path)
    names = [cell_text(cell).removeprefix(f"{MARK}:") for cell in table.rows[0]]
    columns = {name: at for at, name in enumerate(names) if name}
    missing = [name for name, _, _ in LISTING if name not in columns and name in (*READ, "locked", "date", "start")]
    if missing:
        said = f"the hidden first row lacks {', '.join(missing)}; export the workbook again"
        raise InputError([Problem(table.file, 1, 1, said)])
    rows, locked, lines = [], [], []
    for number in range(2, len(table.rows)):
        cells = table.rows[number]
        row = {name: cells[at] for name, at in columns.items() if at < len(cells)}
        if not any(cell_text(row[name]) for name in ("channel", "programme", "title") if name in row):
            continue
        read = _row(instance, table, row, columns, number, findings)
        if read is not None:
            rows.append(read[0])
            locked.append(read[1])
            lines.append(number + 1)
    if not rows and not findings.problems:
        findings.fail(table.file, (3, 1), "lists no airing")
    return Edited(table.file, rows, locked, lines)


def _listing(path: Path) -> Table:
    for name in sheet_names(path):
        table = read_sheet(path, name)
        if table.rows and table.rows[0] and cell_text(table.rows[0][0]).startswith(MARK):
            return table
    said = "has no listing that `parity report --format xlsx` wrote (its hidden first row is how it is known)"
    raise InputError([Problem(path.name, 1, 1, said)])


def _row(
    instance: Instance, table: Table, row: dict[str, Cell], columns: dict[str, int], number: int, findings: Findings
) -> tuple[dict[str, str], bool] | None:
    """The cells of timetable.csv that a row says, and whether it is locked; None where it cannot be used."""

    def wrong(name: str, what: str) -> None:
        findings.fail(table.file, table.place(number, columns[name]), what)

    channel = cell_text(row.get("channel", ""))
    if channel not in instance.channel_index:
        wrong("channel", f"there is no channel '{channel}'{did_you_mean(channel, instance.channel_index)}")
        return None
    start = _start(row)
    if start is None:
        wrong("start", "expected a date and a clock time, as the sheet had them")
        return None
    zone = zone_clock(instance.channels[instance.channel_index[channel]].zone)
    try:
        utc = start.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        wrong("date", "is no day near the horizon")
        return None
    said = cell_text(row.get("locked", "")).casefold()
    if said not in YES | NO:
        wrong("locked", f"'{said}' is neither yes nor no")
    cells = {name: cell_text(row.get(name, "")) for name in READ if name != "start_utc"}
    cells = {**cells, "start_utc": utc.strftime("%Y-%m-%dT%H:%MZ")}
    _check_title(instance, cells, cell_text(row.get("title", "")), wrong)
    return {name: text for name, text in cells.items() if text}, said in YES


def _check_title(instance: Instance, cells: dict[str, str], title: str, wrong: object) -> None:
    """A title that is not the programme's was edited alone: say so instead of losing it."""
    assert callable(wrong)
    known = {programme.programme: programme.title for programme in instance.programmes}
    known |= {anchor.anchor: anchor.title for anchor in instance.anchors}
    own = known.get(cells["programme"])
    if own is not None and title and title != " ".join(own.split()) and title != own.strip():
        wrong("title", f"the title is '{title}', but {cells['programme']} is '{own}'; change the programme's id too")


def _start(row: dict[str, Cell]) -> datetime | None:
    """The local start of a row: a date cell and a time cell, or the same as text."""
    day, clock = row.get("date"), row.get("start")
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day.strip())
        except ValueError:
            return None
    if isinstance(day, datetime):
        day = day.date()
    if not isinstance(day, date):
        return None
    minutes = _minutes(clock)
    return None if minutes is None else datetime.combine(day, time()) + timedelta(minutes=minutes)


def _minutes(clock: Cell | None) -> int | None:
    if isinstance(clock, datetime | time):
        return clock.hour * 60 + clock.minute + (clock.second >= 30)
    if isinstance(clock, timedelta):
        return round(clock.total_seconds() / 60)
    if isinstance(clock, float):
        return round(clock * 1440) if 0 <= clock < 2 else None
    hours, colon, minutes = str(clock or "").strip().partition(":")
    if colon and hours.isdigit() and minutes[:2].isdigit() and int(hours) <= 30 and int(minutes[:2]) < 60:
        return int(hours) * 60 + int(minutes[:2])
    return None
