"""Write timetable.csv in the columns TIMETABLE_COLUMNS, and read it with all its problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from pydantic import ValidationError

from scheduler.instance import TIMETABLE_COLUMNS, Aired, InputError, Problem, read_csv, served, zone_clock
from scheduler.instance.derived.aired import EVIDENCE_COLUMNS, NEEDED_COLUMNS, WITHDRAWN, contradictions
from scheduler.instance.files.named import there_is_no
from scheduler.instance.files.validation import problems_in_row
from scheduler.messages import msg
from scheduler.moments import MOMENT_FORMAT
from scheduler.timetable.timetable import Timetable, build_timetable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scheduler.instance import CsvTable, Instance
    from scheduler.messages import Message


def timetable_frame(timetable: Timetable) -> pd.DataFrame:
    """The timetable as a frame with the columns TIMETABLE_COLUMNS, as texts and whole numbers."""
    instance, contents = timetable.instance, timetable.instance.contents
    channels = instance.channels
    items = [contents.items[content] for content in timetable.content.tolist()]
    utc = pd.Timestamp(instance.timeline.origin) + pd.to_timedelta(timetable.start, unit="min")
    end = utc + pd.to_timedelta(timetable.minutes, unit="min")
    serving = served(instance, timetable.channel, timetable.content)
    ids = [channels[number].id for number in timetable.channel.tolist()]
    zones = [channels[number].zone for number in timetable.channel.tolist()]
    local = pd.Series([at.tz_convert(zone_clock(zone)) for at, zone in zip(utc, zones, strict=True)], dtype=object)
    local_end = pd.Series([at.tz_convert(zone_clock(zone)) for at, zone in zip(end, zones, strict=True)], dtype=object)
    shift = pd.Timedelta(minutes=instance.timeline.broadcast_start)
    viewers = (timetable.audience * 2 + timetable.minutes) // (2 * np.maximum(timetable.minutes, 1))
    columns = {
        "airing_id": [f"{name}/{at:%Y%m%dT%H%MZ}" for name, at in zip(ids, utc, strict=True)],
        "channel": ids,
        "broadcast_date": [(at.tz_localize(None) - shift).date().isoformat() for at in local],
        "start_local": [at.strftime("%Y-%m-%dT%H:%M") for at in local],
        "end_local": [at.strftime("%Y-%m-%dT%H:%M") for at in local_end],
        "timezone": zones,
        "start_utc": utc.strftime(MOMENT_FORMAT),
        "end_utc": end.strftime(MOMENT_FORMAT),
        "duration_min": timetable.minutes,
        "programme": [_identity(instance, content) for content in timetable.content.tolist()],
        "title": [item.title for item in items],
        "episode": [str(number) if number else "" for number in timetable.episode.tolist()],
        "run": np.where(timetable.first, "first", "rerun"),
        "version_language": [_version_language(instance, content) for content in timetable.content.tolist()],
        "version_kind": [item.version_kind for item in items],
        "original_language": [item.original_language for item in items],
        "origin": [_origin(item.origin) for item in items],
        "genre": [item.genre for item in items],
        "agreement": [";".join(agreement for agreement, _ in pairs) for pairs in serving],
        "direction": [";".join(direction for _, direction in pairs) for pairs in serving],
        "daypart": [
            _daypart(instance, number, at) for number, at in zip(timetable.channel.tolist(), local, strict=True)
        ],
        "live": ["yes" if item.delivery in ("live", "relay") else "" for item in items],
        "anchor": np.where(timetable.anchor, "yes", ""),
        "expected_viewers": viewers,
    }
    return pd.DataFrame(columns, columns=list(TIMETABLE_COLUMNS))


def timetable_csv(timetable: Timetable) -> str:
    """The text of timetable.csv: RFC 4180 with commas and LF. The same timetable always gives the same text."""
    return frame_csv(timetable_frame(timetable))


def frame_csv(frame: pd.DataFrame) -> str:
    """The text of timetable.csv from a frame of `timetable_frame`."""
    return frame.to_csv(index=False, lineterminator="\n")


class _Line(NamedTuple):
    """One line of a timetable, as indices into the instance."""

    row: int
    channel: int
    start: int
    minutes: int
    content: int
    episode: int
    first: bool
    anchor: bool


def read_timetable(instance: Instance, path: Path) -> Timetable:
    """Read a timetable for an instance. Rows with the status `withdrawn` are not airings of it.

    Raises InputError with every problem of the file.
    """
    table = read_csv(path, path.name, frozenset((*TIMETABLE_COLUMNS, *EVIDENCE_COLUMNS)), NEEDED_COLUMNS)
    if table.problems:
        raise InputError(table.problems)
    problems: list[Problem] = []
    withdrawn = [row.get("status") == WITHDRAWN for row in table.rows]
    table.rows = [row for row, out in zip(table.rows, withdrawn, strict=True) if not out]
    table.lines = [line for line, out in zip(table.lines, withdrawn, strict=True) if not out]
    found = _lines(instance, table, problems)
    problems += repeated(table, [((line.channel, line.start, line.content), line.row) for line in found])
    if problems:
        raise InputError(problems)
    numbers = pd.DataFrame(found, columns=list(_Line._fields)).astype(np.int64)
    columns = {name: numbers[name].to_numpy() for name in ("channel", "start", "minutes", "content", "episode")}
    first, anchor = (numbers[name].to_numpy().astype(bool) for name in ("first", "anchor"))
    return build_timetable(instance, **columns, first=first, anchor=anchor)


def _lines(instance: Instance, table: CsvTable, problems: list[Problem]) -> list[_Line]:
    """The lines that can be read. Problems of the others are added to `problems`."""
    found: list[_Line] = []
    versions = contents_by_version(instance)
    anchors = {anchor.anchor: number for number, anchor in enumerate(instance.anchors)}

    def wrong(number: int, column: str, message: Message) -> None:
        problems.append(Problem(*table.at(number, column), message))

    for number, row in airing_rows(table, problems):
        cells = table.rows[number]
        content = content_of_row(instance, row, versions, anchors)
        if isinstance(content, tuple):
            wrong(number, *content)
            continue
        start = instance.timeline.minute_of(row.start_utc)
        if not instance.timeline.planned_from * 1440 <= start < instance.timeline.minutes - row.duration_min:
            first = instance.file.horizon.start
            sentence = msg(
                "{moment} is outside the horizon, which begins on {first}", moment=cells["start_utc"], first=str(first)
            )
            wrong(number, "start_utc", sentence)
            continue
        channel = instance.channel_index[row.channel]
        zone = instance.channels[channel].zone
        for column, message in contradictions(row, cells, zone, instance.timeline.broadcast_start):
            wrong(number, column, message)
        episode = 0 if row.anchor else row.episode
        line = _Line(number, channel, start, row.duration_min, content, episode, row.run == "first", row.anchor)
        found.append(line)
    return found


def airing_rows(table: CsvTable, problems: list[Problem]) -> Iterator[tuple[int, Aired]]:
    """(number, row) of every row of a timetable that can be read. Problems of the others are added to `problems`."""
    for number, cells in enumerate(table.rows):
        try:
            yield number, Aired.model_validate(cells)
        except ValidationError as error:
            problems += problems_in_row(error, table, number)


def contents_by_version(instance: Instance) -> dict[tuple[int, str, str], int]:
    """The content of each (programme, language, kind of version)."""
    return {
        (item.programme, instance.programmes[item.programme].versions[item.version].language, item.version_kind): number
        for number, item in enumerate(instance.contents.items[: instance.contents.version_count])
    }


def content_of_row(
    instance: Instance, row: Aired, versions: dict[tuple[int, str, str], int], anchors: dict[str, int]
) -> int | tuple[str, Message]:
    """The content of a row, or the wrong column and the problem.

    Parameters
    ----------
    versions
        As `contents_by_version` gives them.
    anchors
        Index of each anchor by its id.
    """
    if row.channel not in instance.channel_index:
        return "channel", there_is_no("channel", row.channel, instance.channel_index)
    if row.anchor:
        if row.programme not in anchors:
            return "programme", there_is_no("anchor", row.programme, anchors)
        return instance.contents.anchor_offset + anchors[row.programme]
    if row.programme not in instance.programme_index:
        return "programme", there_is_no("programme", row.programme, instance.programme_index)
    programme = instance.programme_index[row.programme]
    key = programme, row.version_language, row.version_kind
    if key not in versions:
        known = ", ".join(f"{version.language}:{version.kind}" for version in instance.programmes[programme].versions)
        return "version_language", msg(
            "'{programme}' has no version {version}; it has {known}",
            programme=row.programme,
            version=f"{row.version_language}:{row.version_kind}",
            known=known,
        )
    return versions[key]


def repeated(table: CsvTable, found: Iterable[tuple[tuple[int, int, int], int]]) -> Iterator[Problem]:
    """Find airings that are written twice: the same content on the same channel at the same minute.

    Parameters
    ----------
    table
        The table of the rows.
    found
        For every row: (channel, start, content), and the number of the row in the table.
    """
    first: dict[tuple[int, int, int], int] = {}
    for airing, row in found:
        before = first.setdefault(airing, row)
        if before != row:
            message = msg("the airing appears twice; first in line {line}", line=str(table.lines[before]))
            yield Problem(*table.at(row), message)


def _identity(instance: Instance, content: int) -> str:
    item = instance.contents.items[content]
    if item.programme >= 0:
        return instance.programmes[item.programme].programme
    return instance.anchors[content - instance.contents.anchor_offset].anchor


def _version_language(instance: Instance, content: int) -> str:
    item = instance.contents.items[content]
    if item.programme >= 0:
        return instance.programmes[item.programme].versions[item.version].language
    return item.audio


def _origin(origin: tuple[tuple[str, object], ...]) -> str:
    return origin[0][0] if len(origin) == 1 else ";".join(f"{code}:{share}" for code, share in origin)


def _daypart(instance: Instance, channel: int, local: pd.Timestamp) -> str:
    minute = local.hour * 60 + local.minute
    for name in instance.file.dayparts:
        start, end = instance.daypart_hours(instance.channels[channel], name)
        if (start <= minute < end) if start < end else (minute >= start or minute < end):
            return name
    return ""
