"""The interface of every rule: exclude airings that can never be, state rows over airings, check a timetable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from scheduler.instance import AgreementModel, RuleModel
from scheduler.instance.model.field_marks import Channels, Ref, Territories
from scheduler.instance.model.field_types import Words
from scheduler.messages import Listed, Message, RefusedError, Value, english, msg
from scheduler.rules.framework.aspect import Aspect, aspect_from
from scheduler.rules.framework.rows import HARD, SOFT, RuleRows
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from datetime import date

    from scheduler.airings import Airings
    from scheduler.arrays import Flags
    from scheduler.instance import Instance
    from scheduler.instance.model.channel import Channel
    from scheduler.timetable import OnAir

Sense = Literal["least", "most"]

Part = tuple[str | int, ...]
"""A part of a rule that a planner can give up: the path of its field, or () for the whole rule."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One rule row measured on a timetable: what there is, what is needed, by how much the row is missed.

    `miss` counts whole units, rounded up. It is 0 if the row holds. `rigid` rows may not be missed at all.
    """

    rule: str
    subject: Subject
    period: str
    aspect: Aspect
    have: Fraction
    need: Fraction
    sense: Sense
    unit: str
    miss: int
    hard: bool
    price: int
    text: Message | str
    rigid: bool = False
    basis: Fraction | None = None
    inherited: int = 0  # units missed by what has aired: not a miss of the plan and not part of `miss`
    known: Fraction | None = None  # of a share: known part of the period's airtime, 1 is all of it
    judged: bool = True  # false for a share of law over a period with unknown airtime
    interim: bool = False  # the period continues after the horizon; the horizon in which it ends judges it
    remains: Fraction | None = None  # of a least amount: what its period still needs after the horizon
    open_until: date | None = None  # with `remains`: the last day on which it can be aired
    report_only: bool = False  # the rule does not bind the plan; a miss is a breach to report, without a price


class Rule(RuleModel):
    """A rule. Each kind has its own file and overrides only the methods that it needs."""

    example: ClassVar[str] = ""
    """A line of instance.yaml that uses the kind."""

    first_runs_of: ClassVar[tuple[str, ...]] = ()
    """Selectors for which the rule counts first runs only. `run: rerun` is refused there."""

    @model_validator(mode="after")
    def _counts_first_runs(self) -> Rule:
        for name in self.first_runs_of:
            if getattr(self, name).run == "rerun":
                raise RefusedError(
                    msg(
                        "the rule '{rule}' counts first runs; drop `run: rerun` from its `{field}`",
                        rule=self.id,
                        field=name,
                    )
                )
        return self

    def between_two(self) -> tuple[Rule, ...]:
        """The rule itself; of an agreement of several parties, one rule for each pair."""
        return (self,)

    @property
    def parts(self) -> Mapping[Aspect, Part]:
        """The part of the rule to which each aspect of its rows belongs. Other aspects belong to the whole rule."""
        return {}

    @property
    def carry_overs(self) -> Mapping[Part, Fraction]:
        """What is owed from before, by the part of the rule that asks for it."""
        return {}

    def without_carry_over(self, part: Part) -> Rule:
        """The rule with nothing owed from before in one of its parts."""
        return self

    @property
    def treaty_exempts(self) -> bool:
        """Whether an international agreement exempts a channel from the rule."""
        return False

    def scope(self, instance: Instance) -> list[int]:
        """Indices of the channels to which the rule applies."""
        return list(range(len(instance.channels)))

    @property
    def keeps_misses(self) -> bool:
        """Whether its rows have an upper side that no planned airing can lower, so that misses of the past stay."""
        return False

    def sentence(self) -> Message:
        """The rule in words."""
        raise NotImplementedError

    def part_sentence(self, part: Part, instance: Instance) -> Message:
        """A part of the rule in words, with the planner's note."""
        return self.with_note(self.sentence())

    def with_note(self, sentence: Message) -> Message:
        """A sentence on the rule, with the planner's note if there is one."""
        return msg("{sentence} ({note})", sentence=sentence, note=self.note) if self.note else sentence

    def number_subject(self, path: Part) -> Value:
        """The subject of one of the rule's numbers, by the path of its field."""
        return self.id

    def relaxed_words(self, path: Part, old: Any, new: Any) -> Message | None:
        """The sentence that a number cannot hold and another one can. None if the name of the field suffices."""
        return None

    def admit_contents(self, instance: Instance, channel: int) -> Flags | None:
        """The contents that may air on a channel at all. None if the rule excludes none."""
        return None

    def admit(self, airings: Airings) -> Flags | None:
        """The airings that may be chosen, (n,). None if the rule excludes none."""
        return None

    def rows(self, airings: Airings) -> Iterable[RuleRows]:
        """The rule as rows over airings."""
        return []

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """The rule measured on a timetable, only from its minutes and starts."""
        return iter(())

    def measured(
        self,
        *,
        subject: Subject,
        period: str,
        aspect: Aspect | str,
        have: Fraction | int,
        need: Fraction | int,
        sense: Sense,
        unit: str,
        text: Message | str,
        rigid: bool = False,
        soft_at: int | None = None,
        basis: Fraction | int | None = None,
        named: bool = False,
    ) -> Measurement:
        """A measurement of this rule. Its miss is counted in whole units, rounded up.

        Parameters
        ----------
        subject, period, aspect
            The names of the row.
        have, need
            The amount there is and the amount needed, in the unit.
        sense
            Whether `need` is a least or a most amount.
        unit
            Name of the unit.
        text
            The row in words. The rule's id is put before it, unless `named`.
        rigid
            Whether the row may not be missed at all.
        soft_at
            Price of the row, viewer-minutes per unit, although the rule is hard. At 0 the row asks for nothing.
        named
            Whether the text already contains the rule's id.
        """
        off = Fraction(need - have if sense == "least" else have - need)
        price = (self.price or 0) if soft_at is None else soft_at
        return Measurement(
            rule=self.id,
            subject=subject,
            period=period,
            aspect=aspect_from(aspect),
            have=Fraction(have),
            need=Fraction(need),
            sense=sense,
            unit=unit,
            miss=0 if soft_at == 0 else whole_up(off),
            hard=not self.report_only and (rigid or (self.hard and soft_at is None)),
            price=0 if rigid or self.report_only else price,
            text=text if named else of_rule(self.id, text),
            rigid=rigid and not self.report_only,
            basis=None if basis is None else Fraction(basis),
            report_only=self.report_only,
        )

    def forbidden(
        self, subject: Subject, period: str, aspect: Aspect | str, text: Message, *, named: bool = False
    ) -> Measurement:
        """A measurement of one airing where there may be none, whatever it would be worth.

        The parameters are those of `measured`.
        """
        return self.measured(
            subject=subject,
            period=period,
            aspect=aspect,
            have=1,
            need=0,
            sense="most",
            unit="airings",
            text=text,
            rigid=True,
            named=named,
        )

    @property
    def kind(self) -> int:
        """HARD or SOFT."""
        return HARD if self.hard else SOFT


