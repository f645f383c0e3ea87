"""Read a ratings log in local clock time. Each row is an airing with its viewers."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from scheduler.imports.cells import Cell, Table, cell_text, read_table
from scheduler.imports.columns import beyond_header, find_header
from scheduler.imports.heads import words_of
from scheduler.instance import InputError, Problem
from scheduler.messages import Message, msg
from scheduler.ratings.params import RatingsParams

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

FIELDS = ("date", "start", "title", "viewers", "minutes", "kind", "channel")
NEEDED = ("date", "start", "title", "viewers")

_BRACKETS = re.compile(r"\([^()]*\)")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")


def title_key(title: str) -> str:
    """A title as it is compared: NFKC, without notes in brackets, case and repeated blanks ignored.

    A title that consists only of a note in brackets is kept as it is.
    """
    plain = unicodedata.normalize("NFKC", title)
    bare = _SPACES.sub(" ", _BRACKETS.sub(" ", plain)).strip().casefold()
    return bare or _SPACES.sub(" ", plain).strip().casefold()


def read_log(
    paths: Sequence[Path],
    mapped: Mapping[str, str] | None = None,
    sheet: str | None = None,
    remembered: Mapping[str, str] | None = None,
    params: RatingsParams | None = None,
) -> pd.DataFrame:
    """Read one or several ratings logs, CSV or XLSX, as one frame in time order.

    Parameters
    ----------
    paths
        The files. Each needs the columns date, start, title and viewers; minutes, kind and channel are optional.
    mapped
        The head of a field if it is not the field's name.
    sheet
        The sheet of a workbook; by default its first.
    remembered
        Heads of the last import, taken where a file has them.
    params
        The parameters: among them, how long a row without a length lasts. By default RatingsParams().

    Returns
    -------
    A frame with `start` (local time), `minutes` (to the next row of the channel where the log does not say),
    `title`, `key` (the title as it is compared), `kind`, `channel` (both "" where the log does not say) and `viewers`
    (average persons).

    Raises
    ------
    InputError
        With every cell that cannot be read.
    """
    problems, params = list[Problem](), params or RatingsParams()
    parts = [_read(path, mapped or {}, sheet, remembered or {}, problems) for path in paths]
    if problems:
        raise InputError(problems)
    log = pd.concat(parts, ignore_index=True).drop_duplicates(["channel", "start", "title"], keep="last")
    log = log.sort_values(["channel", "start"], kind="stable").reset_index(drop=True)
    until_next = log.groupby("channel")["start"].shift(-1).sub(log["start"]).dt.total_seconds() / 60
    log["minutes"] = log["minutes"].fillna(until_next).fillna(params.last_minutes)
    log["minutes"] = log["minutes"].clip(1.0, params.longest_minutes)
    log["key"] = [title_key(title) for title in log["title"]]
    return log


def until(log: pd.DataFrame, day: date) -> pd.DataFrame:
    """The rows of a log up to and including a day.

    Raises
    ------
    InputError
        The log has no row up to that day.
    """
    kept = log[log["start"] < pd.Timestamp(day) + pd.Timedelta(days=1)].reset_index(drop=True)
    if not len(kept):
        late = msg("its first row is of {first}, after {day}", first=log["start"].min().date(), day=day)
        raise InputError([Problem("log", 1, 1, late)])
    return kept


def _read(
    path: Path, mapped: Mapping[str, str], sheet: str | None, remembered: Mapping[str, str], problems: list[Problem]
) -> pd.DataFrame:
    """One file's rows; unreadable cells are added to `problems`."""
    table = read_table(path, sheet)
    header, columns = find_header(table, FIELDS, mapped, NEEDED, _words(remembered))
    problems += beyond_header(table, header)
    body = table.rows[header + 1 :]
    lines = [number for number, cells in enumerate(body, header + 1) if any(cell_text(cell) for cell in cells)]
    if not lines:
        raise InputError([Problem(table.file, header + 1, 1, msg("no row follows the header"))])

    def column(field: str) -> list[Cell]:
        at = columns[field]
        return [table.rows[line][at] if at < len(table.rows[line]) else "" for line in lines]

    def parsed(field: str, read: Callable[[Cell], object], expected: Message) -> list[object]:
        values = [read(cell) for cell in column(field)]
        for line, cell, value in zip(lines, column(field), values, strict=True):
            if value is None:
                place = table.place(line, columns[field])
                wrong = msg(
                    "{field}: expected {expected}, got '{value}'", field=field, expected=expected, value=cell_text(cell)
                )
                problems.append(Problem(table.file, *place, wrong))
        return values

    days = parsed("date", _day, msg("a date such as 2026-12-07 or 07.12.2026"))
    clocks = parsed("start", _clock, msg("a clock time such as 18:30 or 18:30:05"))
    viewers = parsed("viewers", lambda cell: _number(cell, table), msg("a number of persons"))
    minutes = None
    if "minutes" in columns:
        minutes = parsed("minutes", lambda cell: _length(cell, table), msg("a number of minutes"))
    titles = [cell_text(cell) for cell in column("title")]
    for line, title in zip(lines, titles, strict=True):
        if not title:
            problems.append(Problem(table.file, *table.place(line, columns["title"]), msg("title: is empty")))
    if problems:
        return pd.DataFrame()
    start = pd.to_datetime(pd.Series(days)) + pd.to_timedelta(pd.Series(clocks), unit="s")
    return pd.DataFrame(
        {
            "start": start,
            "minutes": pd.Series(minutes if minutes is not None else [None] * len(lines), dtype="float64"),
            "title": titles,
            "kind": [cell_text(cell) for cell in column("kind")] if "kind" in columns else "",
            "channel": [cell_text(cell) for cell in column("channel")] if "channel" in columns else "",
            "viewers": pd.Series(viewers, dtype="float64"),
        }
    )


