"""A joint title premieres on the channels of all parties on the same date, or within a number of days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.arrays import ranges
from scheduler.instance import Selector, opens_at_night
from scheduler.instance.model.field_marks import Parties, Relaxable
from scheduler.messages import Listed, Message, Term, msg, msg_n
from scheduler.rules.framework.aspect import about
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.dates import first_and_last
from scheduler.rules.framework.entries import shown
from scheduler.rules.framework.row_builder import Sheet, airings_of, any_of
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import InstanceHead
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Premiere(Rule):
    """After a title has aired with party a, it airs with party b at most `within_days` days later.

    With y(a, d) = 1 if a first run has started on a's channels by broadcast day d: y(a, d) ≤ y(b, d + within_days) for
    all parties a, b and all days whose limit is in the horizon. A missed unit is a day by which b is late. A title that
    does not air misses nothing. Days are broadcast days of the horizon and of history.csv. An airing in the night
    before the first of them counts for that day. If the rule has dates, only premieres of a on these dates and days d
    within them are judged; b may air at any time.
    """

    type: Literal["premiere"] = "premiere"
    example: ClassVar[str] = (
        "{type: premiere, id: joint, select: {programme: korkyt-ata}, parties: [KZ, UZ, KG], within_days: 2}"
    )
    first_runs_of: ClassVar[tuple[str, ...]] = ("select",)
    select: Selector = Field(description="titles, each with its own premiere")
    parties: Parties = Field(min_length=2, description="on the channels of each of these")
    within_days: Annotated[int, Relaxable("higher")] = Field(
        0, ge=0, le=60, description="days by which one party may be later; 0 is the same date"
    )

    def settles_after(self, file: InstanceHead) -> int:
        """The number of days within which the other party must follow."""
        return self.within_days + opens_at_night(file)

    def sentence(self) -> Message:
        """The rule in words."""
        same_day = msg("on the same date")
        late = msg_n("within {count} day", "within {count} days", count=self.within_days)
        return msg(
            "{rule}: {select} premieres with {parties} {late}",
            rule=self.id,
            select=self.select.message(),
            parties=Listed(self.parties),
            late=late if self.within_days else same_day,
        )

    def _first_runs(self) -> Selector:
        return self.select.model_copy(update={"run": "first"})

    def looks_back(self, start: date) -> date:
        """The whole record of the past, because a title has one premiere with a party."""
        return date.min

    def rows(self, airings: Airings) -> list[RuleRows]:
        """A row for every title, pair of parties and day."""
        instance, sheet = airings.instance, Sheet(self, "days", len(airings))
        span = instance.timeline.days + 1
        begin, end = (day + 1 for day in first_and_last(self, instance))  # columns begin on the day before the horizon
        judged = np.arange(max(begin, 1), max(min(span - self.within_days, end + 1), max(begin, 1)))
        days = [instance.timeline.label("day", day) for day in range(-1, instance.timeline.days)]
        tied: list[tuple[Ints, Ints]] = []
        per_party = {
            party: airings_of(self, airings, instance.channels_of(party), self._first_runs(), any_date=True)
            for party in self.parties
        }
        titles = np.unique(np.concatenate([airings.programme[at] for at in per_party.values()]))
        for title in titles.tolist():
            name = instance.programmes[title].programme
            aired: dict[str, Ints] = {}
            for party, at in per_party.items():
                mine = at[airings.programme[at] == title]
                mine = mine[airings.broadcast_day[mine] < instance.timeline.days]
                day = airings.broadcast_day[mine] + 1
                count = span - day
                # aired[party][k] = 1 if the party has aired the title by day k − 1 of the line: an airing counts on its
                # day and on all later days.
                later = np.repeat(day, count) + ranges(count)
                aired[party] = sheet.columns(np.ones(span, dtype=np.int64))
                sheet.tie(later, np.repeat(mine, count), aired[party], f"{name} with {party}")
                tied.append((later, np.repeat(mine, count)))
            for one in self.parties:
                for other in self.parties:
                    if one != other:
                        rows = sheet.rows(
                            [days[day] for day in judged], Subject("parties", f"{one}>{other}"), about(name), upper=0
                        )
                        sheet.add(rows, aired[one][judged])
                        sheet.add(rows, aired[other][judged + self.within_days], -1)
                        if begin > 0:
                            sheet.add(rows, np.full(len(rows), aired[one][begin - 1]), -1)

        def complete(chosen: Flags) -> Ints:
            return np.concatenate([any_of(later, at, span, chosen) for later, at in tied])

        return sheet.blocks(complete)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every day by which a party is late with a title."""
        instance = on_air.instance
        first = instance.timeline.first_day
        days: dict[tuple[int, str], int] = {}
        for party in self.parties:
            for run in shown(self, on_air, instance.channels_of(party), self._first_runs(), any_date=True):
                day = (run.day - first).days
                key = run.programme, party
                days[key] = min(days.get(key, day), day)
        for (title, one), day in sorted(days.items()):
            for other in self.parties:
                then = days.get((title, other), 10**6)
                last = min(then - self.within_days, instance.timeline.days - self.within_days)
                if self.valid_from and day < (self.valid_from - first).days:
                    continue
                if self.valid_to:
                    last = min(last, (self.valid_to - first).days + 1)
                for late in range(max(day, 0), last) if other != one else ():
                    programme, label = instance.programmes[title], instance.timeline.label("day", late)
                    yield self.measured(
                        subject=Subject("parties", f"{one}>{other}"),
                        period=label,
                        aspect=about(programme.programme),
                        have=1,
                        need=0,
                        sense="most",
                        unit="days",
                        text=msg_n(
                            "'{title}' has aired with {one} by {day} and not with {other} {count} day later",
                            "'{title}' has aired with {one} by {day} and not with {other} {count} days later",
                            title=programme.title,
                            one=one,
                            day=Term("period", label),
                            other=other,
                            count=self.within_days,
                        ),
                    )
