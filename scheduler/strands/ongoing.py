"""Series that began before the horizon and continue in it, with their previous slot."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scheduler.instance import zone_clock
from scheduler.instance.derived.history import broadcast_day, repeats_on_record
from scheduler.instance.model.field_types import WEEKDAYS
from scheduler.moments import DAY, WEEK
from scheduler.strands.exceptions import locked_places, without_exceptions
from scheduler.strands.missed import made_up

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Aired, Commitment, Instance


@dataclass(frozen=True, slots=True)
class Slot:
    """The slot of a series' last first run: channel, version, start, and the weekdays on which it aired there."""

    channel: int
    content: int
    clock: int  # minutes since the broadcast day began
    weekdays: frozenset[int]  # Monday is 0
    whole_week: bool  # whether the series has aired for a week, so that these are all of its weekdays
    committed: tuple[frozenset[int], ...] = ()  # the day sets that a commitment allows


def day_sets_kept(day_sets: list[frozenset[int]], slot: Slot) -> list[frozenset[int]]:
    """The day sets with which a series keeps its weekdays.

    If the series has aired for a week or more, this is the day set equal to its weekdays. If there is none, it is all
    day sets that contain its weekdays; if there are none of these either, all day sets. A commitment names the day sets
    itself.
    """
    same = [days for days in day_sets if days in slot.committed]
    same = same or [days for days in day_sets if slot.whole_week and days == slot.weekdays]
    return same or [days for days in day_sets if days >= slot.weekdays] or day_sets


def slots_before(instance: Instance) -> dict[tuple[int, int], Slot]:
    """The slots of series with episodes left, by indices (programme, territory). Commitments have precedence.

    First runs on channels where a title airs freely are in no slot. Those at locks were exceptions.
    """
    found: dict[tuple[int, int], list[Aired]] = {}
    territories = {code: at for at, code in enumerate(instance.file.territories)}
    for row in instance.history:
        programme = instance.programme_index.get(row.programme)
        if row.anchor or programme is None or row.run != "first":
            continue
        channel = instance.channels[instance.channel_index[row.channel]]
        if not _is_placed(instance, programme, row):
            continue
        if instance.past.left(programme, channel.territory, instance.programmes[programme].episodes) > 0:
            found.setdefault((programme, territories[channel.territory]), []).append(row)
    slots = {}
    for key, rows in found.items():
        own = sorted(without_exceptions(instance, rows), key=lambda row: row.start_utc)
        slots[key] = _slot(instance, key[0], own) if own else None
    for line in instance.commitments:
        channel, programme = (
            instance.channels[instance.channel_index[line.channel]],
            instance.programme_index[line.programme],
        )
        if not _is_placed(instance, programme, line):
            continue
        if instance.past.left(programme, channel.territory, instance.programmes[programme].episodes) > 0:
            slots[programme, territories[channel.territory]] = _committed(instance, programme, line)
    return {key: slot for key, slot in slots.items() if slot is not None}


def last_slot(instance: Instance, programme: int, code: str) -> tuple[int, int] | None:
    """(channel, minutes since the broadcast day began) of a programme's last first run on record in a territory."""
    name = instance.programmes[programme].programme
    rows = [
        row
        for row in sorted(instance.history, key=lambda row: row.start_utc)
        if row.programme == name and not row.anchor and row.run == "first"
        if instance.channels[instance.channel_index[row.channel]].territory == code
    ]
    rows = without_exceptions(instance, rows)
    slot = _slot(instance, programme, rows) if rows else None
    return None if slot is None else (slot.channel, slot.clock)


class PastFirstRun(NamedTuple):
    """A first run before the horizon: channel, time, and the number of its repeats that have aired."""

    channel: int
    content: int
    start: int  # minute of the line, < 0 before the line
    day: int  # broadcast day of the line
    episode: int
    repeats: int


def past_first_runs(instance: Instance, programme: int) -> list[PastFirstRun]:
    """The first runs of a programme in history.csv, in air order. Empty unless its repeats use no run."""
    if programme not in instance.repeats:
        return []
    rows, timeline = sorted(instance.history, key=lambda row: row.start_utc), instance.timeline
    one = {programme: instance.repeats[programme]}
    found = []
    for each in repeats_on_record(rows, instance.channel_index, instance.programme_index, timeline, one):
        row, channel = each.row, instance.channel_index[each.row.channel]
        content = _content(instance, programme, row.version_language, row.version_kind)
        if row.run == "first" and not each.repeat and content is not None:
            start = timeline.minute_of(row.start_utc)
            day = broadcast_day(timeline, instance.channels[channel], start)
            found.append(PastFirstRun(channel, content, start, day, row.episode, each.repeats))
    return found


def runs_to_repeat(instance: Instance, programme: int) -> list[PastFirstRun]:
    """The first runs of a programme in history.csv that followers repeat: those that were no exceptions at locks."""
    locked = {(channel, start) for number, channel, start in locked_places(instance) if number == programme}
    return [one for one in past_first_runs(instance, programme) if (one.channel, one.start) not in locked]


