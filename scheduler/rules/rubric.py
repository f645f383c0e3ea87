"""Titles of a rubric: each airing is in a named slot of its channel, for example "Uzbek cinema", Thursday at 22:00."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from scheduler.instance import Selector
from scheduler.messages import Message, msg
from scheduler.moments import DAY
from scheduler.rules.framework.aspect import about
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.entries import shown
from scheduler.rules.framework.subject import Subject
from scheduler.strands import at_locked_places, in_named_slots, locked_places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.airings import Airings
    from scheduler.arrays import Flags
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class RubricRule(Rule):
    """Every airing of a title that `placement` calls a rubric begins in a named slot of its channel.

    The slot accepts the title, the airing is not longer than the slot, and its broadcast day is one of the slot's days.
    Other airings are no candidates, so there are no rows. An airing at the place of a lock is an exception.
    """

    type: Literal["rubric"] = "rubric"
    id: str = "rubric"

    def sentence(self) -> Message:
        """The rule in words."""
        return msg("rubric: titles of a rubric air only in the named slots of a channel")

    def admit(self, airings: Airings) -> Flags | None:
        """Airings of other titles, and those of rubrics that begin in a named slot or at the place of a lock."""
        placements = airings.instance.placements
        admitted = np.array(~placements.rubric[airings.content, airings.channel] | airings.past, dtype=bool)
        admitted |= at_locked_places(airings)
        at = np.flatnonzero(~admitted)
        admitted[at] = in_named_slots(airings, at, np.ones(len(at), dtype=np.int64))
        return admitted

    def rows(self, airings: Airings) -> list[RuleRows]:
        """None: `admit` excludes what the rule forbids."""
        del airings
        return []

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every airing of a rubric that is in no slot of its channel."""
        instance = on_air.instance
        locks = locked_places(instance)
        for one in shown(self, on_air, range(len(instance.channels)), Selector()):
            channel = instance.channels[one.channel]
            if one.past or not instance.placements.rubric[one.content, one.channel]:
                continue
            if (one.programme, one.channel, one.start) in locks:
                continue
            clock = one.clock(instance.timeline.broadcast_start)
            in_slot = any(
                instance.contents.matches(slot.accept, channel.territory)[one.content]
                and slot.holds_on(one.day)
                and clock == (slot.start - instance.timeline.broadcast_start) % DAY
                and (slot.minutes is None or one.minutes <= slot.minutes)
                for slot in channel.slots
            )
            if not in_slot:
                title, moment = instance.programmes[one.programme].title, instance.timeline.moment_text(one.start)
                yield self.forbidden(
                    Subject("channel", channel.id),
                    moment,
                    about(instance.programmes[one.programme].programme),
                    msg(
                        "'{title}' on {channel} at {moment} is in none of the channel's named slots: it is of a rubric",
                        title=title,
                        channel=channel.id,
                        moment=moment,
                    ),
                )
