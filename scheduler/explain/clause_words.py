"""Clauses and numbers in words."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.instance.model.field_types import clock_text
from scheduler.messages import Listed, Message, Percent, Term, Value, msg
from scheduler.rules import Parity, owed_words
from scheduler.rules.framework.measures import UNITS
from scheduler.rules.locks import Locks
from scheduler.rules.parity_measure import deviation_words
from scheduler.rules.rights import Rights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.instance.derived.aired import Lock
    from scheduler.rules import Measure, Rule


def clause_words(rule: Rule, part: tuple[str | int, ...], locks: Sequence[Lock] = ()) -> Message:
    """A clause in a sentence: the rule's own or that of a part of an agreement, with the planner's note.

    `locks` are the locks of the instance. A clause of locks names one of them by its English words.
    """
    if isinstance(rule, Rights):
        return msg("rights: the territories and dates for which the programmes are licensed")
    if isinstance(rule, Locks):
        lock = next((one for one in locks if part and one.words() == part[0]), None)
        return rule.sentence() if lock is None else msg("locked: {lock}", lock=lock.message())
    message = rule.sentence()
    if isinstance(rule, Parity) and len(part) == 3:
        measure = rule.measures[int(part[1])]
        asked = _asked(rule, measure, str(part[2]))
        message = msg("{measure}: {asked}", measure=measure_words(rule, measure), asked=asked)
    return msg("{said} ({note})", said=message, note=rule.note) if rule.note else message


def measure_words(rule: Parity, measure: Measure) -> Message:
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


def _asked(rule: Parity, measure: Measure, field: str) -> Message | Listed:
    if field == "tolerance":
        parts: list[Value] = [msg("balanced")]
        if measure.ratio != 1:
            parts = [msg("balanced in the ratio {ratio}", ratio=f"{float(measure.ratio):g} : 1")]
        parts.append(msg("permitted deviation {permitted}", permitted=measure.permitted()))
        if measure.floor:
            parts.append(msg("and {floor} {unit} more", floor=measure.floor, unit=Term("unit", UNITS[measure.measure])))
        if measure.carry:
            parts.append(msg("from before: {owed}", owed=_owed(rule, measure)))
        return Listed(tuple(parts))
    if not isinstance(measure.least, dict):
        return msg("at least {least} each way", least=measure.least)
    amounts = [(giver, measure.least_from(giver)) for giver in rule.parties]
    least = [msg("{amount} from {giver}", amount=amount, giver=giver) for giver, amount in amounts if amount]
    return msg("at least {amounts}", amounts=Listed(tuple(least), " and "))


def _owed(rule: Parity, measure: Measure) -> Message:
    """The party that owes from before, by the sign of the carry-over."""
    return owed_words(rule.parties, -measure.carry, UNITS[measure.measure])


def tolerance_words(measure: Measure, value: Fraction) -> Value:
    """A tolerance that a measure could have, with the ratio or the amount that it permits."""
    return deviation_words(value, measure.tolerance_of, measure.agreed, measure.measure)


def number_words(field: str, value: object) -> Value:
    """A number, hours or words as a planner writes them: ±10 %, 55 %, 120, 19:00–22:00."""
    if isinstance(value, Fraction):
        return Percent(value, sign="±" if field == "tolerance" else "")
    if isinstance(value, int):
        return value
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(one, int) for one in value):
        return "–".join(clock_text(minute) for minute in value)
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return str(value)
