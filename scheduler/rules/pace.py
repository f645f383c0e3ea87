"""The pace of a series: a smallest and a largest number of episodes per day or week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from scheduler.instance import Selector, opens_at_night
from scheduler.instance.model.field_marks import Relaxable
from scheduler.messages import Listed, Message, RefusedError, Term, msg, msg_n
from scheduler.rules.framework.aspect import about
from scheduler.rules.framework.base import Measurement, ScopedRule, at_bound
from scheduler.rules.framework.dates import days_held
from scheduler.rules.framework.entries import shown
from scheduler.rules.framework.rest import with_rest
from scheduler.rules.framework.row_builder import Sheet, airings_of
from scheduler.rules.framework.rows import NO_BOUND
from scheduler.rules.framework.verdicts import Rest, due

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.instance import Instance, InstanceHead
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Pace(ScopedRule):
    """least ≤ Σ first runs of a title on all channels of the scope ≤ most, in every day or week of the horizon.

    Days are broadcast days, weeks run from Monday to Sunday. Every selected title is counted separately, with its
    airings of the week in history.csv. The night before the first broadcast day on record belongs to no day. `least`
    also holds in periods in which the channels have no airtime. For a week that continues after the horizon, `least` is
    reported with what remains to be aired. Unit: runs.
    """

    type: Literal["pace"] = "pace"
    example: ClassVar[str] = (
        "{type: pace, id: five-a-week, select: {genre: drama}, territories: [KZ], period: week, most: 5}"
    )
    first_runs_of: ClassVar[tuple[str, ...]] = ("select",)
    select: Selector = Field(description="series; the pace holds for each")
    period: Literal["day", "week"] = Field("week", description="broadcast day, or week from Monday to Sunday")
    least: Annotated[int, Relaxable("lower")] = Field(0, ge=0, description="episodes in every period")
    most: Annotated[int | None, Relaxable("higher")] = Field(None, ge=0, description="episodes in every period")
    rest: Rest = Field(
        "proportional",
        description="what of `least` is asked while a week continues after the horizon: all of it, the share of the"
        " days that have passed, or none",
    )

    @model_validator(mode="after")
    def _not_empty(self) -> Pace:
        if not self.least and self.most is None:
            raise RefusedError(self.needs_one_of("least", "most"))
        return self

    @property
    def keeps_misses(self) -> bool:
        """Past first runs above the most remain misses."""
        return True

    def settles_after(self, file: InstanceHead) -> int:
        """Broadcast days end the next morning."""
        return int(opens_at_night(file))

    def sentence(self) -> Message:
        """The rule in words."""
        bounds = [msg("at least {number}", number=self.least)] if self.least else []
        bounds += [] if self.most is None else [msg("at most {number}", number=self.most)]
        return msg(
            "{rule}: {bounds} episodes per {period} of {select} {scope}",
            rule=self.id,
            bounds=Listed(tuple(bounds), " and "),
            period=Term("every", self.period),
            select=self.select.message(),
            scope=self.scope_words(),
        )

    def _first_runs(self) -> Selector:
        return self.select.model_copy(update={"run": "first"})

    def _titles(self, instance: Instance) -> list[int]:
        """The titles of the rule on any of its channels."""
        contents, found = instance.contents, set()
        for channel in self.scope(instance):
            fits = contents.matches(self.select, instance.channels[channel].territory)
            found |= set(contents.programme[fits].tolist())
        return sorted(found - {-1})

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per title and period, with both bounds."""
        instance, timeline = airings.instance, airings.instance.timeline
        sheet = Sheet(self, "runs", len(airings))
        mine = airings_of(self, airings, self.scope(instance), self._first_runs())
        mine = mine[(airings.broadcast_day[mine] >= 0) & (airings.broadcast_day[mine] < timeline.days)]
        shift = timeline.first_day.weekday() if self.period == "week" else 0
        length = 7 if self.period == "week" else 1
        keys = sorted({(day + shift) // length for day in days_held(self, instance)})
        labels = [timeline.label(self.period, key) for key in keys]
        asked = [due(instance, label, self.least, self.rest, self.valid_to) for label in labels]
        least = np.where(np.array(asked, dtype=np.int64) > 0, asked, -NO_BOUND)
        key_of = (airings.broadcast_day[mine] + shift) // length
        for title in self._titles(instance):
            rows = sheet.rows(
                labels,
                self.scope_subject(),
                about(instance.programmes[title].programme),
                lower=least,
                upper=NO_BOUND if self.most is None else self.most,
                need=max(self.least, self.most or 0, 1),
            )
            here = airings.programme[mine] == title
            if len(keys):
                sheet.add(rows[np.searchsorted(keys, key_of[here])], mine[here])
        return sheet.blocks()

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """First runs of every title in every period."""
        instance = on_air.instance
        line = instance.timeline
        days = [line.first_day + timedelta(days=at) for at in range(line.days)]
        days = [day for day in days if (self.valid_from or day) <= day <= (self.valid_to or day)]
        form = "%G-W%V" if self.period == "week" else "%Y-%m-%d"
        runs = shown(self, on_air, self.scope(instance), self._first_runs())
        for title in self._titles(instance):
            programme = instance.programmes[title]
            aired = [f"{run.day:{form}}" for run in runs if run.programme == title and run.day in days]
            for label in sorted({f"{day:{form}}" for day in days}):
                have = aired.count(label)
                least = due(instance, label, self.least, self.rest, self.valid_to)
                low = have < least
                need = least if low or self.most is None else self.most
                row = self.measured(
                    subject=self.scope_subject(),
                    period=label,
                    aspect=about(programme.programme),
                    have=have,
                    need=need,
                    sense="least" if low or self.most is None else "most",
                    unit="runs",
                    text=msg_n(
                        "'{title}' has {count} first run in {period}, {bound}",
                        "'{title}' has {count} first runs in {period}, {bound}",
                        title=programme.title,
                        count=have,
                        period=Term("period", label),
                        bound=at_bound("least" if low else "most", need),
                    ),
                )
                yield with_rest(row, instance, self.least, self.valid_to)
