"""Entries of a timetable that repeat a run and use none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.derived.repeats import repeated_runs

if TYPE_CHECKING:
    from scheduler.timetable.timetable import Timetable


def repeats_of(timetable: Timetable) -> dict[int, int]:
    """By entry that is a repeat: the start of the repeated run, in minutes of the line. It may be a past run."""
    instance = timetable.instance
    found: dict[int, int] = {}
    for programme, allowed in instance.repeats.items():
        name = instance.programmes[programme].programme
        past = timetable.past if timetable.past is not None else np.zeros(len(timetable), dtype=bool)
        mine = np.flatnonzero((timetable.programme == programme) & ~timetable.anchor)
        on_record = {(int(timetable.channel[at]), int(timetable.start[at])): at for at in mine[past[mine]].tolist()}
        runs = [
            (start, channel, row.episode, on_record.get((channel, start), -1))
            for row in instance.history
            if row.programme == name and not row.anchor
            for channel, start in [(instance.channel_index[row.channel], instance.timeline.minute_of(row.start_utc))]
        ]
        runs += [
            (int(timetable.start[at]), int(timetable.channel[at]), int(timetable.episode[at]), at)
            for at in mine[~past[mine]].tolist()
        ]
        runs.sort()
        again = repeated_runs([(episode, channel, start) for start, channel, episode, _ in runs], allowed)
        found |= {
            entry: runs[run][0] for (_, _, _, entry), run in zip(runs, again, strict=True) if run >= 0 and entry >= 0
        }
    return found
