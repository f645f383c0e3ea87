"""Read a channel's schedule from CSV or a workbook, with a map from its columns to ours."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from scheduler.imports.cells import cell_text, read_table
from scheduler.imports.columns import find_header
from scheduler.imports.places import UNKNOWN_COUNTRY, country_code, language_code
from scheduler.imports.slots import Slot
from scheduler.instance import did_you_mean, zone_clock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scheduler.imports.cells import Cell
    from scheduler.imports.mending import Mending
    from scheduler.instance import Instance

FIELDS = (
    *("channel", "date", "start", "end", "minutes", "title", "genre", "origin", "audio", "version_kind"),
    *("original_language", "age", "run"),
)
ALIASES = {"date": "start_local", "start": "start_local", "end": "end_local", "minutes": "duration_min"}
ALIASES |= {"audio": "version_language"}
"""The columns of timetable.csv that say a field."""

FIRST_YEAR, LAST_YEAR = 1900, 2200

_KINDS = ("original", "dubbed", "subtitled")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)(?:[:.]\d\d(?:\.\d+)?)?$")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d{1,2})\.(\d{1,2})\.(\d{4})")


def read_schedule(
    instance: Instance,
    path: Path,
    mapped: Mapping[str, str],
    mending: Mending,
    renamed: Mapping[str, str],
    owner: str | None = None,
    sheet: str | None = None,
) -> list[Slot]:
    """The slots of a table whose rows say a date, a clock time on the channel's own clock and a title.

    `renamed` is our channel of one of theirs, `owner` whose schedule it is where no column says so. An end may be
    missing, or be said in minutes.
    """
    table = read_table(path, sheet)
    needed = ["date", "start", "title"] + ([] if owner is not None else ["channel"])
    header, columns = find_header(table, FIELDS, mapped, needed, ALIASES)
    slots = []
    for number in range(header + 1, len(table.rows)):
        cells = table.rows[number]
        row = {name: cells[at] for name, at in columns.items() if at < len(cells)}
        if not any(cell_text(cell) for cell in row.values()):
            continue
        reader = _Row(instance, table.file, row, columns, number, mending)
        slot = reader.slot(renamed, owner)
        if slot is not None:
            slots.append(slot)
    if not slots and not mending.problems:
        mending.fail(table.file, (header + 1, 1), "no row follows the header")
    return slots


class _Row:
    """One row being read; problems carry the place of their cell."""

    def __init__(
        self,
        instance: Instance,
        file: str,
        cells: dict[str, Cell],
        columns: dict[str, int],
        number: int,
        mending: Mending,
    ) -> None:
        self._instance, self._file, self._cells, self._mending = instance, file, cells, mending
        self._columns, self._number = columns, number

    def slot(self, renamed: Mapping[str, str], owner: str | None) -> Slot | None:
        """The slot, or None where the row cannot be used."""
        said = self._text("channel")
        name = renamed.get(said, said) or owner or ""
        if name not in self._instance.channel_index:
            hint = did_you_mean(name, self._instance.channel_index)
            self._mend("channel", f"there is no channel '{name}'{hint}", "the row is left out")
            return None
        channel = self._instance.channel_index[name]
        day, start = self._day(), self._clock("start")
        if day is None or start is None:
            return None
        begin = self._utc(channel, day, start)
        title = self._text("title")
        if not title:
            if not self._mend("title", "there is no title", "called 'untitled'"):
                return None
            title = "untitled"
        place = self._place("start")
        return Slot(self._file, place, channel, begin, self._stop(channel, day, start), title, self._fields(channel))

    def _text(self, name: str) -> str:
        return cell_text(self._cells[name]) if name in self._cells else ""

    def _place(self, name: str) -> tuple[int, int]:
        return self._number + 1, self._columns.get(name, 0) + 1

    def _mend(self, name: str, what: str, mended: str) -> bool:
        return self._mending.mend(self._file, self._place(name), what, mended)

    def _day(self) -> date | None:
        """The date, of a year in which clocks and weeks can be counted."""
        day = self._written_day()
        if day is None or FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
        self._mend("date", f"'{self._text('date')}' lies outside the years {FIRST_YEAR} to {LAST_YEAR}", "left out")
        return None

    def _written_day(self) -> date | None:
        cell = self._cells.get("date")
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        match = _DAY.match(self._text("date"))
        try:
            if match is not None:
                year, month, day = match.groups()[:3] if match[1] else match.groups()[:2:-1]
                return date(int(year), int(month), int(day))
        except ValueError:
            pass
        self._mend("date", f"'{self._text('date')}' is not a date such as 2026-12-07 or 07.12.2026", "left out")
        return None

    def _clock(self, name: str) -> int | None:
        """Minutes since midnight; may pass 1440."""
        cell = self._cells.get(name)
        if isinstance(cell, datetime | time):
            return cell.hour * 60 + cell.minute
        if isinstance(cell, timedelta):
            minutes = int(cell.total_seconds() // 60)
        elif isinstance(cell, float) and not isinstance(cell, bool) and 0 <= cell < 2:
            minutes = round(cell * 1440)
        else:
            match = _CLOCK.search(self._text(name).rpartition("T")[2])
            minutes = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else -1
        if 0 <= minutes <= 30 * 60:
            return minutes
        self._mend(name, f"'{self._text(name)}' is not a clock time such as 18:30 or 25:30", "the row is left out")
        return None

    def _utc(self, channel: int, day: date, minute: int) -> datetime:
        zone = zone_clock(self._instance.channels[channel].zone)
        local = datetime.combine(day, time()) + timedelta(minutes=minute)
        return local.replace(tzinfo=zone).astimezone(UTC)

    def _stop(self, channel: int, day: date, start: int) -> datetime | None:
        if self._text("end"):
            end = self._clock("end")
            if end is None:
                return None
            return self._utc(channel, day, end + 1440 if end <= start else end)
        length = self._text("minutes")
        if not length:
            return None
        if length.isdigit() and 0 < int(length) <= 1440:
            return self._utc(channel, day, start) + timedelta(minutes=int(length))
        self._mend("minutes", f"'{length}' is not a length in whole minutes", "it ends when the next one begins")
        return None

    def _fields(self, channel: int) -> tuple[tuple[str, str], ...]:
        owner = self._instance.channels[channel]
        found = {"genre": self._text("genre") or "general", "origin": self._origin(owner.territory)}
        found["audio"] = self._language("audio") or owner.languages[0]
        found["original_language"] = self._language("original_language")
        kind = self._text("version_kind").lower()
        if kind and kind not in _KINDS:
            self._mend("version_kind", f"'{kind}' is not original, dubbed or subtitled", "taken as original")
            kind = ""
        found["version_kind"] = "" if kind == "original" else kind
        age = self._text("age").rstrip("+")
        if age and not (age.isdigit() and int(age) <= 21):
            self._mend("age", f"'{age}' is not an age mark", "left out")
            age = ""
        found["age"] = "" if age == "0" else age
        run = self._text("run").lower()
        if run not in ("", "first", "rerun"):
            self._mend("run", f"'{run}' is not first or rerun", "taken as first")
        found["run"] = run if run == "rerun" else "first"
        return tuple(sorted((name, text) for name, text in found.items() if text))

    def _origin(self, otherwise: str) -> str:
        said = [part.strip() for part in self._text("origin").replace(",", ";").split(";") if part.strip()]
        codes = []
        for part in said:
            name, _, share = part.partition(":")
            code = country_code(name)
            if code is None:
                self._mend("origin", f"there is no country '{name}'", f"its origin is {UNKNOWN_COUNTRY}, unknown")
            codes.append((code or UNKNOWN_COUNTRY) + (f":{share}" if share else ""))
        return ";".join(dict.fromkeys(codes)) or otherwise

    def _language(self, name: str) -> str:
        said = self._text(name)
        code = language_code(said) if said else ""
        if code is None:
            self._mend(name, f"there is no language '{said}'", "left out")
        return code or ""
