"""Airings of locks: places that the grid or a window does not allow, and airings that are locked one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scheduler.airings.frame import COLUMNS, Airings
from scheduler.airings.slots import Slots, run_numbers
from scheduler.arrays import Flags
from scheduler.instance import Instance, Problem
from scheduler.instance.derived.aired import Lock
from scheduler.instance.problem import UnfitLocksError
from scheduler.messages import msg


def with_locked_places(instance: Instance, slots: Slots, frame: pd.DataFrame) -> pd.DataFrame:
    """Add airings of locks at starts that the grid or the window does not allow, or of another length."""
    found = [frame]
    windows, contents, grid = instance.windows, instance.contents, instance.timeline.grid
    runs = run_numbers(instance, slots)
    for lock in instance.locks:
        if lock.anchor or lock.channel is None or lock.start_utc is None or lock.programme is None:
            continue
        start, channel = instance.timeline.minute_of(lock.start_utc), instance.channel_index[lock.channel]
        programme = instance.programme_index[lock.programme]
        minutes = lock.duration_min or instance.programmes[programme].minutes
        around = (windows.channel == channel) & (windows.start <= start) & (windows.end >= start + minutes)
        pair = np.flatnonzero(around[slots.window] & (contents.programme[slots.content] == programme))
        if not len(pair):
            continue
        window = slots.window[pair]
        first = np.maximum(start // grid, windows.first_step[window])
        steps = np.minimum(-(-(start + minutes) // grid), windows.last_step[window]) - first
        run, item = np.nonzero(runs[:, pair])
        columns = {
            "content": slots.content[pair][item],
            "channel": np.full(len(item), channel),
            "window": window[item],
            "start": first[item],
            "steps": steps[item],
            "minutes": np.full(len(item), minutes),
            "run": run + 1,
            "offset": start - first[item] * grid,
        }
        added = pd.DataFrame({name: column.astype(COLUMNS[name]) for name, column in columns.items()})
        found.append(added[added["steps"] > 0])
    if len(found) == 1:
        return frame
    order = ["window", "content", "start", "offset", "minutes", "run"]
    return pd.concat(found).drop_duplicates(order).sort_values(order).reset_index(drop=True)


def locked_airings(airings: Airings) -> Flags:
    """The airings that locks name one by one.

    Raises
    ------
    UnfitLocksError
        A lock fits no airing.
    """
    locked = np.zeros(len(airings), dtype=bool)
    problems, unfit = [], []
    instance = airings.instance
    for line, lock in enumerate(instance.locks, start=2):
        if lock.anchor or instance.has_aired(lock):
            continue
        found = airings.fitting(lock)
        if not len(found):
            message = msg(
                "{lock} cannot air: there is no window, a rule bars it, or its rights are used up", lock=lock.message()
            )
            problems.append(Problem("locks.csv", line, 1, message))
            unfit.append(lock)
        elif lock.complete and not instance.may_repeat(lock):
            free = found[~locked[found]]
            free = free if len(free) else found
            locked[free[np.argmin(np.abs(airings.run[free] - _likely_run(instance, lock)))]] = True
    if problems:
        raise UnfitLocksError(problems, tuple(dict.fromkeys(unfit)))
    return locked


def _likely_run(instance: Instance, lock: Lock) -> int:
    """The run number of a complete lock, as far as the history shows it."""
    if lock.run == "first" or lock.channel is None or lock.programme is None:
        return 1
    territory = instance.channels[instance.channel_index[lock.channel]].territory
    past = instance.past.of(instance.programme_index[lock.programme], territory)
    return max(2, 1 + sum(run.episode == lock.episode for run in past))
