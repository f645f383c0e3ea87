"""Parity: two parties give each other equal amounts, up to a permitted deviation, and at least certain amounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator

from scheduler.messages import Listed, Message, Percent, RefusedError, Term, Value, msg
from scheduler.rules.framework.base import Agreement, Measurement, Part
from scheduler.rules.framework.measures import UNITS, exchanged
from scheduler.rules.framework.rest import with_rest
from scheduler.rules.framework.rows import HARD
from scheduler.rules.framework.subject import Subject
from scheduler.rules.framework.verdicts import due, verdict_on
from scheduler.rules.parity_measure import Measure, balance_of, deviation_words, permitted_of
from scheduler.rules.parity_rows import aspect_of, band_kind, measure_rows
from scheduler.rules.parity_words import asked_words, measure_words, owed_words

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.instance import Instance
    from scheduler.instance.model.instance_head import InstanceHead
    from scheduler.instance.model.rule_model import RuleModel
    from scheduler.rules.framework.aspect import Aspect
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Parity(Agreement):
    """Per measure and period: |G − r·R − c| ≤ the permitted deviation, and G and R at least their least amounts.

    G is the amount of the first party's programmes on the second's channels, R that of the second's programmes on the
    first's channels, r the ratio, and c the carry-over (the amount that the first party may still take).
    `tolerance_of` states the base of the deviation, see `Measure`. A cumulative measure counts from the first day on
    record, or of the agreement; if it states a carry-over, which is the balance of all earlier weeks, from the
    horizon's first week. A co-production counts for each party by its share. Anchors that serve the agreement count.
    Least amounts also hold in periods in which the channels have no airtime. With three or more parties, the
    agreement holds for each pair. A party is a territory or a broadcaster. A broadcaster's channels and programmes
    have its name as `owner`; it gives the programmes that it owns.
    """

    type: Literal["parity"] = "parity"
    example: ClassVar[str] = (
        "{type: parity, id: KZ-UZ, parties: [KZ, UZ], measures: [{measure: minutes, period: week, tolerance: "
        "0.1, tolerance_of: larger, least: 600}]}"
    )
    measures: tuple[Measure, ...] = Field(
        min_length=1, description="the amounts that are held equal, each with its own bounds"
    )

    @model_validator(mode="after")
    def _between_two(self) -> Parity:
        if len(self.parties) > 2 and any(one.carry_over or one.ratio != 1 for one in self.measures):
            message = msg(
                "`carry_over` and `ratio` are between two parties, '{rule}' has {number};"
                " write an agreement for each two",
                rule=self.id,
                number=len(self.parties),
            )
            raise RefusedError(message)
        for measure in self.measures:
            if isinstance(measure.least, dict) and set(measure.least) - set(self.parties):
                raise RefusedError(
                    msg("`least` of the agreement '{rule}' names somebody who is not a party", rule=self.id)
                )
        twice = {(measure.name, measure.period) for measure in self.measures}
        if len(twice) < len(self.measures):
            raise RefusedError(msg("the agreement '{rule}' has a measure twice for the same period", rule=self.id))
        return self

    @staticmethod
    def is_part(rule: str, clause: str) -> bool:
        """Whether a rule's id is that of a clause, or of the clause's part between two of its parties."""
        return rule == clause or rule.startswith(f"{clause}/")

    def between_two(self) -> tuple[Parity, ...]:
        """One agreement for each pair of parties. With two parties, the agreement itself."""
        if len(self.parties) == 2:
            return (self,)
        pairs = combinations(self.parties, 2)
        return tuple(self.model_copy(update={"parties": pair, "id": f"{self.id}/{'-'.join(pair)}"}) for pair in pairs)

    def problems(self, file: InstanceHead) -> Iterator[Message]:
        """The problem that a territory has no population, if audience is counted per million inhabitants."""
        if any(measure.measure == "audience_per_million" for measure in self.measures):
            seen = {code for one in file.channels if set(one.belongs_to) & set(self.parties) for code in one.seen_in}
            silent = sorted(code for code in seen & set(file.territories) if file.territories[code].population is None)
            if silent:
                yield msg(
                    "`audience_per_million` counts by the inhabitants of the territories that a channel is seen in;"
                    " these need a `population`: {territories}",
                    territories=", ".join(silent),
                )

    def sentence(self) -> Message:
        """The rule in words."""
        per_head = any(one.measure == "audience_per_million" for one in self.measures)
        message = msg(
            "{rule}: parity between {parties} in {measures}",
            rule=self.id,
            parties=Listed(self.parties, " and "),
            measures=Listed(tuple(_with_band(one) for one in self.measures)),
        )
        return (
            msg("{sentence}, inhabitants of all territories that a channel is seen in", sentence=message)
            if per_head
            else message
        )

    def looks_back(self, start: date) -> date:
        """To the first day on record, or of the agreement, if a measure counts all weeks."""
        found = super().looks_back(start)
        return min(found, self.valid_from or date.min) if any(one.all_weeks for one in self.measures) else found

    @property
    def parts(self) -> Mapping[Aspect, Part]:
        """The tolerance of a measure for both sides of its band, and its least amounts."""
        fields = (("over", "tolerance"), ("under", "tolerance"), ("least", "least"))
        return {
            aspect_of(measure, what): ("measures", at, field)
            for at, measure in enumerate(self.measures)
            for what, field in fields
        }

    @property
    def carry_overs(self) -> Mapping[Part, Fraction]:
        """The carry-over of each measure that has one, by its tolerance."""
        return {("measures", at, "tolerance"): one.carry for at, one in enumerate(self.measures) if one.carry}

    def without_carry_over(self, part: Part) -> Parity:
        """The agreement with no carry-over in one measure."""
        measures = list(self.measures)
        measures[int(part[1])] = measures[int(part[1])].model_copy(update={"carry_over": 0})
        return self.model_copy(update={"measures": tuple(measures)})

    def part_sentence(self, part: Part, instance: Instance) -> Message:
        """The agreement, or what one of its measures asks for."""
        if not part:
            return self.with_note(self.sentence())
        measure = self.measures[int(part[1])]
        asked = asked_words(self, measure, str(part[2]))
        return self.with_note(msg("{measure}: {asked}", measure=measure_words(self, measure), asked=asked))

    def number_subject(self, path: Part) -> Value:
        """The measure to which a number belongs, and for a least amount of one party the giver."""
        if len(path) < 2:
            return self.id
        measure = measure_words(self, self.measures[int(path[1])])
        return msg("{measure}, from {giver}", measure=measure, giver=str(path[3])) if len(path) > 3 else measure

    def relaxed_words(self, path: Part, old: Any, new: Any) -> Message | None:
        """A tolerance and a wider one, each with the ratio or the amount that it permits."""
        if path[-1] != "tolerance":
            return None
        measure = self.measures[int(path[1])]
        return msg(
            "{subject}: a permitted deviation of {old} cannot hold, {new} can",
            subject=self.number_subject(path),
            old=deviation_words(old, measure.tolerance_of, measure.agreed, measure.measure),
            new=deviation_words(new, measure.tolerance_of, measure.agreed, measure.measure),
        )

    def rows(self, airings: Airings) -> list[RuleRows]:
        """Two rows of the band and one per least amount, for every measure and period."""
        return [block for measure in self.measures for block in measure_rows(self, airings, measure)]

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every band and least amount measured on a timetable."""
        for measure in self.measures:
            scale = on_air.instance.contents.share_scale
            sides = _sides(self, measure, on_air)
            for at, label in enumerate(sides[0]):
                given_, received = (Fraction(side[label], scale) for side in sides)
                row = _Row(on_air.instance, label, given_, received, carried_over(measure, at))
                yield from _balanced(self, measure, row)
                yield from _least_amounts(self, measure, row)


