"""Anchors air at the times in the instance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np

from scheduler.messages import Message, msg
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.timetable import OnAir

MISSING_ANCHOR = msg("the anchor '{title}' on {channel} at {moment} is missing")
UNKNOWN_ANCHOR = msg("the anchor '{title}' on {channel} at {moment} is not in the instance")


class Anchors(Rule):
    """Structural: windows do not contain the times of anchors."""

    type: Literal["anchors"] = "anchors"
    id: str = "anchors"

    def sentence(self) -> Message:
        """The rule in words."""
        return msg("anchors stay where they are")

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every missing anchor, and every anchor that is not in the instance."""
        table, instance = on_air.timetable, on_air.instance
        fixed = instance.dated_anchors
        wanted = {
            (int(channel), int(start), int(end - start), int(content))
            for channel, start, end, content in zip(fixed.channel, fixed.start, fixed.end, fixed.content, strict=True)
        }
        at = np.flatnonzero(table.anchor)
        columns = (table.channel[at], table.start[at], table.minutes[at], table.content[at])
        listed = {tuple(int(value) for value in row) for row in zip(*columns, strict=True)}
        for channel, start, _, content in sorted(wanted - listed):
            yield self._broken(on_air, channel, start, content, MISSING_ANCHOR)
        for channel, start, _, content in sorted(listed - wanted):
            yield self._broken(on_air, channel, start, content, UNKNOWN_ANCHOR)

    def _broken(self, on_air: OnAir, channel: int, start: int, content: int, text: Message) -> Measurement:
        instance = on_air.instance
        name = instance.channels[channel].id
        moment = instance.timeline.moment_text(start)
        title = instance.contents.items[content].title
        return self.measured(
            subject=Subject("channel", name),
            period=moment,
            aspect=Aspect("anchor"),
            have=0,
            need=1,
            sense="least",
            unit="airings",
            text=Message(text.key, "", (("title", title), ("channel", name), ("moment", moment))),
            rigid=True,
            named=True,
        )
