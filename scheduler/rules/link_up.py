"""A live link-up: one event on several channels at the same instant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from scheduler.instance import Selector
from scheduler.instance.derived.aired import Instant
from scheduler.instance.derived.history import broadcast_day
from scheduler.instance.model.field_marks import Channels, Programmes, Relaxable
from scheduler.messages import Listed, Message, RefusedError, msg, msg_n
from scheduler.moments import utc_text
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.dates import days_held
from scheduler.rules.framework.entries import in_horizon, shown
from scheduler.rules.framework.row_builder import Sheet, airings_of, any_of, in_force, of_horizon
from scheduler.rules.framework.subject import Subject
from scheduler.rules.framework.verdicts import verdict_on

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.rules.framework.entries import Shown
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class LinkUp(Rule):
    """An event begins on at least k channels at the same instant. This happens N times.

    With e(t) = 1 if a first run begins at the instant t: Σ airings at t ≥ k·e(t) and Σ e(t) = times. Clocks and
    watersheds are those of each channel. The event counts for every agreement that its origin (or `serves`) names. On
    the days on which the rule holds, first runs on other channels are excluded, and so are first runs at another
    instant than the fixed one. A fixed instant outside these days requires nothing. A missed unit is a channel that
    does not take part, or an instant too few or too many. An instant is judged by the horizon that
    has the latest of its legal days, with what has aired of it before. It counts for `times` in the horizon in which
    it began first.
    """

    type: Literal["link_up"] = "link_up"
    example: ClassVar[str] = (
        "{type: link_up, id: kos-kanat, programmes: [kos-kanat], channels: [Qazaqstan.kz, UTRK.kg]}"
    )
    programmes: Programmes = Field(min_length=1, description="events, programme ids; each is linked up separately")
    channels: Channels = Field(min_length=1, description="channels that can take part")
    least_channels: Annotated[int | None, Relaxable("lower")] = Field(
        None, ge=1, description="channels that must take part; by default all"
    )
    times: Annotated[int, Relaxable("lower")] = Field(
        1, ge=0, description="instants at which the event takes place in the horizon"
    )
    at: Annotated[Instant | None, Relaxable("other time")] = Field(
        None, description="the fixed instant, e.g. 2026-12-16T13:00:00Z; by default free"
    )

    @model_validator(mode="after")
    def _enough(self) -> LinkUp:
        if len(set(self.channels)) < len(self.channels):
            raise RefusedError(msg("a channel appears twice in the rule '{rule}'", rule=self.id))
        if self.least_channels is not None and self.least_channels > len(self.channels):
            message = msg(
                "the rule '{rule}' asks for {least} of {number} channels",
                rule=self.id,
                least=self.least_channels,
                number=len(self.channels),
            )
            raise RefusedError(message)
        return self

    @property
    def at_once(self) -> tuple[str, ...]:
        """The events."""
        return self.programmes

    @property
    def fixed_events(self) -> tuple[tuple[str, str, datetime], ...]:
        """The events at the fixed instant, if every channel must take part. Strands of other titles pause there."""
        if self.at is None or not self.hard or not self.times or self.least < len(self.channels):
            return ()
        return tuple((name, channel, self.at) for name in self.programmes for channel in self.channels)

    @property
    def least(self) -> int:
        """How many channels must take part."""
        return self.least_channels or len(self.channels)

    @property
    def keeps_misses(self) -> bool:
        """Past instants of the event remain."""
        return True

    def sentence(self) -> Message:
        """The rule in words."""
        message = msg(
            "{rule}: {programmes} on {least} of {channels} at once",
            rule=self.id,
            programmes=Listed(self.programmes),
            least=self.least,
            channels=Listed(self.channels),
        )
        return msg("{sentence} at {moment}", sentence=message, moment=utc_text(self.at)) if self.at else message

    def _channels(self, instance: Instance) -> list[int]:
        return [instance.channel_index[name] for name in self.channels]

    def _due(self, instance: Instance) -> bool:
        """Whether the event must take place in the horizon.

        Its fixed instant may be outside the horizon or the rule's dates.
        """
        if self.at is None:
            return True
        minute, held = instance.timeline.minute_of(self.at), days_held(self, instance)
        where = (instance.channels[number] for number in self._channels(instance))
        return any(broadcast_day(instance.timeline, channel, minute) in held for channel in where)

    def _first_runs(self, programme: str) -> Selector:
        return Selector(programme=(programme,), run="first")

    def admit(self, airings: Airings) -> Flags | None:
        """First runs on other channels, or at another instant than the fixed one, are excluded.

        A hard rule also excludes instants at which too few channels have a candidate of the event.
        """
        instance = airings.instance
        events = [instance.programme_index[name] for name in self.programmes]
        ours = np.isin(airings.programme, events) & (airings.run == 1) & in_force(self, airings)
        fits = np.isin(airings.channel, self._channels(instance))
        if self.at is not None:
            fits &= airings.start_minute == instance.timeline.minute_of(self.at)
        if self.hard:
            fits &= self._room(airings, ours & fits) >= self.least
        return np.asarray(~ours | fits, dtype=bool)

    def _room(self, airings: Airings, hit: Flags) -> Ints:
        """For every airing, the number of channels on which its programme can begin at the same instant."""
        at = np.flatnonzero(hit)
        span = airings.instance.timeline.minutes + 1440
        moment = airings.programme[at] * span + airings.start_minute[at]
        channels = len(airings.instance.channels)
        places = np.unique(moment * channels + airings.channel[at]) // channels
        room = np.zeros(len(airings), dtype=np.int64)
        room[at] = np.searchsorted(places, moment, side="right") - np.searchsorted(places, moment, side="left")
        return room

    def rows(self, airings: Airings) -> list[RuleRows]:
        """Per event: a row for every instant at which it can begin, and a row for the number of these instants."""
        sheet = Sheet(self, "channels", len(airings))
        instance, where = airings.instance, Subject("channels", " + ".join(self.channels))
        groups: list[tuple[Ints, Ints, int]] = []
        for name in self.programmes:
            at = airings_of(self, airings, self._channels(instance), self._first_runs(name))
            at = at[np.isin(at, of_horizon(airings, at)) | self._open_still(airings, at)]
            instants, group = np.unique(airings.start_minute[at], return_inverse=True)
            own = sheet.columns(np.ones(len(instants), dtype=np.int64))
            self._tie(sheet, airings, name, instants, group, at, own)
            labels = [instance.timeline.moment_text(minute) for minute in instants.tolist()]
            rows = sheet.rows(labels, where, Aspect("channels", name), lower=0, need=self.least)
            sheet.add(rows[group], at)
            sheet.add(rows, own, -self.least)
            if self._due(instance):
                earlier = airings.start_minute[at[~np.isin(at, of_horizon(airings, at))]]
                ours = own[~np.isin(instants, earlier)]
                sheet.add(sheet.row("horizon", where, Aspect("times", name), lower=self.times, upper=self.times), ours)
            groups.append((group, at, len(own)))

        def complete(chosen: Flags) -> Ints:
            return np.concatenate([any_of(group, at, count, chosen) for group, at, count in groups])

        return sheet.blocks(complete)

    def _open_still(self, airings: Airings, at: Ints) -> Flags:
        """Airings at instants that are of the horizon, or a later one, on the clock that is furthest ahead."""
        line, start = airings.instance.timeline, airings.start_minute[at]
        zones = {channel.zone for channel in airings.instance.channels}
        days = [line.clock(zone).day[start] for zone in sorted(zones)]
        return np.asarray(np.max(days, axis=0) >= line.planned_from, dtype=bool)

    def _tie(self, sheet: Sheet, airings: Airings, name: str, instants: Ints, group: Ints, at: Ints, own: Ints) -> None:
        """e(t) ≥ Σ airings at t on each channel, and e(t) ≤ Σ airings at t: e(t) = 1 if the event begins at t."""
        channels = len(airings.instance.channels)
        keys, place = np.unique(group * channels + airings.channel[at], return_inverse=True)
        clock, begins = Subject("own", "e(t)"), instants[keys // channels].tolist()
        pairs = zip(begins, (keys % channels).tolist(), strict=True)
        names = [f"{name} {minute} {channel}" for minute, channel in pairs]
        airs = sheet.rows(names, clock, "airs", upper=0, rigid=True)
        sheet.add(airs[place], at)
        sheet.add(airs, own[keys // channels], -1)
        names = [f"{name} {minute}" for minute in instants.tolist()]
        silent = sheet.rows(names, clock, "silent", lower=0, rigid=True)
        sheet.add(silent[group], at)
        sheet.add(silent, own, -1)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every event at every instant at which it begins on a channel, and the number of times it takes place."""
        where, instance = Subject("channels", " + ".join(self.channels)), on_air.instance
        for name in self.programmes:
            every = shown(self, on_air, self._channels(instance), self._first_runs(name))
            own = in_horizon(on_air, every)
            earlier = {run.start for run in every if run.past and run.day < instance.file.horizon.start}
            runs = [run for run in every if run in own or self._judges(instance, run.start, where)]
            instants = sorted({run.start for run in runs})
            for start in instants:
                yield from self._at_instant(instance, where, name, start, [run for run in runs if run.start == start])
            if self._due(instance):
                yield self._times_of(where, name, len(set(instants) - earlier))
            yield from self._on_other_channels(on_air, name)

    def _at_instant(
        self, instance: Instance, where: Subject, name: str, start: int, runs: list[Shown]
    ) -> Iterator[Measurement]:
        """The channels on which an event begins at an instant, and whether it is the fixed one."""
        have, moment = len({run.channel for run in runs}), instance.timeline.moment_text(start)
        yield self.measured(
            subject=where,
            period=moment,
            aspect=Aspect("channels", name),
            have=have,
            need=self.least,
            sense="least",
            unit="channels",
            text=msg(
                "'{programme}' begins on {have} of {channels} channels at {moment}, at least {least}",
                programme=name,
                have=have,
                channels=len(self.channels),
                moment=moment,
                least=self.least,
            ),
        )
        planned = any(not run.past for run in runs)
        if planned and self.at is not None and start != instance.timeline.minute_of(self.at):
            text = msg("'{programme}' begins at {moment}, not at the fixed instant", programme=name, moment=moment)
            yield self.forbidden(where, moment, "place", text)

    def _times_of(self, where: Subject, name: str, times: int) -> Measurement:
        """The number of instants at which an event takes place."""
        return self.measured(
            subject=where,
            period="horizon",
            aspect=Aspect("times", name),
            have=times,
            need=self.times,
            sense="least" if times < self.times else "most",
            unit="channels",
            text=msg_n(
                "'{programme}' takes place at {count} instant, {times} wanted",
                "'{programme}' takes place at {count} instants, {times} wanted",
                programme=name,
                count=times,
                times=self.times,
            ),
        )

    def _on_other_channels(self, on_air: OnAir, name: str) -> Iterator[Measurement]:
        """First runs of an event on channels that take no part."""
        instance = on_air.instance
        everywhere = shown(self, on_air, range(len(instance.channels)), self._first_runs(name))
        others = {run.channel for run in everywhere if not run.past} - set(self._channels(instance))
        for number in sorted(others):
            channel = instance.channels[number].id
            text = msg(
                "'{programme}' has a first run on {channel}, which takes no part", programme=name, channel=channel
            )
            yield self.forbidden(Subject("channel", channel), "horizon", "place", text)

    def _judges(self, instance: Instance, start: int, where: Subject) -> bool:
        """Whether an instant is left to this horizon or to a later one."""
        moment = instance.timeline.moment_text(start)
        return verdict_on(self, instance, moment, where) != "past"