def agreements_of(written: Sequence[RuleModel]) -> tuple[Parity, ...]:
    """The agreements among written rules, as they are written."""
    return tuple(one for one in written if isinstance(one, Parity))


def _sides(rule: Parity, measure: Measure, on_air: OnAir) -> list[dict[str, int]]:
    """The amount that each direction gives, by period, in parts of the contents' share_scale."""
    name, period, select = measure.measure, measure.period, measure.select
    more: dict[str, Any] = {"daypart": measure.within, "closed": measure.all_weeks}
    return [exchanged(on_air, rule, *way, name, period, select, **more) for way in rule.directions]


def _with_band(measure: Measure) -> Message | Term:
    """A measure and its permitted deviation."""
    name = measure.message()
    if measure.tolerance is None:
        return name
    return msg("{measure} (permitted deviation {permitted})", measure=name, permitted=measure.permitted())


def carried_over(measure: Measure, at: int) -> Fraction:
    """The carry-over in the horizon's period `at`: all of it in the first and in every cumulative period, else 0."""
    return measure.carry if at == 0 or measure.period == "cumulative" else Fraction(0)


def band(measure: Measure, given_: Fraction, received: Fraction, carry: Fraction) -> tuple[Fraction, Fraction]:
    """The balance G − r·R − c of a measure, and its permitted distance from 0 on the side on which it is."""
    balance = balance_of(measure, given_, received, carry)
    over, under = permitted_of(measure, given_, received, carry)
    return balance, over if balance >= 0 else under


