"""On which broadcast days a programme version could air at one start of a channel, whatever else airs there.

Found from windows, rights and rules by asking for each day; nothing is shared with the bundles.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.airings import COLUMNS, Airings
from scheduler.rules.framework.base import Rule
from scheduler.rules.framework.dates import days_held
from scheduler.rules.rights import Rights

if TYPE_CHECKING:
    from scheduler.instance import Instance

DAY = 1440
BEFORE, AFTER = -2, 2
"""Broadcast days that are looked at before and after the horizon's."""


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Open days by (channel, content, clock), found when first asked for; days count from the line's first."""

    instance: Instance
    known: dict[tuple[int, int, int], tuple[int, ...]] = field(default_factory=dict)

    def of(self, channel: int, content: int, clock: int) -> tuple[int, ...]:
        """Open days of a start `clock` minutes after the broadcast day begins, in order."""
        key = channel, content, clock
        if key not in self.known:
            self.known[key] = self._find(channel, content, clock)
        return self.known[key]

    def _find(self, channel: int, content: int, clock: int) -> tuple[int, ...]:
        instance = self.instance
        timeline, windows, owner = instance.timeline, instance.windows, instance.channels[channel]
        programme = int(instance.contents.programme[content])
        if instance.past.last_episode(programme, owner.territory) >= instance.programmes[programme].episodes:
            return ()
        steps = -(-int(instance.contents.minutes[content]) // timeline.grid)
        reading = timeline.clock(owner.zone)
        mine = np.flatnonzero((windows.channel == channel) & ~windows.past)
        days: list[int] = []
        found: list[tuple[int, int]] = []
        for day in range(BEFORE, timeline.days + AFTER):
            legal, minute = day + (clock + timeline.broadcast_start) // DAY, (clock + timeline.broadcast_start) % DAY
            at = timeline.local_minute(owner.zone, legal, minute)
            if not 0 <= at < timeline.minutes or reading.day[at] != legal or reading.minute[at] != minute:
                continue
            if at % timeline.grid:
                continue
            step = at // timeline.grid
            fits = (windows.first_start[mine] <= step) & (step + steps <= windows.last_step[mine])
            fits &= (step - windows.first_start[mine]) % windows.every[mine] == 0
            for window in mine[fits].tolist():
                accept = owner.windows[int(windows.definition[window])].accept
                if instance.contents.matches(accept, owner.territory)[content]:
                    days.append(day)
                    found.append((window, step))
        return tuple(np.array(days, dtype=int)[self._admitted(channel, content, steps, found)].tolist()) if days else ()

    def _admitted(self, channel: int, content: int, steps: int, found: list[tuple[int, int]]) -> list[bool]:
        """Which of some (window, step) the rules let through."""
        instance, count = self.instance, len(found)
        values = {
            "content": [content] * count,
            "channel": [channel] * count,
            "window": [window for window, _ in found],
            "start": [step for _, step in found],
            "steps": [steps] * count,
            "minutes": [int(instance.contents.minutes[content])] * count,
            "run": [1] * count,
            "offset": [0] * count,
        }
        frame = pd.DataFrame({name: np.array(values[name], dtype=kind) for name, kind in COLUMNS.items()})
        airings = Airings(instance, frame, np.zeros(count, dtype=bool))
        kept = np.ones(count, dtype=bool)
        written = (rule for rule in instance.written_rules if isinstance(rule, Rule) and days_held(rule, instance))
        for rule in (Rights(), *written):
            contents = rule.admit_contents(instance, channel)
            kept &= contents is None or bool(contents[content])
            admitted = rule.admit(airings)
            kept &= True if admitted is None else admitted
        return kept.tolist()
