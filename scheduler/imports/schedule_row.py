"""Read one row of a schedule as a slot: channel, times, title, and other cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.imports.age_marks import age_in_title, age_of
from scheduler.imports.cells import cell_text, failed_formula
from scheduler.imports.findings import (
    CALLED_UNTITLED,
    LEFT_OUT,
    NO_TITLE,
    OTHER_CHANNELS,
    ROW_LEFT_OUT,
    UNTITLED,
    taken_as,
)
from scheduler.imports.slots import Slot
from scheduler.imports.words import UNKNOWN_ORIGIN, TheirWords, kind_of, no_age_mark, no_country, run_of
from scheduler.instance.codes import language_code
from scheduler.instance.files.formula_errors import failed
from scheduler.instance.files.named import there_is_no
from scheduler.instance.signs import as_read
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scheduler.imports.cells import Cell, Table
    from scheduler.imports.findings import Findings, ProblemText
    from scheduler.imports.schedule_times import TimesOfDay
    from scheduler.instance import Instance


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A row of a table: its number, and its cells by field."""

    number: int
    cells: Mapping[str, Cell]


class RowReader:
    """Reads the rows of one table. Problems have the place of their cell."""

    def __init__(
        self,
        instance: Instance,
        table: Table,
        columns: Mapping[str, int],
        renamed: Mapping[str, str],
        owner: str | None,
        times: TimesOfDay,
        words: TheirWords,
        findings: Findings,
    ) -> None:
        self._words = words
        self._instance, self._table, self._columns = instance, table, columns
        self._owner, self._times, self._findings = owner, times, findings
        self._renamed = {as_read(theirs): ours for theirs, ours in renamed.items()}
        self._known = {as_read(channel.name): channel.id for channel in instance.channels}
        self._known |= {as_read(channel.id): channel.id for channel in instance.channels}
        self._row = ScheduleRow(0, {})

    def slot(self, row: ScheduleRow) -> Slot | None:
        """The slot, or None if the row cannot be used."""
        self._row = row
        channel = self._channel()
        if channel is None:
            return None
        when = self._times.of(channel, row.number, row.cells)
        if when is None:
            return None
        title = self._text("title")
        if failed_formula(title):
            self._repair("title", failed(title), ROW_LEFT_OUT)
            return None
        if not title:
            if not self._repair("title", NO_TITLE, CALLED_UNTITLED):
                return None
            title = UNTITLED
        place = self._table.place(row.number, self._columns.get("start", 0))
        written = " | ".join(filter(None, (self._text(name) for name in ("date", "start", "end", "minutes", "title"))))
        start, stop = when
        return Slot(self._table.file, place, channel, start, stop, title, self._fields(title), written=written)

    def _channel(self) -> int | None:
        text = self._text("channel")
        if self._renamed and text and as_read(text) not in self._renamed:
            self._findings.left_out[OTHER_CHANNELS] += 1
            return None
        name = self._renamed.get(as_read(text)) or self._known.get(as_read(text)) or (self._owner if not text else None)
        if name is None:
            self._repair("channel", there_is_no("channel", text, self._instance.channel_index), ROW_LEFT_OUT)
            return None
        return self._instance.channel_index[name]

    def _text(self, name: str) -> str:
        return cell_text(self._row.cells[name]) if name in self._row.cells else ""

    def _repair(self, name: str, what: ProblemText, repair: ProblemText) -> bool:
        place = self._table.place(self._row.number, self._columns.get(name, 0))
        return self._findings.repair(self._table.file, place, what, repair)

    def _fields(self, title: str) -> tuple[tuple[str, str], ...]:
        found = {
            "genre": self._words.genre(self._text("genre")),
            "origin": self._origin(),
            "audio": self._language("audio"),
        }
        found |= {name: self._text(name) for name in ("programme", "episode")}
        found["original_language"] = self._language("original_language")
        kind = self._known_word("version_kind", kind_of, ("original", "dubbed", "subtitled"))
        found["version_kind"] = "" if kind == "original" else kind
        found["run"] = self._known_word("run", run_of, ("first", "rerun"))
        found["age"] = self._age(title)
        return tuple(sorted((name, text) for name, text in found.items() if text))

    def _age(self, title: str) -> str:
        text = self._text("age")
        age = age_of(text) if text else None
        if text and age is None:
            self._repair("age", no_age_mark(text), msg("it counts as 0+"))
        marks = [mark for mark in (age, age_in_title(title)) if mark]
        return str(max(marks)) if marks else ""

    def _known_word(self, name: str, read: Callable[[str], str | None], words: tuple[str, ...]) -> str:
        """The value of a cell. If the cell is not one of `words`, the first word is used."""
        text = self._text(name)
        if not text:
            return ""
        word = read(text)
        if word is None:
            what = msg("'{text}' is none of {words}", text=text, words=", ".join(words))
            self._repair(name, what, taken_as(words[0]))
        return word or words[0]

    def _origin(self) -> str:
        code, unknown = self._words.origin(self._text("origin"))
        for name in unknown:
            self._repair("origin", no_country(name), UNKNOWN_ORIGIN)
        return code

    def _language(self, name: str) -> str:
        text = self._text(name)
        code = language_code(text) if text else ""
        if code is None:
            self._repair(name, there_is_no("language", text), LEFT_OUT)
        return code or ""
