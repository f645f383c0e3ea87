"""The cost of a clause as an interval, from values of timetables and proven bounds."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.results import ClauseCost


@dataclass(frozen=True, slots=True)
class BestWithAll:
    """The best timetable and the bound with all clauses, viewer-minutes."""

    value: int
    bound: int | None
    keeps: bool  # whether it keeps every hard rule


def interval(clause: str, known: BestWithAll, worth: int, bound: int | None, *, searched: bool = False) -> ClauseCost:
    """The interval of what a clause costs, viewer-minutes.

    lower end = max(0, value without − bound with),  upper end = bound without − value with.

    Parameters
    ----------
    clause
        Id of the agreement or rule that is left out.
    known
        Value and bound with all clauses.
    worth
        Value of the best known timetable without the clause, viewer-minutes.
    bound
        Bound on the value without the clause, viewer-minutes. None if there is none.
    searched
        Whether a timetable without the clause was searched for. Only then the difference of the values is an estimate.
    """
    if not known.keeps:
        return ClauseCost(clause=clause, state="not_kept")
    least = 0 if known.bound is None else max(0, worth - known.bound)
    gained = max(0, worth - known.value)
    if bound is None:
        return ClauseCost(clause=clause, state="no_bound", at_least=least, estimate=gained if searched else None)
    most = max(least, bound - known.value)
    return ClauseCost(
        clause=clause, state="interval", at_least=least, at_most=most, estimate=gained if searched else None
    )
