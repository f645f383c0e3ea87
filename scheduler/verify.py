"""Recheck a timetable from the instance alone: no solver, no formulation, minute by minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scheduler.rules import Measurement, rules_of
from scheduler.rules.framework.verdicts import has_passed, verdict_on
from scheduler.timetable import OnAir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.rules import Rule
    from scheduler.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of missed rows, each row counted once. Reports add them up."""

    hard: int  # judged rows of hard rules
    soft: int  # judged rows of rules with a price
    breaches: int  # judged rows of rules that only report
    unjudged: int  # rows of shares of law that are missed in the known airtime but cannot be judged without the rest


@dataclass(frozen=True, slots=True)
class Verification:
    """Every rule row measured on a timetable, and the timetable's audience and value in viewer-minutes."""

    measurements: tuple[Measurement, ...]
    audience: int

    @property
    def missed(self) -> tuple[Measurement, ...]:
        """The missed rows: hard ones first, those that are not judged last."""
        found = [row for row in self.measurements if row.miss]
        return tuple(sorted(found, key=lambda row: (not row.rigid, not row.judged, not row.hard)))

    @property
    def tally(self) -> Tally:
        """The numbers of missed rows. Rows that are not judged are not misses."""
        judged = [row for row in self.missed if row.judged]
        hard, breaches = sum(row.hard for row in judged), sum(row.report_only for row in judged)
        return Tally(hard, len(judged) - hard - breaches, breaches, len(self.missed) - len(judged))

    @property
    def inherited(self) -> tuple[Measurement, ...]:
        """The rows that the past has missed irreversibly. They are not misses of the plan."""
        return tuple(row for row in self.measurements if row.inherited)

    @property
    def broken(self) -> tuple[Measurement, ...]:
        """Rows that no timetable of this program may miss: overlaps, lost anchors, exceeded rights."""
        return tuple(row for row in self.missed if row.rigid)

    @property
    def hard_missed(self) -> tuple[Measurement, ...]:
        """The hard rows that a plan does not keep, including broken rigid rows and rows without a verdict."""
        return tuple(row for row in self.missed if row.hard)

    @property
    def penalty(self) -> int:
        """The priced misses of the soft rows, viewer-minutes."""
        return sum(row.price * row.miss for row in self.missed if not row.hard)

    @property
    def value(self) -> int:
        """Audience minus penalty, viewer-minutes."""
        return self.audience - self.penalty


def verify(timetable: Timetable, rules: Sequence[Rule] | None = None) -> Verification:
    """Measure rules on a timetable.

    Parameters
    ----------
    timetable
        The timetable, with its instance.
    rules
        The rules to measure, by default all rules of the instance.
    """
    return verify_on_air(OnAir(timetable), rules)


def verify_on_air(on_air: OnAir, rules: Sequence[Rule] | None = None) -> Verification:
    """The same as `verify` for a timetable whose minutes are already computed."""
    rules = rules_of(on_air.instance) if rules is None else rules
    measured = tuple(row for rule in rules for row in _judged(rule, on_air))
    return Verification(measured, window_audience(on_air))


def _judged(rule: Rule, on_air: OnAir) -> Iterator[Measurement]:
    """The rows of a rule that no earlier horizon has judged.

    Irreversible misses of the past are not misses of the plan.
    """
    instance, before = on_air.instance, {}
    if rule.keeps_misses and instance.history:
        aired = rule.check(on_air.aired)
        gone_by = (row for row in aired if row.sense == "most" or has_passed(instance, row.period))
        before = {(row.subject, row.period, row.aspect): row for row in gone_by}
    for row in rule.check(on_air):
        verdict = "final" if row.rigid else verdict_on(rule, instance, row.period, row.subject)
        if verdict == "past":
            continue
        gone = before.get((row.subject, row.period, row.aspect))
        inherited = min(row.miss, gone.miss) if gone is not None and row.sense == gone.sense else 0
        yield replace(row, miss=row.miss - inherited, inherited=inherited, interim=verdict == "interim")


def window_audience(on_air: OnAir) -> int:
    """Viewer-minutes of all window airtime, airings and fallback. Anchors add nothing, whether listed or not."""
    minutes, contents = on_air.minutes, on_air.instance.contents
    first = contents.anchor_offset
    anchored = (minutes.content >= first) & (minutes.content < first + len(on_air.instance.anchors))
    return int(minutes.viewers[~anchored & ~minutes.past].sum())
