"""Clauses of a clash from which an international agreement exempts: the last thing that an explanation names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.messages import Listed, msg

if TYPE_CHECKING:
    from collections.abc import Collection

    from scheduler.explain.clauses import ClauseRows
    from scheduler.messages import Message


def treaty_exemptions(rows: ClauseRows, clauses: Collection[int]) -> tuple[Message, ...]:
    """For every rule among some clauses from which a treaty exempts: the channels that would need one.

    A planner cannot remedy this: only states can make such an agreement; a memorandum of broadcasters does not exempt.
    """
    instance, named = rows.airings.instance, {rows.keys[at][0] for at in clauses}
    return tuple(
        msg(
            "would need an international agreement: {rule} does not bind channels that broadcast under one; it binds"
            " {channels}",
            rule=rule.id,
            channels=Listed(tuple(instance.channels[at].id for at in rule.scope(instance))),
        )
        for rule in rows.rules
        if rule.id in named and rule.treaty_exempts
    )
