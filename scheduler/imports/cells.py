"""Read tables of other programs, CSV or workbook, as rows of cells with their places."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from scheduler.imports.encoding import text_of
from scheduler.imports.packed import A_TABLE, content_of, is_packed
from scheduler.imports.workbook_limits import UnreadableError, check_workbook
from scheduler.instance import InputError, Problem
from scheduler.instance.files.formula_errors import is_formula_error
from scheduler.instance.files.named import there_is_no
from scheduler.instance.files.raw_file import read_raw
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scheduler.imports.findings import Findings

MAX_BYTES = 50_000_000
MAX_ROWS = 250_000
MAX_CELLS = 5_000_000
TEXT_FILES = (".csv", ".txt", ".tsv")

Cell = str | float | bool | date | datetime | time | timedelta

_AS_TEXT = re.compile(r"'(?=[=+\-@\t\r])")
"""The apostrophe that our export for Excel puts before texts that look like formulas."""

_SEPARATOR = re.compile(r'"?sep=(.)"?\s*$')


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name in messages, and all its rows. Row 0 is line 1.

    `point_only`: cells are separated by commas, so a comma in a number is never a decimal comma.
    """

    file: str
    rows: list[list[Cell]]
    point_only: bool = False

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Line and column, from 1."""
        return row + 1, column + 1


def read_tables(path: Path, findings: Findings, sheets: Sequence[str] = ()) -> list[Table]:
    """Read a CSV file, or the named sheets of a workbook (all sheets if none is named).

    Raises InputError where it cannot be read.
    """
    if path.name.lower().removesuffix(".gz").removesuffix(".zip").endswith(TEXT_FILES):
        if is_packed(path, MAX_BYTES):
            findings.warn(path.name, (1, 1), msg("is packed (gzip or zip); the table inside is read"))
        tables = [_csv(content_of(path, MAX_BYTES, A_TABLE), path.name, findings)]
    else:
        book = _opened(path)
        names = list(book.sheet_names)
        for sheet in sheets:
            if sheet not in names:
                raise InputError([Problem(path.name, 1, 1, there_is_no("sheet", sheet, names))])
        tables = [_sheet(book, path.name, name) for name in sheets or names]
    for table in tables:
        if len(table.rows) > MAX_ROWS:
            raise InputError([Problem(table.file, MAX_ROWS, 1, msg("has more than {number} rows", number=MAX_ROWS))])
    return tables


def read_table(path: Path, sheet: str | None = None) -> Table:
    """Read a CSV file or one sheet of a workbook, by default the first. Raises InputError if it cannot be read."""
    from scheduler.imports.findings import Findings

    findings = Findings()
    table = read_tables(path, findings, () if sheet is None else (sheet,))[0]
    findings.stop_on_errors()
    return table


def sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets. Raises InputError if it cannot be read."""
    return list(_opened(path).sheet_names)


def read_sheet(path: Path, name: str) -> Table:
    """Read one sheet of a workbook. Raises InputError if it cannot be read."""
    return _sheet(_opened(path), path.name, name)


def _csv(raw: bytes, file: str, findings: Findings) -> Table:
    text = text_of(raw, file, findings)
    if "\x00" in text:
        message = msg("is not a CSV table; if it is a workbook, use `parity import xlsx`")
        raise InputError([Problem(file, 1, 1, message)])
    lines = text.split("\n", 1)
    named = _SEPARATOR.match(lines[0])
    delimiter = named[1] if named is not None else _delimiter(text)
    rows: list[list[Cell]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            while len(rows) < reader.line_num - 1 - sum(cell.count("\n") for cell in cells):
                rows.append([])
            rows.append([_AS_TEXT.sub("", cell.strip(), count=1) for cell in cells])
    except csv.Error:
        line = max(reader.line_num, 1)
        raise InputError([Problem(file, line, 1, msg("is not a CSV table; close every quote"))]) from None
    if named is not None and rows:
        rows[0] = []
    return Table(file, rows, point_only=delimiter == ",")


def _delimiter(text: str) -> str:
    """The delimiter: the character that occurs equally often in most of the first lines."""
    lines = [line for line in text.split("\n")[:20] if line.strip()]

    def score(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in lines if sign in line)
        common = max(counts, key=lambda count: (counts[count], count), default=0)
        return common * counts[common], common

    return max(",;\t|", key=score)


def _opened(path: Path) -> Any:
    """Open a workbook. Raises InputError if this is impossible."""
    import python_calamine

    raw = read_raw(path, path.name, MAX_BYTES, what=msg("a workbook"))
    if raw.startswith(b"\x1f\x8b"):
        raise InputError([Problem(path.name, 1, 1, msg("is packed (gzip); unpack it first"))])
    _refuse_bombs(raw, path.name)
    return _guarded(path.name, lambda: python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw)))


def _sheet(book: Any, file: str, name: str) -> Table:
    found = _guarded(file, lambda: book.get_sheet_by_name(name))
    if found.total_height * found.total_width > MAX_CELLS:
        raise InputError([Problem(f"{file}[{name}]", 1, 1, msg("has more than {number} cells", number=MAX_CELLS))])
    return Table(f"{file}[{name}]", _guarded(file, lambda: found.to_python(skip_empty_area=False)))


def _guarded(file: str, read: Callable[[], Any]) -> Any:
    """Call the reader of workbooks. Raises InputError if it fails."""
    try:
        return read()
    except InputError:
        raise
    except Exception as error:
        raise _unreadable(file, error) from None
    except BaseException as error:
        # The reader is native code. Its panics are not subclasses of Exception.
        if type(error).__name__ == "PanicException":
            raise _unreadable(file, error) from None
        raise


def _unreadable(file: str, error: BaseException) -> InputError:
    reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
    return InputError(
        [Problem(file, 1, 1, msg("cannot be read as a workbook ({reason}); save it as .xlsx", reason=reason))]
    )


def _refuse_bombs(raw: bytes, file: str) -> None:
    """Raise InputError for a workbook that would need too much memory."""
    try:
        check_workbook(raw, file)
    except UnreadableError as error:
        raise _unreadable(file, error) from None


def cell_text(cell: Cell) -> str:
    """The text of a cell as a planner reads it: 52 instead of 52.0, ISO dates, HH:MM times."""
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


def failed_formula(cell: Cell) -> bool:
    """Whether a cell has the error value of a formula."""
    return isinstance(cell, str) and is_formula_error(cell)
