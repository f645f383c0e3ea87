"""Two parties give each other the same, measure by measure, within a tolerance; and at least so much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, model_validator

from scheduler.instance import AgreementModel, Selector
from scheduler.instance.model.field_types import Code, Frozen, Ratio, Tolerance
from scheduler.rules.framework.base import Measurement, Rule, amount, whole_up
from scheduler.rules.framework.measures import UNITS, MeasuredPeriod, MeasureName, exchanged
from scheduler.rules.parity_rows import aspect_of, measure_rows

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Measure(Frozen):
    """One measure of an agreement, per period: its ratio, tolerance, floor, carry-over and least amounts."""

    measure: MeasureName = Field(description="what is counted; audience in viewer-minutes, the rest by name")
    select: Selector | None = Field(None, description="only content that fits, e.g. {genre: drama}; by default all")
    period: MeasuredPeriod = Field("week", description="day, week, horizon or cumulative (week by week)")
    ratio: Ratio = Field(Fraction(1), description="target of given : received, from the first party's side")
    tolerance: Tolerance | None = Field(
        None, description="share of what is exchanged: 0.1 allows 1.22 : 1; none, no band"
    )
    floor: int = Field(0, ge=0, le=10**12, description="difference that never matters, in the measure's unit")
    carry_over: int = Field(
        0, ge=-(10**12), le=10**12, description="what the first party is owed from before; horizon and cumulative only"
    )
    least: dict[Code, int] | int = Field(0, description="least amount each way, or by giving party")

    @model_validator(mode="after")
    def _carries(self) -> Measure:
        if self.carry_over and self.period in ("day", "week"):
            raise ValueError(f"`carry_over` enters the horizon's or cumulative rows, not those of a {self.period}")
        if self.tolerance is None and not self.least:
            raise ValueError("a measure needs a `tolerance`, a `least` amount or both")
        return self

    @property
    def name(self) -> str:
        """The measure in words: "minutes", "minutes of drama"."""
        return self.measure if self.select is None else f"{self.measure} of {self.select.words()}"

    def least_from(self, giver: str) -> int:
        """The least amount that a party must give."""
        return self.least.get(giver, 0) if isinstance(self.least, dict) else self.least


class Parity(AgreementModel, Rule):
    """Per measure and period: |G − r·R − c| ≤ t·(G + r·R) + f, and G and R at least their least amounts.

    G is what the first party gives on the second's channels, R what it receives on its own, r the ratio, t the
    tolerance, f the floor, c the carry-over (what the first party is owed). The band is two rows:
    (1 − t)·G − r·(1 + t)·R ≤ c + f  and  r·(1 − t)·R − (1 + t)·G ≤ f − c.
    A co-production counts for each party by its share; anchors that serve the agreement count.
    """

    type: Literal["parity"] = "parity"
    example: ClassVar[str] = (
        "{type: parity, id: KZ-UZ, parties: [KZ, UZ], measures: [{measure: minutes, period: week, tolerance: "
        "0.1, least: 600}]}"
    )
    measures: tuple[Measure, ...] = Field(min_length=1, description="what is held equal, each with its own bounds")

    @model_validator(mode="after")
    def _between_two(self) -> Parity:
        if len(self.parties) != 2:
            raise ValueError(f"parity is between two parties, '{self.id}' has {len(self.parties)}")
        for measure in self.measures:
            if isinstance(measure.least, dict) and set(measure.least) - set(self.parties):
                raise ValueError(f"`least` of the agreement '{self.id}' names a country that is not a party")
        twice = {(measure.name, measure.period) for measure in self.measures}
        if len(twice) < len(self.measures):
            raise ValueError(f"the agreement '{self.id}' has a measure twice for the same period")
        return self

    @property
    def directions(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """(giver, taker) both ways."""
        a, b = self.parties
        return (a, b), (b, a)

    def sentence(self) -> str:
        """The rule in words."""
        return f"{self.id}: parity between {' and '.join(self.parties)} in {', '.join(m.name for m in self.measures)}"

    def rows(self, airings: Airings) -> list[RuleRows]:
        """Two rows of the band and one per least amount, for every measure and period."""
        return [block for measure in self.measures if len(block := measure_rows(self, airings, measure))]

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every band and least amount measured on a timetable."""
        for measure in self.measures:
            scale = on_air.instance.contents.share_scale
            sides = [
                exchanged(on_air, self, giver, taker, measure.measure, measure.period, measure.select)
                for giver, taker in self.directions
            ]
            for label in sides[0]:
                amounts = [Fraction(side[label], scale) for side in sides]
                yield from _measured(self, measure, label, *amounts)


