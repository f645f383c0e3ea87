"""The cost of a clause in words: an interval, its share of the value, and viewers in prime time."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.cost import evening_viewers
from scheduler.messages import Listed, Percent, msg

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.messages import Message, Value
    from scheduler.results import ClauseCost


def cost_message(cost: ClauseCost, instance: Instance, value: int) -> Value:
    """The cost of a clause as a message.

    Parameters
    ----------
    value
        Value of the timetable that keeps the clause, viewer-minutes; shares refer to it.
    """
    least, most, clause = cost.at_least or 0, cost.at_most, cost.clause

    def share(amount: int) -> Percent:
        return Percent(Fraction(round(100_000 * amount / max(1, abs(value))), 100_000))

    if cost.state == "not_kept":
        return msg("{clause}: no cost can be stated, because the timetable misses a hard rule", clause=clause)
    message: Message
    if most is None:
        message = msg(
            "{clause}: at least {least} viewer-minutes; no bound without it is known", clause=clause, least=least
        )
    elif most == 0:
        return msg("{clause}: costs nothing, and this is proven", clause=clause)
    elif least == 0:
        message = msg(
            "{clause}: the cost is not known to within {most} viewer-minutes ({share} of the value)",
            clause=clause,
            most=most,
            share=share(most),
        )
    elif least == most:
        message = msg(
            "{clause}: exactly {most} viewer-minutes ({share} of the value)",
            clause=clause,
            most=most,
            share=share(most),
        )
    else:
        message = msg(
            "{clause}: at least {least} and at most {most} viewer-minutes ({low} to {high} of the value)",
            clause=clause,
            least=least,
            most=most,
            low=share(least),
            high=share(most),
        )
    if cost.estimate is None:
        return message
    best = msg(
        "best estimate {estimate}; this equals {viewers} viewers lost in every minute of prime time",
        estimate=cost.estimate,
        viewers=evening_viewers(instance, cost.estimate),
    )
    return Listed((message, best), between="; ")
