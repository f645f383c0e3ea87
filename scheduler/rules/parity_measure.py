"""One measure of an agreement: what is counted, its target, and the permitted deviation from the target."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
    model_validator,
)

from scheduler.instance import Selector
from scheduler.instance.model.field_marks import Party, PeriodName, Relaxable
from scheduler.instance.model.field_types import Frozen, Ratio, Tolerance
from scheduler.messages import Message, Percent, RefusedError, Term, msg
from scheduler.rules.framework.measures import UNITS, MeasureName
from scheduler.rules.framework.verdicts import Rest

ToleranceOf = Literal["agreed", "sum", "larger", "smaller"]
OF_WORDS: dict[ToleranceOf, Message] = {
    "agreed": msg("of the volume agreed"),
    "sum": msg("of the sum of both sides"),
    "larger": msg("of the larger side"),
    "smaller": msg("of the smaller side"),
}


LEDGER: Literal["ledger"] = "ledger"
MOST = 10**12


def _carry_over(value: Any) -> Any:
    """Read a whole number or `ledger`. When an instance is loaded, the balance of the ledger replaces `ledger`."""
    whole = isinstance(value, int | Fraction) and not isinstance(value, bool)
    if value == LEDGER or (whole and abs(value) <= MOST):
        return value
    raise RefusedError(msg("expected a whole number up to 10^12 or `ledger`, got {value}", value=str(value)))


CarryOver = Annotated[
    int | Fraction | Literal["ledger"],
    BeforeValidator(_carry_over),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": -MOST, "maximum": MOST}, {"const": "ledger"}]}),
]


class Measure(Frozen):
    """One measure of an agreement, per period: its ratio, permitted deviation, floor, carry-over and least amounts.

    G is the amount of the first party's programmes on the second's channels, R that of the second's programmes on the
    first's channels. H = r·R + c is the target of G, with the ratio r and the carry-over c (the amount from before that
    the first party may still take). With the tolerance t and the floor f the permitted deviation is

    - agreed: |G − H| ≤ t·agreed + f;
    - sum: |G − H| ≤ t·(G + r·R) + f, at most (1 + t)/(1 − t) : 1;
    - larger: (1 − t)·G ≤ H + f and (1 − t)·H ≤ G + f, at most 1/(1 − t) : 1;
    - smaller: G ≤ (1 + t)·H + f and H ≤ (1 + t)·G + f, at most (1 + t) : 1.

    The next period's carry-over is c' = c − (G − r·R). Seen from the second party it is −c/r.
    """

    measure: MeasureName = Field(
        description="what is counted; audience in viewer-minutes, audience_per_million by million inhabitants of all"
        " territories that the channel is seen in, the rest by name"
    )
    select: Selector | None = Field(None, description="only content that fits, e.g. {genre: drama}; by default all")
    period: PeriodName = Field(
        "week",
        description="day, week, month, quarter, half_year, year, horizon, cumulative (week by week, all that has aired"
        " since the first day on record, or since its `carry_over`), or a name of `periods`",
    )
    ratio: Ratio = Field(Fraction(1), description="target of given : received, from the first party's side")
    tolerance: Annotated[Tolerance | None, Relaxable("higher", most=Fraction(99, 100))] = Field(
        None, description="permitted deviation, a share of what `tolerance_of` says; none, no band"
    )
    tolerance_of: ToleranceOf | None = Field(
        None,
        description="of what `tolerance` is a share; 0.1 permits, of sum, 110 against 90 (1.22 : 1), of larger, 100"
        " against 90 (1.11 : 1), of smaller, 110 against 100 (1.1 : 1), of agreed with `agreed: 7200`, a difference"
        " of 720; needed beside a tolerance",
    )
    agreed: int | None = Field(
        None, ge=1, le=10**12, description="volume agreed each way, e.g. 7200 minutes for 120 hours each"
    )
    floor: int = Field(0, ge=0, le=10**12, description="difference that is always permitted, in the measure's unit")
    carry_over: Annotated[CarryOver, Relaxable("nearer 0")] = Field(
        0,
        description="what the first party may still take from before, in the measure's unit: where KZ, named first,"
        " has taken 120 minutes and given 90, KZ owes UZ 30 minutes and the next carry_over is -30; 30 where UZ owes"
        " KZ. It enters the first period of the horizon. Of a cumulative measure it sums up all weeks before, even"
        " as 0; without it the weeks on record count. `ledger`: the confirmed balance of the agreement's ledger before"
        " that period",
    )
    debt_limit: int | None = Field(
        None,
        ge=1,
        le=10**12,
        description="most that one side may owe in the ledger, in the measure's unit; `ledger show` warns from half of"
        " it. It is no row of a plan",
    )
    least: Annotated[dict[Party, int] | int, Relaxable("lower")] = Field(
        0, description="least amount each way, or by giving party"
    )
    rest: Rest = Field(
        "proportional",
        description="what of `least` is asked while the period continues after the horizon: all of it, the share of the"
        " days that have passed, or none",
    )
    interim_price: int | None = Field(
        None,
        ge=0,
        le=10**12,
        description="viewer-minutes for a unit beyond the permitted deviation while the period continues after the"
        " horizon; by default the agreement's price, 0 if it is hard",
    )

    @model_validator(mode="after")
    def _has_base(self) -> Measure:
        if self.period in ("hour", "6h", "broadcast_day"):
            message = msg(
                "an agreement is not measured by `period: {period}`; write a day or longer", period=self.period
            )
            raise RefusedError(message)
        if self.tolerance is None and not self.least:
            raise RefusedError(msg("a measure needs a `tolerance`, a `least` amount or both"))
        if self.measure == "first_run_minutes" and self.select is not None and self.select.run == "rerun":
            raise RefusedError(msg("`first_run_minutes` counts first runs; drop `run: rerun` from its `select`"))
        if self.tolerance is None and self.tolerance_of is not None:
            raise RefusedError(
                msg("`tolerance_of: {base}` needs a `tolerance`; add one or drop it", base=self.tolerance_of)
            )
        if self.tolerance is not None and self.tolerance_of is None:
            raise RefusedError(_of_what(self.tolerance))
        if self.tolerance_of == "agreed" and self.agreed is None:
            raise RefusedError(msg("`tolerance_of: agreed` needs the volume agreed each way, e.g. `agreed: 7200`"))
        if self.tolerance_of != "agreed" and self.agreed is not None:
            raise RefusedError(msg("`agreed` is the base of `tolerance_of: agreed` only; write that or drop it"))
        return self

    @model_serializer(mode="wrap")
    def _with_written_carry_over(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The fields as they are dumped. Of a cumulative measure, a carry-over is among them if it is written.

        A written 0 means something else there than none (`all_weeks`), so that it is no default that may be left out.
        """
        fields: dict[str, Any] = dump(self)
        if self.all_weeks:
            fields.pop("carry_over", None)
        elif self.period == "cumulative":
            fields.setdefault("carry_over", 0)
        return fields

    @property
    def name(self) -> str:
        """The measure in words: "minutes", "minutes of drama"."""
        return self.measure if self.select is None else f"{self.measure} of {self.select.words()}"

    @property
    def of(self) -> str:
        """What is counted of the measure, in words: a select, a daypart. Empty if it is all."""
        return "" if self.select is None else self.select.words()

    @property
    def within(self) -> str | None:
        """The daypart in which the measure counts. None for all hours, or for those of the measure."""
        return None

    @property
    def widest(self) -> Fraction | None:
        """The widest ratio of given to received that the tolerance permits, without floor and carry-over.

        None if there is no band, or if its base is an agreed volume.
        """
        if self.tolerance is None or self.tolerance_of is None:
            return None
        allowed = widest_ratio(self.tolerance, self.tolerance_of)
        return None if allowed is None else self.ratio * allowed

    @property
    def all_weeks(self) -> bool:
        """Whether it counts the weeks before the horizon: a cumulative one without a carry-over, which is their sum.

        A carry-over of 0 is one: the parties are even.
        """
        return self.period == "cumulative" and "carry_over" not in self.model_fields_set

    @property
    def carry(self) -> Fraction:
        """The carry-over as a number."""
        if self.carry_over == LEDGER:
            return Fraction(0)  # the instance was loaded without the ledger
        return Fraction(self.carry_over)

    def least_from(self, giver: str) -> int:
        """The smallest amount that a party must give."""
        return self.least.get(giver, 0) if isinstance(self.least, dict) else self.least

    def message(self) -> Message | Term:
        """The measure in words: "minutes", "minutes of drama"."""
        measure = Term("measure", self.measure)
        if self.select is None:
            return measure
        return msg("{measure} of {select}", measure=measure, select=self.select.message())

    def permitted(self) -> Message | Percent:
        """The permitted deviation in words: "±10 % of the sum of both sides (1.22 : 1)"."""
        return deviation_words(self.tolerance or Fraction(0), self.tolerance_of, self.agreed, self.measure)


