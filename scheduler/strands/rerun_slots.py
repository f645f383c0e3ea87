"""Slots of the reruns of placed series: one per series and territory, on any days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.derived.repeats import REPEAT
from scheduler.moments import DAY
from scheduler.strands.bundles import start_clock
from scheduler.strands.exceptions import at_exceptions, exceptions_of
from scheduler.strands.followers import named_by_locks

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints


@dataclass(frozen=True, eq=False)
class RerunSlots:
    """Rerun `airing[k]` is in slot `slot[k]` (version, channel, start).

    Each group `group[slot]` has at most one slot.
    """

    airing: Ints
    slot: Ints
    group: Ints  # (s,)
    group_key: Ints  # (g,) programme · (number of territories) + territory

    def __len__(self) -> int:
        return len(self.group)

    def chosen_of(self, chosen: Flags) -> Ints:
        """(s,) 1 for the slot that contains most of its group's chosen reruns, if there are any, else 0."""
        held = np.bincount(self.slot[chosen[self.airing]], minlength=len(self))
        order = np.lexsort((-held, self.group))
        best = order[np.diff(self.group[order], prepend=-1) > 0]
        found = np.zeros(len(self), dtype=np.int64)
        found[best] = held[best] > 0
        return found


def build_rerun_slots(airings: Airings) -> RerunSlots:
    """All slots of reruns of an instance's placed series. Airings that locks name are in no slot."""
    instance, territories = airings.instance, len(airings.instance.file.territories)
    placed = instance.placements.line[airings.content, airings.channel] >= 0
    at = np.flatnonzero(
        placed
        & (airings.run > 1)
        & (airings.run < REPEAT)
        & ~airings.locked
        & ~named_by_locks(airings)
        & ~at_exceptions(airings, exceptions_of(instance), "rerun")
    )
    place = airings.content[at] * len(instance.channels) + airings.channel[at]
    _, first, slot = np.unique(place * DAY + start_clock(airings)[at], return_index=True, return_inverse=True)
    key = airings.programme[at] * territories + airings.territory[at]
    group_key, group = np.unique(key[first], return_inverse=True)
    return RerunSlots(at, slot.astype(np.int64), group.astype(np.int64), group_key)
