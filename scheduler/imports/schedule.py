"""Read a channel's schedule from CSV or a workbook, with a mapping of its columns to ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.imports.cells import cell_text, read_tables
from scheduler.imports.clocks import number_way
from scheduler.imports.columns import beyond_header, find_header
from scheduler.imports.dates import DateReader
from scheduler.imports.findings import CELLS_LEFT_OUT, NO_ROWS, sheet_not_read
from scheduler.imports.heads import SCHEDULE, words_of
from scheduler.imports.schedule_row import RowReader, ScheduleRow
from scheduler.imports.schedule_times import TimesOfDay
from scheduler.imports.words import TheirWords
from scheduler.instance import InputError
from scheduler.instance.signs import as_read
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scheduler.imports.cells import Table
    from scheduler.imports.findings import Findings
    from scheduler.imports.slots import Slot
    from scheduler.instance import Instance

FIELDS = tuple(name for name in SCHEDULE if name not in ("episode", "programme", "viewers"))
LOGGED = (*FIELDS, "episode", "programme")
"""The fields of a log of past airings."""


@dataclass(frozen=True, slots=True)
class Sheets:
    """The options for reading the tables of a schedule.

    Attributes
    ----------
    mapped
        Heads of columns by field.
    renamed
        Channels of the instance by those of the source.
    owner
        The instance's channel, for a schedule without a column of channels.
    sheets
        Sheets of a workbook; by default all.
    zone
        Time zone of the times; by default the channel's.
    order
        Order of dates: dmy, mdy or ymd; by default the one that fits.
    by_broadcast_day
        Whether times before the start of the broadcast day belong to the night after their date.
    remembered
        Heads of columns by field of the last import.
    words
        Genres and origins of the instance by those of the source.
    is_log
        Whether it is a log of past airings, which may have columns of programmes and episodes.
    """

    mapped: Mapping[str, str]
    renamed: Mapping[str, str]
    owner: str | None = None
    sheets: Sequence[str] = ()
    zone: str | None = None
    order: str = ""
    by_broadcast_day: bool = False
    remembered: Mapping[str, str] = field(default_factory=dict)
    words: TheirWords = field(default_factory=TheirWords)
    is_log: bool = False


def read_schedule(instance: Instance, path: Path, how: Sheets, findings: Findings) -> list[Slot]:
    """The slots of tables whose rows have a date, a start and a title. An end may be missing, or be a length."""
    slots: list[Slot] = []
    for table in _schedules(path, how, findings):
        slots += _slots(instance, table, how, findings)
    if not slots and not findings.problems:
        findings.fail(path.name, (1, 1), NO_ROWS)
    return slots


def _schedules(path: Path, how: Sheets, findings: Findings) -> list[Table]:
    """The tables with the needed columns. A warning names the other sheets of a workbook, which are not read."""
    tables = read_tables(path, findings, how.sheets)
    good, reasons = [], []
    for table in tables:
        try:
            _header(table, how)
            good.append(table)
        except InputError as error:
            reasons.append((table, error))
    if not good or (reasons and how.sheets):
        raise InputError(problem for _, reason in reasons for problem in reason.problems) from None
    for table, reason in reasons:
        if any(any(cell_text(cell) for cell in row) for row in table.rows):
            findings.warn(table.file, (1, 1), sheet_not_read(reason))
    return good


def _header(table: Table, how: Sheets) -> tuple[int, dict[str, int]]:
    needed = ["date", "start", "title"] + ([] if how.owner is not None else ["channel"])
    fields = LOGGED if how.is_log else FIELDS
    return find_header(table, fields, how.mapped, needed, words_of("schedule", how.remembered))


def _slots(instance: Instance, table: Table, how: Sheets, findings: Findings) -> list[Slot]:
    header, columns = _header(table, how)
    for extra in beyond_header(table, header):
        findings.repair(extra.file, (extra.line, extra.column), extra.text, CELLS_LEFT_OUT)
    rows: list[ScheduleRow] = []
    for number in range(header + 1, len(table.rows)):
        cells = table.rows[number]
        found = {name: cells[at] for name, at in columns.items() if at < len(cells)}
        if any(cell_text(cell) for name, cell in found.items() if name != "date"):
            rows.append(ScheduleRow(number, found))
    horizon = instance.file.horizon
    ways = {name: number_way(row.cells[name] for row in rows if name in row.cells) for name in ("start", "end")}
    dates = DateReader((row.cells.get("date", "") for row in rows), horizon.start, horizon.days, how.order)
    times = TimesOfDay(instance, table, columns, how.zone, how.by_broadcast_day, dates, ways, findings)
    reader = RowReader(instance, table, columns, how.renamed, how.owner, times, how.words, findings)
    slots = [reader.slot(row) for row in rows]
    times.warn_of_nights()
    if not how.is_log:
        _warn_of_planned(instance, table, header, findings)
    return [slot for slot in slots if slot is not None]


def _warn_of_planned(instance: Instance, table: Table, header: int, findings: Findings) -> None:
    """Warn if an exported timetable has planned airings: imported as anchors they are fixed and no longer planned."""
    heads = [as_read(cell_text(cell)) for cell in table.rows[header]]
    if not {"airing_id", "programme"} <= set(heads):
        return
    at = heads.index("programme")
    planned = [
        number
        for number in range(header + 1, len(table.rows))
        if at < len(table.rows[number]) and cell_text(table.rows[number][at]) in instance.programme_index
    ]
    if planned:
        what = msg(
            "{number} airings of programmes of the catalogue are planned ones and become anchors, which are fixed and"
            " use no rights; to continue a plan, import the workbook with `import timetable`, or write the airings that"
            " must stay into locks.csv",
            number=len(planned),
        )
        findings.warn(table.file, table.place(planned[0], at), what)
