"""Clauses of a clash from which an international agreement exempts: the last thing that an explanation names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.messages import Listed, msg
from scheduler.rules import rules_of
from scheduler.rules.framework.base import ScopedRule

if TYPE_CHECKING:
    from scheduler.explain.conflict_search import Clash
    from scheduler.instance import Instance
    from scheduler.messages import Message


def treaty_exemptions(instance: Instance, clash: Clash) -> list[Message]:
    """For every rule of a clash with `exempt: treaty`: the channels that would need an international agreement.

    A planner cannot remedy this: only states can make such an agreement; a memorandum of broadcasters does not exempt.
    """
    named = {clause.rule for clause in clash.clauses}
    exempting = [
        rule
        for rule in rules_of(instance)
        if rule.id in named and isinstance(rule, ScopedRule) and rule.exempt == "treaty"
    ]
    return [
        msg(
            "would need an international agreement: {rule} does not bind channels that broadcast under one; it binds"
            " {channels}",
            rule=rule.id,
            channels=Listed(tuple(instance.channels[at].id for at in rule.scope(instance))),
        )
        for rule in exempting
    ]
