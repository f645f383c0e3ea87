"""A cap with a bonus: minutes of one kind of content allow more minutes of another."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.instance import Selector
from scheduler.instance.model.field_marks import Relaxable
from scheduler.instance.model.field_types import Hours
from scheduler.messages import Message, Term, msg
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.row_builder import Sheet
from scheduler.rules.quota import CountedPeriod, Quota

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Allowance(ScopedRule):
    """Per channel and period: minutes selected ≤ most_minutes + adds_minutes · ⌊minutes of `of` / per_minutes⌋.

    Only whole multiples of `per_minutes` count. Example: if five hours of local series allow one hour of foreign ones,
    nine hours of local series also allow one hour. Both are counted as in a quota: airings, anchors and fallback, cut
    at the hours and at every period, if the channel has airtime. Rows: k ≥ 0 whole, per_minutes · k ≤ minutes of `of`,
    minutes selected − adds_minutes · k ≤ most_minutes. Unit: minutes.
    """

    type: Literal["allowance"] = "allowance"
    example: ClassVar[str] = (
        "{type: allowance, id: AZ-SERIES, territories: [AZ], select: {origin: foreign, genre: drama}, "
        "most_minutes: 120, of: {origin: domestic, genre: drama}, per_minutes: 300, adds_minutes: 60, hours: "
        '["07:00", "22:00"]}'
    )
    select: Selector = Field(description="content that is capped")
    most_minutes: Annotated[int, Relaxable("higher")] = Field(
        ge=0, le=10**8, description="minutes in every period without any bonus"
    )
    of: Selector = Field(description="content that earns the bonus")
    per_minutes: int = Field(ge=1, le=10**8, description="minutes of it that earn one bonus")
    adds_minutes: int = Field(ge=1, le=10**8, description="minutes that a bonus adds to the cap")
    hours: Annotated[Hours | None, Relaxable("shorter hours")] = Field(
        None, description='only within these local hours, e.g. ["07:00", "22:00"]'
    )
    period: CountedPeriod = Field("week", description="a period as of a quota")

    def sentence(self) -> Message:
        """The rule in words."""
        return msg(
            "{rule}: at most {most} minutes {select} {scope}, {more} more for every {per} of {of}",
            rule=self.id,
            most=self.most_minutes,
            select=self.select.message(),
            scope=self.scope_words(),
            more=self.adds_minutes,
            per=self.per_minutes,
            of=self.of.message(),
        )

    def _quota(self, select: Selector, *, capped: bool) -> Quota:
        own = {"type", "select", "most_minutes", "of", "per_minutes", "adds_minutes", "hours", "period"}
        bound = {"most_minutes": self.most_minutes} if capped else {"least_minutes": 0}
        common = {**self.model_dump(exclude=own), "hours": self.hours, "period": self.period}
        return Quota(**common, select=select, **bound)

    def rows(self, airings: Airings) -> list[RuleRows]:
        """The cap and a column of bonuses for every channel and period."""
        sheet = Sheet(self, "minutes", len(airings))
        capped = self._quota(self.select, capped=True).rows(airings)
        earning = self._quota(self.of, capped=False).rows(airings)
        earned: list[tuple[RuleRows, Ints, int]] = []
        for cap, earn in zip(capped, earning, strict=True):
            # `there`: minutes without airings. Both rows count in parts of a minute.
            there, minute = -earn.lower, int(earn.miss_step[0])
            per, step = self.per_minutes * minute, int(cap.miss_step[0])
            reach = there + np.bincount(earn.row, np.maximum(earn.coefficient, 0), len(earn)).astype(np.int64)
            own = sheet.columns(reach // per)
            labels, channels = cap.period.tolist(), cap.subject.tolist()
            rows = sheet.rows(labels, channels, "most", upper=cap.upper, need=np.maximum(cap.need, 1), step=step)
            sheet.add(rows[cap.row], cap.column, cap.coefficient)
            sheet.add(rows, own, -self.adds_minutes * step)
            ties = sheet.rows(labels, channels, "earned", lower=-there, rigid=True)
            sheet.add(ties[earn.row], earn.column, earn.coefficient)
            sheet.add(ties, own, -per)
            earned.append((earn, there, per))

        def complete(chosen: Flags) -> Ints:
            found = []
            for earn, there, per in earned:
                total = there.copy()
                taken = chosen[earn.column]
                np.add.at(total, earn.row[taken], earn.coefficient[taken])
                found.append(total // per)
            return np.concatenate(found)

        return sheet.blocks(complete)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """The minutes, the cap and the bonus, in every period of every channel."""
        earned = {(row.subject, row.period): row.have for row in self._quota(self.of, capped=False).check(on_air)}
        for row in self._quota(self.select, capped=True).check(on_air):
            minutes = earned[row.subject, row.period]
            need = self.most_minutes + self.adds_minutes * int(minutes // self.per_minutes)
            yield self.measured(
                subject=row.subject,
                period=row.period,
                aspect="most",
                have=row.have,
                need=Fraction(need),
                sense="most",
                unit="minutes",
                text=msg(
                    "{channel}, {period}: {have} minutes of {select}, at most {need} with {minutes} of {of}",
                    channel=row.subject.name,
                    period=Term("period", row.period),
                    have=row.have,
                    select=self.select.message(),
                    need=need,
                    minutes=minutes,
                    of=self.of.message(),
                ),
            )
