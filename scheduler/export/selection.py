"""The exported part of a timetable: channels and broadcast days."""

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
    """The exported airings. `frame` has the columns of timetable.csv; its index is that of the timetable's entries."""

    timetable: Timetable
    frame: pd.DataFrame

    @property
    def instance(self) -> Instance:
        """The instance of the timetable."""
        return self.timetable.instance

    @property
    def channels(self) -> list[str]:
        """The channels with an airing in the selection, in the order of the instance."""
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
    """The entries on the named channels (all if none is named) with a broadcast date from `first` to `last`, inclusive.

    With `party` only airings that serve its agreements, without internal data of the other side.
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
