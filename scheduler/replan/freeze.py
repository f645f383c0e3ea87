"""The part that may no longer change: days before a moment become history, with the published episode numbers.

Frozen days become part of the history of a copy of the instance. Nothing is planned in them, and their airings count in
rules, rights and the slots of series. Episode numbers stay even if an episode between them did not air. The copy marks
it as not aired, so it is the next first run, before the episodes after the last frozen one. If news makes a place of a
series after the freeze impossible, this place also counts as not aired, provided that the line makes up for it
(`missed_episode`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np

from scheduler.airings import build_airings
from scheduler.instance import Aired
from scheduler.instance.derived.aired import NOT_AIRED
from scheduler.instance.derived.history import broadcast_day, broadcast_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.rules import Rule
    from scheduler.timetable import Timetable

NO_ANCHOR = "no.anchor"
"""Id of a record for a frozen day on which a channel had no programme of the instance and no anchor."""


@dataclass(frozen=True, eq=False)
class Frozen:
    """The instance after the freeze, and the frozen airings."""

    instance: Instance  # a copy whose history extends to the end of the frozen days
    frozen: Flags  # (p,) published airings that stay as they are
    lost: Flags  # (p,) airings of frozen days that did not or may not air, and airings of today that did not
    unaired: tuple[Aired, ...]  # announced first runs that did not air and are still to come, for history.csv
    last_day: Ints  # (channels,) the last frozen broadcast day, from the line's first day; negative before it

    def on_line(self, timetable: Timetable) -> Timetable:
        """A timetable with its starts on the copy's line, which begins earlier if a frozen airing does."""
        ahead = timetable.instance.timeline.origin - self.instance.timeline.origin
        return replace(timetable, instance=self.instance, start=timetable.start + int(ahead.total_seconds()) // 60)

    def days_ahead(self, instance: Instance) -> int:
        """The days by which the copy's line begins before that of the instance."""
        return (instance.timeline.origin - self.instance.timeline.origin).days


class NotFrozenError(ValueError):
    """An airing that is stated not to have aired is after the freeze."""

    def __init__(self, airing: int) -> None:
        super().__init__(f"published airing {airing} lies after the freeze")
        self.airing = airing


def last_frozen_days(instance: Instance, until: date | datetime | None) -> Ints:
    """The last broadcast day of every channel that ends before a moment. A date means the start of its day.

    The night before the first day's broadcast day may have airings, so without a moment not even that day is frozen.
    """
    timeline = instance.timeline
    if until is None:
        return np.full(len(instance.channels), timeline.planned_from - 2, dtype=np.int64)
    days = []
    for channel in instance.channels:
        if isinstance(until, datetime):
            day = broadcast_day(timeline, channel, frozen_minute(instance, until)) - 1
        else:
            day = (until - timeline.first_day).days - 1
        days.append(max(day, timeline.planned_from - 1))
    return np.array(days, dtype=np.int64)


def frozen_minute(instance: Instance, until: date | datetime | None) -> int:
    """The minute of the line before which nothing may change within a day; 0 if only whole days are frozen."""
    return instance.timeline.minute_of(until.astimezone(UTC)) if isinstance(until, datetime) else 0


def is_frozen(instance: Instance, timetable: Timetable, until: date | datetime | None) -> Flags:
    """(p,) the airings that lie in frozen days or start before the moment."""
    last = last_frozen_days(instance, until)
    day = broadcast_days(instance.timeline, instance.channels, timetable.channel, timetable.start)
    within = day <= last[timetable.channel]
    return np.asarray((within | (timetable.start < frozen_minute(instance, until))) & (until is not None), dtype=bool)


def freeze(
    instance: Instance,
    published: Timetable,
    until: date | datetime | None,
    not_aired: Sequence[int] = (),
    *,
    rules: Sequence[Rule],
) -> Frozen:
    """Freeze the days before a moment.

    Parameters
    ----------
    until
        A moment: every broadcast day that ends before it is frozen; `hold` keeps the part of a day before it. A date:
        the days before it.
    not_aired
        Indices of published airings that did not air.
    rules
        The rules of the instance.

    Raises
    ------
    NotFrozenError
        An airing that did not air is after the freeze.
    """
    last = last_frozen_days(instance, until)
    day = broadcast_days(instance.timeline, instance.channels, published.channel, published.start)
    within = np.asarray(day <= last[published.channel], dtype=bool)
    lost = np.zeros(len(published), dtype=bool)
    lost[list(not_aired)] = True
    over = within | (published.start < frozen_minute(instance, until))
    if np.any(lost & ~over):
        raise NotFrozenError(int(np.flatnonzero(lost & ~over)[0]))
    admitted = _admissible(instance, published, rules)
    lost |= within & ~admitted
    frozen = within & ~lost
    unaired = tuple(_unaired(instance, published, frozen, lost, _lost_later(instance, published, within, admitted)))
    if not frozen.any() and (last < instance.timeline.planned_from).all():
        copy = replace(instance, not_aired=(*instance.not_aired, *unaired)) if unaired else instance
        return Frozen(copy, frozen, lost, unaired, last)
    rows = [*_airings_of(instance, published, frozen), *_anchors_of(instance, last)]
    timeline = instance.timeline
    named = [(row, instance.channels[instance.channel_index[row.channel]]) for row in rows]
    seen = {(row.channel, broadcast_day(timeline, at, timeline.minute_of(row.start_utc))) for row, at in named}
    rows += _silent_days(instance, last, seen)
    copy = replace(instance, history=(*instance.history, *rows), not_aired=(*instance.not_aired, *unaired))
    return Frozen(copy, frozen, lost, unaired, last)


def _admissible(instance: Instance, published: Timetable, rules: Sequence[Rule]) -> Flags:
    """The published airings that the instance still admits."""
    airings = build_airings(instance, rules)
    columns = airings.content, airings.channel, airings.start_minute, airings.column("minutes")
    known = set(zip(*(column.tolist() for column in columns), strict=True))
    names = "content", "channel", "start", "minutes"
    wanted = zip(*(getattr(published, name).tolist() for name in names), strict=True)
    return np.array([key in known for key in wanted], dtype=bool)


def _unaired(instance: Instance, published: Timetable, frozen: Flags, lost: Flags, later: Flags) -> Iterable[Aired]:
    """Announced first runs that did not air and are still to come, as rows of history.csv.

    These are first runs that did not air, and first runs after the freeze in a lost place of a series (`later`). If a
    freely placed title has a later frozen episode on another channel, its earlier episodes are included.
    """
    last: dict[tuple[int, str], int] = {}
    codes = [channel.territory for channel in instance.channels]
    series = zip(published.programme.tolist(), published.channel.tolist(), published.episode.tolist(), strict=True)
    keys = [(programme, codes[channel], episode) for programme, channel, episode in series]
    for at in np.flatnonzero(frozen & published.first).tolist():
        last[keys[at][:2]] = max(last.get(keys[at][:2], 0), keys[at][2])
    free = instance.placements.line[published.content, published.channel] < 0
    behind = np.array([episode < last.get((programme, code), 0) for programme, code, episode in keys], dtype=bool)
    mine = published.first & ~frozen & (lost | later | (free & behind))
    return _airings_of(instance, published, mine, status=NOT_AIRED)


def _lost_later(instance: Instance, published: Timetable, within: Flags, admitted: Flags) -> Flags:
    """(p,) places after the freeze that news makes impossible, while later places in the same slot stay possible."""
    placements = instance.placements
    line = placements.line[published.content, published.channel]
    makes_up = np.array([*(one.missed_episode != "shift" for one in placements.lines), False])[line]
    clocks = np.zeros(len(published), dtype=np.int64)
    for number, channel in enumerate(instance.channels):
        mine = published.channel == number
        clocks[mine] = instance.timeline.clock(channel.zone).minute[published.start[mine]]
    slot = (published.content * len(instance.channels) + published.channel) * 1440 + clocks
    stays = np.zeros(len(published), dtype=bool)
    for at in np.flatnonzero(makes_up & published.first & ~within & ~admitted).tolist():
        after = (slot == slot[at]) & published.first & admitted & (published.start > published.start[at])
        stays[at] = bool(after.any())
    return stays


def _airings_of(instance: Instance, published: Timetable, frozen: Flags, status: str = "") -> Iterable[Aired]:
    for at in np.flatnonzero(frozen).tolist():
        channel = instance.channels[int(published.channel[at])]
        item = instance.contents.items[int(published.content[at])]
        programme = instance.programmes[item.programme]
        yield Aired(
            channel=channel.id,
            start_utc=instance.timeline.moment(int(published.start[at])),
            duration_min=int(published.minutes[at]),
            programme=programme.programme,
            episode=int(published.episode[at]),
            run="first" if published.first[at] else "rerun",
            version_language=programme.versions[item.version].language,
            version_kind=item.version_kind,
            status=status,
        )


def _anchors_of(instance: Instance, last: Ints) -> Iterable[Aired]:
    anchors, timeline = instance.dated_anchors, instance.timeline
    for at in np.flatnonzero(~anchors.past).tolist():
        number, start = int(anchors.channel[at]), int(anchors.start[at])
        if broadcast_day(timeline, instance.channels[number], start) <= last[number]:
            item = instance.contents.items[int(anchors.content[at])]
            yield Aired(
                channel=instance.channels[number].id,
                start_utc=timeline.moment(start),
                duration_min=int(anchors.end[at]) - start,
                programme=instance.anchors[int(anchors.anchor[at])].anchor,
                run="first",
                version_language=item.audio,
                version_kind=item.version_kind,
                anchor=True,
            )


def _silent_days(instance: Instance, last: Ints, seen: set[tuple[str, int]]) -> Iterable[Aired]:
    """A record of the last frozen day of every channel that has no other record of it."""
    timeline = instance.timeline
    for number, channel in enumerate(instance.channels):
        day = int(last[number])
        if day >= timeline.planned_from and (channel.id, day) not in seen:
            yield Aired(
                channel=channel.id,
                start_utc=timeline.moment(timeline.local_minute(channel.zone, day, timeline.broadcast_start)),
                duration_min=1,
                programme=NO_ANCHOR,
                run="first",
                version_language="und",
                version_kind="original",
                anchor=True,
            )
