"""Seasons and parts in order: no first run of an earlier part after the first run of a later part."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.arrays import ranges
from scheduler.instance import Selector
from scheduler.instance.model.field_marks import Programmes
from scheduler.messages import Listed, Message, msg, msg_n
from scheduler.rules.framework.aspect import about
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.entries import shown
from scheduler.rules.framework.row_builder import Sheet, airings_of
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Ints
    from scheduler.instance import Instance
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Order(ScopedRule):
    """In every territory: if part p has a first run at t, no later part has a first run before t.

    Per part p, channel and instant t: Σ first runs of later parts before t ≤ M·(1 − first run of p at t). The sum is
    over all channels that are seen in a territory of this channel's coverage. M is the largest possible value of the
    sum. The numbering keeps the episodes of one part in order. Unit: first runs of later parts that are too early.
    """

    type: Literal["order"] = "order"
    example: ClassVar[str] = "{type: order, id: seasons, programmes: [kos-kanat-1, kos-kanat-2]}"
    programmes: Programmes = Field(min_length=2, description="parts of one work in their order, programme ids")

    @property
    def keeps_misses(self) -> bool:
        """Past first runs in wrong order remain misses."""
        return True

    def sentence(self) -> Message:
        """The rule in words."""
        return msg(
            "{rule}: {programmes} {scope}",
            rule=self.id,
            programmes=Listed(self.programmes, ", then "),
            scope=self.scope_words(),
        )

    def looks_back(self, start: date) -> date:
        """The whole record of the past, because a later part may have begun long ago."""
        return date.min

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per part, channel and instant at which it may have a first run."""
        instance, sheet = airings.instance, Sheet(self, "runs", len(airings))
        first = airings_of(self, airings, self.scope(instance), Selector(programme=self.programmes, run="first"))
        start = airings.start_minute
        for part, name in enumerate(self.programmes[:-1]):
            this = first[airings.programme[first] == instance.programme_index[name]]
            later = self._airings_of_parts(airings, first, self.programmes[part + 1 :])
            for channel in np.unique(airings.channel[this]).tolist():
                sharing = [
                    number
                    for number, one in enumerate(instance.channels)
                    if set(one.seen_in) & set(instance.channels[channel].seen_in)
                ]
                after = later[np.isin(airings.channel[later], sharing)]
                after = after[np.argsort(start[after], kind="stable")]
                here = this[airings.channel[this] == channel]
                instants, row = np.unique(start[here], return_inverse=True)
                before = np.searchsorted(start[after], instants, side="left")
                most = np.minimum(before, self._episodes(instance, part) * len(sharing))
                labels = [instance.timeline.moment_text(instant) for instant in instants.tolist()]
                whose = Subject("channel", instance.channels[channel].id)
                rows = sheet.rows(labels, whose, about(name), upper=most, need=1)
                sheet.add(rows[row], here, most[row])
                sheet.add(np.repeat(rows, before), after[ranges(before)])
        return sheet.blocks()

    def _airings_of_parts(self, airings: Airings, first: Ints, names: tuple[str, ...]) -> Ints:
        wanted = [airings.instance.programme_index[name] for name in names]
        return first[np.isin(airings.programme[first], wanted)]

    def _episodes(self, instance: Instance, part: int) -> int:
        return sum(instance.programmes[instance.programme_index[name]].episodes for name in self.programmes[part + 1 :])

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every first run of a part that is after a first run of a later part."""
        instance = on_air.instance
        runs = shown(self, on_air, self.scope(instance), Selector(programme=self.programmes, run="first"))
        parts = {instance.programme_index[name]: part for part, name in enumerate(self.programmes)}
        for run in runs:
            channel = instance.channels[run.channel]
            sooner = [
                other
                for other in runs
                if parts[other.programme] > parts[run.programme]
                and not set(instance.channels[other.channel].seen_in).isdisjoint(channel.seen_in)
                and other.start < run.start
            ]
            programme, moment = instance.programmes[run.programme], instance.timeline.moment_text(run.start)
            yield self.measured(
                subject=Subject("channel", channel.id),
                period=moment,
                aspect=about(programme.programme),
                have=len(sooner),
                need=0,
                sense="most",
                unit="runs",
                text=msg_n(
                    "'{title}' has a first run on {channel} at {moment}, after {count} first run of later parts",
                    "'{title}' has a first run on {channel} at {moment}, after {count} first runs of later parts",
                    title=programme.title,
                    channel=channel.id,
                    moment=moment,
                    count=len(sooner),
                ),
            )