def runs_of_last_slot(instance: Instance, programme: int, code: str) -> list[PastFirstRun]:
    """The first runs before the horizon on the channel and in the version of the last one in a territory."""
    runs = [one for one in runs_to_repeat(instance, programme) if instance.channels[one.channel].territory == code]
    return [one for one in runs if (one.channel, one.content) == (runs[-1].channel, runs[-1].content)]


def _committed(instance: Instance, programme: int, line: Commitment) -> Slot | None:
    content = _content(instance, programme, line.version_language, line.version_kind)
    if content is None:
        return None
    sets = tuple(frozenset(WEEKDAYS.index(day) for day in days) for days in line.days)
    return Slot(
        channel=instance.channel_index[line.channel],
        content=content,
        clock=(line.start - instance.timeline.broadcast_start) % DAY,
        weekdays=frozenset.intersection(*sets),
        whole_week=len(sets) == 1,
        committed=sets,
    )


def _content(instance: Instance, programme: int, language: str, kind: str) -> int | None:
    """The content of a programme's version in a language, None if there is none."""
    versions = [(version.language, version.kind) for version in instance.programmes[programme].versions]
    if (language, kind) not in versions:
        return None
    before = int((instance.contents.programme[: instance.contents.version_count] < programme).sum())
    return before + versions.index((language, kind))


def _is_placed(instance: Instance, programme: int, row: Aired | Commitment) -> bool:
    """Whether a version has a slot on a channel, as `placement` says. A version that is no longer there may have."""
    content = _content(instance, programme, row.version_language, row.version_kind)
    return content is None or bool(instance.placements.line[content, instance.channel_index[row.channel]] >= 0)


def _reading(instance: Instance, row: Aired) -> datetime:
    """The local start of a row, shifted so that broadcast days begin at midnight."""
    zone = zone_clock(instance.channels[instance.channel_index[row.channel]].zone)
    return row.start_utc.astimezone(zone).replace(tzinfo=None) - timedelta(minutes=instance.timeline.broadcast_start)


def _announced(instance: Instance, channel: str, programme: str) -> list[datetime]:
    """The local starts of a programme's places on a channel that did not air."""
    rows = [row for row in instance.not_aired if row.channel == channel and row.programme == programme]
    return [_reading(instance, row) for row in rows if not row.anchor and row.run == "first"]


def _own_places(instance: Instance, rows: list[Aired]) -> list[Aired]:
    """Leave out rows on days that have only episodes that made up for missed ones."""
    made_up_on = made_up(instance, rows)
    of = {channel.id: channel for channel in instance.channels}
    days = [
        broadcast_day(instance.timeline, of[row.channel], instance.timeline.minute_of(row.start_utc)) for row in rows
    ]
    count = Counter(days)
    return [row for row, day in zip(rows, days, strict=True) if count[day] > made_up_on.get(day, 0)]


def _slot(instance: Instance, programme: int, rows: list[Aired]) -> Slot | None:
    last = rows[-1]
    channel = instance.channel_index[last.channel]
    content = _content(instance, programme, last.version_language, last.version_kind)
    if content is None:
        return None
    line = instance.placements.lines[int(instance.placements.line[content, channel])]
    if line.missed_episode == "catch_up":
        rows = _own_places(instance, rows)
        last = rows[-1]
    moments = [_reading(instance, row) for row in rows]
    head = moments[-1]
    if line.kind != "free" and (line.episodes_per_place > 1 or line.missed_episode != "shift"):
        # the last row may be a later episode of its place
        head = min(
            at
            for at, row in zip(moments, rows, strict=True)
            if row.channel == last.channel and at.date() == moments[-1].date()
        )
    there = [
        at for at, row in zip(moments, rows, strict=True) if row.channel == last.channel and at.time() == head.time()
    ]
    first_day, horizon = there[0].date(), instance.file.horizon.start
    announced = _announced(instance, last.channel, last.programme)
    there = sorted([*there, *(at for at in announced if at.time() == head.time() and at <= there[-1])])
    week = [at for at in there if (there[-1].date() - at.date()).days < WEEK]
    return Slot(
        channel=channel,
        content=content,
        clock=head.hour * 60 + head.minute,
        weekdays=frozenset(at.weekday() for at in week),
        whole_week=(horizon - first_day).days >= WEEK,
    )


def begun(airings: Airings, at: Ints) -> Flags:
    """Of which airings, (k,), the series has aired before the horizon."""
    instance = airings.instance
    codes = list(instance.file.territories)
    aired = np.array(
        [[instance.past.last_episode(number, code) > 0 for code in codes] for number in range(len(instance.programmes))]
    )
    return np.asarray(aired[airings.programme[at], airings.territory[at]])
