"""A planned repeat: every first run comes again on the same channel within so many hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.instance import Selector
from scheduler.rules.framework.aspect import about
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.entries import shown
from scheduler.rules.framework.ranges import ranges
from scheduler.rules.framework.row_builder import Sheet, airings_of

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.instance import Instance
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Repeat(ScopedRule):
    """Where a first run starts at t on a channel, its second runs there by t + h have caught up with its first runs.

    Per title, channel and instant t whose limit t + h lies in the horizon, with N_k the k-th runs on the channel:
    N_1(≤ t) − N_2(≤ t + h) ≤ M·(1 − first run at t), M the number of episodes. As the j-th second run repeats the
    j-th first run, every episode so far has been repeated by then. Unit: runs that are missing.
    """

    type: Literal["repeat"] = "repeat"
    example: ClassVar[str] = (
        "{type: repeat, id: next-morning, select: {tag: prime-drama}, channels: [Qazaqstan.kz], within_hours: 18}"
    )
    first_runs_of: ClassVar[tuple[str, ...]] = ("select",)
    select: Selector = Field(description="titles whose first runs are repeated")
    within_hours: int = Field(ge=1, le=24 * 60, description="hours from the start of the first run, 24 for a day")

    def sentence(self) -> str:
        """The rule in words."""
        return f"{self.id}: {self.select.words()} is repeated {self.scope_words()} within {self.within_hours} hours"

    def _limit(self, instance: Instance, channel: int) -> int:
        """The last minute of the line by which a channel's horizon can show a repeat."""
        zone = instance.channels[channel].zone
        return instance.timeline.local_minute(zone, instance.timeline.days, 0) - self.within_hours * 60

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per title, channel and instant of a first run."""
        instance, sheet = airings.instance, Sheet(self, "runs", len(airings))
        start = airings.start_minute
        plain = self.select.model_copy(update={"run": None})
        every = airings_of(self, airings, self.scope(instance), plain)
        titles = len(instance.programmes)
        for key in np.unique(airings.channel[every] * titles + airings.programme[every]).tolist():
            channel, title = divmod(key, titles)
            here = every[(airings.channel[every] == channel) & (airings.programme[every] == title)]
            here = here[np.argsort(start[here], kind="stable")]
            first, second = here[airings.run[here] == 1], here[airings.run[here] == 2]
            instants = np.unique(start[first])
            instants = instants[instants < self._limit(instance, channel)]
            sooner = np.searchsorted(start[first], instants, side="right")
            until = np.searchsorted(start[second], instants + self.within_hours * 60, side="right")
            programme = instance.programmes[title]
            most = np.minimum(sooner, programme.episodes)
            labels = [f"{instance.timeline.moment(minute):%Y-%m-%dT%H:%MZ}" for minute in instants.tolist()]
            rows = sheet.rows(labels, instance.channels[channel].id, about(programme.programme), upper=most)
            sheet.add(np.repeat(rows, sooner), first[ranges(sooner)])
            sheet.add(np.repeat(rows, until), second[ranges(until)], -1)
            at = np.searchsorted(instants, start[first])
            judged = at < len(instants)
            sheet.add(rows[at[judged]], first[judged], most[at[judged]])
        return sheet.blocks()

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every first run by whose limit an episode has not come again on the channel."""
        instance = on_air.instance
        runs = shown(self, on_air, self.scope(instance), self.select.model_copy(update={"run": None}))
        for run in runs:
            if not run.first or run.start >= self._limit(instance, run.channel):
                continue
            mine = [one for one in runs if (one.channel, one.programme) == (run.channel, run.programme)]
            episodes = on_air.timetable.episode
            aired = [int(episodes[one.entry]) for one in mine if one.first and one.start <= run.start]
            until = run.start + self.within_hours * 60
            again = [int(episodes[one.entry]) for one in mine if not one.first and one.start <= until]
            missing = len(aired) - len(set(again))
            programme, channel = instance.programmes[run.programme], instance.channels[run.channel].id
            moment = f"{instance.timeline.moment(run.start):%Y-%m-%dT%H:%MZ}"
            yield self.measured(
                channel=channel,
                period=moment,
                aspect=about(programme.programme),
                have=missing,
                need=0,
                sense="most",
                unit="runs",
                text=f"{missing} episodes of '{programme.title}' up to {moment} are not repeated on {channel}"
                f" within {self.within_hours} hours",
            )
