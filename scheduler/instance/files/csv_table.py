"""Read a CSV table with a header. Every cell keeps its place in the file.

The variants that spreadsheets write are accepted: a byte order mark, semicolons or tabs between cells, CRLF, and a
decimal comma if cells are not separated by commas.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.instance.files.raw_file import read_raw
from scheduler.instance.problem import InputError, Problem, closest, did_you_mean
from scheduler.messages import msg

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.messages import Message, Value

MAX_ROWS = 250_000
MAX_COLUMNS = 200
MAX_BYTES = 64_000_000
MAX_CELL = 10_000
MAX_LINE = 1_000_000

_LINE_END = re.compile(r"\r\n|\r|\n")  # the line ends of the csv module; str.splitlines has more


@dataclass(slots=True)
class CsvTable:
    """Rows of cells by column name. Empty cells are left out. Row i begins at line `lines[i]`."""

    file: str
    header: list[str] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    delimiter: str = ","
    changed: dict[tuple[int, str | None], tuple[str, int, int]] = field(default_factory=dict)  # by a variant
    _text: list[str] = field(default_factory=list)

    def at(self, row: int, column: str | None = None) -> tuple[str, int, int]:
        """File, line and column of a cell, or of its row if no column is given."""
        changed = self.changed.get((row, column)) or self.changed.get((row, None))
        return changed or (self.file, *self.place(row, column))

    def place(self, row: int, column: str | None = None) -> tuple[int, int]:
        """Line and character column (from 1) of a cell, or of its row if no column is given."""
        line = self.lines[row]
        if column is None or column not in self.header:
            return line, 1
        cells = next(csv.reader([self._text[line - 1]], delimiter=self.delimiter), [])
        before = cells[: self.header.index(column)]
        quotes = sum(2 for cell in before if self.delimiter in cell or '"' in cell)
        return line, 1 + sum(len(cell) + 1 for cell in before) + quotes

    def decimal(self, text: str) -> str:
        """A number as Python reads it. A decimal comma is replaced by a point, unless commas separate the cells."""
        return text if self.delimiter == "," else text.replace(",", ".")


def read_csv(path: Path, file: str, columns: frozenset[str], required: frozenset[str]) -> CsvTable:
    """Read one CSV file. Its header may have `columns` and must have the `required` ones.

    Raises InputError if the file cannot be read. Unknown and missing columns and rows of a wrong length are collected
    in the table's `problems`.
    """
    text = _decode(path, file)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    lines = _LINE_END.split(text)
    table = CsvTable(file, delimiter=delimiter, _text=lines)
    for line, part in enumerate(lines, start=1):
        if len(part) > MAX_LINE:
            raise InputError(
                [Problem(file, line, 1, msg("the line has more than {number} characters", number=MAX_LINE))]
            )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
        table.header = [cell.strip() for cell in header]
        while table.header and not table.header[-1]:
            table.header.pop()
        if len(table.header) > MAX_COLUMNS:
            raise InputError([Problem(file, 1, 1, msg("has more than {number} columns", number=MAX_COLUMNS))])
        _check_header(table, columns, required)
        begins = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _add_row(table, cells, begins)
            begins = reader.line_num + 1
            if len(table.rows) > MAX_ROWS:
                message = msg("has more than {number} rows; split the instance", number=MAX_ROWS)
                raise InputError([Problem(file, begins, 1, message)])
    except csv.Error:
        line = max(reader.line_num, 1)
        raise InputError([Problem(file, line, 1, msg("is not a CSV table; close every quote"))]) from None
    return table


def _decode(path: Path, file: str) -> str:
    raw = read_raw(path, file, MAX_BYTES, what=msg("a CSV table"))
    if not raw.strip():
        raise InputError([Problem(file, 1, 1, msg("is empty; it needs at least a header"))])
    if b"\x00" in raw[:4096]:
        message = msg("is not a UTF-8 CSV table (a workbook or UTF-16?); save it as CSV UTF-8")
        raise InputError([Problem(file, 1, 1, message)])
    try:
        return raw.decode("utf-8").lstrip("\ufeff")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError([Problem(file, line, 1, msg("is not UTF-8 text; save it as CSV UTF-8"))]) from None


def unknown_column(name: str, hint: Value) -> Message:
    """The problem that a column is not known, with a suggestion."""
    return msg("unknown column '{column}'{hint}", column=name, hint=hint)


def _check_header(table: CsvTable, columns: frozenset[str], required: frozenset[str]) -> None:
    seen: set[str] = set()
    meant: set[str | None] = set()
    at = 1
    for name in table.header:
        if name in seen:
            table.problems.append(Problem(table.file, 1, at, msg("column '{column}' appears twice", column=name)))
        elif name not in columns:
            free = columns - set(table.header)
            meant.add(closest(name, free))
            hint = did_you_mean(name, free)
            table.problems.append(Problem(table.file, 1, at, unknown_column(name, hint)))
        seen.add(name)
        at += len(name) + 1
    for name in sorted(required - seen - meant):
        table.problems.append(Problem(table.file, 1, 1, msg("column '{column}' is missing", column=name)))


def _add_row(table: CsvTable, cells: list[str], line: int) -> None:
    while len(cells) > len(table.header) and not cells[-1].strip():
        cells.pop()
    if len(cells) != len(table.header):
        message = msg(
            "has {cells} cells, the header has {header}; quote cells that hold '{sign}'",
            cells=len(cells),
            header=len(table.header),
            sign=table.delimiter,
        )
        table.problems.append(Problem(table.file, line, 1, message))
        return
    if any(len(cell) > MAX_CELL for cell in cells):
        table.problems.append(
            Problem(table.file, line, 1, msg("a cell has more than {number} characters", number=MAX_CELL))
        )
        return
    table.lines.append(line)
    table.rows.append({name: cell.strip() for name, cell in zip(table.header, cells, strict=True) if cell.strip()})
