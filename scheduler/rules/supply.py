"""Parity among several members: they supply a common channel in agreed shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from scheduler.instance import Selector, opens_at_night
from scheduler.instance.model.field_marks import Channels, Relaxable
from scheduler.instance.model.field_types import Code, Share, Tolerance
from scheduler.messages import Listed, Message, Percent, RefusedError, Term, msg
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.base import Measurement, Rule, Sense, at_bound
from scheduler.rules.framework.dates import days_held, holds_on
from scheduler.rules.framework.entries import in_horizon, shown
from scheduler.rules.framework.row_builder import Sheet, airings_of, of_horizon
from scheduler.rules.framework.rows import NO_BOUND
from scheduler.rules.framework.selected import selected
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance, InstanceHead
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Supply(Rule):
    """|S(m) − s(m)·T| ≤ tolerance·T for every member m, and least ≤ S(m) ≤ most, with T = Σ S over the members.

    S(m) is the number of minutes of airings and anchors on the common channels from member m, in a calendar week or the
    horizon. Co-productions count by their shares. An airing belongs to the broadcast day of its start. `worst_off`
    requires min S(m) ≥ its amount. If this is soft and high, it maximises the smallest supply, and its price is per
    minute. Unit: minutes.
    """

    type: Literal["supply"] = "supply"
    example: ClassVar[str] = (
        "{type: supply, id: common-channel, channels: [SilkWay.kz], shares: {KZ: 0.4, UZ: 0.4, KG: 0.2}, "
        "tolerance: 0.05, period: week}"
    )
    channels: Channels = Field(min_length=1, description="the common channels")
    shares: dict[Code, Share] = Field(min_length=2, description="agreed share of every member; together 1")
    select: Selector = Field(Selector(), description="content that counts; by default all")
    tolerance: Annotated[Tolerance | None, Relaxable("higher", most=Fraction(99, 100))] = Field(
        None, description="0.05 allows five points either way of the agreed share"
    )
    least: Annotated[int, Relaxable("lower")] = Field(
        0, ge=0, description="minutes that every member supplies at least"
    )
    most: Annotated[int | None, Relaxable("higher")] = Field(
        None, ge=0, description="minutes that every member supplies at most"
    )
    worst_off: int = Field(0, ge=0, description="minutes up to which the member that supplies least is raised")
    period: Literal["week", "horizon"] = Field("horizon", description="week (Monday to Sunday) or horizon")

    @model_validator(mode="after")
    def _fits(self) -> Supply:
        if sum(self.shares.values()) != 1:
            raise RefusedError(msg("the shares of the rule '{rule}' must add up to 1", rule=self.id))
        if self.tolerance is None and not self.least and self.most is None and not self.worst_off:
            raise RefusedError(self.needs_one_of("tolerance", "least", "most", "worst_off"))
        return self

    def settles_after(self, file: InstanceHead) -> int:
        """One day, because broadcast days end on the next morning."""
        return int(opens_at_night(file))

    @property
    def keeps_misses(self) -> bool:
        """Whether misses of the past remain. Past supply stays, but a share of it may still decrease."""
        return self.tolerance is None

    def sentence(self) -> Message:
        """The rule in words."""
        shares = [msg("{party} {share}", party=code, share=Percent(share)) for code, share in self.shares.items()]
        return msg(
            "{rule}: {channels} is supplied by {shares}",
            rule=self.id,
            channels=Listed(self.channels),
            shares=Listed(tuple(shares)),
        )

    def rows(self, airings: Airings) -> list[RuleRows]:
        """Per period: two rows of the band, least and most of every member, and the column of the smallest supply."""
        instance = airings.instance
        channels = [instance.channel_index[name] for name in self.channels]
        mine = airings_of(self, airings, channels, self.select)
        mine = of_horizon(airings, mine) if self.period == "horizon" else mine
        labels, period = self._periods(instance, airings.broadcast_day[mine])
        mine, period = mine[period >= 0], period[period >= 0]
        minutes, contents = airings.column("minutes")[mine], instance.contents
        open_ = np.isin(instance.windows.channel, channels)
        given = _Given(
            airing=mine,
            period=period,
            parts={code: minutes * contents.from_party(code)[airings.content[mine]] for code in self.shares},
            fixed=self._anchored(instance, channels, labels),
            coming=self._anchored(instance, channels, labels, coming=True),
            labels=labels,
            room=int((instance.windows.end - instance.windows.start)[open_].sum()),
            scale=contents.share_scale,
        )
        sheet = Sheet(self, "minutes", len(airings))
        where = Subject("channels", " + ".join(self.channels))
        for code in self.shares:
            self._add_band(sheet, given, code, where)
            self._add_bounds(sheet, given, code, where)
        if not self.worst_off:
            return sheet.blocks()
        lowest = sheet.columns([(given.room + 1440 * len(labels)) * given.scale] * len(labels))
        bound = self.worst_off * given.scale
        asked = sheet.rows(labels, where, "worst off", lower=bound, need=self.worst_off, step=given.scale)
        sheet.add(asked, lowest)
        for code in self.shares:
            rows = sheet.rows(labels, where, Aspect("not below", code), lower=-given.fixed[code], rigid=True)
            sheet.add(rows[period], mine, given.parts[code])
            sheet.add(rows, lowest, -1)
        return sheet.blocks(given.least_supplied)

    def _add_band(self, sheet: Sheet, given: _Given, code: str, where: Subject) -> None:
        """The rows ± (whole·S(m) − (s ± tolerance)·whole·T) ≤ 0.

        The amounts of anchors are moved to the right-hand side.
        """
        if self.tolerance is None:
            return
        share, tolerance, labels = self.shares[code], self.tolerance, given.labels
        whole = lcm(share.denominator, tolerance.denominator)
        every, fixed = sum(given.parts.values()), np.sum(list(given.fixed.values()), axis=0)
        need, step = max(int(share * given.room), 1), given.scale * whole
        for aspect, edge, sign in (("over", share + tolerance, 1), ("under", share - tolerance, -1)):
            part = int(edge * whole)
            upper = -sign * (whole * given.fixed[code] - part * fixed)
            rows = sheet.rows(labels, where, Aspect(aspect, code), upper=upper, need=need, step=step)
            sheet.add(rows[given.period], given.airing, sign * (whole * given.parts[code] - part * every))

    def _add_bounds(self, sheet: Sheet, given: _Given, code: str, where: Subject) -> None:
        for aspect, bound, side in (("least", self.least or None, "lower"), ("most", self.most, "upper")):
            if bound is None:
                continue
            edge = bound * given.scale - given.fixed[code]
            low, high = (edge, NO_BOUND) if side == "lower" else (-NO_BOUND, edge)
            rows = sheet.rows(
                given.labels,
                where,
                Aspect(aspect, code),
                lower=low,
                upper=high,
                need=max(bound, 1),
                step=given.scale,
                coming=given.coming[code],
            )
            sheet.add(rows[given.period], given.airing, given.parts[code])

    def _periods(self, instance: Instance, day: Ints) -> tuple[list[str], Ints]:
        """(names of the periods, index of the period of each broadcast day).

        The index is −1 for days that are not judged.
        """
        if self.period == "horizon":
            return ["horizon"], np.zeros_like(day)
        timeline, held = instance.timeline, days_held(self, instance)
        offset = timeline.first_day.weekday()
        weeks = range((held.start + offset) // 7, (held.stop - 1 + offset) // 7 + 1)
        week = (day + offset) // 7 - weeks.start
        names = [timeline.label("week", at) for at in weeks]
        return names, np.where((week >= 0) & (week < len(names)), week, -1)

    def _anchored(
        self, instance: Instance, channels: list[int], labels: list[str], *, coming: bool = False
    ) -> dict[str, Ints]:
        """The amounts that anchors supply, in parts, by member and period.

        With `coming`, only anchors that have not aired yet.
        """
        anchors, contents = instance.dated_anchors, instance.contents
        found = {code: np.zeros(len(labels), dtype=np.int64) for code in self.shares}
        for channel in channels:
            owner = instance.channels[channel]
            taken = selected(instance, channel, self.select)
            at = np.flatnonzero((anchors.channel == channel) & taken.fixed[anchors.content])
            clock, start = instance.timeline.clock(owner.zone), anchors.start[at]
            day = clock.day[start] - (clock.minute[start] < instance.timeline.broadcast_start)
            _, period = self._periods(instance, day)
            keep = (period >= 0) & holds_on(self, instance, day)
            if self.period == "horizon":
                keep &= ~anchors.past[at] | (day >= instance.timeline.planned_from)
            if coming:
                keep &= ~anchors.past[at]
            at, period = at[keep], period[keep]
            for code, sums in found.items():
                parts = (anchors.end - anchors.start)[at] * contents.from_party(code)[anchors.content[at]]
                np.add.at(sums, period, parts)
        return found

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """What every member supplies in every period."""
        instance = on_air.instance
        channels = [instance.channel_index[name] for name in self.channels]
        airs = shown(self, on_air, channels, self.select, anchors=True)
        airs = in_horizon(on_air, airs) if self.period == "horizon" else airs
        for label in self._labels(instance):
            supplied = dict.fromkeys(self.shares, Fraction(0))
            for run in airs:
                if self.period == "week" and f"{run.day:%G-W%V}" != label:
                    continue
                for code, share in instance.contents.items[run.content].origin:
                    if code in supplied:
                        supplied[code] += share * run.minutes
            yield from self._members(label, supplied)

    def _labels(self, instance: Instance) -> list[str]:
        """The periods of the days on which the rule holds, including days on record."""
        if self.period == "horizon":
            return ["horizon"]
        days = [instance.timeline.first_day + timedelta(days=at) for at in range(instance.timeline.days)]
        return sorted({f"{day:%G-W%V}" for day in days if (self.valid_from or day) <= day <= (self.valid_to or day)})

    def _members(self, label: str, supplied: dict[str, Fraction]) -> Iterator[Measurement]:
        where, total = Subject("channels", " + ".join(self.channels)), sum(supplied.values(), Fraction(0))

        def row(aspect: Aspect | str, have: Fraction, need: Fraction, sense: Sense, text: Message) -> Measurement:
            return self.measured(
                subject=where,
                period=label,
                aspect=aspect,
                have=have,
                need=need,
                sense=sense,
                unit="minutes",
                text=msg("{period}: {text}", period=Term("period", label), text=text),
            )

        for code, have in supplied.items():
            message = msg(
                "{party} supplies {have} of {all} minutes of {channels}",
                party=code,
                have=have,
                all=total,
                channels=where.name,
            )
            if self.tolerance is not None:
                high, low = (self.shares[code] + self.tolerance) * total, (self.shares[code] - self.tolerance) * total
                yield row(Aspect("over", code), have, high, "most", _bounded(message, "most", high))
                yield row(Aspect("under", code), have, low, "least", _bounded(message, "least", low))
            if self.least:
                text = _bounded(message, "least", self.least)
                yield row(Aspect("least", code), have, Fraction(self.least), "least", text)
            if self.most is not None:
                text = _bounded(message, "most", self.most)
                yield row(Aspect("most", code), have, Fraction(self.most), "most", text)
        if self.worst_off:
            code, have = min(supplied.items(), key=lambda item: item[1])
            message = msg(
                "{party} supplies least, {have} minutes, to be raised to {least}",
                party=code,
                have=have,
                least=self.worst_off,
            )
            yield row("worst off", have, Fraction(self.worst_off), "least", message)


def _bounded(message: Message, sense: Sense, number: Fraction | int) -> Message:
    return msg("{sentence}, {bound}", sentence=message, bound=at_bound(sense, number))


@dataclass(frozen=True, slots=True)
class _Given:
    """The supply: `parts[member][k]` of `airing[k]` in `period[k]`, and `fixed[member][period]` of anchors."""

    airing: Ints
    period: Ints
    parts: dict[str, Ints]
    fixed: dict[str, Ints]
    coming: dict[str, Ints]  # the part of `fixed` that has not aired yet
    labels: list[str]
    room: int  # minutes of windows
    scale: int

    def least_supplied(self, chosen: Flags) -> Ints:
        """The smallest supply of a member in every period, in parts."""
        taken = chosen[self.airing]
        sums = []
        for code, there in self.fixed.items():
            total = there.copy()
            np.add.at(total, self.period[taken], self.parts[code][taken])
            sums.append(total)
        return np.asarray(np.min(sums, axis=0), dtype=np.int64)
