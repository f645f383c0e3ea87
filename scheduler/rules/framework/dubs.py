"""Dubbed versions that do not exist yet: the contents that need one, the work, and the dubs that a timetable needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.derived.history import broadcast_day

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.timetable import Timetable


def unmade(instance: Instance, language: str | None = None) -> Flags:
    """The contents that are dubbed versions still to be made, in one language or in any."""
    contents = instance.contents
    found = np.zeros(len(contents), dtype=bool)
    for at, item in enumerate(contents.items[: contents.version_count]):
        waiting = item.version_kind == "dubbed" and item.audio in instance.programmes[item.programme].to_dub
        found[at] = waiting and language in (None, item.audio)
    return found


def work(instance: Instance) -> Ints:
    """Studio minutes for a dub of each content: every episode of the programme in full."""
    contents = instance.contents
    episodes = np.array([item.episodes for item in contents.items], dtype=np.int64)
    return np.asarray(episodes * contents.minutes, dtype=np.int64)


def first_airings(instance: Instance, party: str | None = None) -> dict[int, int]:
    """The broadcast day, from the line's first day, of the first airing of each programme version in history.csv.

    Parameters
    ----------
    party
        Only airings on this party's channels count. None for all channels.
    """
    contents, timeline = instance.contents, instance.timeline
    found: dict[int, int] = {}
    versions = {
        (item.identity, instance.programmes[item.programme].versions[item.version].language, item.version_kind): at
        for at, item in enumerate(contents.items[: contents.version_count])
    }
    for row in instance.history:
        at = versions.get((row.programme, row.version_language, row.version_kind))
        channel = instance.channels[instance.channel_index[row.channel]]
        if row.anchor or at is None or party not in (None, *channel.belongs_to):
            continue
        day = broadcast_day(timeline, channel, timeline.minute_of(row.start_utc))
        found[at] = min(found.get(at, day), day)
    return found


@dataclass(frozen=True, slots=True)
class Dub:
    """A dub that a timetable needs: the programme, the language, and the day on which it must be ready."""

    programme: str
    title: str
    language: str
    minutes: int
    needed_by: str  # the day of its first airing, on the channel's clock
    channel: str


def dubs_to_make(timetable: Timetable) -> list[Dub]:
    """Every dub that a timetable airs and that does not exist yet, sorted by the day on which it is needed."""
    instance = timetable.instance
    waiting, minutes = unmade(instance), work(instance)
    found: dict[int, Dub] = {}
    for at in np.flatnonzero(waiting[timetable.content]).tolist():
        content = int(timetable.content[at])
        if content in found:
            continue
        channel, item = instance.channels[timetable.channel[at]], instance.contents.items[content]
        day = instance.timeline.clock(channel.zone).day[timetable.start[at]]
        found[content] = Dub(
            programme=item.identity,
            title=item.title,
            language=item.audio,
            minutes=int(minutes[content]),
            needed_by=instance.timeline.label("day", int(day)),
            channel=channel.id,
        )
    return sorted(found.values(), key=lambda dub: (dub.needed_by, dub.programme, dub.language))
