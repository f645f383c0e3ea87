"""Airings of history.csv on the line of minutes. They are fixed, and they count in rules that look back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.derived.history import broadcast_day
from scheduler.instance.derived.timeline import zone_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from scheduler.arrays import Ints
    from scheduler.instance.derived.aired import Aired
    from scheduler.instance.derived.contents import Contents
    from scheduler.instance.derived.timeline import Timeline
    from scheduler.instance.model.channel import Channel
    from scheduler.instance.model.instance_head import InstanceHead
    from scheduler.instance.model.programme import Anchor
    from scheduler.instance.model.rule_model import RuleModel

LONGEST_LOOK_BACK = 800
"""The line starts at most this number of days before the horizon. Runs and episodes of earlier airings still count."""


@dataclass(frozen=True)
class OnRecord:
    """Airings and anchors of history.csv on the line, sorted by channel and start. Intervals are half-open."""

    channel: Ints
    start: Ints
    minutes: Ints
    content: Ints
    episode: Ints  # 0 for anchors
    run: Ints  # 1 for a first run, 2, 3, … for reruns of the episode in the territory, 0 for anchors
    anchor: Ints  # 1 for anchors
    day: Ints  # broadcast day, from the line's first
    planned_from: Ints  # (channels,) first day on which each channel is planned: all days before it have aired

    def days_of(self, channel: int) -> frozenset[int]:
        """The broadcast days of a channel for which history.csv has a row."""
        return frozenset(self.day[self.channel == channel].tolist())


def channel_day(row: Aired, channel: Channel, anchors: Mapping[str, Anchor], broadcast_start: int) -> date:
    """The day of a channel on which a row of history.csv aired: the one on which its window, or its anchor, begins.

    After midnight that is the legal day where a window of that day, or the anchor, begins before the broadcast day
    does: 00:00 to 05:00. Otherwise it is the broadcast day: 00:30 in a window from 22:00 to 25:00 is of the day before.

    Parameters
    ----------
    anchors
        The instance's anchors by id.
    broadcast_start
        Minutes after midnight at which a broadcast day begins.
    """
    reading = row.start_utc.astimezone(zone_clock(channel.zone)).replace(tzinfo=None)
    minute, legal = reading.hour * 60 + reading.minute, reading.date()
    by_broadcast = (reading - timedelta(minutes=broadcast_start)).date()
    if row.anchor and row.programme in anchors:
        return legal if anchors[row.programme].start < broadcast_start else by_broadcast
    if any(window.start <= minute < min(window.end, broadcast_start) for window in channel.windows_on(legal)):
        return legal
    return by_broadcast


def line_begins(
    file: InstanceHead, rules: Iterable[RuleModel], rows: Sequence[Aired], anchors: Mapping[str, Anchor]
) -> date:
    """The first day of the line: the earliest day on record that a rule in force needs, or the horizon's first day.

    Nothing is assumed about days before the first day on record, because nothing is known about them.
    """
    start = file.horizon.start
    if not rows:
        return start
    of = {channel.id: channel for channel in file.channels}
    recorded = min(channel_day(row, of[row.channel], anchors, file.broadcast_day) for row in rows)
    last = start + timedelta(days=file.horizon.days - 1)
    in_force = [rule for rule in rules if (rule.valid_from or last) <= last and is_open(rule, file)]
    looked = [rule.looks_back(start) for rule in in_force]
    named = [file.periods[name] for rule in in_force for name in rule.periods if name in file.periods]
    looked += [period.first - timedelta(days=2) for period in named if period.last >= start]
    return min(start, max(recorded, min(looked, default=start), start - timedelta(days=LONGEST_LOOK_BACK)))


def is_open(rule: RuleModel, file: InstanceHead) -> bool:
    """Whether a rule holds on a day of the horizon, or has rows for earlier days that are still open.

    Airings of the last night before the horizon start on its first legal day.
    """
    if rule.valid_to is None:
        return True
    return rule.settled_on(rule.valid_to, file) + timedelta(days=opens_at_night(file)) >= file.horizon.start


def opens_at_night(file: InstanceHead) -> bool:
    """Whether a channel takes airings that start after midnight and before its broadcast day begins."""
    return any(window.start % 1440 < file.broadcast_day for channel in file.channels for window in channel.windows)


def build_record(
    rows: Sequence[Aired],
    channels: Sequence[Channel],
    contents: Contents,
    programme_index: Mapping[str, int],
    anchors: Sequence[Anchor],
    languages: Sequence[str],
    timeline: Timeline,
) -> OnRecord:
    """Place the airings of history.csv on the line. `languages` are the languages of the programme versions.

    If the catalogue no longer has an airing's version, the airing counts as one in the programme's first version. If
    the instance no longer has an anchor, the airing has no content; its channel and day still count as known.
    """
    index = {channel.id: at for at, channel in enumerate(channels)}
    anchor_index = {anchor.anchor: at for at, anchor in enumerate(anchors)}
    named = {anchor.anchor: anchor for anchor in anchors}
    versions: dict[tuple[int, str, str], int] = {}
    first_version: dict[int, int] = {}
    for at, item in enumerate(contents.items[: contents.version_count]):
        versions[item.programme, languages[at], item.version_kind] = at
        first_version.setdefault(item.programme, at)
    planned = np.full(len(channels), timeline.planned_from, dtype=np.int64)
    runs: Counter[tuple[int, str, int]] = Counter()
    found: list[tuple[int, ...]] = []
    for row in sorted(rows, key=lambda row: row.start_utc):
        channel, start = index[row.channel], timeline.minute_of(row.start_utc)
        day = broadcast_day(timeline, channels[channel], start)
        planned[channel] = max(planned[channel], day + 1)
        if row.anchor:
            content = contents.anchor_offset + anchor_index[row.programme] if row.programme in anchor_index else -1
            run, episode = 0, 0
        elif row.programme in programme_index:
            programme = programme_index[row.programme]
            key = programme, row.version_language, row.version_kind
            content, episode = versions.get(key, first_version[programme]), row.episode
            for code in channels[channel].seen_in:
                runs[programme, code, episode] += 1
            run = 1 if row.run == "first" else max(2, runs[programme, channels[channel].territory, episode])
        else:
            continue
        known = channel_day(row, channels[channel], named, timeline.broadcast_start) >= timeline.first_day
        if 0 <= start < timeline.minutes - row.duration_min and known:
            found.append((channel, start, row.duration_min, content, episode, run, int(row.anchor), day))
    table = np.array(sorted(found), dtype=np.int64).reshape(-1, 8)
    column: list[Ints] = list(table.T)
    return OnRecord(
        channel=column[0],
        start=column[1],
        minutes=column[2],
        content=column[3],
        episode=column[4],
        run=column[5],
        anchor=column[6],
        day=column[7],
        planned_from=planned,
    )
