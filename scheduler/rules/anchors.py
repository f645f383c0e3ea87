"""Anchors stand where the instance puts them, and locked airings stay."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.base import Measurement, Rule

if TYPE_CHECKING:
    from scheduler.timetable import OnAir


class Anchors(Rule):
    """Structural: windows are cut by the anchors, engines keep the locks."""

    type: Literal["anchors"] = "anchors"
    id: str = "anchors"

    def sentence(self) -> str:
        """The rule in words."""
        return "anchors and locked airings stay where they are"

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every anchor or lock that is missing, and every anchor that is not the instance's."""
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
            yield self._broken(on_air, channel, start, content, "the anchor", "is missing")
        for channel, start, _, content in sorted(listed - wanted):
            yield self._broken(on_air, channel, start, content, "the anchor", "is not in the instance")
        yield from self._locks(on_air)

    def _locks(self, on_air: OnAir) -> Iterator[Measurement]:
        table, instance = on_air.timetable, on_air.instance
        for lock in instance.locks:
            if lock.anchor:
                continue
            channel = instance.channel_index[lock.channel]
            start = instance.timeline.minute_of(lock.start_utc)
            here = np.flatnonzero((table.channel == channel) & (table.start == start) & ~table.anchor)
            programme = instance.programme_index[lock.programme]
            kept = any(
                table.programme[at] == programme
                and bool(table.first[at]) == (lock.run == "first")
                and instance.contents.version_kind[table.content[at]] == lock.version_kind
                and _language(on_air, at) == lock.version_language
                for at in here.tolist()
            )
            if not kept:
                content = int(np.flatnonzero(instance.contents.programme == programme)[0])
                yield self._broken(on_air, channel, start, content, "the locked airing", "is missing")

    def _broken(self, on_air: OnAir, channel: int, start: int, content: int, what: str, how: str) -> Measurement:
        instance = on_air.instance
        name = instance.channels[channel].id
        moment = instance.timeline.moment(start).strftime("%Y-%m-%dT%H:%MZ")
        title = instance.contents.items[content].title
        return Measurement(
            rule=self.id,
            channel=name,
            period=moment,
            aspect=Aspect(what.removeprefix("the ")),
            have=Fraction(0),
            need=Fraction(1),
            sense="least",
            unit="airings",
            miss=1,
            hard=True,
            price=0,
            text=f"{what} '{title}' on {name} at {moment} {how}",
            rigid=True,
        )


def _language(on_air: OnAir, at: int) -> str:
    item = on_air.instance.contents.items[on_air.timetable.content[at]]
    language: str = on_air.instance.programmes[item.programme].versions[item.version].language
    return language
