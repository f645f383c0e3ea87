"""The entries of a timetable that are one series in one slot: a strand with its days, its pauses and its exceptions."""

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
"""What the airings of a strand have in common, `start` being the clock time at which they begin."""

SERIES = ["programme", "channel", "version_language", "version_kind", "run"]
"""What an airing at another start has in common with the strand of which it is an exception."""


@dataclass(frozen=True, slots=True)
class StrandEntries:
    """Two or more airings of a placed title in one slot. Entries are indices of the timetable, in air order."""

    entries: tuple[int, ...]
    days: tuple[date, ...]  # the broadcast day of each entry
    moved: tuple[tuple[date, int], ...]  # days of its weekdays on which it airs at another start, and that entry
    pauses: tuple[date, ...]  # days of its weekdays between its first and its last on which it does not air
    before: int | None = None  # after a change of slot: the last entry of the slot that the title had before

    @property
    def weekdays(self) -> tuple[int, ...]:
        """Its weekdays, Monday is 0."""
        return tuple(sorted({day.weekday() for day in self.days}))


def strand_entries(timetable: Timetable, frame: pd.DataFrame | None = None) -> tuple[StrandEntries, ...]:
    """The strands of a timetable by channel, clock and first day; none where no title is placed.

    A series that changes its slot is a strand before the change and one after it.

    Parameters
    ----------
    frame
        Rows of the timetable's frame, if only a part of it counts; its index counts the timetable's entries.
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
    """Each strand with the one that ended before it began: same title and run in the same territory."""
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
    """Which entries are airings of a title that `placement` puts into a slot."""
    placed = np.zeros(len(timetable), dtype=bool)
    at = np.flatnonzero(~timetable.anchor)
    placed[at] = timetable.instance.placements.line[timetable.content[at], timetable.channel[at]] >= 0
    return placed


def _missing(days: tuple[date, ...]) -> list[date]:
    """The days between the first and the last of `days` that have a weekday of theirs and are none of them."""
    weekdays, there = {day.weekday() for day in days}, set(days)
    span = (days[0] + timedelta(days=after) for after in range((days[-1] - days[0]).days))
    return [day for day in span if day.weekday() in weekdays and day not in there]
