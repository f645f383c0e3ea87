"""A programme catalogue is read from CSV or a workbook and written into programmes.csv."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from pydantic import ValidationError

from scheduler.imports.age_marks import age_of
from scheduler.imports.anchors import table_text, unused_name
from scheduler.imports.cells import cell_text, failed_formula, read_tables
from scheduler.imports.clocks import clean, is_number
from scheduler.imports.columns import beyond_header, find_header
from scheduler.imports.dates import DateReader
from scheduler.imports.findings import CELLS_LEFT_OUT, NO_ROWS, ROW_LEFT_OUT, sheet_not_read
from scheduler.imports.heads import words_of
from scheduler.imports.lengths import length_of
from scheduler.imports.words import TheirWords, no_age_mark, no_country, versions_of
from scheduler.instance import InputError, Programme, read_csv
from scheduler.instance.files.formula_errors import failed
from scheduler.instance.files.load import fits, number_fields
from scheduler.instance.files.numbers import read_numbers
from scheduler.instance.files.odd_values import MOST_APPEAL
from scheduler.instance.files.validation import at_field, message_of
from scheduler.messages import RefusedError, msg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scheduler.imports.cells import Cell, Table
    from scheduler.imports.findings import Findings, ProblemText
    from scheduler.instance import Instance

COLUMNS = tuple(Programme.model_fields)
NEEDED = tuple(name for name, field in Programme.model_fields.items() if field.is_required())
DATES = ("rights_from", "rights_to")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """programmes.csv with the programmes of a catalogue: new programmes, changes, and the number of omitted rows."""

    text: str
    fresh: tuple[str, ...]
    replaced: Mapping[str, str]
    left_out: int
    rows: tuple[dict[str, str], ...] = ()
    sample: tuple[str, ...] = ()


def catalogue_of(
    instance: Instance,
    path: Path,
    mapped: Mapping[str, str],
    findings: Findings,
    sheets: Sequence[str] = (),
    order: str = "",
    remembered: Mapping[str, str] | None = None,
    ours: TheirWords | None = None,
) -> Catalogue:
    """Read a catalogue. In programmes that are present already, only the columns of the table change.

    A blank cell changes nothing. Without a column of ids, a programme is recognised by its title, and the id of a new
    one is made from it.

    Parameters
    ----------
    instance, path
        The instance, and the CSV file or workbook.
    mapped
        Heads of columns by field, as the planner gives them.
    findings
        Collects what is wrong.
    sheets
        Sheets of the workbook; by default all.
    order
        Order of dates: dmy, mdy or ymd; by default the one that fits each column.
    remembered
        Heads of columns by field of the last import.
    ours
        Genres and origins of the instance by those of the source.

    Raises
    ------
    InputError
        The file cannot be read, or has no catalogue.
    """
    there = read_csv(instance.folder / "programmes.csv", "programmes.csv", frozenset(COLUMNS), frozenset(NEEDED)).rows
    by_id = {row["programme"]: row for row in there}
    found: dict[str, dict[str, str]] = {}
    left_out = 0
    sample: list[str] = []
    words = words_of("catalogue", remembered)
    for table in _catalogues(path, mapped, findings, sheets, words):
        reader = _Reader(instance, table, mapped, findings, order, words, ours or TheirWords())
        for number in reader.numbers():
            row = reader.row(number, by_id, found)
            if row is None:
                left_out += 1
                continue
            found[row["programme"]] = row
            if len(sample) < 5:
                brought = "; ".join(f"{name} {cell}" for name, cell in reader.cells(number).items())
                sample.append(f"  {table.file}:{number + 1}: {brought}"[:300])
    if not found and not findings.problems:
        findings.fail(path.name, (1, 1), NO_ROWS)
    changed = {name: _changes(by_id[name], row) for name, row in found.items() if name in by_id}
    rows = [found.get(row["programme"], row) for row in there]
    fresh = [row for name, row in found.items() if name not in by_id]
    new = tuple(row["programme"] for row in fresh)
    return Catalogue(table_text([*rows, *fresh], COLUMNS), new, changed, left_out, tuple(found.values()), tuple(sample))


def _catalogues(
    path: Path,
    mapped: Mapping[str, str],
    findings: Findings,
    sheets: Sequence[str],
    words: Mapping[str, Sequence[str]],
) -> list[Table]:
    """The tables that are catalogues. A warning names the other sheets of a workbook, which are not read."""
    tables = read_tables(path, findings, sheets)
    if len(tables) == 1 or sheets:
        return tables
    good, reasons = [], []
    for table in tables:
        try:
            find_header(table, COLUMNS, mapped, ("title",), words)
            good.append(table)
        except InputError as error:
            reasons.append((table, error))
    if not good:
        raise reasons[0][1]
    for table, reason in reasons:
        if any(table.rows):
            findings.warn(table.file, (1, 1), sheet_not_read(reason))
    return good


def _changes(before: dict[str, str], after: dict[str, str]) -> str:
    """The differences of two rows: each column with both cells, – for an empty cell."""
    names = [name for name in COLUMNS if before.get(name, "") != after.get(name, "")]
    return "; ".join(f"{name} {before.get(name) or '–'} → {after.get(name) or '–'}" for name in names)


class _Reader:
    """Reads the rows of one table."""

    def __init__(
        self,
        instance: Instance,
        table: Table,
        mapped: Mapping[str, str],
        findings: Findings,
        order: str,
        words: Mapping[str, Sequence[str]],
        ours: TheirWords,
    ) -> None:
        self._table, self._findings = table, findings
        self._header, self._columns = find_header(table, COLUMNS, mapped, ("title",), words)
        for extra in beyond_header(table, self._header):
            findings.repair(extra.file, (extra.line, extra.column), extra.text, CELLS_LEFT_OUT)
        self._ours = ours
        horizon = instance.file.horizon
        self._dates = {name: DateReader(self._column(name), horizon.start, horizon.days, order) for name in DATES}
        self._numbers = {name: self._read_numbers(name) for name in number_fields(Programme) if name in self._columns}
        self._percent = self._is_percent()
        self._wrong = False

    def numbers(self) -> list[int]:
        """The rows below the header that are not empty."""
        return [at for at in range(self._header + 1, len(self._table.rows)) if self.cells(at)]

    def cells(self, number: int) -> dict[str, str]:
        """The filled cells of a row, as text."""
        row = self._table.rows[number]
        found = {name: cell_text(row[at]) for name, at in self._columns.items() if at < len(row)}
        return {name: text for name, text in found.items() if text}

    def row(
        self, number: int, there: Mapping[str, dict[str, str]], found: Mapping[str, dict[str, str]]
    ) -> dict[str, str] | None:
        """The row of programmes.csv, merged with the present one. None if it is left out."""
        self._wrong = False
        brought = {name: self._value(number, name) for name in self.cells(number)}
        name = brought.get("programme") or self._known_title(brought.get("title", ""), there)
        name = name or unused_name(brought.get("title", ""), {*there, *found})
        if name in found:
            self._say(number, "programme", msg("'{name}' is there twice", name=name), msg("the later row is left out"))
            return None
        row = {**there.get(name, {}), **{field: text for field, text in brought.items() if text}, "programme": name}
        try:
            Programme.model_validate(row)
        except ValidationError as error:
            if not self._wrong:
                for detail in error.errors(include_url=False):
                    field = str(detail["loc"][0]) if detail["loc"] else "programme"
                    self._say(number, field, at_field(field, message_of(detail)), ROW_LEFT_OUT)
            return None
        return None if self._wrong else row

    def _known_title(self, title: str, there: Mapping[str, dict[str, str]]) -> str:
        same = [name for name, row in there.items() if row["title"] == title and "programme" not in self._columns]
        return same[0] if len(same) == 1 else ""

    def _value(self, number: int, name: str) -> str:
        """The value of a cell for programmes.csv. Empty, with a problem, if it cannot be read."""
        cell = self._table.rows[number][self._columns[name]]
        try:
            return self._read(name, cell)
        except RefusedError as error:
            self._wrong = True
            self._say(number, name, at_field(name, error.reason), ROW_LEFT_OUT)
            return ""

    def _read(self, name: str, cell: Cell) -> str:
        """The value of a cell by its column. Raises RefusedError with the reason."""
        text = clean(cell_text(cell))
        if failed_formula(cell):
            raise RefusedError(failed(text))
        if name in DATES:
            return self._dates[name].read(cell).isoformat()
        if name == "minutes":
            return str(length_of(cell, self._numbers[name].get(text, text)))
        if name == "age":
            age = age_of(text)
            if age is None:
                raise RefusedError(no_age_mark(text))
            return str(age)
        if name in ("origin", "versions"):
            read, unknown = (self._ours.origin if name == "origin" else versions_of)(text)
            if unknown:
                no_version = msg("there is no language or kind of version '{text}'", text=unknown[0])
                raise RefusedError(no_country(unknown[0]) if name == "origin" else no_version)
            return read
        if name == "genre":
            return self._ours.genre(text)
        if name in self._numbers:
            return self._number(name, cell, text)
        return cell_text(cell)

    def _number(self, name: str, cell: Cell, text: str) -> str:
        if isinstance(cell, datetime | time | timedelta):
            raise RefusedError(msg("'{text}' is a date or a time; expected a number", text=text))
        if is_number(cell):
            text = f"{round(float(cell), 9):.9f}".rstrip("0").rstrip(".")
        text = self._numbers[name].get(text, text)
        return f"{text} %" if name == "appeal" and self._percent and not text.endswith("%") else text

    def _read_numbers(self, name: str) -> Mapping[str, str]:
        """The number of each text in a numeric column."""
        cells = [clean(cell) for cell in self._column(name) if isinstance(cell, str)]
        check = partial(fits, number_fields(Programme)[name])
        reading = read_numbers(cells, check, point_only=self._table.point_only)
        if reading.doubt is not None:
            self._findings.fail(self._table.file, (self._row_of(name, reading.cell), self._at(name)), reading.doubt)
        return reading.numbers

    def _is_percent(self) -> bool:
        """Whether all appeals are 10 or more and therefore percentages. This is reported, and accepted if lenient."""
        texts = [clean(cell_text(cell)) for cell in self._column("appeal")]
        read = [self._numbers.get("appeal", {}).get(text, text) for text in texts if text]
        plain = [text for text in read if text.replace(".", "", 1).isdigit()]
        if not plain or len(plain) < len(read) or min(map(float, plain)) < MOST_APPEAL:
            return False
        what = msg(
            "appeal: '{number}' is {number} times the usual audience; if percent is meant, write 0.85 or 85 %",
            number=plain[0],
        )
        place = self._header + 2, self._at("appeal")
        return self._findings.repair(self._table.file, place, what, msg("read as percent"))

    def _column(self, name: str) -> list[Cell]:
        at = self._columns.get(name)
        rows = self._table.rows[self._header + 1 :]
        return [] if at is None else [row[at] for row in rows if at < len(row) and cell_text(row[at])]

    def _row_of(self, name: str, text: str) -> int:
        at = self._columns[name]
        rows = enumerate(self._table.rows)
        return next((number + 1 for number, row in rows if at < len(row) and clean(cell_text(row[at])) == text), 1)

    def _at(self, name: str) -> int:
        return self._columns.get(name, 0) + 1

    def _say(self, number: int, field: str, what: ProblemText, repair: ProblemText) -> None:
        self._findings.repair(self._table.file, (number + 1, self._at(field)), what, repair)
