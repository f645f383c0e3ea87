"""Named slots with a price if they stay empty, for example a rubric that any fitting title may fill."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from scheduler.messages import Message, msg
from scheduler.moments import DAY
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.entries import shown
from scheduler.rules.framework.row_builder import Sheet
from scheduler.rules.framework.subject import Subject
from scheduler.strands.bundles import start_clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from scheduler.airings import Airings
    from scheduler.instance import Instance
    from scheduler.instance.model.channel import NamedSlot
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class SlotsRule(Rule):
    """Σ airings that begin in a named slot ≥ 1 on each of its days in the horizon, soft at its `empty_price`.

    Days of the channel that are in history.csv have aired and are not counted.
    An airing counts, as first run or rerun, if the slot accepts it and it is not longer than the slot.
    """

    type: Literal["slots"] = "slots"
    id: str = "slots"

    def sentence(self) -> Message:
        """The rule in words."""
        return msg("slots: a named slot with a price is filled on each of its days")

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per slot and day."""
        instance, sheet = airings.instance, Sheet(self, "airings", len(airings))
        timeline, clock = instance.timeline, start_clock(airings)
        for number, slot in priced_slots(instance):
            channel = instance.channels[number]
            days = days_of(instance, number, slot)
            rows = sheet.rows(
                [str(day) for day in days],
                Subject("channel", channel.id),
                Aspect("filled", slot.name),
                lower=1,
                soft_at=slot.empty_price,
            )
            fits = (airings.channel == number) & ~airings.past & (clock == _clock(instance, slot))
            fits &= instance.contents.matches(slot.accept, channel.territory)[airings.content]
            if slot.minutes is not None:
                fits &= airings.column("minutes") <= slot.minutes
            row_of = np.full(timeline.days + 2, -1, dtype=np.int64)
            row_of[[(day - timeline.first_day).days for day in days]] = rows
            at = np.flatnonzero(fits)
            at = at[row_of[airings.broadcast_day[at]] >= 0]
            sheet.add(row_of[airings.broadcast_day[at]], at)
        return sheet.blocks()

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every day on which a slot stays empty."""
        instance = on_air.instance
        for number, slot in priced_slots(instance):
            channel = instance.channels[number]
            filled = {
                one.day
                for one in shown(self, on_air, [number], slot.accept)
                if one.clock(instance.timeline.broadcast_start) == _clock(instance, slot)
                and one.minutes <= (slot.minutes or one.minutes)
                and not one.past
            }
            for day in days_of(instance, number, slot):
                if day not in filled:
                    yield self.measured(
                        subject=Subject("channel", channel.id),
                        period=str(day),
                        aspect=Aspect("filled", slot.name),
                        have=0,
                        need=1,
                        sense="least",
                        unit="airings",
                        soft_at=slot.empty_price,
                        text=msg(
                            "'{slot}' on {channel} is empty on {day}", slot=slot.name, channel=channel.id, day=day
                        ),
                    )


def priced_slots(instance: Instance) -> list[tuple[int, NamedSlot]]:
    """(index of the channel, slot) of all slots with a price for staying empty."""
    return [
        (number, slot) for number, channel in enumerate(instance.channels) for slot in channel.slots if slot.empty_price
    ]


def days_of(instance: Instance, number: int, slot: NamedSlot) -> list[date]:
    """The broadcast days of the horizon on which a channel's slot must be filled. Days that have aired are left out."""
    timeline, planned_from = instance.timeline, int(instance.on_record.planned_from[number])
    days = [timeline.first_day + timedelta(days=day) for day in range(planned_from, timeline.days)]
    return [day for day in days if slot.holds_on(day)]


def _clock(instance: Instance, slot: NamedSlot) -> int:
    """Minutes from the start of the broadcast day."""
    return (slot.start - instance.timeline.broadcast_start) % DAY
