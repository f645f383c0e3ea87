"""Days of the calendar with special rules: genres are forbidden on mourning days and required on holidays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from scheduler.instance import Selector
from scheduler.instance.model.field_marks import Relaxable
from scheduler.instance.model.field_types import Day, Hours
from scheduler.messages import Listed, Message, RefusedError, msg
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.quota import Quota

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Calendar(ScopedRule):
    """On each date: no minute of barred content, and a least number of minutes of required content.

    It is a quota for every date: Σ barred minutes ≤ 0 and Σ required minutes ≥ least_minutes per channel, over airings,
    anchors and fallback, by the legal day. Dates before `valid_from` or after `valid_to` are left out. Hard bans
    exclude airings. Windows with `dates` replace a channel's regular windows on those days and have their own fallback.
    Unit: minutes.
    """

    type: Literal["calendar"] = "calendar"
    example: ClassVar[str] = (
        "{type: calendar, id: mourning, territories: [KZ], dates: [2026-12-17], bar: {genre: [entertainment, concert]}}"
    )
    dates: tuple[Day, ...] = Field(min_length=1, description="days of the calendar, e.g. [2026-12-16]")
    bar: Selector | None = Field(None, description="content that may not air on these days")
    ask: Selector | None = Field(None, description="content that must air on these days")
    least_minutes: Annotated[int, Relaxable("lower")] = Field(
        30, ge=1, description="minutes of the content of `ask`, on every channel and day"
    )
    hours: Annotated[Hours | None, Relaxable("shorter hours")] = Field(
        None, description='only within these local hours, e.g. ["18:00", "23:00"]'
    )

    @model_validator(mode="after")
    def _not_empty(self) -> Calendar:
        if self.bar is None and self.ask is None:
            raise RefusedError(self.needs_one_of("bar", "ask"))
        return self

    @property
    def keeps_misses(self) -> bool:
        """Past minutes of barred content remain misses."""
        return True

    def sentence(self) -> Message:
        """The rule in words."""
        asked = [msg("no {select}", select=self.bar.message())] if self.bar else []
        if self.ask:
            asked += [msg("at least {least} minutes of {select}", least=self.least_minutes, select=self.ask.message())]
        return msg(
            "{rule}: {asked} {scope} on {dates}",
            rule=self.id,
            asked=Listed(tuple(asked), " and "),
            scope=self.scope_words(),
            dates=Listed(self.dates),
        )

    def _quotas(self) -> list[Quota]:
        """The quotas of the rule."""
        own = {"type", "dates", "bar", "ask", "least_minutes", "valid_from", "valid_to"}
        common = {**self.model_dump(exclude=own), "hours": self.hours, "period": "day"}
        found = []
        for day in self.dates:
            if not (self.valid_from or day) <= day <= (self.valid_to or day):
                continue
            dated = {**common, "valid_from": day, "valid_to": day}
            if self.bar is not None:
                found.append(Quota(**dated, select=self.bar, most_minutes=0))
            if self.ask is not None:
                found.append(Quota(**dated, select=self.ask, least_minutes=self.least_minutes))
        return found

    def admit(self, airings: Airings) -> Flags | None:
        """A hard ban excludes airings."""
        admitted = np.ones(len(airings), dtype=bool)
        for quota in self._quotas():
            allowed = quota.admit(airings)
            if allowed is not None:
                admitted &= allowed
        return admitted

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per channel, date and bound."""
        return [block for quota in self._quotas() for block in quota.rows(airings)]

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Barred minutes and required minutes, on every channel and date."""
        for quota in self._quotas():
            yield from quota.check(on_air)
