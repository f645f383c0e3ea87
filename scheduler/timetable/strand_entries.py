"""Strands of a timetable: the entries of one series in one slot, with its pauses and exceptions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from scheduler.timetable.csv_file import timetable_frame

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from scheduler.timetable.timetable import Timetable

SLOT = ("programme", "channel", "version_language", "version_kind", "run", "start", "duration_min")
"""Properties that the airings of a strand have in common. `start` is a clock time."""

SERIES = ["programme", "channel", "version_language", "version_kind", "run"]
"""Properties that a strand and its exceptions (airings at another start) have in common."""


@dataclass(frozen=True, slots=True)
class StrandEntries:
    """Two or more airings of a placed title in one slot. Entries are indices of the timetable, in air order."""

    entries: tuple[int, ...]
    days: tuple[date, ...]  # the broadcast day of each entry
    moved: tuple[tuple[date, int], ...]  # (day, entry) of airings at another start on one of its weekdays
    pauses: tuple[date, ...]  # days without an airing on its weekdays, between its first and last day
    before: int | None = None  # after a change of slot: the last entry in the previous slot

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The weekdays of its days. Monday is 0."""
        return tuple(sorted({day.weekday() for day in self.days}))


def strand_entries(timetable: Timetable, frame: pd.DataFrame | None = None) -> tuple[StrandEntries, ...]:
    """The strands of a timetable, sorted by channel, clock time and first day. Empty if no title is placed.

    A series that changes its slot is a strand before the change and one after it.

    Parameters
    ----------
    frame
        The part of the timetable's frame that counts, by default all rows. Its index is the entry in the timetable.
    """
    rows = timetable_frame(timetable) if frame is None else frame
    rows = rows[_placed(timetable)[rows.index.to_numpy(dtype=np.int64)]]
    if rows.empty:
        return ()
    rows = rows.assign(start=rows["start_local"].str[11:], day=_days(rows)).sort_values("start_utc", kind="stable")
    rows = rows.drop_duplicates([*SLOT, "day"])
    slots = [part for _, part in rows.groupby([*SLOT], sort=False) if len(part) > 1]
    in_slot = {entry for part in slots for entry in part.index}
    single = rows[~rows.index.isin(in_slot)]
    others = {key: dict(zip(part["day"], part.index, strict=True)) for key, part in single.groupby(SERIES)}
    slots.sort(key=lambda part: (part["channel"].iat[0], part["start"].iat[0], part["day"].iat[0]))
    found, taken = [], set()
    for part in slots:
        days = tuple(part["day"])
        missing = _missing(days)
        near = others.get(tuple(part[SERIES].iloc[0]), {})
        moved = tuple((day, int(near[day])) for day in missing if day in near and near[day] not in taken)
        taken |= {entry for _, entry in moved}
        away = {day for day, _ in moved}
        pauses = tuple(day for day in missing if day not in away)
        found.append(StrandEntries(tuple(int(entry) for entry in part.index), days, moved, pauses))
    return _with_slots_before(timetable, found)


def _with_slots_before(timetable: Timetable, strands: list[StrandEntries]) -> tuple[StrandEntries, ...]:
    """Connect each strand with the previous one of the same title and run in the same territory."""
    territory = [channel.territory for channel in timetable.instance.channels]
    keys = [
        (int(timetable.programme[at]), bool(timetable.first[at]), territory[timetable.channel[at]])
        for at in (strand.entries[0] for strand in strands)
    ]
    ended = [(key, strand.days[-1], strand.entries[-1]) for key, strand in zip(keys, strands, strict=True)]
    return tuple(
        replace(
            strand,
            before=max(
                ((last, entry) for other, last, entry in ended if other == key and last < strand.days[0]),
                default=(None, None),
            )[1],
        )
        for key, strand in zip(keys, strands, strict=True)
    )


def _days(rows: pd.DataFrame) -> list[date]:
    """The broadcast day of each row."""
    return [datetime.fromisoformat(text).date() for text in rows["broadcast_date"]]


def _placed(timetable: Timetable) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which entries are airings of a title that has a slot by `placement`."""
    placed = np.zeros(len(timetable), dtype=bool)
    at = np.flatnonzero(~timetable.anchor)
    placed[at] = timetable.instance.placements.line[timetable.content[at], timetable.channel[at]] >= 0
    return placed


def _missing(days: tuple[date, ...]) -> list[date]:
    """The days between the first and the last of `days` that are not in `days` but have a weekday of one of them."""
    weekdays, there = {day.weekday() for day in days}, set(days)
    span = (days[0] + timedelta(days=after) for after in range((days[-1] - days[0]).days))
    return [day for day in span if day.weekday() in weekdays and day not in there]