class DaypartMeasure(Measure):
    """A measure of which only what is in one daypart counts, as in a make-good."""

    daypart: str = Field(description="name of a daypart of the instance")

    @property
    def of(self) -> str:
        """The select and the daypart, in words."""
        return " ".join(part for part in (super().of, self.daypart) if part)

    @property
    def within(self) -> str | None:
        """The daypart."""
        return self.daypart

    def message(self) -> Message | Term:
        """The measure in words: "minutes in the daypart morning"."""
        return msg("{measure} in the daypart {daypart}", measure=super().message(), daypart=self.daypart)


def widest_ratio(tolerance: Fraction, of: ToleranceOf) -> Fraction | None:
    """The widest permitted ratio between two sides whose target is equality. None if the base is an agreed volume."""
    match of:
        case "sum":
            return (1 + tolerance) / (1 - tolerance)
        case "larger":
            return 1 / (1 - tolerance)
        case "smaller":
            return 1 + tolerance
    return None


def deviation_words(
    tolerance: Fraction, of: ToleranceOf | None, agreed: int | None, measure: MeasureName
) -> Message | Percent:
    """A permitted deviation in words, with the ratio or the amount to which it leads."""
    share = Percent(tolerance, sign="±")
    if of is None:
        return share
    ratio = widest_ratio(tolerance, of)
    if ratio is None:
        return msg(
            "{share} {of} ({part} of {whole} {unit})",
            share=share,
            of=OF_WORDS[of],
            part=int(tolerance * (agreed or 0)),
            whole=agreed or 0,
            unit=Term("unit", UNITS[measure]),
        )
    return msg("{share} {of} ({ratio})", share=share, of=OF_WORDS[of], ratio=ratio_words(ratio))


