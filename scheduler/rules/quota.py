"""A quota: the share, minutes or count of selected content is at least or at most a bound, in every period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from scheduler.arrays import Ints
from scheduler.instance import Cells, Selector
from scheduler.instance.model.field_marks import PeriodName, Relaxable
from scheduler.instance.model.field_types import Day, Frozen, Hours, Share
from scheduler.messages import Message, Percent, RefusedError, Term, Value, msg
from scheduler.rules.framework.base import Measurement, ScopedRule, Sense, at_bound
from scheduler.rules.framework.rest import with_rest
from scheduler.rules.framework.row_builder import Sheet
from scheduler.rules.framework.rows import NO_BOUND, RuleRows
from scheduler.rules.framework.selected import selected
from scheduler.rules.framework.subject import Subject
from scheduler.rules.framework.verdicts import Rest, due, span_in
from scheduler.rules.framework.whole_period import known_words, whole_minutes

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags
    from scheduler.instance import Instance
    from scheduler.timetable import OnAir


class LaterShare(Frozen):
    """The share that a quota requires from a day on."""

    since: Day = Field(description="first day on which this is the share")
    share: Share = Field(description="0.60 for 60 %")


BOUNDS = ("least_share", "most_share", "least_minutes", "most_minutes", "least_count", "most_count")


def _of_quotas(period: str) -> str:
    if period == "cumulative":
        raise RefusedError(msg("`cumulative` is a period of agreements; a rule counts by week or another period"))
    return period


CountedPeriod = Annotated[PeriodName, AfterValidator(_of_quotas)]
"""A period of the calendar or of the instance in which minutes and starts on a channel are counted."""


class Quota(ScopedRule):
    """On every channel in scope and in every period: selected ≥ or ≤ a share of the basis, minutes or a count.

    share:   Σ minutes selected ∧ basis − s · Σ minutes basis ≥ 0 (or ≤ 0), over airings, anchors and fallback.
    minutes: Σ minutes selected ≥ (or ≤) bound, over the same. Minutes are split at every boundary of the clock.
    count:   Σ selected airings and anchors that start inside ≥ (or ≤) bound.

    A period in which the channel has no airtime has no row. If the basis is empty, a share is kept. Anchors and
    fallback count by their `run`; fallback without it is neither a first run nor a rerun. Broadcast days are those of
    the horizon and, with history.csv, the day that ends on its first morning. Content in several languages counts in
    shares and minutes by the share of each language (`audio_shares`), in counts by its first language.

    For a period that continues after the horizon, a least amount is reported with what remains to be aired. Example:
    200 hours a year are `least_minutes: 12000, period: year`, counted over history.csv and the plan. A share may change
    on a day (`later`). A period with days before and after that day is judged by the stricter share.
    """

    type: Literal["quota"] = "quota"
    example: ClassVar[str] = (
        "{type: quota, id: KZ-DOM-W, territories: [KZ], select: {origin: domestic}, least_share: 0.55, period: week}"
    )
    select: Selector = Field(description="content that is counted")
    basis: Selector | None = Field(None, description="content of which a share is taken; by default all airtime")
    least_share: Annotated[Share | None, Relaxable("lower")] = Field(None, description="0.55 for 55 %")
    most_share: Annotated[Share | None, Relaxable("higher")] = Field(None, description="0.25 for 25 %")
    least_minutes: Annotated[int | None, Relaxable("lower")] = Field(
        None, ge=0, le=10**8, description="minutes in every period"
    )
    most_minutes: Annotated[int | None, Relaxable("higher")] = Field(
        None, ge=0, le=10**8, description="minutes in every period; 0 is a ban"
    )
    least_count: Annotated[int | None, Relaxable("lower")] = Field(
        None, ge=0, le=10**8, description="airings that start in every period"
    )
    most_count: Annotated[int | None, Relaxable("higher")] = Field(
        None, ge=0, le=10**8, description="airings that start in every period; 0 is a ban"
    )
    later: tuple[LaterShare, ...] = Field(
        (),
        description="shares asked from later days on, e.g. [{since: 2027-01-01, share: 0.60}]; a period on both sides"
        " of such a day is judged by the stricter share",
    )
    hours: Annotated[Hours | None, Relaxable("shorter hours")] = Field(
        None, description='only within these local hours, e.g. ["07:00", "24:00"]'
    )
    period: CountedPeriod = Field(
        "week",
        description="hour, 6h, day, broadcast_day, week, month, quarter, half_year, year, horizon, or a name of"
        " `periods`",
    )
    rest: Rest = Field(
        "proportional",
        description="what of a least amount is asked while its period continues after the horizon: all of it, the share"
        " of the days that have passed, or none",
    )

    @model_validator(mode="after")
    def _one_bound(self) -> Quota:
        given = [name for name in BOUNDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise RefusedError(
                msg(
                    "the rule '{rule}' needs exactly one of {fields}; it has {given}",
                    rule=self.id,
                    fields=", ".join(BOUNDS),
                    given=", ".join(given) or "0",
                )
            )
        if self.basis is not None and not given[0].endswith("share"):
            raise RefusedError(msg("the rule '{rule}' has a `basis`, which only a share has", rule=self.id))
        if self.basis is not None and self.basis.run is not None:
            message = msg(
                "the `basis` of the rule '{rule}' is content; a `run` belongs into its `select`", rule=self.id
            )
            raise RefusedError(message)
        since = [one.since for one in self.later]
        if since and not given[0].endswith("share"):
            raise RefusedError(msg("the rule '{rule}' has `later`, which only a share has", rule=self.id))
        if since != sorted(set(since)):
            raise RefusedError(msg("the rule '{rule}' needs the days of `later` in order, each once", rule=self.id))
        return self

    @property
    def bound(self) -> tuple[Sense, str, Fraction]:
        """(least or most; share, minutes or count; the number)."""
        name = next(name for name in BOUNDS if getattr(self, name) is not None)
        sense: Sense = "least" if name.startswith("least") else "most"
        return sense, name.removeprefix(f"{sense}_"), Fraction(getattr(self, name))

    @property
    def unit(self) -> str:
        """Unit of what is counted."""
        return "runs" if self.bound[1] == "count" else "minutes"

    @property
    def keeps_misses(self) -> bool:
        """Whether misses of the past remain. Past airings stay, but a share of them may still decrease."""
        return self.most_count is not None or self.most_minutes is not None

    def sentence(self) -> Message:
        """The rule in words."""
        sense, measure, bound = self.bound
        content: Value = self.select.message()
        if self.basis:
            content = msg("{select} of {basis}", select=content, basis=self.basis.message())
        amount = msg("{number} {unit}", number=bound, unit=Term("unit", self.unit))
        message = msg(
            "{rule}: {bound} {content} {scope} per {period}",
            rule=self.id,
            bound=at_bound(sense, Percent(bound) if measure == "share" else amount),
            content=content,
            scope=self.scope_words(),
            period=Term("every", self.period),
        )
        for one in self.later:
            message = msg(
                "{sentence}, {share} from {day}", sentence=message, share=Percent(one.share), day=one.since.isoformat()
            )
        return (
            message
            if self.hours is None
            else msg("{sentence} within {hours}", sentence=message, hours=_clock(self.hours))
        )

    def admit(self, airings: Airings) -> Flags | None:
        """A hard cap of 0 is a ban: airings with a counted minute (or start) in the hours and dates are excluded."""
        sense, measure, bound = self.bound
        if not self.hard or sense != "most" or bound != 0 or measure == "share":
            return None
        admitted = np.ones(len(airings), dtype=bool)
        there = set(np.unique(airings.channel).tolist())
        for channel in self.scope(airings.instance):
            if channel not in there:
                continue
            counted = self._count(airings, channel)
            admitted[counted.airing[counted.amount > 0]] = False
        return admitted

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per channel and period in which the channel has airtime that counts."""
        return [block for channel in self.scope(airings.instance) for block in self._channel_rows(airings, channel)]

    def _channel_rows(self, airings: Airings, channel: int) -> list[RuleRows]:
        counted = self._count(airings, channel)
        sense, measure, _ = self.bound
        asked = np.array([self._asked(airings.instance, label) for label in counted.labels], dtype=np.int64)
        edge = -counted.constant + (0 if measure == "share" else asked * counted.scale)
        sheet = Sheet(self, self.unit, len(airings))
        rows = sheet.rows(
            counted.labels,
            Subject("channel", airings.instance.channels[channel].id),
            sense,
            lower=edge if sense == "least" else -NO_BOUND,
            upper=edge if sense == "most" else NO_BOUND,
            need=counted.basis * counted.share // (counted.whole * counted.scale) if measure == "share" else asked,
            step=counted.whole * counted.scale,
            coming=counted.coming,
        )
        sheet.add(rows[counted.period], counted.airing, counted.amount)
        return sheet.blocks()

    def _asked(self, instance: Instance, label: str) -> int:
        """The required amount in a period, 0 for a share."""
        sense, measure, bound = self.bound
        if measure == "share":
            return 0
        return due(instance, label, int(bound), self.rest, self.valid_to) if sense == "least" else int(bound)

    def _strictest(self, instance: Instance, labels: tuple[str, ...]) -> tuple[int, Ints]:
        """(whole, parts): the share required in each period is parts / whole. (1, zeros) if the quota is not a share.

        A later share counts in a period if it is in force on one of its days: since ≤ last day and next since > first
        day.
        """
        sense, measure, bound = self.bound
        if measure != "share":
            return 1, np.zeros(len(labels), dtype=np.int64)
        horizon = instance.file.horizon
        whole_horizon = horizon.start, horizon.start + timedelta(days=horizon.days - 1)
        spans = [span_in(instance, label) or whole_horizon for label in labels]
        steps = [(date.min, bound), *((one.since, one.share) for one in self.later)]
        ends = [*(since for since, _ in steps[1:]), date.max]
        stricter = max if sense == "least" else min
        shares = [
            stricter(share for (since, share), end in zip(steps, ends, strict=True) if since <= last and end > first)
            for first, last in spans
        ]
        whole = lcm(*(share.denominator for share in shares))
        return whole, np.array([int(share * whole) for share in shares], dtype=np.int64)

    def _share_of(self, instance: Instance, label: str) -> Fraction:
        """The share required in a period: the strictest one that is in force on any of its days."""
        sense, _, bound = self.bound
        start = instance.file.horizon.start
        first, last = span_in(instance, label) or (start, start + timedelta(days=instance.file.horizon.days - 1))
        asked = set()
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
            changed = [one.share for one in self.later if one.since <= day]
            asked.add(changed[-1] if changed else bound)
        return max(asked) if sense == "least" else min(asked)

    def _count(self, airings: Airings, channel: int) -> _Counted:
        """The amount that every airing of a channel adds to every period, and the amounts without any airing."""
        instance = airings.instance
        owner = instance.channels[channel]
        cells = instance.timeline.cells(owner.zone, self.period, self.hours, self.valid_from, self.valid_to)
        whole, share = self._strictest(instance, cells.labels)
        (parts, scale), (basis, _) = self._parts(instance, owner.territory)
        taken, of_run = selected(instance, channel, self.select), selected(instance, channel, self._any_of_run)
        asks_share = self.bound[1] == "share"

        def weigh(counts: Flags, content: Ints, period: Ints) -> Ints:
            """The weight of a minute of content in its period's row, in parts of a minute.

            `counts`: whether its run is selected.
            """
            weight: Ints = parts[content] * counts
            return whole * weight - share[period] * basis[content] if asks_share else weight

        mine = np.flatnonzero(airings.channel == channel)
        content = airings.content[mine]
        anchors, windows = instance.dated_anchors, instance.windows
        fixed, open_ = anchors.channel == channel, windows.channel == channel
        constant, total, airtime, coming = (np.zeros(len(cells.labels), dtype=np.int64) for _ in range(4))
        for start, end in ((anchors.start[fixed], anchors.end[fixed]), (windows.start[open_], windows.end[open_])):
            _, of_period, length = cells.split(start, end)
            np.add.at(airtime, of_period, length)
        if self.bound[1] == "count":
            period = cells.at(airings.start_minute[mine])
            inside = (period >= 0) & taken.of(content, airings.run[mine])
            anchor_period = cells.at(anchors.start[fixed])
            here = (anchor_period >= 0) & taken.fixed[anchors.content[fixed]]
            np.add.at(constant, anchor_period[here], 1)
            np.add.at(coming, anchor_period[here & ~anchors.past[fixed]], 1)
            amount = np.ones(int(inside.sum()), dtype=np.int64)
            mine, period, step = mine[inside], period[inside], (whole, 1)
            return _counted(mine, period, amount, constant, coming, total, airtime, cells, step, share)
        displaced = windows.fallback[airings.column("window")[mine]]
        item, period, minutes = cells.split(airings.start_minute[mine], airings.end_minute[mine])
        change = weigh(of_run.of(content[item], airings.run[mine[item]]), content[item], period)
        change = (change - weigh(of_run.fixed[displaced[item]], displaced[item], period)) * minutes
        for start, end, shown, past in (
            (anchors.start[fixed], anchors.end[fixed], anchors.content[fixed], anchors.past[fixed]),
            (windows.start[open_], windows.end[open_], windows.fallback[open_], windows.past[open_]),
        ):
            at, of_period, length = cells.split(start, end)
            amount = weigh(of_run.fixed[shown[at]], shown[at], of_period) * length
            np.add.at(constant, of_period, amount)
            np.add.at(coming, of_period, amount * ~past[at])
            np.add.at(total, of_period, basis[shown][at] * length)
        moved = change != 0
        mine, period, change = mine[item[moved]], period[moved], change[moved]
        return _counted(mine, period, change, constant, coming, total, airtime, cells, (whole, scale), share)

    @property
    def _any_of_run(self) -> Selector:
        """All content in the runs that are counted."""
        return Selector(run=self.select.run)

    def _parts(self, instance: Instance, territory: str) -> tuple[tuple[Ints, int], tuple[Ints, int]]:
        """((parts, whole) selected and in the basis, (parts, whole) in the basis), by content."""
        both, whole = instance.contents.parts(territory, self.select, self.basis)
        basis, other = instance.contents.parts(territory, self.basis)
        return (both, whole), (basis * (whole // other), whole)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """One measurement per channel and period in which the channel has airtime that counts."""
        sense, measure, _ = self.bound
        moments = on_air.starts if measure == "count" else on_air.minutes
        instance = on_air.instance
        inside = moments.within(self.hours, self.valid_from, self.valid_to)
        period, names = moments.coded_periods(self.period)
        inside &= np.array([name != "" for name in names], dtype=bool)[period] if names else inside
        for channel in self.scope(instance):
            here = np.flatnonzero(inside & (moments.channel == channel))
            territory = instance.channels[channel].territory
            both, basis, whole = self._heard(instance, territory)
            counts = both[moments.content[here]] * moments.of_run(self.select.run)[here]
            sums = _sums(period[here], names, counts, basis[moments.content[here]], whole)
            known = np.bincount(period[here], minlength=len(names))
            on_air_of = dict(zip(names, known.tolist(), strict=True))
            if measure == "count":
                none = Fraction(0), Fraction(0)
                sums = {label: sums.get(label, none) for label in self._periods_on_air(on_air, channel)}
            for label, (have, of) in sums.items():
                asked = self._share_of(instance, label) * of if measure == "share" else self._asked(instance, label)
                row = self._measured(instance.channels[channel].id, label, have, Fraction(asked), sense, of)
                if measure == "share":
                    yield self._of_the_whole(row, instance, channel, on_air_of[label])
                else:
                    yield with_rest(row, instance, int(self.bound[2]), self.valid_to) if sense == "least" else row

    def _heard(self, instance: Instance, territory: str) -> tuple[Ints, Ints, int]:
        """(selected and in the basis, in the basis, whole) of every content. The first two are parts of the third.

        The minutes of content in several languages fit with the shares of the languages in which it fits. A start
        counts by the first language.
        """
        contents = instance.contents
        basis = contents.matches(self.basis, territory).astype(np.int64)
        both = contents.matches(self.select, territory) * basis
        mixed = [at for at, item in enumerate(contents.items) if item.audio_shares]
        if not mixed or self.bound[1] == "count":
            return both, basis, 1
        whole = lcm(*(share.denominator for at in mixed for _, share in contents.items[at].heard))
        both, basis = both * whole, basis * whole
        alone = {
            language: (heard.matches(self.select, territory), heard.matches(self.basis, territory))
            for language, heard in contents.heard_in.items()
        }
        for at in mixed:
            heard = [(*(flags[at] for flags in alone[code]), share * whole) for code, share in contents.items[at].heard]
            both[at] = sum(int(share) for selects, counts, share in heard if selects and counts)
            basis[at] = sum(int(share) for _, counts, share in heard if counts)
        return both, basis, whole

    def _of_the_whole(self, row: Measurement, instance: Instance, channel: int, known: int) -> Measurement:
        """The measured share, with the part of the period's airtime that is known."""
        zone, dates = instance.channels[channel].zone, (self.valid_from, self.valid_to)
        whole = max(whole_minutes(instance, zone, row.period, self.period, self.hours, dates), known)
        words = known_words(row.have, row.basis or Fraction(0), known, whole, law=self.is_law)
        text = msg("{text}; {known}", text=row.text, known=words)
        return replace(row, text=text, known=Fraction(known, whole), judged=not self.is_law or known == whole)

    def _periods_on_air(self, on_air: OnAir, channel: int) -> list[str]:
        minutes = on_air.minutes
        here = minutes.within(self.hours, self.valid_from, self.valid_to) & (minutes.channel == channel)
        return sorted(set(minutes.periods(self.period).to_numpy()[here]) - {""})

    def _measured(
        self, channel: str, period: str, have: Fraction, need: Fraction, sense: Sense, of: Fraction
    ) -> Measurement:
        amount: Value = msg(
            "{have} {unit} of {content}", have=have, unit=Term("unit", self.unit), content=self.select.message()
        )
        if self.bound[1] == "share" and of:
            amount = msg("{amount} ({share} of {all})", amount=amount, share=Percent(round(have / of, 3)), all=of)
        return self.measured(
            subject=Subject("channel", channel),
            period=period,
            aspect=sense,
            have=have,
            need=need,
            sense=sense,
            unit=self.unit,
            text=msg(
                "{rule}: {channel}, {period}: {amount}, {bound}",
                rule=self.id,
                channel=channel,
                period=Term("period", period),
                amount=amount,
                bound=at_bound(sense, need),
            ),
            basis=of,
            named=True,
        )


def _sums(period: Ints, names: list[str], have: Ints, basis: Ints, whole: int) -> dict[str, tuple[Fraction, Fraction]]:
    """(selected, basis) in minutes or starts by name of the period. The arrays are in parts of a minute or start."""
    each = np.bincount(period, minlength=len(names))
    selected, of = (np.zeros(len(names), dtype=np.int64) for _ in range(2))
    np.add.at(selected, period, have)
    np.add.at(of, period, basis)
    return {
        names[at]: (Fraction(int(selected[at]), whole), Fraction(int(of[at]), whole))
        for at in np.flatnonzero(each).tolist()
    }


@dataclass(frozen=True, slots=True)
class _Counted:
    airing: Ints
    period: Ints
    amount: Ints
    constant: Ints  # (periods,) amount of all anchors, and of the fallback in all windows
    coming: Ints  # (periods,) the part of `constant` that has not aired yet
    basis: Ints  # (periods,) minutes of the basis without airings
    labels: tuple[str, ...]
    whole: int
    share: Ints  # (periods,) the required share, in parts of `whole`
    scale: int  # parts of a minute in which amounts, constants and the basis are given


def _counted(
    airing: Ints,
    period: Ints,
    amount_: Ints,
    constant: Ints,
    coming: Ints,
    basis: Ints,
    airtime: Ints,
    cells: Cells,
    step: tuple[int, int],
    share: Ints,
) -> _Counted:
    """Leave out the periods in which the channel has no airtime."""
    open_ = airtime > 0
    row = np.cumsum(open_) - 1
    labels = tuple(label for label, kept in zip(cells.labels, open_.tolist(), strict=True) if kept)
    whole, scale = step
    fixed = constant[open_], coming[open_], basis[open_]
    return _Counted(airing, row[period], amount_, *fixed, labels, whole, share[open_], scale)


def _clock(hours: tuple[int, int]) -> str:
    return "–".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in hours)