class ScopedRule(Rule):
    """A rule for the channels of some territories, for some channels, or, if neither is given, for all channels."""

    territories: Territories | None = Field(None, description="on the channels of these territories")
    channels: Channels | None = Field(None, description="on these channels")
    registered_in: Territories | None = Field(
        None, description="on foreign channels that are registered in these territories"
    )
    licences: Annotated[Words | None, Ref("licence")] = Field(
        None, description="of those, only on channels with one of these kinds of licence"
    )
    audience: Literal["domestic", "foreign"] | None = Field(
        None, description="of those, only on channels that are made for this audience"
    )
    multi_audio: Literal[True] | None = Field(
        None, description="true: of those, only on channels that transmit several soundtracks at once"
    )
    exempt: Literal["treaty"] | None = Field(
        None, description="treaty: not on channels that broadcast under an international agreement"
    )

    @property
    def treaty_exempts(self) -> bool:
        """Whether an international agreement exempts a channel from the rule."""
        return self.exempt == "treaty"

    def scope(self, instance: Instance) -> list[int]:
        """Indices of the channels to which the rule applies."""
        return [
            number
            for number, channel in enumerate(instance.channels)
            if self._named_or_in(channel)
            and (self.licences is None or channel.licence in self.licences)
            and (self.audience is None or channel.audience == self.audience)
            and (self.multi_audio is None or channel.multi_audio)
            and not (self.exempt == "treaty" and channel.treaty is not None)
        ]

    def _named_or_in(self, channel: Channel) -> bool:
        """Whether a channel is among the named territories and channels.

        A rule of law applies by the channel's laws.
        """
        own = channel.under_laws_of if self.is_law else (channel.territory,)
        return (
            (self.territories is None and self.channels is None and self.registered_in is None)
            or bool(set(own) & set(self.territories or ()))
            or channel.id in (self.channels or ())
            or bool(set(channel.registered_in or ()) & set(self.registered_in or ()))
        )

    def scope_subject(self) -> Subject:
        """The channels of the scope together, as a row names them: "KZ + A.kz"."""
        registered = [f"registered in {code}" for code in self.registered_in or ()]
        names = [*(self.territories or ()), *(self.channels or ()), *registered]
        return Subject("channels", " + ".join(names) or "all channels")

    def scope_words(self) -> Message:
        """The scope in words: "on KZ channels"."""
        parts: list[Value] = [msg("{territory} channels", territory=code) for code in self.territories or ()]
        parts += self.channels or ()
        abroad = self.registered_in or ()
        parts += [msg("foreign channels registered in {territory}", territory=code) for code in abroad]
        message = msg("on {channels}", channels=Listed(tuple(parts))) if parts else msg("on every channel")
        if self.licences is not None:
            message = msg("{scope} with the licence {licences}", scope=message, licences=Listed(self.licences, " or "))
        if self.audience == "foreign":
            message = msg("{scope} for a foreign audience", scope=message)
        elif self.audience == "domestic":
            message = msg("{scope} for a domestic audience", scope=message)
        if self.multi_audio:
            message = msg("{scope} with several soundtracks", scope=message)
        return msg("{scope} without a treaty", scope=message) if self.exempt == "treaty" else message


class Agreement(AgreementModel, Rule):
    """An agreement as a rule, between two parties once it is split into pairs."""

    @property
    def directions(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """(giver, taker) in both directions."""
        a, b = self.parties
        return (a, b), (b, a)


def of_rule(rule: str, text: Message | str) -> Message:
    """A sentence of a check, with the rule's id before it."""
    return msg("{rule}: {text}", rule=rule, text=text)


def at_bound(sense: Sense, number: Value) -> Message:
    """A bound in words: "at least 3"."""
    if sense == "least":
        return msg("at least {number}", number=number)
    return msg("at most {number}", number=number)


def whole_up(number: Fraction) -> int:
    """The smallest whole number that is at least `number`, never below 0."""
    return max(0, -(-number.numerator // number.denominator))


def amount(number: Fraction | int) -> str:
    """A quantity in words: without decimals if it is whole, else with one."""
    return english(number)
