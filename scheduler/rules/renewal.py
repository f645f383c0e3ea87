"""Renewal: a share of the selected content must be titles that the channel did not air in the previous quarter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from scheduler.instance import Selector, zone_clock
from scheduler.instance.model.field_marks import Relaxable
from scheduler.instance.model.field_types import Share
from scheduler.messages import Message, Percent, msg
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.entries import in_horizon, shown
from scheduler.rules.framework.row_builder import Sheet, airings_of, of_horizon
from scheduler.rules.framework.subject import Subject
from scheduler.rules.framework.whole_period import known_words, whole_minutes

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Ints
    from scheduler.instance import Aired, Instance
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Renewal(ScopedRule):
    """Per channel: minutes selected of renewed titles ≥ share · minutes selected, over the horizon.

    A title is renewed if history.csv has no airing of it on the channel in the calendar quarter before the quarter in
    which the horizon begins. An airing counts in full by its start. Anchors do not count. Row: Σ (whole·renewed −
    share)·minutes ≥ 0 with share = share/whole. Unit: minutes.
    """

    type: Literal["renewal"] = "renewal"
    example: ClassVar[str] = (
        "{type: renewal, id: KZ-FOREIGN-NEW, channels: [CCTV9.cn], select: {origin: KZ}, least_share: 0.5, hard: "
        "false, price: 500}"
    )
    select: Selector = Field(description="content that is to be renewed")
    least_share: Annotated[Share, Relaxable("lower")] = Field(description="0.5 for half of the minutes selected")

    def sentence(self) -> Message:
        """The rule in words."""
        return msg(
            "{rule}: at least {share} of the minutes of {select} {scope} are of titles that the channel did not air in"
            " the quarter before",
            rule=self.id,
            share=Percent(Fraction(self.least_share)),
            select=self.select.message(),
            scope=self.scope_words(),
        )

    def looks_back(self, start: date) -> date:
        """No earlier day: the titles of the previous quarter are read directly from history.csv."""
        return start

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per channel."""
        sheet = Sheet(self, "minutes", len(airings))
        instance = airings.instance
        share = Fraction(self.least_share)
        minutes = airings.column("minutes")
        for channel in self.scope(instance):
            mine = of_horizon(airings, airings_of(self, airings, [channel], self.select))
            renewed = ~np.isin(instance.contents.programme[airings.content[mine]], _aired_before(instance, channel))
            weight = (share.denominator * renewed.astype(np.int64) - share.numerator) * minutes[mine]
            row = sheet.row(
                "horizon", Subject("channel", instance.channels[channel].id), "least", lower=0, step=share.denominator
            )
            sheet.add(row, mine, weight)
        return sheet.blocks()

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """The minutes of renewed titles on every channel."""
        instance = on_air.instance
        quarter_before = pd.Period(instance.file.horizon.start, freq="Q") - 1
        planned = on_air.minutes.within(None, self.valid_from, self.valid_to)
        planned &= on_air.minutes.periods("horizon").to_numpy() == "horizon"
        for channel in self.scope(instance):
            on_screen = int(np.count_nonzero(planned & (on_air.minutes.channel == channel)))
            zone = zone_clock(instance.channels[channel].zone)
            known = {
                instance.programme_index[row.programme]
                for row in instance.history
                if row.channel == instance.channels[channel].id
                and not row.anchor
                and row.programme in instance.programme_index
                and pd.Period(row.start_utc.astimezone(zone).date(), freq="Q") == quarter_before
            }
            entries = in_horizon(on_air, shown(self, on_air, [channel], self.select))
            of = sum(one.minutes for one in entries)
            have = sum(one.minutes for one in entries if one.programme not in known)
            need = Fraction(self.least_share) * of
            row = self.measured(
                subject=Subject("channel", instance.channels[channel].id),
                period="horizon",
                aspect="least",
                have=have,
                need=need,
                sense="least",
                unit="minutes",
                text=msg(
                    "{channel}: {have} of {all} minutes of {select} are of renewed titles, at least {need}",
                    channel=instance.channels[channel].id,
                    have=have,
                    all=of,
                    select=self.select.message(),
                    need=need,
                ),
            )
            yield self._of_the_whole(row, instance, channel, (have, of, on_screen))

    def _of_the_whole(
        self, row: Measurement, instance: Instance, channel: int, counted: tuple[int, int, int]
    ) -> Measurement:
        """The measured share, with the known parts of the horizon's airtime and of the previous quarter.

        `counted` are the minutes renewed, selected and on air. For a rule of law a verdict requires that both are known
        completely.
        """
        have, of, on_screen = counted
        zone = instance.channels[channel].zone
        whole = max(whole_minutes(instance, zone, "horizon", "horizon", None, (self.valid_from, self.valid_to)), 1)
        before = _on_record(instance, channel)
        text = msg(
            "{text}; {known}; {share} of the airtime of the quarter before known",
            text=row.text,
            known=known_words(have, of, on_screen, whole, law=self.is_law),
            share=Percent(Fraction(int(before * 1000), 1000)),
        )
        known = Fraction(min(on_screen, whole), whole)
        return replace(row, text=text, known=known, judged=not self.is_law or min(known, before) == 1)


def _on_record(instance: Instance, channel: int) -> Fraction:
    """The part of a channel's previous quarter that history.csv has, including anchors."""
    owner, quarter = instance.channels[channel], pd.Period(instance.file.horizon.start, freq="Q") - 1
    zone = zone_clock(owner.zone)
    begin, end = (
        datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        for day in (quarter.start_time, (quarter + 1).start_time)
    )
    whole = (end - begin) // timedelta(minutes=1)
    known = sum(
        max(min(row.start_utc + timedelta(minutes=row.duration_min), end) - max(row.start_utc, begin), timedelta())
        // timedelta(minutes=1)
        for row in instance.history
        if row.channel == owner.id
    )
    return Fraction(min(known, whole), whole)


def _quarter_before(day: date) -> tuple[date, date]:
    """The first day of the quarter before that of `day`, and the first day after it."""
    end = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    last = end - timedelta(days=1)
    return date(last.year, (last.month - 1) // 3 * 3 + 1, 1), end


def _past(instance: Instance, channel: int) -> Iterator[tuple[Aired, date]]:
    """The programmes of history.csv on a channel, each with its local day."""
    owner = instance.channels[channel]
    zone = zone_clock(owner.zone)
    for row in instance.history:
        if row.channel == owner.id and not row.anchor:
            yield row, row.start_utc.astimezone(zone).date()


def _aired_before(instance: Instance, channel: int) -> Ints:
    """Programmes that history.csv has on the channel in the previous quarter."""
    begin, end = _quarter_before(instance.file.horizon.start)
    names = {row.programme for row, day in _past(instance, channel) if begin <= day < end}
    found = sorted(instance.programme_index[name] for name in names if name in instance.programme_index)
    return np.array(found, dtype=np.int64)
