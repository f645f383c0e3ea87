"""The factor of a change's weight by channel and broadcast day: it steps up when a deadline has passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance import agreements_of
from scheduler.instance.model.deadline import Deadline, WorkCalendar

if TYPE_CHECKING:
    from datetime import date

    from scheduler.arrays import Ints
    from scheduler.instance import Instance
    from scheduler.replan.places import Places


@dataclass(frozen=True, eq=False)
class Steps:
    """factor[c, d] of the weight of a change on channel c and broadcast day d, from the line's first day."""

    factor: Ints

    def of(self, places: Places) -> Ints:
        """The factors of some airings, (k,)."""
        last = self.factor.shape[1] - 1
        return np.asarray(self.factor[places.channel, np.clip(places.day, 0, last)], dtype=np.int64)


def steps(instance: Instance, now: int) -> Steps:
    """The factors 1 + (number of deadlines that have passed on the day of the replan).

    Parameters
    ----------
    instance
        The instance on whose line the days are counted.
    now
        Broadcast day of the replan, from the line's first day.
    """
    change, line = instance.file.change, instance.timeline
    days = range(line.days + 1)
    if change.count == "days":
        row = [change.factor(max(0, day - now)) for day in days]
        return Steps(np.array([row] * len(instance.channels), dtype=np.int64))
    today = line.first_day + timedelta(days=now)
    rows: dict[tuple[str, ...], list[int]] = {}
    for channel in instance.channels:
        sides = _sides(instance, channel.belongs_to)
        if sides not in rows:
            calendars = [instance.file.calendars.get(side, WorkCalendar()) for side in sides]
            rows[sides] = [_passed(instance, line.first_day + timedelta(days=day), today, calendars) for day in days]
    table = [rows[_sides(instance, channel.belongs_to)] for channel in instance.channels]
    return Steps(np.array(table, dtype=np.int64))


def _passed(instance: Instance, day: date, today: date, calendars: list[WorkCalendar]) -> int:
    """1 + the number of deadlines of a broadcast day that have passed today."""
    found = 1
    for before in instance.file.change.deadlines:
        one = Deadline.model_validate({"deadline": "notice", "before": before, "count": "working_days"})
        found += today >= one.due(day, calendars)
    return found


def _sides(instance: Instance, own: tuple[str, ...]) -> tuple[str, ...]:
    """The parties of a channel, and the other parties of their agreements."""
    shared = (rule.parties for rule in agreements_of(instance) if set(rule.parties) & set(own))
    return tuple(dict.fromkeys([*own, *(party for parties in shared for party in parties)]))
