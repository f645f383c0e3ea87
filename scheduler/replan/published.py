"""A published timetable, read for an instance that may have changed since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance import TIMETABLE_COLUMNS, Aired, InputError, Problem, read_csv
from scheduler.instance.derived.aired import NEEDED_COLUMNS
from scheduler.timetable import Timetable, build_timetable, content_of_row, contents_by_version
from scheduler.timetable.csv_file import airing_rows, repeated

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance
    from scheduler.messages import Message


@dataclass(frozen=True, slots=True)
class Gone:
    """A published airing whose channel, programme or version the instance no longer has."""

    row: Aired
    title: str
    why: Message


@dataclass(frozen=True, eq=False)
class Published:
    """The airings of a published timetable within the instance's horizon. The anchors are the instance's own."""

    timetable: Timetable
    gone: tuple[Gone, ...]
    outside: int  # number of rows outside the horizon, which are ignored


def read_published(instance: Instance, path: Path) -> Published:
    """Read a published timetable.csv. Airings that the instance no longer knows are returned separately.

    Raises
    ------
    InputError
        All rows that cannot be read, and all airings that are written twice.
    """
    table = read_csv(path, path.name, frozenset(TIMETABLE_COLUMNS), NEEDED_COLUMNS)
    if table.problems:
        raise InputError(table.problems)
    problems: list[Problem] = []
    versions = contents_by_version(instance)
    first = instance.timeline.planned_from * 1440
    known: list[tuple[int, int, int, int, int, int]] = []
    places: list[tuple[tuple[int, int, int], int]] = []
    gone, outside = [], 0
    for number, row in airing_rows(table, problems):
        if row.anchor:
            continue
        start = instance.timeline.minute_of(row.start_utc)
        if not first <= start < instance.timeline.minutes - row.duration_min:
            outside += 1
            continue
        content = content_of_row(instance, row, versions, {})
        if isinstance(content, tuple):
            gone.append(Gone(row, table.rows[number].get("title", row.programme), content[1]))
            continue
        channel = instance.channel_index[row.channel]
        places.append(((channel, start, content), number))
        known.append((channel, start, row.duration_min, content, row.episode, int(row.run == "first")))
    problems += repeated(table, places)
    if problems:
        raise InputError(problems)
    columns = np.array(known, dtype=np.int64).reshape(-1, 6).T
    timetable = build_timetable(
        instance,
        channel=columns[0],
        start=columns[1],
        minutes=columns[2],
        content=columns[3],
        episode=columns[4],
        first=columns[5].astype(bool),
        anchor=np.zeros(columns.shape[1], dtype=bool),
    )
    return Published(timetable, tuple(gone), outside)


def with_anchors(timetable: Timetable) -> Timetable:
    """A timetable of airings, with the instance's anchors added."""
    instance, anchors = timetable.instance, timetable.instance.dated_anchors
    fix = np.flatnonzero(~anchors.past)
    none = np.zeros(len(fix), dtype=np.int64)
    content = anchors.content[fix]
    return build_timetable(
        instance,
        channel=np.concatenate([timetable.channel, anchors.channel[fix]]),
        start=np.concatenate([timetable.start, anchors.start[fix]]),
        minutes=np.concatenate([timetable.minutes, (anchors.end - anchors.start)[fix]]),
        content=np.concatenate([timetable.content, content]),
        episode=np.concatenate([timetable.episode, none]),
        first=np.concatenate([timetable.first, instance.contents.first[content]]),
        anchor=np.concatenate([timetable.anchor, none == 0]),
    )
