"""Whether the check confirms a timetable that keeps some clauses, on which an explanation rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.timetable import timetable_of
from scheduler.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.arrays import Ints
    from scheduler.explain.clauses import ClauseRows
    from scheduler.explain.feasible import FeasibilityOracle


def verified(rows: ClauseRows, point: Ints, clauses: Sequence[int]) -> bool:
    """Whether the check also finds that a timetable keeps some clauses and everything that belongs to no clause."""
    airings = rows.airings
    timetable = timetable_of(airings, point[: len(airings)].astype(bool))
    parts = {rule.id: rule.parts for rule in rows.rules}
    kept, every = {rows.keys[at] for at in clauses}, set(rows.keys)
    for row in verify(timetable, rows.rules).hard_missed:
        key = row.rule, parts.get(row.rule, {}).get(row.aspect, ())
        if key in kept or (row.rigid and key not in every):
            return False
    return True


def shown_minimal(rows: ClauseRows, oracle: FeasibilityOracle, clauses: Sequence[int]) -> bool:
    """Whether for each clause a verified timetable is known that keeps all the others."""
    for one in clauses:
        others = [at for at in clauses if at != one]
        candidates = oracle.that_keep(rows.rows_of(others))
        if not any(verified(rows, point, others) for point in reversed(candidates)):
            return False
    return True
