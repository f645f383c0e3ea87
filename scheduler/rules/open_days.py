"""Open days: broadcast days on which a place of a programme version could begin at a start, without other airings.

They are found by testing windows, held places, rights and rules for each day. No code is shared with the bundles.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.airings import COLUMNS, Airings
from scheduler.instance.derived.repeats import REPEAT
from scheduler.instance.model.field_types import WEEKDAYS
from scheduler.moments import DAY
from scheduler.rules.framework.base import Rule
from scheduler.rules.framework.dates import days_held
from scheduler.rules.rights import Rights
from scheduler.rules.sharing import SharingRule, is_shared

if TYPE_CHECKING:
    from datetime import date

    from scheduler.instance import Instance

BEFORE, AFTER = -2, 2
"""Broadcast days before and after the horizon that are tested, too."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A content that could begin at a step of a window."""

    channel: int
    content: int
    window: int
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Open days by (channel, content, clock, episodes), computed on first use. Days are those of the line."""

    instance: Instance
    known: dict[tuple[int, int, int, int], tuple[int, ...]] = field(default_factory=dict)

    def of(self, channel: int, content: int, clock: int, episodes: int | None = None) -> tuple[int, ...]:
        """Open days of a start `clock` minutes after the broadcast day begins, in order.

        Parameters
        ----------
        channel, content
            Indices of the channel and of the content.
        clock
            Minutes after the start of the broadcast day.
        episodes
            Number of episodes in the place, by default that of the channel's line of `placement`.
        """
        key = channel, content, clock, episodes or int(self.instance.placements.episodes[content, channel])
        if key not in self.known:
            self.known[key] = self._find(*key)
        return self.known[key]

    def _find(self, channel: int, content: int, clock: int, episodes: int) -> tuple[int, ...]:
        """Compute the open days of `of`: test every day, then ask the rules once for all places found."""
        instance = self.instance
        timeline, owner = instance.timeline, instance.channels[channel]
        programme = int(instance.contents.programme[content])
        episodes_of = instance.programmes[programme].episodes
        if not all(instance.past.left(programme, code, episodes_of) for code in owner.seen_in):
            return ()
        reading = timeline.clock(owner.zone)
        steps = -(-int(instance.contents.minutes[content]) // timeline.grid)
        days: list[int] = []
        found: list[_Place] = []
        for day in range(BEFORE, timeline.days + AFTER):
            legal, minute = day + (clock + timeline.broadcast_start) // DAY, (clock + timeline.broadcast_start) % DAY
            at = timeline.local_minute(owner.zone, legal, minute)
            # The clock skips this time, or the minute is outside the line.
            if not 0 <= at < timeline.minutes or reading.day[at] != legal or reading.minute[at] != minute:
                continue
            if at % timeline.grid:
                continue
            # The last episode must start on the same broadcast day.
            last = at + (episodes - 1) * steps * timeline.grid
            if last >= timeline.minutes or reading.day[last] - (reading.minute[last] < timeline.broadcast_start) != day:
                continue
            end = last + steps * timeline.grid
            if self._is_held(channel, programme, at, end) or self._is_locked(channel, programme, at, end):
                continue
            windows = [one.window for one in self._places(channel, content, at // timeline.grid, episodes)]
            days += [day] * len(windows)
            found += [
                _Place(channel, content, window, at // timeline.grid + position * steps, steps)
                for window in windows
                for position in range(episodes)
            ]
        if not days:
            return ()
        # A day is open if all episodes of a place are admitted.
        admitted = np.array(self._admitted(found, self._elsewhere(found)), dtype=bool).reshape(-1, episodes)
        return tuple(np.array(days, dtype=int)[admitted.all(axis=1)].tolist())

    def all_open(self, channel: int, content: int, starts: list[int]) -> bool:
        """Whether repeats of a content can start at all of these minutes of the line.

        The window's start marks do not matter.
        """
        instance, windows, owner = self.instance, self.instance.windows, self.instance.channels[channel]
        grid = instance.timeline.grid
        steps = -(-int(instance.contents.minutes[content]) // grid)
        found: list[_Place] = []
        programme, end = int(instance.contents.programme[content]), starts[-1] + steps * grid
        if self._is_held(channel, programme, starts[0], end):
            return False
        for start in starts:
            fits = (windows.channel == channel) & ~windows.past & (windows.first_step <= start // grid)
            mine = np.flatnonzero(fits & (start // grid + steps <= windows.last_step)).tolist()
            accepts = (owner.windows[int(windows.definition[window])].accept for window in mine)
            matching = [bool(instance.contents.matches(accept, owner.territory)[content]) for accept in accepts]
            if start % grid or not any(matching):
                return False
            window = mine[matching.index(True)]
            found.append(_Place(channel, content, window, start // grid, steps))
        return all(self._admitted(found, [], run=REPEAT))

    def _is_held(self, channel: int, programme: int, begin: int, end: int) -> bool:
        """Whether a lock or a live event of another programme is on a channel within some minutes."""
        return any(
            where == channel and of != programme and first < end and begin < last
            for of, where, first, last in self.instance.held_places
        )

    def _is_locked(self, channel: int, programme: int, begin: int, end: int) -> bool:
        """Whether a lock of the programme is on a channel within some minutes."""
        return any(
            where == channel and of == programme and first < end and begin < last
            for of, where, first, last in self.instance.lock_places
        )

    def _places(self, channel: int, content: int, step: int, episodes: int = 1) -> list[_Place]:
        """The windows of a channel in which `episodes` episodes of a content can begin at a step.

        Only windows are tested.
        """
        instance, windows, owner = self.instance, self.instance.windows, self.instance.channels[channel]
        steps = -(-int(instance.contents.minutes[content]) // instance.timeline.grid)
        fits = (windows.channel == channel) & ~windows.past
        fits &= (windows.first_start <= step) & (step + episodes * steps <= windows.last_step)
        mine = np.flatnonzero(fits)
        mine = mine[(step - windows.first_start[mine]) % windows.every[mine] == 0]
        accepts = (owner.windows[int(windows.definition[window])].accept for window in mine.tolist())
        matching = [bool(instance.contents.matches(accept, owner.territory)[content]) for accept in accepts]
        return [_Place(channel, content, window, step, steps) for window in mine[matching].tolist()]

    def _elsewhere(self, found: list[_Place]) -> list[_Place]:
        """Places of the same linked-up programme on other channels at the same instants, which its rule needs."""
        instance = self.instance
        programme = int(instance.contents.programme[found[0].content]) if found else -1
        linked = {name for rule in instance.written_rules for name in rule.at_once}
        if programme < 0 or instance.programmes[programme].programme not in linked:
            return []
        contents = np.flatnonzero(instance.contents.programme[: instance.contents.version_count] == programme)
        return [
            place
            for channel in range(len(instance.channels))
            for content in contents.tolist()
            if (channel, content) != (found[0].channel, found[0].content)
            for step in sorted({one.step for one in found})
            for place in self._in_a_place(channel, content, step)
        ]

    def _in_a_place(self, channel: int, content: int, step: int) -> list[_Place]:
        """The windows in which some episode of a place can begin at a step."""
        steps = -(-int(self.instance.contents.minutes[content]) // self.instance.timeline.grid)
        found = {
            one.window: replace(one, step=step)
            for position in range(int(self.instance.longest_places[content, channel]))
            for one in self._places(channel, content, step - position * steps, position + 1)
        }
        return [*found.values()]

    def _admitted(self, found: list[_Place], elsewhere: list[_Place], run: int = 1) -> list[bool]:
        """Which places the rules admit. Rules are applied one after another, as for candidate airings."""
        instance, places = self.instance, [*found, *elsewhere]
        count = len(places)
        values = {
            "content": [place.content for place in places],
            "channel": [place.channel for place in places],
            "window": [place.window for place in places],
            "start": [place.step for place in places],
            "steps": [place.steps for place in places],
            "minutes": [int(instance.contents.minutes[place.content]) for place in places],
            "run": [run] * count,
            "offset": [0] * count,
        }
        frame = pd.DataFrame({name: np.array(values[name], dtype=kind) for name, kind in COLUMNS.items()})
        written = (rule for rule in instance.written_rules if isinstance(rule, Rule) and days_held(rule, instance))
        sharing = (SharingRule(),) if is_shared(instance) else ()
        rules = (Rights(), *sharing, *written)
        pairs = {(place.channel, place.content) for place in places}
        let = {pair: all(self._lets(rule, *pair) for rule in rules) for pair in pairs}
        kept = np.array([let[place.channel, place.content] for place in places])
        at, left = np.arange(count), kept
        for rule in rules:
            if not left.all():
                at, frame = at[left], frame.iloc[np.flatnonzero(left)].reset_index(drop=True)
                left = np.ones(len(at), dtype=bool)
            admitted = rule.admit(Airings(instance, frame, np.zeros(len(at), dtype=bool)))
            if admitted is not None:
                kept[at[~admitted]], left = False, admitted
        return [bool(one) for one in kept[: len(found)]]

    def _lets(self, rule: Rule, channel: int, content: int) -> bool:
        """Whether a rule admits a content on a channel."""
        contents = rule.admit_contents(self.instance, channel)
        return contents is None or bool(contents[content])


def opens_on(instance: Instance, channel: int, content: int, clock: int, episodes: int, day: date) -> bool:
    """Whether a place would be in a window and meet no anchor on a broadcast day after the horizon."""
    owner, grid = instance.channels[channel], instance.timeline.grid
    minutes = episodes * -(-int(instance.contents.minutes[content]) // grid) * grid
    found = False
    for shift in (timedelta(days=-1), timedelta(0), timedelta(days=1)):
        on = day + shift
        begin = instance.timeline.broadcast_start + clock - shift.days * DAY
        for anchor in instance.anchors:
            there = on == anchor.date or WEEKDAYS[on.weekday()] in (anchor.days or ())
            if there and anchor.channel == owner.id and begin < anchor.end and anchor.start < begin + minutes:
                return False
        found = found or any(
            window.start <= begin
            and begin + minutes <= window.end
            and begin % (window.start_every or grid) == 0
            and bool(instance.contents.matches(window.accept, owner.territory)[content])
            for window in owner.windows_on(on)
        )
    return found