def band(measure: Measure, given_: Fraction, received: Fraction) -> tuple[Fraction, Fraction]:
    """(G − r·R − c, what it may be either way) of a measure."""
    balance = given_ - measure.ratio * received - measure.carry_over
    return balance, (measure.tolerance or 0) * (given_ + measure.ratio * received) + measure.floor


def _measured(
    rule: Parity, measure: Measure, label: str, given_: Fraction, received: Fraction
) -> Iterator[Measurement]:
    a, b = rule.parties
    unit = UNITS[measure.measure]
    common = {"rule": rule.id, "period": label, "unit": unit, "hard": rule.hard, "price": rule.price or 0}
    said = f"{rule.id}: {measure.name}, {label}: {a} gives {amount(given_)} and receives {amount(received)} {unit}"
    if measure.tolerance is not None:
        balance, allowed = band(measure, given_, received)
        for what, have in (("over", balance), ("under", -balance)):
            yield Measurement(
                **common,  # type: ignore[arg-type]
                channel=f"{a}-{b}",
                aspect=aspect_of(measure, what),
                have=have,
                need=allowed,
                sense="most",
                miss=whole_up(have - allowed),
                text=f"{said}; {amount(have)} {what} the target, at most {amount(allowed)}",
            )
    for (giver, taker), have in zip(rule.directions, (given_, received), strict=True):
        need = measure.least_from(giver)
        if need:
            yield Measurement(
                **common,  # type: ignore[arg-type]
                channel=f"{giver}>{taker}",
                aspect=aspect_of(measure, "least"),
                have=have,
                need=Fraction(need),
                sense="least",
                miss=whole_up(need - have),
                text=f"{rule.id}: {measure.name}, {label}: {giver} gives {taker} {amount(have)} {unit},"
                f" at least {need:,}",
            )


@dataclass(frozen=True, slots=True)
class Exchange:
    """What an agreement's measure has in one period, in its unit."""

    agreement: str
    measure: str
    period: str
    unit: str
    given: Fraction  # by the first party
    received: Fraction
    ratio: Fraction
    balance: Fraction  # given − ratio · received − carry-over
    allowed: Fraction | None  # what the balance may be either way; None where there is no band
    tolerance: Fraction | None


def exchanges(rule: Parity, on_air: OnAir) -> Iterator[Exchange]:
    """Every measure of an agreement in every period, as a timetable has it."""
    scale = on_air.instance.contents.share_scale
    for measure in rule.measures:
        sides = [
            exchanged(on_air, rule, giver, taker, measure.measure, measure.period, measure.select)
            for giver, taker in rule.directions
        ]
        for label in sides[0]:
            given_, received = (Fraction(side[label], scale) for side in sides)
            balance, allowed = band(measure, given_, received)
            yield Exchange(
                agreement=rule.id,
                measure=measure.name,
                period=f"to {label}" if measure.period == "cumulative" else label,
                unit=UNITS[measure.measure],
                given=given_,
                received=received,
                ratio=measure.ratio,
                balance=balance,
                allowed=None if measure.tolerance is None else allowed,
                tolerance=measure.tolerance,
            )
