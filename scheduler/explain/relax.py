"""The least relaxation: the nearest value of one number with which everything can hold, found by bisection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from scheduler.explain.clauses import Key, clause_rows
from scheduler.explain.feasible import FeasibilityOracle
from scheduler.explain.recheck import verified
from scheduler.explain.solution_pool import SolutionPool

if TYPE_CHECKING:
    from scheduler.explain.clauses import Clause, ClauseRows
    from scheduler.explain.params import ExplainParams
    from scheduler.explain.relaxable_values import RelaxableValue
    from scheduler.instance import Instance
    from scheduler.solve import Settings
    from scheduler.solve.search.time_limit import Budget

Keys = frozenset[Key]
NONE: Keys = frozenset()


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A relaxable value, and the nearest value found with which everything can hold."""

    relaxable: RelaxableValue
    value: Any
    proved: bool  # whether the value just before it was proven insufficient
    enough: bool  # whether everything was shown to hold with it; else only the clauses of the clash were

    @property
    def change(self) -> float:
        """The distance of the value from the old one, as a share of the old one."""
        old, new = self.relaxable.old, self.value
        if self.relaxable.lock is not None:
            return 1.0
        if isinstance(old, datetime):
            return abs(float((new - old).total_seconds())) / 3600
        if isinstance(old, date):
            return abs(float((new - old).days)) / 7
        if isinstance(old, tuple):
            numbers = isinstance(old[0], int) if old else False
            return _length_lost(old, new) if numbers else 0.5
        if self.relaxable.clause is None and self.relaxable.programme is None:
            return float(abs(new - old)) / 60
        return abs(float(new) - float(old)) / max(abs(float(old)), 0.1)


def _length_lost(old: tuple[int, int], new: tuple[int, int]) -> float:
    before, after = ((end - start) % 1440 or 1440 for start, end in (old, new))
    return (before - after) / before


@dataclass(frozen=True, eq=False)
class VariantOracle:
    """Decides whether rules of variants of an instance can hold. Timetables of one variant are tried in the next."""

    settings: Settings
    budget: Budget
    params: ExplainParams
    known: SolutionPool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", SolutionPool(self.params.most_timetables))

    def can_hold(self, instance: Instance, *, left_out: Keys = NONE, only: Keys | None = None) -> bool | None:
        """Whether all hard rules except some clauses can hold, or only the rules of some clauses.

        Bans stay in force in both cases, unless they are themselves left out.
        """
        if self.budget.over():
            return None
        rows, oracle, kept = self._question(instance, left_out, only)
        asked = rows.rows_of(kept)
        holds = oracle.holds(asked)
        if oracle.latest is not None:
            self.known.add(rows.airings, oracle.latest[: len(rows.airings)].astype(bool))
        if holds and not any(verified(rows, point, kept) for point in reversed(oracle.that_keep(asked))):
            return None
        return holds

    def known_to_hold(self, instance: Instance, left_out: Keys) -> bool:
        """Whether a timetable found for another variant keeps the hard rules of this one."""
        if self.budget.over():
            return False
        rows, oracle, kept = self._question(instance, left_out, None)
        return any(verified(rows, point, kept) for point in reversed(oracle.that_keep(rows.rows_of(kept))))

    def _question(
        self, instance: Instance, left_out: Keys, only: Keys | None
    ) -> tuple[ClauseRows, FeasibilityOracle, list[int]]:
        rows = clause_rows(instance, readmit=False)
        if not left_out.issubset(rows.keys):
            rows = clause_rows(instance, readmit=True)
        kept = [at for at, key in enumerate(rows.keys) if key not in left_out and (only is None or key in only)]
        oracle = FeasibilityOracle(rows.formulation, self.settings, self.budget, self.params)
        self.known.share_with(rows.airings, oracle)
        return rows, oracle, kept


def least_relaxation(
    relaxable: RelaxableValue, instance: Instance, variants: VariantOracle, clash: Keys, left_out: Keys
) -> Relaxed | None:
    """The nearest value with which all clauses except those left out can hold. None if none is found.

    Every further value only allows more, so bisection finds the nearest one. Values before the nearest one for the
    clash alone are impossible. If everything holds at that value, it is the answer. If that is not decided in time, the
    value is still the least relaxation that is needed.
    """

    def changed(at: int) -> Instance:
        return relaxable.with_value(instance, relaxable.values[at])

    def everything(at: int) -> bool | None:
        return variants.can_hold(changed(at), left_out=left_out)

    if not relaxable.monotone:
        return _scan(relaxable, instance, variants, clash, left_out)
    last = len(relaxable.values) - 1
    if last < 0 or variants.can_hold(changed(last), only=clash) is False:
        return None
    nearest = bisect(-1, last, lambda at: variants.can_hold(changed(at), only=clash))
    if nearest is None:
        return None
    enough = variants.known_to_hold(changed(nearest), left_out) or everything(nearest)
    if enough:
        return Relaxed(relaxable, relaxable.values[nearest], proved=True, enough=True)
    if nearest == last or not everything(last):
        return None if enough is False else Relaxed(relaxable, relaxable.values[nearest], proved=True, enough=False)
    high = bisect(nearest, last, lambda at: variants.known_to_hold(changed(at), left_out)) or last
    answers: dict[int, bool | None] = {nearest: enough}

    def remembered(at: int) -> bool:
        answers[at] = everything(at)
        return bool(answers[at])

    high = bisect(nearest, high, remembered) or high
    return Relaxed(relaxable, relaxable.values[high], answers.get(high - 1) is False, enough=True)


def _scan(
    relaxable: RelaxableValue, instance: Instance, variants: VariantOracle, clash: Keys, left_out: Keys
) -> Relaxed | None:
    """The nearest value that suffices, if a further one need not allow more. All are tried one by one."""
    nearest = True
    for value in relaxable.values:
        changed = relaxable.with_value(instance, value)
        holds = variants.can_hold(changed, only=clash)
        enough = holds and (variants.known_to_hold(changed, left_out) or variants.can_hold(changed, left_out=left_out))
        if enough:
            return Relaxed(relaxable, value, proved=nearest, enough=True)
        nearest &= holds is False or enough is False
    return None


def bisect(low: int, high: int, holds: Callable[[int], bool | None]) -> int | None:
    """Bisect for the least index above `low` that holds.

    All indices from the answer to `high` hold.

    Returns
    -------
    int or None
        None if one index is not decided.
    """
    while high - low > 1:
        middle = (low + high) // 2
        answer = holds(middle)
        if answer is None:
            return None
        low, high = (low, middle) if answer else (middle, high)
    return high


def key_of(clause: Clause) -> Key:
    """The name of a clause in every variant of an instance."""
    return clause.rule, clause.part
