"""Tables from outside, CSV or workbook, as rows of cells with their places."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from scheduler.imports.workbook_limits import UnreadableError, check_workbook
from scheduler.instance import InputError, Problem, did_you_mean
from scheduler.instance.files.raw_file import read_raw

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 50_000_000
MAX_ROWS = 250_000
MAX_CELLS = 5_000_000

Cell = str | float | bool | date | datetime | time | timedelta


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name in messages, and all its rows from the first; row 0 is line 1."""

    file: str
    rows: list[list[Cell]]

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Line and column, from 1."""
        return row + 1, column + 1


def read_table(path: Path, sheet: str | None = None) -> Table:
    """Read a CSV file or one sheet of a workbook (the first unless named). Raises InputError where it cannot be."""
    raw = read_raw(path, path.name, MAX_BYTES, what="a table")
    table = (
        _csv(raw, path.name) if path.suffix.lower() in (".csv", ".txt", ".tsv") else _workbook(raw, path.name, sheet)
    )
    if len(table.rows) > MAX_ROWS:
        raise InputError([Problem(table.file, MAX_ROWS, 1, f"has more than {MAX_ROWS:,} rows")])
    return table


def _csv(raw: bytes, file: str) -> Table:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError([Problem(file, line, 1, "is not UTF-8 text; save it as CSV UTF-8")]) from None
    if "\x00" in text:
        raise InputError([Problem(file, 1, 1, "is not a CSV table; is it a workbook? use `parity import xlsx`")])
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    rows: list[list[Cell]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            while len(rows) < reader.line_num - 1:
                rows.append([])
            rows.append([cell.strip() for cell in cells])
    except csv.Error as error:
        line = max(reader.line_num, 1)
        raise InputError([Problem(file, line, 1, f"is not a CSV table: {error}; close every quote")]) from None
    return Table(file, rows)


def _workbook(raw: bytes, file: str, sheet: str | None) -> Table:
    import python_calamine

    _refuse_bombs(raw, file)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
        names = list(book.sheet_names)
        if sheet is not None and sheet not in names:
            raise InputError([Problem(file, 1, 1, f"there is no sheet '{sheet}'{did_you_mean(sheet, names)}")])
        if not names:
            raise InputError([Problem(file, 1, 1, "has no sheet")])
        name = sheet if sheet is not None else names[0]
        found = book.get_sheet_by_name(name)
        if found.total_height * found.total_width > MAX_CELLS:
            raise InputError([Problem(f"{file}[{name}]", 1, 1, f"has more than {MAX_CELLS:,} cells")])
        rows = found.to_python(skip_empty_area=False)
    except InputError:
        raise
    except Exception as error:
        raise _unreadable(file, error) from None
    except BaseException as error:
        # The reader is native code: where it panics it raises outside of Exception.
        if type(error).__name__ == "PanicException":
            raise _unreadable(file, error) from None
        raise
    return Table(f"{file}[{name}]", rows)


def sheet_names(path: Path) -> list[str]:
    """The sheets of a workbook. Raises InputError where it cannot be read."""
    import python_calamine

    raw = read_raw(path, path.name, MAX_BYTES, what="a workbook")
    _refuse_bombs(raw, path.name)
    try:
        return list(python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw)).sheet_names)
    except Exception as error:
        raise _unreadable(path.name, error) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise _unreadable(path.name, error) from None
        raise


def _unreadable(file: str, error: BaseException) -> InputError:
    said = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
    return InputError([Problem(file, 1, 1, f"cannot be read as a workbook: {said}; save it as .xlsx")])


def _refuse_bombs(raw: bytes, file: str) -> None:
    """Raise InputError for a workbook that would take more memory than fits."""
    try:
        check_workbook(raw, file)
    except UnreadableError as error:
        raise _unreadable(file, error) from None


def cell_text(cell: Cell) -> str:
    """A cell as a planner reads it: 52 and not 52.0, ISO dates, HH:MM times."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(timespec="minutes")
    if isinstance(cell, timedelta):
        minutes = int(cell.total_seconds() // 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()
