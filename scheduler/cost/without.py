"""Solve an instance without a clause, starting from the timetable that keeps all, and compute the clause's cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.cells import HERE, cell_for, label_of, run_cells
from scheduler.instance import PRIME
from scheduler.instance.files.named import there_is_no
from scheduler.messages import MessageError, msg
from scheduler.rules import Parity, rules_of
from scheduler.solve import EngineError, solve_unpriced
from scheduler.solve.cost_interval import BestWithAll, interval
from scheduler.timetable import timetable_csv

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.cells import Executor
    from scheduler.instance import Instance
    from scheduler.results import ClauseCost
    from scheduler.rules import Rule
    from scheduler.solve import Settings
    from scheduler.timetable import Timetable


class UnknownClauseError(MessageError):
    """The instance has no such clause. The message names a similar one, if there is one."""


def clauses_of(instance: Instance, named: Sequence[str] = ()) -> list[str]:
    """The named clauses. If none is named, every agreement; for "all", every agreement and rule.

    Raises
    ------
    UnknownClauseError
        The instance has no agreement and no rule of that id.
    """
    agreements = [rule.id for rule in instance.file.agreements]
    known = [*agreements, *(rule.id for rule in instance.file.rules)]
    if not named:
        return agreements
    for clause in named:
        if clause != "all" and clause not in known:
            raise UnknownClauseError(there_is_no("clause", clause, known))
    return known if "all" in named else list(dict.fromkeys(named))


def clause_cost(
    instance: Instance,
    clause: str,
    timetable: Timetable,
    known: BestWithAll,
    settings: Settings,
    *,
    rules: Sequence[Rule] | None = None,
) -> ClauseCost:
    """The cost of a clause: at least max(0, value without − bound with), at most bound without − value with.

    Parameters
    ----------
    clause
        Id of an agreement or a rule.
    timetable
        The best known timetable that keeps all clauses. The search without the clause starts from it.
    known
        Its value, and the bound with all clauses, viewer-minutes.
    settings
        The settings of the search without the clause.
    rules
        Rules that replace the instance's, for example with one more.

    Raises
    ------
    EngineError
        The check does not confirm what the search found.
    """
    if not known.keeps:
        return interval(clause, known, known.value, None)
    rules = rules_of(instance) if rules is None else rules
    rest = tuple(rule for rule in rules if not Parity.is_part(rule.id, clause))
    answer = solve_unpriced(instance, settings, rules=rest, start=timetable)
    search = answer.search
    if search.best is None or not search.keeps_hard_rows() or answer.verification is None:
        return interval(clause, known, known.value, search.bound)
    return interval(clause, known, max(known.value, search.best.value), search.bound, searched=True)


def clause_costs(
    instance: Instance,
    clauses: Sequence[str],
    timetable: Timetable,
    known: BestWithAll,
    settings: Settings,
    executor: Executor = HERE,
) -> Iterator[ClauseCost]:
    """The cost of each clause as `clause_cost` computes it, each as soon as it is known; solved as cells.

    Raises
    ------
    EngineError
        A solve crashed, or the check does not confirm what it found.
    NoClusterError
        The executor is a cluster that cannot be used.
    """
    if not known.keeps:
        yield from (interval(clause, known, known.value, None) for clause in clauses)
        return
    start = timetable_csv(timetable)
    cells = {
        cell_for(instance, label_of(["cost", clause]), settings, without=(clause,), start=start): clause
        for clause in clauses
    }
    for cell, finished in run_cells(list(cells), executor):
        clause, result = cells[cell], finished.result
        if result.outcome == "crashed":
            raise EngineError(msg("{clause}: {faults}", clause=clause, faults="; ".join(result.faults)))
        if result.answered and result.value is not None:
            yield interval(clause, known, max(known.value, result.value), result.bound, searched=True)
        else:
            yield interval(clause, known, known.value, result.bound)


def evening_viewers(instance: Instance, cost: int) -> int:
    """The mean number of viewers in prime time: viewer-minutes, divided by the minutes of prime time of all days."""
    first, after = instance.file.dayparts[PRIME]
    return round(cost / (instance.file.horizon.days * max(1, after - first)))
