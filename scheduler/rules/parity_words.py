"""The measures of an agreement in words, each with what its tolerance or its least amounts ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.messages import Listed, Message, Term, Value, msg
from scheduler.rules.framework.measures import UNITS

if TYPE_CHECKING:
    from fractions import Fraction

    from scheduler.rules.framework.base import Agreement
    from scheduler.rules.parity_measure import Measure


def measure_words(rule: Agreement, measure: Measure) -> Message:
    """A measure of an agreement: "KZ–CN: prime minutes, weekly"."""
    name, period = Term("measure", measure.measure), _period(measure)
    between = "–".join(rule.parties)
    if rule.id != "-".join(rule.parties):
        between = f"{rule.id}: {between}"
    return msg("{between}, {measure} {period}", between=between, measure=name, period=period)


def _period(measure: Measure) -> Message:
    match measure.period:
        case "day":
            return msg("per day")
        case "week":
            return msg("per week")
        case "month":
            return msg("per month")
        case "quarter":
            return msg("per quarter")
        case "half_year":
            return msg("per half-year")
        case "year":
            return msg("per year")
        case "horizon":
            return msg("over the whole horizon")
        case "cumulative":
            return msg("running, week by week")
    return msg("in {period}", period=Term("period", measure.period))


def asked_words(rule: Agreement, measure: Measure, field: str) -> Message | Listed:
    """What a measure asks for in its tolerance or its least amounts."""
    if field == "tolerance":
        parts: list[Value] = [msg("balanced")]
        if measure.ratio != 1:
            parts = [msg("balanced in the ratio {ratio}", ratio=f"{float(measure.ratio):g} : 1")]
        parts.append(msg("permitted deviation {permitted}", permitted=measure.permitted()))
        if measure.floor:
            parts.append(msg("and {floor} {unit} more", floor=measure.floor, unit=Term("unit", UNITS[measure.measure])))
        if measure.carry or (measure.period == "cumulative" and not measure.all_weeks):
            parts.append(msg("from before: {owed}", owed=_owed(rule, measure)))
        return Listed(tuple(parts))
    if not isinstance(measure.least, dict):
        return msg("at least {least} each way", least=measure.least)
    amounts = [(giver, measure.least_from(giver)) for giver in rule.parties]
    least = [msg("{amount} from {giver}", amount=amount, giver=giver) for giver, amount in amounts if amount]
    return msg("at least {amounts}", amounts=Listed(tuple(least), " and "))


def _owed(rule: Agreement, measure: Measure) -> Message:
    """The party that owes from before, by the sign of the carry-over."""
    return owed_words(rule.parties, -measure.carry, UNITS[measure.measure])


def owed_words(parties: tuple[str, ...], balance: Fraction, unit: str) -> Message:
    """State who owes whom by the balance G − r·R − c, for example "KZ owes UZ 30 minutes"."""
    if not balance:
        return msg("{first} and {second} are even", first=parties[0], second=parties[1])
    debtor, creditor = parties if balance > 0 else parties[::-1]
    return msg(
        "{debtor} owes {creditor} {amount} {unit}",
        debtor=debtor,
        creditor=creditor,
        amount=abs(balance),
        unit=Term("unit", unit),
    )
