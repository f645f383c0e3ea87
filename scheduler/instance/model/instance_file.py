"""The whole content of instance.yaml."""

from __future__ import annotations

from pydantic import Field, SerializeAsAny

from scheduler.instance.model.instance_head import InstanceHead
from scheduler.instance.model.rule_model import RuleModel


class InstanceFile(InstanceHead):
    """The content of instance.yaml."""

    agreements: tuple[SerializeAsAny[RuleModel], ...] = Field((), description="agreements between parties")
    rules: tuple[SerializeAsAny[RuleModel], ...] = Field((), description="rules of law and of the house")
