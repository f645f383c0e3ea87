"""What every rule and agreement has in common when a planner writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from scheduler.instance.model.field_types import Code, Day, Frozen, Identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.instance.model.instance import InstanceFile

Status = Literal["verified", "older-text", "interpretation", "draft", "assumption", "agreement", "house"]


class RuleModel(Frozen):
    """A rule or an agreement: its id, whether it is hard or what a missed unit costs, and where it is from."""

    type: str = Field(description="the kind of rule or agreement")
    id: Identifier = Field(description="a name of its own, for messages and reports")
    hard: bool = Field(True, description="a hard rule must hold; a soft one (false) needs a price")
    price: int | None = Field(None, ge=1, le=10**12, description="viewer-minutes that one missed unit is worth")
    status: Status = Field("house", description="how sure the rule's text is")
    source: str = Field("", description="where the rule is written")
    note: str = Field("", description="whatever else the reader should know")
    valid_from: Day | None = Field(None, description="first day on which it holds")
    valid_to: Day | None = Field(None, description="last day on which it holds")

    @model_validator(mode="after")
    def _priced(self) -> RuleModel:
        if not self.hard and self.price is None:
            raise ValueError(f"the soft rule '{self.id}' needs a `price`: viewer-minutes per missed unit")
        if self.hard and self.price is not None:
            raise ValueError(f"the rule '{self.id}' has a price but is hard; write `hard: false` or drop the price")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"the rule '{self.id}' ends on {self.valid_to}, before it begins on {self.valid_from}")
        return self

    def problems(self, file: InstanceFile) -> Iterator[str]:
        """What is wrong with the rule beside the rest of instance.yaml, in words."""
        return iter(())


class AgreementModel(RuleModel):
    """An agreement between parties: what one supplies to the channels of another counts for it."""

    parties: tuple[Code, ...] = Field(min_length=2, description="whose programmes and channels are exchanged")
    status: Status = Field("agreement", description="how sure the agreement's text is")

    @model_validator(mode="after")
    def _distinct(self) -> AgreementModel:
        if len(set(self.parties)) < len(self.parties):
            raise ValueError(f"a party stands twice in the agreement '{self.id}'")
        return self
