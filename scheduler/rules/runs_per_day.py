"""A cap on the number of airings of a title on a channel in one broadcast day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from scheduler.instance import Selector, opens_at_night
from scheduler.instance.model.field_marks import Relaxable
from scheduler.messages import Message, msg, msg_n
from scheduler.rules.framework.aspect import about
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.places import WHOLE, parts_of_candidates, parts_of_entries
from scheduler.rules.framework.row_builder import Sheet, airings_of
from scheduler.rules.framework.rows import RuleRows
from scheduler.rules.framework.subject import Subject, subjects

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags
    from scheduler.instance import Instance, InstanceHead
    from scheduler.timetable import OnAir


class RunsPerDay(ScopedRule):
    """Σ airings of a title that start on a channel in a broadcast day ≤ most. Unit: runs.

    If `placement` puts k episodes of a title into one place, each first run counts 1/k, so a place is one run.

    Broadcast days are those of the horizon and, with history.csv, the day that ends on its first morning.
    """

    type: Literal["runs_per_day"] = "runs_per_day"
    example: ClassVar[str] = "{type: runs_per_day, id: once-a-day, most: 1}"
    select: Selector = Field(Selector(), description="titles that are counted; by default all")
    most: Annotated[int, Relaxable("higher")] = Field(ge=0, description="airings of one title")

    @property
    def keeps_misses(self) -> bool:
        """Past runs above the cap remain misses."""
        return True

    def settles_after(self, file: InstanceHead) -> int:
        """One day, because broadcast days end on the next morning."""
        return int(opens_at_night(file))

    def sentence(self) -> Message:
        """The rule in words."""
        return msg_n(
            "{rule}: at most {count} run of {title} a day {scope}",
            "{rule}: at most {count} runs of {title} a day {scope}",
            rule=self.id,
            count=self.most,
            title=msg("a title")
            if self.select == Selector()
            else msg("a title of {select}", select=self.select.message()),
            scope=self.scope_words(),
        )

    def _counted(self, instance: Instance, channel: int) -> Flags:
        return instance.contents.matches(self.select, instance.channels[channel].territory)

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per title, channel and broadcast day."""
        instance = airings.instance
        column = airings_of(self, airings, self.scope(instance), self.select)
        column = column[(airings.broadcast_day[column] >= 0) & (airings.broadcast_day[column] < instance.timeline.days)]
        day, titles = airings.broadcast_day[column] + 1, len(instance.programmes)
        key = (airings.channel[column] * (instance.timeline.days + 2) + day) * titles + airings.programme[column]
        keys, row = np.unique(key, return_inverse=True)
        title, rest = keys % titles, keys // titles
        number, days = rest // (instance.timeline.days + 2), rest % (instance.timeline.days + 2) - 1
        periods = [instance.timeline.label("day", at) for at in days.tolist()]
        channels = subjects("channel", (instance.channels[at].id for at in number.tolist()))
        names = [about(instance.programmes[at].programme) for at in title.tolist()]
        sheet = Sheet(self, "runs", len(airings))
        parts = parts_of_candidates(airings)[column]
        step = WHOLE if np.any(parts < WHOLE) else 1
        rows = sheet.rows(periods, channels, names, upper=self.most * step, need=self.most, step=step)
        sheet.add(rows[row], column, parts * step // WHOLE)
        return sheet.blocks()

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every title with more runs on a broadcast day of a channel than allowed."""
        table, instance = on_air.timetable, on_air.instance
        scope = set(self.scope(instance))
        shift = pd.Timedelta(minutes=instance.timeline.broadcast_start)
        day = (on_air.starts.local - shift).dt.date
        begins = instance.timeline.first_day
        ends = begins + timedelta(days=instance.timeline.days)
        counted = {channel: self._counted(instance, channel) for channel in scope}
        parts = parts_of_entries(table)
        count: dict[tuple[int, date, int], int] = {}
        for at in np.flatnonzero(~table.anchor & on_air.starts.of_run(self.select.run)).tolist():
            channel, on = int(table.channel[at]), day.iloc[at]
            valid = (self.valid_from or on) <= on <= (self.valid_to or on) and begins <= on < ends
            if channel in scope and valid and counted[channel][table.content[at]]:
                key = channel, on, int(table.programme[at])
                count[key] = count.get(key, 0) + parts[at]
        for (channel, on, title), filled in count.items():
            have = -(-filled // WHOLE)
            if have > self.most:
                programme, name = instance.programmes[title], instance.channels[channel].id
                yield self.measured(
                    subject=Subject("channel", name),
                    period=str(on),
                    aspect=about(programme.programme),
                    have=have,
                    need=self.most,
                    sense="most",
                    unit="runs",
                    named=True,
                    text=msg_n(
                        "{rule}: '{title}' runs {count} time on {channel} on {day}, at most {most}",
                        "{rule}: '{title}' runs {count} times on {channel} on {day}, at most {most}",
                        rule=self.id,
                        title=programme.title,
                        count=have,
                        channel=name,
                        day=on,
                        most=self.most,
                    ),
                )