def _words(remembered: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The heads of every field, as for schedules. The kind of a rating is the genre of a schedule."""
    words = words_of("schedule", remembered)
    return {**words, "kind": (*words.get("kind", ()), *words["genre"])}


def _day(cell: Cell) -> datetime | None:
    """A day: a date cell, 2026-12-07 or 07.12.2026."""
    if isinstance(cell, datetime):
        return datetime.combine(cell.date(), time())
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    text = str(cell).strip()
    try:
        if dotted := _DOTTED.fullmatch(text):
            day, month, year = (int(part) for part in dotted.groups())
            return datetime(year, month, day)
        return datetime.combine(date.fromisoformat(text), time())
    except ValueError:
        return None


def _clock(cell: Cell) -> float | None:
    """Seconds since midnight; 24:00 to 29:59 are the night after."""
    if isinstance(cell, timedelta):
        return cell.total_seconds() if timedelta() <= cell < timedelta(hours=30) else None
    if isinstance(cell, datetime):
        cell = cell.time()
    if isinstance(cell, time):
        return cell.hour * 3600.0 + cell.minute * 60 + cell.second
    found = _CLOCK.fullmatch(str(cell).strip())
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600.0 + minutes * 60 + seconds if hours < 30 and minutes < 60 and seconds < 60 else None


def _number(cell: Cell, table: Table) -> float | None:
    """A number of persons, at least 0. Blanks inside the number group its digits."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) if 0 <= cell < 1e10 else None
    text = _SPACES.sub("", str(cell))
    if not table.file.endswith("]") and re.fullmatch(r"\d+,\d+", text):
        text = text.replace(",", ".")
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None


def _length(cell: Cell, table: Table) -> float | None:
    """Minutes of a row, NaN if the cell is empty."""
    if isinstance(cell, timedelta):
        return cell.total_seconds() / 60
    if isinstance(cell, time):
        return cell.hour * 60.0 + cell.minute + cell.second / 60
    return float("nan") if cell_text(cell) == "" else _number(cell, table)
