"""Clauses and numbers in the words of the instance."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.rules import Parity, owed_words
from scheduler.rules.framework.measures import UNITS
from scheduler.rules.locks import Locks
from scheduler.rules.parity_measure import deviation_words
from scheduler.rules.rights import Rights

if TYPE_CHECKING:
    from scheduler.rules import Measure, Rule

_PERIODS = {
    "day": "daily",
    "week": "weekly",
    "month": "monthly",
    "quarter": "quarterly",
    "half_year": "half-yearly",
    "year": "yearly",
    "horizon": "in all",
    "cumulative": "running, week by week",
}


def clause_words(rule: Rule, part: tuple[str | int, ...]) -> str:
    """A clause in a sentence: the rule's own, or that of one part of an agreement, and the planner's note."""
    if isinstance(rule, Rights):
        return "rights: the territories and dates for which the programmes are licensed"
    if isinstance(rule, Locks):
        return f"locked: {part[0]}" if part else str(rule.sentence())
    note = f" ({rule.note})" if rule.note else ""
    if isinstance(rule, Parity) and len(part) == 3:
        measure = rule.measures[int(part[1])]
        return f"{measure_words(rule, measure)}: {_asked(rule, measure, str(part[2]))}{note}"
    return f"{rule.sentence()}{note}"


def measure_words(rule: Parity, measure: Measure) -> str:
    """A measure of an agreement: "KZ–CN weekly prime minutes"."""
    period = _PERIODS.get(measure.period, f"in {measure.period}")
    name = measure.measure.replace("_", " ")
    between = "–".join(rule.parties)
    said = f"{between} {period} {name}" if period.endswith("ly") else f"{between} {name} {period}"
    return said if rule.id == "-".join(rule.parties) else f"{rule.id}: {said}"


def _asked(rule: Parity, measure: Measure, field: str) -> str:
    if field == "tolerance":
        ratio = "" if measure.ratio == 1 else f" of {float(measure.ratio):g} : 1"
        floor = f" or {measure.floor:,} of difference" if measure.floor else ""
        owed = "" if not measure.carry_over else f", {_owed(rule, measure)} from before"
        return f"balanced{ratio}, permitted deviation {measure.permitted()}{floor}{owed}"
    least = [f"{measure.least_from(giver):,} from {giver}" for giver in rule.parties if measure.least_from(giver)]
    if not isinstance(measure.least, dict):
        return f"at least {measure.least:,} each way"
    return f"at least {' and '.join(least)}"


def _owed(rule: Parity, measure: Measure) -> str:
    """Who owes whom from before, by the carry-over."""
    return str(owed_words(rule.parties, Fraction(-measure.carry_over), UNITS[measure.measure]))


def tolerance_words(measure: Measure, value: Fraction) -> str:
    """A tolerance that a measure could have, with the ratio or amount that it permits."""
    return str(deviation_words(value, measure.tolerance_of, measure.agreed, measure.measure))


def number_words(field: str, value: object) -> str:
    """A number, hours or words as a planner says them: ±10 %, 55 %, 120, 19:00–22:00."""
    if isinstance(value, Fraction):
        percent = f"{float(value) * 100:g} %"
        return f"±{percent}" if field == "tolerance" else percent
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(one, int) for one in value):
        return "–".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in value)
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return str(value)
