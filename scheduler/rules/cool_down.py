"""A title rests on sister channels after one of them has aired it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.instance import Selector, opens_at_night
from scheduler.instance.model.field_marks import Relaxable
from scheduler.messages import Message, msg_n
from scheduler.rules.framework.aspect import about
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.entries import shown
from scheduler.rules.framework.row_builder import Sheet, airings_of, any_of
from scheduler.rules.framework.subject import Subject, subjects

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import InstanceHead
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class CoolDown(ScopedRule):
    """If a title airs on channel c on broadcast day d, no other channel in scope airs it on d … d + days − 1.

    Per title, c and d, with y(c, d) = 1 if it airs there:  Σ airings on the others in those days ≤ M·(1 − y).
    Unit: airings that are too early.
    """

    type: Literal["cool_down"] = "cool_down"
    example: ClassVar[str] = "{type: cool_down, id: rest, territories: [KZ], days: 7}"
    select: Selector = Field(Selector(), description="titles of the rule; by default all")
    days: Annotated[int, Relaxable("lower")] = Field(
        ge=1, le=60, description="broadcast days, including the day of the airing"
    )

    @property
    def keeps_misses(self) -> bool:
        """Past airings that were too early remain misses."""
        return True

    def settles_after(self, file: InstanceHead) -> int:
        """The number of days in which other channels must not air the title."""
        return self.days - 1 + opens_at_night(file)

    def sentence(self) -> Message:
        """The rule in words."""
        return msg_n(
            "{rule}: {select} rests for {count} day {scope} after a sister channel",
            "{rule}: {select} rests for {count} days {scope} after a sister channel",
            rule=self.id,
            select=self.select.message(),
            count=self.days,
            scope=self.scope_words(),
        )

    def looks_back(self, start: date) -> date:
        """The first day on which an airing still limits airings of the horizon."""
        return start - timedelta(days=self.days + 1)

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row and one column per title, channel and broadcast day."""
        instance, sheet = airings.instance, Sheet(self, "airings", len(airings))
        span = instance.timeline.days + 2
        mine = airings_of(self, airings, self.scope(instance), self.select)
        day, channels = airings.broadcast_day[mine] + 1, len(instance.channels)
        # A cell is a (title, channel, day). Row of cell c: M·y_c + Σ airings of the title on other channels in its days
        # ≤ M, with M = `most`, the number of these airings, and y_c = 1 if the cell has an airing.
        cell = (airings.programme[mine] * channels + airings.channel[mine]) * span + day
        keys, own_cell = np.unique(cell, return_inverse=True)
        title, channel, key_day = keys // span // channels, keys // span % channels, keys % span
        edges = np.searchsorted(title, np.arange(len(instance.programmes) + 1))
        row, entry = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        order = np.argsort(own_cell, kind="stable")
        begin = np.searchsorted(own_cell[order], np.arange(len(keys) + 1))
        for at in range(len(keys)):
            rivals = np.arange(edges[title[at]], edges[title[at] + 1])
            near = (key_day[rivals] >= key_day[at]) & (key_day[rivals] < key_day[at] + self.days)
            for rival in rivals[near & (channel[rivals] != channel[at])].tolist():
                members = order[begin[rival] : begin[rival + 1]]
                row.append(np.full(len(members), at))
                entry.append(members)
        which, members = np.concatenate(row), np.concatenate(entry)
        most = np.bincount(which, minlength=len(keys))
        names = [instance.programmes[at].programme for at in title.tolist()]
        labels = [instance.timeline.label("day", at) for at in (key_day - 1).tolist()]
        where = subjects("channel", (instance.channels[at].id for at in channel.tolist()))
        rows = sheet.rows(labels, where, [about(name) for name in names], upper=most)
        own = sheet.columns(np.ones(len(keys), dtype=np.int64))
        sheet.tie(own_cell, mine, own, "airs on the day", keys)
        sheet.add(rows, own, most)
        sheet.add(rows[which], mine[members])

        def complete(chosen: Flags) -> Ints:
            return any_of(own_cell, mine, len(keys), chosen)

        return sheet.blocks(complete)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every title on a channel and day, and its airings on sister channels in the days that follow."""
        instance = on_air.instance
        runs = shown(self, on_air, self.scope(instance), self.select)
        for title, channel, day in sorted({(run.programme, run.channel, run.day) for run in runs}):
            soon = [
                run
                for run in runs
                if run.programme == title and run.channel != channel and 0 <= (run.day - day).days < self.days
            ]
            programme, name = instance.programmes[title], instance.channels[channel].id
            yield self.measured(
                subject=Subject("channel", name),
                period=str(day),
                aspect=about(programme.programme),
                have=len(soon),
                need=0,
                sense="most",
                unit="airings",
                text=msg_n(
                    "'{title}' airs on {channel} on {day} and {count} time on sister channels within {days} days",
                    "'{title}' airs on {channel} on {day} and {count} times on sister channels within {days} days",
                    title=programme.title,
                    channel=name,
                    day=day,
                    count=len(soon),
                    days=self.days,
                ),
            )
