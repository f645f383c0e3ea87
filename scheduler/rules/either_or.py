"""Either-or shares: on every channel and in every period, one of several selections must have its share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.instance import Selector
from scheduler.instance.model.field_marks import Relaxable
from scheduler.instance.model.field_types import Hours, Share
from scheduler.messages import Listed, Message, Percent, Term, Value, msg
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.row_builder import Sheet
from scheduler.rules.framework.whole_period import known_words
from scheduler.rules.quota import CountedPeriod, Quota

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class EitherOr(ScopedRule):
    """Per channel and period: minutes of at least one of the alternatives ≥ share · minutes of all airtime.

    The miss is the smallest one of all alternatives. Minutes are counted as in a quota. A period in which the channel
    has no airtime has no row.
    Rows, for alternatives j with A_j·x ≥ b_j as a quota states it, y_j ∈ {0, 1}, m ≥ 0 whole (minutes):
    A_j·x + step·m − M_j·y_j ≥ b_j − M_j with M_j = b_j − min A_j·x; Σ y_j ≥ 1; m ≤ 0, which may be missed.
    Unit: minutes.
    """

    type: Literal["either_or"] = "either_or"
    example: ClassVar[str] = (
        "{type: either_or, id: KZ-FOREIGN-10, registered_in: [KZ], alternatives: [{origin: KZ}, {genre: "
        "[education, sport], audio: kaz}], least_share: 0.1, hard: false, price: 500}"
    )
    alternatives: tuple[Selector, ...] = Field(
        min_length=2, max_length=9, description="kinds of content, one of which must reach the share"
    )
    least_share: Annotated[Share, Relaxable("lower")] = Field(description="0.1 for 10 % of all airtime")
    hours: Annotated[Hours | None, Relaxable("shorter hours")] = Field(
        None, description='only within these local hours, e.g. ["07:00", "24:00"]'
    )
    period: CountedPeriod = Field("week", description="a period as of a quota")

    def sentence(self) -> Message:
        """The rule in words."""
        return msg(
            "{rule}: at least {share} of {either} {scope} per {period}",
            rule=self.id,
            share=Percent(Fraction(self.least_share)),
            either=Listed(tuple(select.message() for select in self.alternatives), " or "),
            scope=self.scope_words(),
            period=Term("every", self.period),
        )

    def _quotas(self) -> list[Quota]:
        own = {"type", "alternatives", "least_share", "hours", "period"}
        common = {**self.model_dump(exclude=own), "hours": self.hours, "period": self.period}
        return [Quota(**common, select=select, least_share=self.least_share) for select in self.alternatives]

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per channel and period that may be missed, and the rows that tie it to the alternatives."""
        sheet = Sheet(self, "minutes", len(airings))
        completed: list[tuple[RuleRows, ...]] = []
        for shares in zip(*(quota.rows(airings) for quota in self._quotas()), strict=True):
            completed.append(shares)
            labels, channels = shares[0].period.tolist(), shares[0].subject.tolist()
            shortage = [share.lower - _least_activity(share) for share in shares]
            most = np.max([-(-short // share.miss_step) for short, share in zip(shortage, shares, strict=True)], axis=0)
            chosen = [sheet.columns(np.ones(len(labels), dtype=np.int64)) for _ in shares]
            missed = sheet.columns(np.maximum(most, 0))
            for at, (share, short, own) in enumerate(zip(shares, shortage, chosen, strict=True)):
                slack = np.maximum(short, 0)
                tied = sheet.rows(labels, channels, f"tied {at}", lower=share.lower - slack, rigid=True)
                sheet.add(tied[share.row], share.column, share.coefficient)
                sheet.add(tied, missed, share.miss_step)
                sheet.add(tied, own, -slack)
            one = sheet.rows(labels, channels, "one", lower=1, rigid=True)
            for own in chosen:
                sheet.add(one, own)
            asked = sheet.rows(labels, channels, "least", upper=0, need=np.maximum(shares[0].need, 1))
            sheet.add(asked, missed)

        def complete(taken: Flags) -> Ints:
            return np.concatenate([_completed(shares, taken) for shares in completed])

        return sheet.blocks(complete)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """The alternative with the smallest miss, in every period of every channel."""
        for rows in zip(*(quota.check(on_air) for quota in self._quotas()), strict=True):
            at = min(range(len(rows)), key=lambda number: rows[number].miss)
            best = rows[at]
            measured = self.measured(
                subject=best.subject,
                period=best.period,
                aspect="least",
                have=best.have,
                need=best.need,
                sense="least",
                unit="minutes",
                text=self._text(best, at, len(rows)),
            )
            yield replace(
                measured,
                text=msg("{text}; {known}", text=measured.text, known=_known_words(best, law=self.is_law)),
                known=best.known,
                judged=best.judged,
            )

    def _text(self, best: Measurement, at: int, alternatives: int) -> Message:
        """The row in words. A foreign channel must reach the share itself: its row states what we contribute."""
        where: dict[str, Value] = {"channel": best.subject.name, "period": Term("period", best.period)}
        select = self.alternatives[at].message()
        if self.is_law and self.registered_in and best.known:
            return msg(
                "{channel}, {period}: our exchange contributes {have} of the {need} of {select} that the channel needs,"
                " the nearest of {alternatives}",
                **where,
                have=_hours(best.have),
                need=_hours(Fraction(self.least_share) * int((best.basis or 0) / best.known)),
                select=select,
                alternatives=alternatives,
            )
        return msg(
            "{channel}, {period}: {have} minutes of {select}, the nearest of {alternatives}, at least {need}",
            **where,
            have=best.have,
            select=select,
            alternatives=alternatives,
            need=best.need,
        )


def _hours(minutes: Fraction) -> Message:
    """Whole minutes in words: "16 h 48 min"."""
    hours, rest = divmod(int(minutes), 60)
    return msg("{hours} h {minutes} min", hours=hours, minutes=rest)


def _known_words(share: Measurement, *, law: bool) -> Message:
    """The known part of a period's airtime; all known minutes are the basis of the share."""
    of = int(share.basis or 0)
    return known_words(share.have, of, of, int(of / (share.known or 1)), law=law)


def _least_activity(share: RuleRows) -> Ints:
    """(rows,) the least activity of each row over the airings."""
    return np.bincount(share.row, np.minimum(share.coefficient, 0), len(share)).astype(np.int64)


def _completed(shares: tuple[RuleRows, ...], taken: Flags) -> Ints:
    """The columns y of every alternative, then m, of one channel. The alternative with the smallest miss is chosen."""
    missed = []
    for share in shares:
        activity = np.zeros(len(share), dtype=np.int64)
        on = taken[share.column]
        np.add.at(activity, share.row[on], share.coefficient[on])
        missed.append(np.maximum(-(-(share.lower - activity) // share.miss_step), 0))
    best = np.argmin(missed, axis=0)
    chosen = [(best == at).astype(np.int64) for at in range(len(shares))]
    return np.concatenate([*chosen, np.min(missed, axis=0)])
