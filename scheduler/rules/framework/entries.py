"""The entries of a timetable to which a rule applies, one by one. Only checks use them, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance import zone_clock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from scheduler.arrays import Flags
    from scheduler.instance import Selector
    from scheduler.rules.framework.base import Rule
    from scheduler.timetable import OnAir


@dataclass(frozen=True, slots=True)
class Shown:
    """An airing or anchor of a timetable."""

    entry: int  # index into the timetable
    channel: int
    programme: int  # index, −1 for anchors
    content: int
    start: int  # minute of the line
    minutes: int
    local: datetime  # the channel's wall clock at the start
    day: date  # the broadcast day
    episode: int  # 0 for anchors
    first: bool
    past: bool  # on record in history.csv

    @property
    def end(self) -> int:
        """The first minute of the line after the airing."""
        return self.start + self.minutes

    def clock(self, broadcast_start: int) -> int:
        """Minutes from the start of its broadcast day, by the local clock."""
        return (self.local.hour * 60 + self.local.minute - broadcast_start) % 1440


def shown(
    rule: Rule,
    on_air: OnAir,
    channels: Iterable[int],
    select: Selector | None,
    *,
    anchors: bool = False,
    any_date: bool = False,
) -> list[Shown]:
    """The airings, and on request the anchors, on some channels that fit a selector, sorted by start.

    Parameters
    ----------
    channels
        Indices of the channels.
    select
        The selector. None takes everything.
    anchors
        Whether anchors are included.
    any_date
        Whether days on which the rule does not hold are included.
    """
    table, instance = on_air.timetable, on_air.instance
    keep = np.zeros(len(table), dtype=bool)
    for channel in channels:
        fits = instance.contents.matches(select, instance.channels[channel].territory)
        keep |= (table.channel == channel) & fits[table.content]
    if select is not None and select.run is not None:
        keep &= table.first == (select.run == "first")
    if not anchors:
        keep &= ~table.anchor
    found = [_entry(on_air, at) for at in np.flatnonzero(keep).tolist()]
    if any_date:
        return found
    return [one for one in found if (rule.valid_from or one.day) <= one.day <= (rule.valid_to or one.day)]


def in_horizon(on_air: OnAir, runs: Iterable[Shown]) -> list[Shown]:
    """The airings that are planned, or on record inside the horizon."""
    begins = on_air.instance.file.horizon.start
    return [run for run in runs if not run.past or run.day >= begins]


def screen(rule: Rule, on_air: OnAir, channel: int, select: Selector) -> Flags:
    """For every minute of the line: whether the channel shows selected content on a day on which the rule holds."""
    instance, moments = on_air.instance, on_air.minutes
    here = np.flatnonzero(moments.channel == channel)
    fits = instance.contents.matches(select, instance.channels[channel].territory)[moments.content[here]]
    valid = moments.within(None, rule.valid_from, rule.valid_to)[here]
    shows = np.zeros(instance.timeline.minutes, dtype=bool)
    shows[moments.at[here]] = fits & valid & moments.of_run(select.run)[here]
    return shows


def _entry(on_air: OnAir, at: int) -> Shown:
    table, timeline = on_air.timetable, on_air.instance.timeline
    zone = zone_clock(on_air.instance.channels[table.channel[at]].zone)
    local = timeline.moment(table.start[at]).astimezone(zone).replace(tzinfo=None)
    return Shown(
        entry=at,
        channel=int(table.channel[at]),
        programme=int(table.programme[at]),
        content=int(table.content[at]),
        start=int(table.start[at]),
        minutes=int(table.minutes[at]),
        local=local,
        day=(local - timedelta(minutes=timeline.broadcast_start)).date(),
        episode=int(table.episode[at]),
        first=bool(table.first[at]),
        past=table.past is not None and bool(table.past[at]),
    )