@dataclass(frozen=True, slots=True)
class _Row:
    """The amounts of a measure in one period."""

    instance: Instance
    label: str
    given: Fraction
    received: Fraction
    carry: Fraction


def _balanced(rule: Parity, measure: Measure, row: _Row) -> Iterator[Measurement]:
    """The deviation of a period from the target ratio, above and below."""
    if measure.tolerance is None:
        return
    a, b = rule.parties
    unit, label = UNITS[measure.measure], row.label
    sentence = msg(
        "{rule}: {measure}, {period}: {party} gives {given} and receives {received} {unit}",
        **_where(rule, measure, label),
        party=a,
        given=row.given,
        received=row.received,
        unit=Term("unit", unit),
    )
    balance = balance_of(measure, row.given, row.received, row.carry)
    over, under = permitted_of(measure, row.given, row.received, row.carry)
    kind, price = band_kind(rule, measure, row.instance, label)
    for what, have, allowed in (("over", balance, over), ("under", -balance, under)):
        yield rule.measured(
            period=label,
            unit=unit,
            soft_at=None if kind == HARD else price,
            subject=Subject("parties", f"{a}-{b}"),
            aspect=aspect_of(measure, what),
            have=have,
            need=allowed,
            sense="most",
            named=True,
            text=msg("{sentence}; {have} over the target, at most {most}", sentence=sentence, have=have, most=allowed)
            if what == "over"
            else msg("{sentence}; {have} under the target, at most {most}", sentence=sentence, have=have, most=allowed),
        )


def _least_amounts(rule: Parity, measure: Measure, row: _Row) -> Iterator[Measurement]:
    """What each party must give at least in a period."""
    unit, label = UNITS[measure.measure], row.label
    for (giver, taker), have in zip(rule.directions, (row.given, row.received), strict=True):
        least = measure.least_from(giver)
        need = due(row.instance, label, least, measure.rest, rule.valid_to)
        if least:
            asked = rule.measured(
                period=label,
                unit=unit,
                subject=Subject("parties", f"{giver}>{taker}"),
                aspect=aspect_of(measure, "least"),
                have=have,
                need=need,
                sense="least",
                named=True,
                text=msg(
                    "{rule}: {measure}, {period}: {giver} gives {taker} {have} {unit}, at least {least}",
                    **_where(rule, measure, label),
                    giver=giver,
                    taker=taker,
                    have=have,
                    unit=Term("unit", unit),
                    least=need,
                ),
            )
            yield with_rest(asked, row.instance, least, rule.valid_to)


def _where(rule: Parity, measure: Measure, label: str) -> dict[str, Value]:
    """The values with which every sentence on a period begins."""
    return {"rule": rule.id, "measure": measure.message(), "period": Term("period", label)}


@dataclass(frozen=True, slots=True)
class Exchange:
    """The amounts of an agreement's measure in one period, in its unit."""

    agreement: str
    measure: str
    period: str
    unit: str
    given: Fraction  # by the first party
    received: Fraction
    ratio: Fraction
    balance: Fraction  # given − ratio · received − carry-over; the next carry-over is its opposite
    allowed: Fraction | None  # permitted distance of the balance from 0 on its side; None without a band
    widest: Fraction | None  # the widest ratio that the tolerance permits
    permitted: Message | Percent | None  # the permitted deviation; None without a band
    owed: Message  # who owes whom at the end of the period
    interim: bool  # the period continues after the horizon
    catch_up: Fraction  # the part of the balance that is not permitted


def exchanges(rule: Parity, on_air: OnAir) -> Iterator[Exchange]:
    """The amounts of every measure of an agreement in every period of a timetable."""
    scale = on_air.instance.contents.share_scale
    for measure in rule.measures:
        sides = _sides(rule, measure, on_air)
        for at, label in enumerate(sides[0]):
            if verdict_on(rule, on_air.instance, label) == "past":
                continue
            given_, received = (Fraction(side[label], scale) for side in sides)
            balance, allowed = band(measure, given_, received, carried_over(measure, at))
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
                widest=measure.widest,
                permitted=measure.permitted() if measure.tolerance is not None else None,
                owed=owed_words(rule.parties, balance, UNITS[measure.measure]),
                interim=verdict_on(rule, on_air.instance, label) == "interim",
                catch_up=max(abs(balance) - allowed, Fraction(0)) if measure.tolerance is not None else Fraction(0),
            )