def ratio_words(ratio: Fraction) -> str:
    """A ratio with two decimals: "1.22 : 1"."""
    return f"{float(ratio):.2f} : 1"


def _of_what(tolerance: Fraction) -> Message:
    """The problem that a tolerance needs `tolerance_of`, with its four values and an example of each."""
    share = float(tolerance)
    wide = {of: ratio_words(ratio) for of in OF_WORDS if (ratio := widest_ratio(tolerance, of)) is not None}
    return msg(
        "`tolerance: {share}` does not say of what it is a share. Add one of `tolerance_of: sum` (permits"
        " {more} against {less}, {sum}), `tolerance_of: larger` (100 against {less}, {larger}), `tolerance_of: smaller`"
        " ({more} against 100, {smaller}) or `tolerance_of: agreed` with `agreed: 7200`"
        " for 120 hours each way (a difference of {minutes} minutes)",
        share=f"{share:g}",
        more=f"{100 * (1 + share):g}",
        less=f"{100 * (1 - share):g}",
        sum=wide["sum"],
        larger=wide["larger"],
        smaller=wide["smaller"],
        minutes=f"{7200 * share:g}",
    )


def balance_of(measure: Measure, given: Fraction, received: Fraction, carry: Fraction) -> Fraction:
    """The balance G − H = G − r·R − c: the amount that the first party has taken above its target."""
    return given - measure.ratio * received - carry


def permitted_of(measure: Measure, given: Fraction, received: Fraction, carry: Fraction) -> tuple[Fraction, Fraction]:
    """(permitted balance above 0, permitted balance below 0): t · base + f, with the base that `tolerance_of` names."""
    target = measure.ratio * received
    match measure.tolerance_of:
        case "agreed":
            bases = (Fraction(measure.agreed or 0),) * 2
        case "larger":
            bases = (given, target + carry)
        case "smaller":
            bases = (target + carry, given)
        case _:
            bases = (given + target,) * 2
    tolerance = measure.tolerance or Fraction(0)
    return tolerance * bases[0] + measure.floor, tolerance * bases[1] + measure.floor
