"""Repeats that use no run: they air at the starts of the followers of a placement."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scheduler.airings.frame import COLUMNS, Airings
from scheduler.airings.slots import Slots
from scheduler.arrays import Ints
from scheduler.instance import Instance
from scheduler.instance.derived.repeats import REPEAT, minutes_by_day


def with_followers(instance: Instance, slots: Slots, frame: pd.DataFrame) -> pd.DataFrame:
    """Add the repeats that use no run. They begin at the start of a follower, or directly after another repeat."""
    windows, placements, grid = instance.windows, instance.placements, instance.timeline.grid
    followed = np.array([*(bool(line.followers) for line in placements.lines), False])
    repeated = np.isin(np.arange(len(instance.programmes)), [*instance.repeats])
    line = placements.line[slots.content, windows.channel[slots.window]]
    all_steps = slots.steps(instance)
    found = [frame]
    aired = _first_run_days(instance, frame) if instance.repeats else np.zeros(0, dtype=np.int64)
    mine = np.flatnonzero(followed[line] & repeated[instance.contents.programme[slots.content]])
    for number, channel in np.unique(np.stack([line[mine], windows.channel[slots.window[mine]]]), axis=1).T.tolist():
        pair = mine[(line[mine] == number) & (windows.channel[slots.window[mine]] == channel)]
        most = int(instance.longest_places[slots.content[pair], channel].max())
        for one in placements.lines[number].followers:
            minute = minutes_by_day(instance.timeline, instance.channels[channel], one.start)
            days = np.flatnonzero((minute >= 0) & (minute % grid == 0))
            begin = minute[days] // grid
            for later in sorted({after for day in range(7) if (after := one.days_after(day)) is not None}):
                together = (1 if one.omnibus is None else 7 - later) * most
                of_pair, of_day, place = np.indices((len(pair), len(begin), together)).reshape(3, -1)
                window, steps = slots.window[pair[of_pair]], all_steps[pair[of_pair]]
                start = begin[of_day] + place * steps
                content = slots.content[pair[of_pair]]
                day_key = _day_key(instance, content, np.full(len(content), channel), days[of_day] - later)
                inside = (
                    np.isin(day_key, aired)
                    & (start >= windows.first_step[window])
                    & (start + steps <= windows.last_step[window])
                )
                columns = {
                    "content": content,
                    "channel": np.full(len(of_pair), channel),
                    "window": window,
                    "start": start,
                    "steps": steps,
                    "minutes": instance.contents.minutes[content],
                    "run": np.full(len(of_pair), REPEAT + later),
                    "offset": np.zeros(len(of_pair)),
                }
                found.append(
                    pd.DataFrame({name: column[inside].astype(COLUMNS[name]) for name, column in columns.items()})
                )
    if len(found) == 1:
        return frame
    order = ["window", "content", "start", "run"]
    return pd.concat(found).drop_duplicates(order).sort_values(order, ignore_index=True)


def _first_run_days(instance: Instance, frame: pd.DataFrame) -> Ints:
    """Keys (`_day_key`) of the versions, channels and broadcast days that have a candidate or past first run."""
    all_of = Airings(instance, frame, np.zeros(len(frame), dtype=bool))
    at = np.flatnonzero(all_of.run == 1)
    past = [
        (number, run.channel, run.day) for number in instance.repeats for run in instance.past.airings.get(number, ())
    ]
    number, channel, day = np.array(past, dtype=np.int64).reshape(-1, 3).T
    of_version = instance.contents.programme[: instance.contents.version_count]
    version, row = np.nonzero(of_version[:, None] == number[None, :])
    return np.concatenate(
        [
            _day_key(instance, all_of.content[at], all_of.channel[at], all_of.broadcast_day[at]),
            _day_key(instance, version, channel[row], day[row]),
        ]
    )


def _day_key(instance: Instance, content: Ints, channel: Ints, day: Ints) -> Ints:
    """One number that identifies a version, a channel and a broadcast day. The day may be before the line."""
    far = 10**5
    return (content.astype(np.int64) * len(instance.channels) + channel) * 3 * far + np.maximum(day, -far) + far
