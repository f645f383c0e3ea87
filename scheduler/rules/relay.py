"""Relays of a partner's feed air only while the feed is on air."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from scheduler.instance import Selector, zone_clock
from scheduler.instance.files.named import there_is_no
from scheduler.instance.model.field_types import ClockTime, clock_text
from scheduler.messages import Listed, Message, RefusedError, Value, msg
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.entries import Shown, in_horizon, shown
from scheduler.rules.framework.row_builder import Sheet, airings_of, of_horizon
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Relay(ScopedRule):
    """Selected relays start only if the feed's clock shows one of `starts`.

    Hard: other starts are excluded. Soft: Σ airings at other times ≤ 0 per channel. A relay counts as retransmission
    (`delivery: relay`), so a quota can cap it separately from acquired programmes. Unit: airings.
    """

    type: Literal["relay"] = "relay"
    example: ClassVar[str] = '{type: relay, id: xinwen, territories: [KZ], starts: ["19:00"], zone: Asia/Shanghai}'
    select: Selector = Field(Selector(delivery=("relay",)), description="relays; by default all of delivery relay")
    starts: tuple[ClockTime, ...] = Field(min_length=1, description='when the feed begins, e.g. ["19:00"]')
    zone: str | None = Field(None, description="zone of the feed's clock, e.g. Asia/Shanghai; by default the channel's")

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone is not None:
            try:
                zone_clock(zone)
            except LookupError:
                raise RefusedError(there_is_no("time zone", zone)) from None
        return zone

    @property
    def keeps_misses(self) -> bool:
        """Past relays at other times remain misses."""
        return True

    def sentence(self) -> Message:
        """The rule in words."""
        times: Value = Listed(tuple(clock_text(minute) for minute in self.starts))
        if self.zone:
            times = msg("{times} by the clock of {zone}", times=times, zone=self.zone)
        return msg(
            "{rule}: {select} starts at {times} {scope}",
            rule=self.id,
            select=self.select.message(),
            times=times,
            scope=self.scope_words(),
        )

    def _at_other_times(self, airings: Airings) -> Ints:
        """Airings of relays that start at another time than the feed."""
        instance = airings.instance
        mine = of_horizon(airings, airings_of(self, airings, self.scope(instance), self.select))
        minute = np.zeros(len(mine), dtype=np.int64)
        for number in np.unique(airings.channel[mine]).tolist():
            here = airings.channel[mine] == number
            clock = instance.timeline.clock(self.zone or instance.channels[number].zone)
            minute[here] = clock.minute[airings.start_minute[mine[here]]]
        return mine[~np.isin(minute, [start % 1440 for start in self.starts])]

    def admit(self, airings: Airings) -> Flags | None:
        """A hard rule excludes starts at other times."""
        if not self.hard:
            return None
        admitted = np.ones(len(airings), dtype=bool)
        admitted[self._at_other_times(airings)] = False
        return admitted

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per channel: relays at other times."""
        sheet, off = Sheet(self, "airings", len(airings)), self._at_other_times(airings)
        for channel in self.scope(airings.instance):
            row = sheet.row(
                "horizon", Subject("channel", airings.instance.channels[channel].id), "off the feed", upper=0
            )
            sheet.add(row, off[airings.channel[off] == channel])
        return sheet.blocks()

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Relays at other times on every channel."""
        instance = on_air.instance
        for channel in self.scope(instance):
            runs = in_horizon(on_air, shown(self, on_air, [channel], self.select))
            off = sum(not self._on_feed(instance, run) for run in runs)
            name = instance.channels[channel].id
            yield self.measured(
                subject=Subject("channel", name),
                period="horizon",
                aspect="off the feed",
                have=off,
                need=0,
                sense="most",
                unit="airings",
                text=msg(
                    "{channel} carries {off} of {all} relays when the feed is not on air",
                    channel=name,
                    off=off,
                    all=len(runs),
                ),
            )

    def _on_feed(self, instance: Instance, run: Shown) -> bool:
        zone = zone_clock(self.zone or instance.channels[run.channel].zone)
        moment = instance.timeline.moment(run.start).astimezone(zone)
        return f"{moment:%H:%M}" in {clock_text(start % 1440) for start in self.starts}
