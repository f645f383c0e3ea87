"""The fields that all rules and agreements have in common."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from scheduler.instance.model.as_aired import AsAired
from scheduler.instance.model.field_marks import Party
from scheduler.instance.model.field_types import Day, Frozen, Identifier, ends_before
from scheduler.instance.model.periods import SPANS, span_of
from scheduler.messages import Message, RefusedError, msg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scheduler.instance.model.instance_head import InstanceHead
    from scheduler.instance.model.selector import Selector

LegalText = Literal["official", "secondary", "memory"]
Reading = Literal["plain", "contested"]


class RuleModel(Frozen):
    """A rule or an agreement: its id, whether it is hard, the price of a missed unit, and its source.

    A rule with a `text` is a rule of law. A rule without it is a rule of the house or an agreement. A rule of law whose
    text is official, checked to be in force and plain must be hard or `report_only`; it cannot have a price.
    """

    type: str = Field(description="the kind of rule or agreement")
    id: Identifier = Field(description="a name of its own, for messages and reports")
    hard: bool = Field(True, description="a hard rule must hold; a soft one (false) needs a price or `report_only`")
    price: int | None = Field(None, ge=1, le=10**12, description="viewer-minutes that one missed unit is worth")
    report_only: bool = Field(
        False, description="true beside `hard: false`: nothing is planned by the rule, its breaches are reported"
    )
    text: LegalText | None = Field(
        None, description="of a rule of law, the text it was read in: official, secondary or memory (none was read)"
    )
    in_force_checked: Day | None = Field(None, description="day on which the text was last checked to be in force")
    reading: Reading | None = Field(
        None, description="of a rule of law: plain if the text states it so, contested if it can be read in another way"
    )
    source: str = Field("", description="where the rule is written")
    note: str = Field("", description="whatever else the reader should know")
    valid_from: Day | None = Field(None, description="first day on which it holds")
    valid_to: Day | None = Field(None, description="last day on which it holds")

    @model_validator(mode="after")
    def _priced(self) -> RuleModel:
        if self.report_only and (self.hard or self.price is not None):
            message = msg(
                "the rule '{rule}' is `report_only`; write `hard: false` beside it, and no price", rule=self.id
            )
            raise RefusedError(message)
        if self.price is not None and self.is_settled_law:
            message = msg(
                "the rule '{rule}' is plain law (official, checked to be in force): no price buys a breach of it."
                " Drop the price, and write `hard: true`, or `hard: false` with `report_only: true`. If the text"
                " can be read otherwise, write `reading: contested`",
                rule=self.id,
            )
            raise RefusedError(message)
        if not self.hard and self.price is None and not self.report_only:
            message = msg(
                "the soft rule '{rule}' needs a `price` (viewer-minutes per missed unit) or `report_only: true`",
                rule=self.id,
            )
            raise RefusedError(message)
        if self.hard and self.price is not None:
            message = msg(
                "the rule '{rule}' has a price but is hard; write `hard: false` or drop the price", rule=self.id
            )
            raise RefusedError(message)
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            what = ends_before(self.valid_from, self.valid_to)
            raise RefusedError(msg("the rule '{rule}': {what}", rule=self.id, what=what))
        if (self.text is None) != (self.reading is None):
            message = msg(
                "the rule of law '{rule}' needs both `text` and `reading`; a house rule has neither", rule=self.id
            )
            raise RefusedError(message)
        if self.in_force_checked is not None and self.text is None:
            message = msg(
                "the rule '{rule}' has `in_force_checked` but no `text`; only a rule of law has them", rule=self.id
            )
            raise RefusedError(message)
        return self

    def needs_one_of(self, *fields: str) -> Message:
        """The problem that the rule has none of these fields and needs at least one."""
        return msg("the rule '{rule}' needs one of {fields}", rule=self.id, fields=", ".join(fields))

    @property
    def is_law(self) -> bool:
        """Whether this is a rule of law."""
        return self.text is not None

    @property
    def is_settled_law(self) -> bool:
        """Whether the official text was read, was checked to be in force, and is plain."""
        return self.text == "official" and self.in_force_checked is not None and self.reading == "plain"

    @property
    def standing(self) -> tuple[str, ...]:
        """How certain the rule is, as codes: (house) or (official, plain, 2026-11-27).

        The day is blank if it was not checked.
        """
        if self.text is None or self.reading is None:
            return ("house",)
        return self.text, self.reading, "" if self.in_force_checked is None else self.in_force_checked.isoformat()

    @property
    def at_once(self) -> tuple[str, ...]:
        """Programmes that the rule requires on several channels at the same instant."""
        return ()

    @property
    def fixed_events(self) -> tuple[tuple[str, str, datetime], ...]:
        """(programme, channel, instant) of the events that the rule requires at a fixed instant on these channels."""
        return ()

    @property
    def repeats_of(self) -> Selector | None:
        """Titles whose j-th second run in a territory counts, for this rule, as a repeat of the j-th first run."""
        return None

    def problems(self, file: InstanceHead) -> Iterator[Message]:
        """Problems of the rule in combination with the rest of instance.yaml."""
        return iter(())

    @property
    def periods(self) -> frozenset[str]:
        """The periods over which the rule counts."""
        return frozenset({getattr(one, "period", "") for one in (self, *getattr(self, "measures", ()))} - {""})

    def settles_after(self, file: InstanceHead) -> int:
        """Number of days after the end of a row's period during which its count may still change."""
        return int("broadcast_day" in self.periods)

    def settled_on(self, last: date, file: InstanceHead) -> date:
        """The last day on which the count of a row can change. The row's period ends on `last`."""
        return last + timedelta(days=self.settles_after(file))

    def looks_back(self, start: date) -> date:
        """The earliest day whose airings can count in a row that is still open on the horizon's first day, `start`."""
        spans = {"week" if period == "cumulative" else period for period in self.periods}
        days = [span_of(period, start)[0] for period in spans if period in SPANS]
        return min((*days, start)) - timedelta(days=2)


class AgreementModel(RuleModel):
    """An agreement between parties. It counts the programmes of one party on the channels of another."""

    parties: tuple[Party, ...] = Field(
        min_length=2, description="whose programmes and channels are exchanged: territories, or owners of channels"
    )

    as_aired: AsAired = Field(
        AsAired(), description="tolerances and the minutes that count where airings are reconciled with evidence"
    )

    @property
    def written_as(self) -> str:
        """The id in instance.yaml. An agreement of several parties is split into pairs; all pairs have this id."""
        return self.id.partition("/")[0]

    @model_validator(mode="after")
    def _distinct(self) -> AgreementModel:
        if len(set(self.parties)) < len(self.parties):
            raise RefusedError(msg("a party appears twice in the agreement '{rule}'", rule=self.id))
        return self

    @property
    def standing(self) -> tuple[str, ...]:
        """(agreement), or the codes of a rule of law if the agreement is one."""
        return super().standing if self.is_law else ("agreement",)
