"""Pairs of a window and a content that may air in it, with their starts and run numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler.arrays import Flags, Ints
from scheduler.instance import Instance


@dataclass(frozen=True, slots=True)
class Slots:
    """The contents that may air in each window, as parallel arrays."""

    window: Ints
    content: Ints

    def only(self, which: Flags) -> Slots:
        """Some of the pairs.

        Parameters
        ----------
        which
            (pairs,) Flags of the pairs.
        """
        return Slots(self.window[which], self.content[which])

    def steps(self, instance: Instance) -> Ints:
        """Grid steps of an airing of each pair."""
        return np.asarray(-(-instance.contents.minutes[self.content] // instance.timeline.grid), dtype=np.int64)

    def programmes(self, instance: Instance) -> Flags:
        """The programmes with a pair, as flags."""
        alive = np.zeros(len(instance.programmes), dtype=bool)
        alive[instance.contents.programme[self.content]] = True
        return alive


def starts(instance: Instance, slots: Slots) -> Ints:
    """The number of possible start steps of each pair of window and content."""
    windows, window = instance.windows, slots.window
    spare = windows.last_step[window] - slots.steps(instance) - windows.first_start[window]
    return np.asarray(np.maximum(spare // windows.every[window] + 1, 0), dtype=np.int64)


def run_numbers(instance: Instance, slots: Slots) -> Flags:
    """(runs, pairs): whether an episode can have its first, second, … run in all territories that see the window."""
    most = max((programme.runs for programme in instance.programmes), default=1)
    programmes = len(instance.programmes)
    possible = np.zeros((most, len(instance.channels), programmes), dtype=bool)
    for number, channel in enumerate(instance.channels):
        for index, programme in enumerate(instance.programmes):
            if instance.simulcasts[index] and not instance.past.agrees(index, channel.seen_in):
                continue
            left = all(instance.past.left(index, code, programme.episodes) > 0 for code in channel.seen_in)
            possible[0, number, index] = left
            possible[1 : programme.runs, number, index] = True
    return possible[:, instance.windows.channel[slots.window], instance.contents.programme[slots.content]]
