"""Use ledgers in a plan: `carry_over: ledger` becomes a balance, and accepted make-goods become rules."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

from scheduler.account import carried_over, ledger_path, obligations, read_book
from scheduler.instance import PRIME, InputError, Problem, Selector, span_of
from scheduler.instance.files.named import there_is_no
from scheduler.messages import msg
from scheduler.rules.framework.measures import UNITS, MeasureName, period_labels
from scheduler.rules.framework.verdicts import span_in
from scheduler.rules.parity import Parity, agreements_of
from scheduler.rules.parity_measure import LEDGER, DaypartMeasure, Measure

if TYPE_CHECKING:
    from datetime import date

    from scheduler.account import Book
    from scheduler.instance import CarriedOver, Instance, Obligation


def with_ledgers(instance: Instance) -> Instance:
    """The instance with the balances and open obligations of the ledgers of its agreements.

    An instance without a ledger stays unchanged. `carry_over: ledger` is then 0, with a warning.

    Raises
    ------
    InputError
        If a ledger was altered, or a booking has no period.
    """
    carried: list[CarriedOver] = []
    owed: list[Obligation] = []
    agreements, warnings, problems = [], list(instance.warnings), list[Problem]()
    for written in instance.file.agreements:
        if not isinstance(written, Parity):
            agreements.append(written)
            continue
        for rule in written.between_two():
            path = ledger_path(instance.folder / instance.file.ledger, rule.id)
            try:
                book = read_book(path)
                if path.is_file():
                    owed += _of_measures(instance, rule, obligations(book, rule.id))
                elif any(measure.carry_over == LEDGER for measure in rule.measures):
                    warnings.append(_no_ledger(instance, rule))
                found = _carried(instance, rule, book)
            except InputError as error:
                problems += error.problems
                continue
            carried += found.values()
            if found:
                measures = tuple(
                    measure.model_copy(update={"carry_over": found[at].carry_over}) if at in found else measure
                    for at, measure in enumerate(rule.measures)
                )
                written = written.model_copy(update={"measures": measures})
        agreements.append(written)
    if problems:
        raise InputError(problems)
    if not carried and not owed:
        return instance
    balances = [(one.agreement, one.measure, str(one.carry_over)) for one in carried]
    text = f"{instance.digest}\n{balances}\n{[(one.agreement, one.entry, str(one.missing)) for one in owed]}\n"
    return replace(
        instance,
        file=instance.file.model_copy(update={"agreements": tuple(agreements)}),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        warnings=tuple(warnings),
        carried=tuple(carried),
        obligations=tuple(owed),
    )


def _carried(instance: Instance, rule: Parity, book: Book) -> dict[int, CarriedOver]:
    """The carry-over of each measure that takes it from the ledger, by the measure's index."""
    file = f"{instance.file.ledger}/{rule.id}.csv"
    found = {}
    for at, measure in enumerate(rule.measures):
        labels = period_labels(instance, rule, measure.period)
        if measure.carry_over != LEDGER or not labels:
            continue
        before = _begins(instance, labels[0]) or instance.file.horizon.start
        first, second = rule.parties
        kept_in = (measure.name, UNITS[measure.measure], measure.ratio)
        found[at] = carried_over(
            book, file, (rule.id, (first, second)), kept_in, before, lambda label: _begins(instance, label)
        )
    return found


def is_period(instance: Instance, label: str) -> bool:
    """Whether a name is that of a period in which a ledger can book."""
    return _begins(instance, label) is not None


def _begins(instance: Instance, label: str) -> date | None:
    span = span_in(instance, label)
    return None if span is None else span[0]


def _no_ledger(instance: Instance, rule: Parity) -> Problem:
    message = msg(
        "{rule}: `carry_over: ledger` is 0, because there is no {file} yet",
        rule=rule.id,
        file=f"{instance.file.ledger}/{rule.id}.csv",
    )
    return Problem(*instance.places.get(rule.written_as, ("instance.yaml", 1, 1)), message, "warning")


