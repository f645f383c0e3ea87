"""Anchors of an import replace those of the same channels and days. All other anchors stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from scheduler.imports.anchors import COLUMNS, rows_there, table_text, unused_name, when_of
from scheduler.instance.derived.windows import days_of, edges_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.imports.slots import SettledSlot
    from scheduler.instance import Anchor, Instance


@dataclass(frozen=True, slots=True)
class Merged:
    """anchors.csv after an import, and the anchors that were replaced, kept on other days only, or kept."""

    text: str
    replaced: tuple[str, ...]
    shortened: tuple[str, ...]
    kept: int


def merged(instance: Instance, rows: Sequence[dict[str, str]], slots: Sequence[SettledSlot]) -> Merged:
    """anchors.csv with new rows. They replace the anchors in the parts of days that the slots cover.

    A day has two parts: its night, before the broadcast day begins, and the rest up to midnight. An anchor that is also
    on other days stays on those.
    """
    there = rows_there(instance)
    brought = _Covered(instance, slots)
    kept: list[dict[str, str]] = []
    replaced, shortened = [], []
    for row, anchor in zip(there, instance.anchors, strict=True):
        dates = None if anchor.date is None else [anchor.date]
        days = days_of(anchor.days, dates, instance.timeline)
        left = [day for day in days if not brought.covers(anchor, day)]
        if len(left) == len(days):
            kept.append(row)
        elif not left:
            replaced.append(anchor.anchor)
        else:
            shortened.append(anchor.anchor)
            begin = instance.file.horizon.start
            bare = {name: cell for name, cell in row.items() if name not in ("days", "date")}
            kept += [{**bare, **when} for when in when_of(instance, [begin + timedelta(days=day) for day in left])]
    names: set[str] = set()
    final = [{**row, "anchor": unused_name(row["anchor"], names)} for row in [*kept, *rows]]
    return Merged(table_text(final, COLUMNS), tuple(replaced), tuple(shortened), len(kept) - len(shortened))


class _Covered:
    """The minutes of each channel that an import covers."""

    def __init__(self, instance: Instance, slots: Sequence[SettledSlot]) -> None:
        self._instance = instance
        self._parts: set[tuple[int, int, bool]] = set()
        self._spans: dict[int, list[tuple[int, int]]] = {}
        line = instance.timeline
        for slot in slots:
            start, stop = line.minute_of(slot.start), line.minute_of(slot.stop)
            self._spans.setdefault(slot.channel, []).append((start, stop))
            self._parts.add((slot.channel, *self._part(slot.channel, start)))

    def covers(self, anchor: Anchor, day: int) -> bool:
        """Whether an anchor's airing on a day is in a covered part of a day, or overlaps a slot."""
        channel = self._instance.channel_index[anchor.channel]
        zone, line = self._instance.channels[channel].zone, self._instance.timeline
        start, end = edges_of(anchor, zone, day, line)
        if (channel, *self._part(channel, start)) in self._parts:
            return True
        return any(begin < end and start < stop for begin, stop in self._spans.get(channel, ()))

    def _part(self, channel: int, minute: int) -> tuple[int, bool]:
        """(day, whether it is in the day's night) of a minute of the line, on the channel's clock."""
        line = self._instance.timeline
        clock = line.clock(self._instance.channels[channel].zone)
        at = int(np.clip(minute, 0, line.minutes - 1))
        return int(clock.day[at]), bool(clock.minute[at] < line.broadcast_start)
