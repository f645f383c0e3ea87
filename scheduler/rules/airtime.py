"""Airings are inside windows that accept them, begin at a minute that the window allows, and do not overlap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np

from scheduler.messages import Message, msg
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.subject import Subject
from scheduler.timetable.repeats import repeats_of

if TYPE_CHECKING:
    from scheduler.timetable import OnAir, Timetable


class Airtime(Rule):
    """Structural: the frame has only airings that fit, and engines do not let airings of a window overlap."""

    type: Literal["airtime"] = "airtime"
    id: str = "airtime"

    def sentence(self) -> Message:
        """The rule in words."""
        return msg("an airing lies inside a window that takes it, and no two overlap")

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every airing that is outside its window, begins at another minute, has another length or overlaps."""
        table, repeats = on_air.timetable, repeats_of(on_air.timetable)
        for at in table.planned.tolist():
            wrong = _wrong_place(on_air, at, repeat=at in repeats)
            if wrong:
                yield self._broken(table, at, "place", wrong)
        for at, before in _overlaps(table):
            title = table.instance.contents.items[table.content[before]].title
            yield self._broken(table, at, "overlap", msg("it begins before '{other}' has ended", other=title))

    def _broken(self, table: Timetable, at: int, aspect: str, what: Message) -> Measurement:
        channel = table.instance.channels[table.channel[at]].id
        moment = table.instance.timeline.moment_text(table.start[at])
        title = table.instance.contents.items[table.content[at]].title
        text = msg("'{title}' on {channel} at {moment}: {what}", title=title, channel=channel, moment=moment, what=what)
        return self.forbidden(Subject("channel", channel), moment, aspect, text, named=True)


def _wrong_place(on_air: OnAir, at: int, *, repeat: bool) -> Message | None:
    """The problem of an airing's place, or None. A repeat that uses no run begins at the start of its follower."""
    table, instance = on_air.timetable, on_air.instance
    windows, grid = instance.windows, instance.timeline.grid
    start, minutes, content = int(table.start[at]), int(table.minutes[at]), int(table.content[at])
    own = int(instance.contents.minutes[content])
    locked = _is_locked(on_air, at)
    if minutes != own and not locked:
        return msg("it is {minutes} minutes long, the programme {own}", minutes=minutes, own=own)
    if start % grid and not locked:
        return msg("it does not begin on the grid of {minutes} minutes", minutes=grid)
    occupied = minutes if locked else -(-minutes // grid) * grid
    around = (windows.channel == table.channel[at]) & (windows.start <= start) & (windows.end >= start + occupied)
    around &= ~windows.past
    found = np.flatnonzero(around)
    if not len(found):
        return msg("it does not lie inside a window")
    channel = instance.channels[table.channel[at]]
    window = channel.windows[windows.definition[found[0]]]
    local = on_air.starts.local.iloc[at]
    episodes = int(instance.longest_places[content, table.channel[at]]) if table.first[at] else 1
    marks = [local.minute - position * occupied for position in range(episodes)]  # the possible starts of its place
    if not repeat and all(minute % (window.start_every or grid) for minute in marks) and not locked:
        return msg("it does not begin on a mark of {minutes} minutes", minutes=window.start_every or grid)
    if not instance.contents.matches(window.accept, channel.territory)[content]:
        return msg("the window does not accept it")
    return None


def _is_locked(on_air: OnAir, at: int) -> bool:
    """Whether a lock has this title, start and length; the grid does not apply then."""
    table, instance = on_air.timetable, on_air.instance
    place = instance.channels[table.channel[at]].id, instance.timeline.moment(int(table.start[at]))
    item = instance.contents.items[table.content[at]]
    return any(
        (lock.channel, lock.start_utc, lock.programme) == (*place, item.identity)
        and (lock.duration_min or item.minutes) == table.minutes[at]
        for lock in instance.locks
    )


def _overlaps(table: Timetable) -> list[tuple[int, int]]:
    """Overlapping pairs (entry, the earlier entry that ends last on the channel). Airings occupy whole grid steps."""
    grid = table.instance.timeline.grid
    order = np.lexsort((table.start, table.channel))
    until = table.start + table.minutes
    end = np.where(table.anchor, until, -(-until // grid) * grid)[order]
    channel, start = table.channel[order], table.start[order]
    fixed = (table.anchor if table.past is None else table.anchor | table.past)[order]
    found, last = [], -1  # index of the entry that ends last so far
    for at in range(len(order)):
        if last >= 0 and channel[at] == channel[last]:
            if start[at] < end[last] and not (fixed[at] and fixed[last]):
                found.append((int(order[at]), int(order[last])))
            last = at if end[at] > end[last] else last
        else:
            last = at
    return found