def _of_measures(instance: Instance, rule: Parity, found: list[Obligation]) -> list[Obligation]:
    """The obligations in a measure of the agreement. Raises InputError if one names a daypart that does not exist."""
    known = instance.file.dayparts
    file = f"{instance.file.ledger}/{rule.id}.csv"
    problems = [
        Problem(file, one.entry + 1, 1, there_is_no("daypart", one.daypart, known))
        for one in found
        if one.daypart and one.daypart not in known
    ]
    if problems:
        raise InputError(problems)
    names = {measure.name for measure in rule.measures}
    return [one for one in found if one.measure in names]


def make_goods(instance: Instance) -> list[Parity]:
    """A rule for each open obligation: its quantity by its due date, in addition to the agreement's least amounts.

    Σ amount of the giver on the taker's channels ≥ q + b, over the days of the horizon up to the due date. q is the
    missing quantity. If it is due after the horizon, q is reduced to the horizon's share of the days until the due
    date, rounded down. b is the agreement's least amount for these days, with equal parts for each day of its period.
    If the obligation names a daypart or a programme, a second row asks for q in this daypart, or of this programme.
    """
    rules = {one.id: one for rule in agreements_of(instance.file.agreements) for one in rule.between_two()}
    return [_make_good(instance, rules[one.agreement], one) for one in instance.obligations]


def _make_good(instance: Instance, rule: Parity, owed: Obligation) -> Parity:
    horizon = instance.file.horizon
    last = horizon.start + timedelta(days=horizon.days - 1)
    until = last if owed.due < horizon.start else min(owed.due, last)
    days = (until - horizon.start).days + 1
    asked = ceil(owed.missing)
    if owed.due > last:
        asked = int(owed.missing * days / ((owed.due - horizon.start).days + 1))
    measure = next(one for one in rule.measures if one.name == owed.measure)
    prime = owed.daypart == PRIME and measure.measure in ("minutes", "prime_minutes")
    counted: MeasureName = "prime_minutes" if prime else measure.measure
    daypart = "" if prime else owed.daypart
    select = measure.select
    if owed.programme:
        select = (select or Selector()).model_copy(update={"programme": (owed.programme,)})

    def least(of: MeasureName) -> int:
        same = (one for one in rule.measures if one.measure == of and one.select == measure.select)
        return max((_least(instance, one, owed, days) for one in same), default=0)

    def asks(of: MeasureName, amount: int, **more: Any) -> Measure:
        kind = DaypartMeasure if "daypart" in more else Measure
        return kind(measure=of, period="horizon", least={owed.giver: amount}, **more)

    beside = least(measure.measure)
    measures: tuple[Measure, ...] = (asks(measure.measure, asked + beside, select=measure.select),)
    if daypart:
        only = asks(counted, asked, select=select, daypart=daypart)
    else:
        only = asks(counted, asked + (0 if owed.programme else least(counted)), select=select)
    if only.name != measures[0].name or daypart:
        # without the second row the least amount could count for the make-good
        measures = (only, *measures) if beside else (only,)
    last_day = until if until < last else None
    name = f"{rule.id}/make-good-{owed.entry}"
    return rule.model_copy(update={"id": name, "measures": measures, "valid_from": None, "valid_to": last_day})


def _least(instance: Instance, measure: Measure, owed: Obligation, days: int) -> int:
    """The part of a least amount for the first `days` of the horizon, if all days of its period have equal parts."""
    least = measure.least_from(owed.giver)
    if measure.period == "horizon":
        return least * days // instance.file.horizon.days
    if measure.period == "day":
        return least * days
    start = instance.file.horizon.start
    base = "week" if measure.period == "cumulative" else measure.period
    named = instance.timeline.named.get(base)
    first, last = named if named is not None else span_of(base, start)
    return int(Fraction(least * days, (last - first).days + 1))
