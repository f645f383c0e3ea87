"""Which part of a timetable is exported: some channels, some broadcast days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.export.party import for_party
from scheduler.timetable import timetable_frame

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    import pandas as pd

    from scheduler.instance import Instance
    from scheduler.timetable import Timetable


@dataclass(frozen=True, eq=False)
class Selection:
    """What is exported: `frame` has timetable.csv's columns, its index counts the timetable's entries."""

    timetable: Timetable
    frame: pd.DataFrame

    @property
    def instance(self) -> Instance:
        """The instance that the timetable is for."""
        return self.timetable.instance

    @property
    def channels(self) -> list[str]:
        """The channels that air something in it, in the order of the instance."""
        there = set(self.frame["channel"])
        return [channel.id for channel in self.instance.channels if channel.id in there]

    def only(self, channel: str) -> Selection:
        """The part of one channel."""
        return Selection(self.timetable, self.frame[self.frame["channel"] == channel])


def select(
    timetable: Timetable,
    channels: Collection[str] = (),
    first: date | None = None,
    last: date | None = None,
    party: str | None = None,
) -> Selection:
    """The entries on the named channels (none: all) whose broadcast date is from `first` to `last`, both included.

    With `party` only what serves an agreement of it, and nothing that is the other side's own.
    """
    frame = timetable_frame(timetable)
    if party is not None:
        frame = for_party(timetable.instance, frame, party)
    if channels:
        frame = frame[frame["channel"].isin(list(channels))]
    if first is not None:
        frame = frame[frame["broadcast_date"] >= first.isoformat()]
    if last is not None:
        frame = frame[frame["broadcast_date"] <= last.isoformat()]
    return Selection(timetable, frame)
