"""The timetable: the chosen airings and the anchors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scheduler.timetable.numbering import number_episodes

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Aired, Instance


@dataclass(frozen=True, eq=False)
class Timetable:
    """Parallel arrays, one entry per airing or anchor, sorted by start and then channel id.

    `start` is a minute of the horizon's line, `minutes` the length, and `content` an index into the instance's
    contents. `episode` is 0 for anchors.
    """

    instance: Instance
    channel: Ints
    start: Ints
    minutes: Ints
    content: Ints
    episode: Ints
    first: Flags
    anchor: Flags
    past: Flags | None = None  # entries of history.csv, if there are any

    def __len__(self) -> int:
        return len(self.channel)

    @cached_property
    def programme(self) -> Ints:
        """Programme of each entry, −1 for anchors."""
        return self.instance.contents.programme[self.content]

    @cached_property
    def planned(self) -> Ints:
        """The planned airings: entries that are neither anchors nor past airings."""
        past = False if self.past is None else self.past
        return np.flatnonzero(~(self.anchor | past))

    @cached_property
    def audience(self) -> Ints:
        """Viewer-minutes of each entry."""
        total = np.zeros(len(self), dtype=np.int64)
        for number in range(len(self.instance.channels)):
            mine = np.flatnonzero(self.channel == number)
            start, end = self.start[mine], self.start[mine] + self.minutes[mine]
            total[mine] = self.instance.viewing.audience(number, self.content[mine], start, end)
        return total


def build_timetable(
    instance: Instance,
    channel: Ints,
    start: Ints,
    minutes: Ints,
    content: Ints,
    episode: Ints,
    first: Flags,
    anchor: Flags,
    past: Flags | None = None,
) -> Timetable:
    """Sort parallel arrays, one entry per airing or anchor, into a timetable.

    Parameters
    ----------
    channel, content
        Indices of the channel and of the content.
    start
        Minute of the line.
    minutes
        Length.
    episode
        Number of the episode, 0 for anchors.
    first, anchor, past
        Whether the entry is a first run, an anchor, a past airing of history.csv. Without `past` none is past.
    """
    names = np.array([item.id for item in instance.channels])
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(names)] = np.arange(len(names))
    order = np.lexsort((content, rank[channel], start))
    return Timetable(
        instance,
        channel[order],
        start[order],
        minutes[order],
        content[order],
        episode[order],
        first[order],
        anchor[order],
        None if past is None else past[order],
    )


def timetable_of(airings: Airings, chosen: Flags) -> Timetable:
    """The timetable of chosen airings. Their episodes are numbered in air order, and all anchors are added."""
    instance, anchors = airings.instance, airings.instance.dated_anchors
    at, fix = np.flatnonzero(chosen & ~airings.past), np.flatnonzero(~anchors.past)
    fixed, content = len(fix), anchors.content[fix]
    return build_timetable(
        instance,
        channel=np.concatenate([airings.channel[at], anchors.channel[fix]]),
        start=np.concatenate([airings.start_minute[at], anchors.start[fix]]),
        minutes=np.concatenate([airings.column("minutes")[at], (anchors.end - anchors.start)[fix]]),
        content=np.concatenate([airings.content[at], content]),
        episode=np.concatenate([number_episodes(airings, at), np.zeros(fixed, dtype=np.int64)]),
        first=np.concatenate([airings.run[at] == 1, instance.contents.first[content]]),
        anchor=np.concatenate([np.zeros(len(at), dtype=bool), np.ones(fixed, dtype=bool)]),
    )


def nothing_planned(instance: Instance) -> Timetable:
    """A timetable without any airing or anchor."""
    none, no = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    return Timetable(instance, none, none, none, none, none, first=no, anchor=no)


def with_history(plan: Timetable, history: tuple[Aired, ...]) -> Timetable:
    """The same timetable for the same instance with another history. The line of minutes changes with the history."""
    instance = replace(plan.instance, history=history)
    shift = instance.timeline.minute_of(plan.instance.timeline.origin)
    return replace(plan, instance=instance, start=plan.start + shift)


def with_record(plan: Timetable) -> Timetable:
    """The timetable with the past airings of history.csv and the past anchors."""
    record, anchors = plan.instance.on_record, plan.instance.dated_anchors
    aired, fix = np.flatnonzero(record.anchor == 0), np.flatnonzero(anchors.past)
    if not len(aired) and not len(fix):
        return plan
    content, none = anchors.content[fix], np.zeros(len(fix), dtype=np.int64)
    ours = np.zeros(len(plan), dtype=bool)
    past = np.concatenate([ours, np.ones(len(aired) + len(fix), dtype=bool)])
    return build_timetable(
        plan.instance,
        channel=np.concatenate([plan.channel, record.channel[aired], anchors.channel[fix]]),
        start=np.concatenate([plan.start, record.start[aired], anchors.start[fix]]),
        minutes=np.concatenate([plan.minutes, record.minutes[aired], (anchors.end - anchors.start)[fix]]),
        content=np.concatenate([plan.content, record.content[aired], content]),
        episode=np.concatenate([plan.episode, record.episode[aired], none]),
        first=np.concatenate([plan.first, record.run[aired] == 1, plan.instance.contents.first[content]]),
        anchor=np.concatenate([plan.anchor, np.zeros(len(aired), dtype=bool), none == 0]),
        past=past,
    )
