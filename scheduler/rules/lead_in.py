"""A lead-in: a selected airing directly follows a similar programme, so that its viewers stay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.arrays import ranges
from scheduler.instance import Selector
from scheduler.messages import Message, Value, msg
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.entries import Shown, shown
from scheduler.rules.framework.row_builder import Sheet, airings_of
from scheduler.rules.framework.selected import selected
from scheduler.rules.framework.subject import Subject, subjects

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class LeadIn(ScopedRule):
    """Every selected airing begins at most `within` minutes after the end of a similar airing or anchor on the channel.

    Per channel, instant t and genre:  Σ selected airings at t ≤ Σ similar airings and anchors that end in
    [t − within, t]. Similar content is that of `after`, by default content of the same genre. The price of a soft rule
    is the advantage of a selected airing with a lead-in over one without. Unit: airings without a lead-in.
    """

    type: Literal["lead_in"] = "lead_in"
    example: ClassVar[str] = (
        "{type: lead_in, id: flow, select: {genre: documentary, origin: foreign}, hard: false, price: 20000}"
    )
    select: Selector = Field(description="airings that need a lead-in")
    after: Selector | None = Field(None, description="content before them; by default of the same genre")
    within: int = Field(10, ge=0, le=120, description="minutes between the two at most")

    @property
    def keeps_misses(self) -> bool:
        """Past airings without a lead-in remain misses."""
        return True

    def sentence(self) -> Message:
        """The rule in words."""
        return msg(
            "{rule}: {select} {scope} follows {like} within {minutes} minutes",
            rule=self.id,
            select=self.select.message(),
            scope=self.scope_words(),
            like=self.after.message() if self.after else msg("its own genre"),
            minutes=self.within,
        )

    def _kind(self, instance: Instance) -> Ints:
        """The property that an airing and its lead-in share: the genre, or none if `after` is given."""
        if self.after is not None:
            return np.zeros(len(instance.contents), dtype=np.int64)
        return np.unique(instance.contents.genre.astype(str), return_inverse=True)[1].astype(np.int64)

    def _keys(self, instance: Instance, channel: Ints, content: Ints, minute: Ints) -> Ints:
        kinds = len(instance.contents)
        return (channel * kinds + self._kind(instance)[content]) * 10**8 + minute

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per channel, instant and genre at which a selected airing may begin."""
        instance, sheet = airings.instance, Sheet(self, "airings", len(airings))
        anchors, scope = instance.dated_anchors, self.scope(instance)
        mine = airings_of(self, airings, scope, self.select)
        wanted = self._keys(instance, airings.channel[mine], airings.content[mine], airings.start_minute[mine])
        keys, row = np.unique(wanted, return_inverse=True)
        leading = np.flatnonzero(self._can_lead(instance, scope, airings.channel, airings.content, airings.run))
        ends = self._keys(instance, airings.channel[leading], airings.content[leading], airings.end_minute[leading])
        leading, ends = leading[np.argsort(ends)], np.sort(ends)
        fixed = self._can_lead(instance, scope, anchors.channel, anchors.content)
        fixed_ends = self._keys(instance, anchors.channel[fixed], anchors.content[fixed], anchors.end[fixed])
        low, high = (np.searchsorted(ends, keys - gap, side=side) for gap, side in self._edges())
        led, coming = (
            self._anchors_leading(np.sort(some), keys) for some in (fixed_ends, fixed_ends[~anchors.past[fixed]])
        )
        labels = [instance.timeline.moment_text(int(key % 10**8)) for key in keys.tolist()]
        number = (keys // 10**8 // len(instance.contents)).tolist()
        channels = subjects("channel", (instance.channels[at].id for at in number))
        aspect = self._aspects(instance, (keys // 10**8 % len(instance.contents)).tolist())
        rows = sheet.rows(labels, channels, aspect, upper=led, coming=-coming)
        sheet.add(rows[row], mine)
        count = high - low
        sheet.add(np.repeat(rows, count), leading[np.repeat(low, count) + ranges(count)], -1)
        return sheet.blocks()

    def _edges(self) -> tuple[tuple[int, Literal["left", "right"]], ...]:
        return (self.within, "left"), (0, "right")

    def _anchors_leading(self, ends: Ints, keys: Ints) -> Ints:
        """The number of anchors that are a lead-in at each (channel, genre) and instant, found in their sorted ends."""
        low, high = (np.searchsorted(ends, keys - gap, side=side) for gap, side in self._edges())
        return np.asarray(high - low, dtype=np.int64)

    def _can_lead(
        self, instance: Instance, scope: list[int], channel: Ints, content: Ints, run: Ints | None = None
    ) -> Flags:
        """Whether each airing (given with its run) or anchor can be a lead-in."""
        leads = np.zeros(len(channel), dtype=bool)
        for number in scope:
            taken = selected(instance, number, self.after)
            leads |= (channel == number) & (taken.fixed[content] if run is None else taken.of(content, run))
        return leads

    def _aspects(self, instance: Instance, kinds: list[int]) -> list[Aspect]:
        if self.after is not None:
            return [Aspect("lead-in")] * len(kinds)
        names = np.unique(instance.contents.genre.astype(str)).tolist()
        return [Aspect("lead-in", names[kind]) for kind in kinds]

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every selected airing, and whether it has a lead-in."""
        instance, scope = on_air.instance, self.scope(on_air.instance)
        before = shown(self, on_air, scope, self.after, anchors=True, any_date=True)
        genre = instance.contents.genre
        for run in shown(self, on_air, scope, self.select):
            led = any(self._is_lead_in(one, run, str(genre[one.content]), str(genre[run.content])) for one in before)
            channel, moment = (
                instance.channels[run.channel].id,
                instance.timeline.moment_text(run.start),
            )
            title = instance.contents.items[run.content].title
            where: dict[str, Value] = {"title": title, "channel": channel, "moment": moment}
            yield self.measured(
                subject=Subject("channel", channel),
                period=moment,
                aspect=Aspect("lead-in", "" if self.after is not None else genre[run.content]),
                have=int(not led),
                need=0,
                sense="most",
                unit="airings",
                text=msg("'{title}' on {channel} at {moment} follows a similar programme", **where)
                if led
                else msg("'{title}' on {channel} at {moment} does not follow a similar programme", **where),
            )

    def _is_lead_in(self, one: Shown, run: Shown, genre: str, wanted: str) -> bool:
        close = one.channel == run.channel and 0 <= run.start - one.end <= self.within
        return close and (self.after is not None or genre == wanted)
