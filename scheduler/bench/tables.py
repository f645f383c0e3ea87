"""Tables of figures from the rows of a run: per suite and engine, per instance, and run against run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.bench.measure import (
    GAP_SHIFT,
    SECONDS_SHIFT,
    best_bounds,
    best_values,
    gap_to,
    primal_integral,
    shifted_geometric_mean,
)
from scheduler.messages import Message, msg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scheduler.bench.best_known import BestKnown
    from scheduler.bench.row import BenchRow

COUNTS_FROM = 0.05
"""An instance counts only if greedy ends below the best bound by more than this share."""


@dataclass(frozen=True, slots=True)
class ReferenceValues:
    """The best known value and bound of every instance, from rows and from the file of best known values."""

    value: Mapping[str, int]
    bound: Mapping[str, int]


def reference_values(rows: Sequence[BenchRow], known: Mapping[str, BestKnown]) -> ReferenceValues:
    """The best of the rows and of the known values of the same state of the instance."""
    values, bounds = best_values(rows), best_bounds(rows)
    for name, states in _states(rows).items():
        line = known.get(name)
        if line is None or line.instance_sha256 not in states:
            continue
        if line.value is not None:
            values[name] = max(line.value, values.get(name, line.value))
        if line.bound is not None:
            bounds[name] = min(line.bound, bounds.get(name, line.bound))
    return ReferenceValues(values, bounds)


def _states(rows: Sequence[BenchRow]) -> dict[str, set[str]]:
    """The hashes of every instance, from all rows whose instance was loaded."""
    found: dict[str, set[str]] = {}
    for row in rows:
        if row.instance_sha256 is not None:
            found.setdefault(row.instance, set()).add(row.instance_sha256)
    return found


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One engine on one suite. Means are shifted geometric means over the rows with the figure."""

    suite: str
    engine: str
    runs: int
    answers: int  # timetables that keep every hard rule, confirmed by `verify`
    wins: int  # instances on which no engine of the run has more value
    own_gap: float | None  # mean, value against the engine's own bound
    own_gap_most: float | None
    gap: float | None  # mean, value against the best proven bound of all
    gap_most: float | None
    seconds: float | None  # mean
    bound_seconds: float | None  # mean, until the first bound
    primal_integral: float | None  # plain mean, against the best known value; no answer counts 1
    memory: float | None  # GB, the most
    bad: int  # crashes, kills, broken timetables


def summary_rows(rows: Sequence[BenchRow], best: ReferenceValues) -> list[SummaryRow]:
    """Every suite and engine, in the order of the rows."""
    groups: dict[tuple[str, str], list[BenchRow]] = {}
    for row in rows:
        groups.setdefault((row.suite, row.engine), []).append(row)
    return [_summary_row(suite, engine, mine, rows, best) for (suite, engine), mine in groups.items()]


def _summary_row(
    suite: str, engine: str, mine: Sequence[BenchRow], rows: Sequence[BenchRow], best: ReferenceValues
) -> SummaryRow:
    answered = [row for row in mine if row.answered]
    own = [row.gap for row in answered if row.gap is not None]
    common = [gap for row in answered if (gap := common_gap(row, best)) is not None]
    top = best_values(rows)
    integrals = [
        primal_integral(row.trajectory, best.value[row.instance], row.time_limit)
        for row in mine
        if row.instance in best.value
    ]
    return SummaryRow(
        suite=suite,
        engine=engine,
        runs=len(mine),
        answers=len(answered),
        wins=sum(row.value == top[row.instance] for row in answered),
        own_gap=shifted_geometric_mean((max(gap, 0.0) for gap in own), GAP_SHIFT),
        own_gap_most=max(own, default=None),
        gap=shifted_geometric_mean((max(gap, 0.0) for gap in common), GAP_SHIFT),
        gap_most=max(common, default=None),
        seconds=shifted_geometric_mean(
            (row.seconds.solve for row in mine if row.seconds.solve is not None), SECONDS_SHIFT
        ),
        bound_seconds=shifted_geometric_mean(
            (row.bound_seconds for row in mine if row.bound_seconds is not None), SECONDS_SHIFT
        ),
        primal_integral=sum(integrals) / len(integrals) if integrals else None,
        memory=max((row.peak_memory for row in mine if row.peak_memory is not None), default=None),
        bad=sum(row.outcome in ("crashed", "over_limit", "out_of_memory") or row.verdict == "broken" for row in mine),
    )


def common_gap(row: BenchRow, best: ReferenceValues) -> float | None:
    """The gap of a row's value to the best proven bound of its instance."""
    if not row.answered or row.value is None or row.instance not in best.bound:
        return None
    return gap_to(row.value, best.bound[row.instance])


def counts(rows: Sequence[BenchRow], best: ReferenceValues) -> dict[str, bool]:
    """Whether each instance on which greedy ended counts: it misses a hard rule or ends far below the bound."""
    found: dict[str, bool] = {}
    for row in rows:
        if row.engine == "greedy":
            gap = common_gap(row, best)
            if row.outcome in ("hard_missed", "nothing"):
                found[row.instance] = True
            elif gap is not None:
                found[row.instance] = gap > COUNTS_FROM
    return found


def contradictions(rows: Sequence[BenchRow], best: ReferenceValues) -> list[Message]:
    """Sentences on contradictions: a confirmed value above a bound, or rows of one name from different instances."""
    states = _states(rows).items()
    wrong = [
        msg("{name}: rows of {count} different instances", name=name, count=len(each))
        for name, each in states
        if len(each) > 1
    ]
    wrong += [
        msg(
            "{name}: {engine}'s bound {bound} is below the value {value}",
            name=row.instance,
            engine=row.engine,
            bound=row.bound,
            value=best.value[row.instance],
        )
        for row in rows
        if row.bound is not None and row.instance in best.value and row.bound < best.value[row.instance]
    ]
    known = best_bounds(rows)
    return wrong + [
        msg(
            "{name}: the best known bound {bound} is below the value {value}",
            name=name,
            bound=bound,
            value=best.value[name],
        )
        for name, bound in best.bound.items()
        if name in best.value and bound < best.value[name] and bound != known.get(name)
    ]


@dataclass(frozen=True, slots=True)
class Change:
    """One engine on one instance in two runs."""

    instance: str
    engine: str
    before: BenchRow
    after: BenchRow

    @property
    def value_change(self) -> float | None:
        """Growth of the value as a share; None if one of the two has no answer."""
        if not (self.before.answered and self.after.answered) or not self.before.value or self.after.value is None:
            return None
        return (self.after.value - self.before.value) / abs(self.before.value)


def changes(before: Sequence[BenchRow], after: Sequence[BenchRow]) -> list[Change]:
    """Pairs of rows of two runs with the same state of an instance, engine and seed."""
    old = {(row.instance, row.instance_sha256, row.engine, row.engine_seed): row for row in before}
    found = []
    for row in after:
        match = old.get((row.instance, row.instance_sha256, row.engine, row.engine_seed))
        if match is not None:
            found.append(Change(row.instance, row.engine, match, row))
    return found
