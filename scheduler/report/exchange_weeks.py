"""Amounts that the parties of each agreement give and receive, by week and cumulative."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd

from scheduler.rules import Measure, band, bilateral, carried_over
from scheduler.rules.framework.measures import UNITS, exchanged

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.rules import Parity
    from scheduler.timetable import OnAir

COLUMNS = ["agreement", "first", "second", "measure", "unit", "week", "given", "received", "balance", "allowed"]
COLUMNS += ["cum_given", "cum_received", "cum_balance", "cum_allowed"]


def exchange_weeks(instance: Instance, on_air: OnAir) -> pd.DataFrame:
    """A frame with COLUMNS: one row per agreement, measure and week.

    `allowed` and `cum_allowed` are None if the agreement has no row of this kind.

    Balances are given − ratio × received − carry-over. The measures are those that the
    agreement names, and minutes.
    """
    rows: list[tuple[object, ...]] = []
    for rule in bilateral(instance):
        plain = [measure for measure in rule.measures if measure.select is None]
        for name in dict.fromkeys(["minutes", *(measure.measure for measure in plain)]):
            rows += _rows_of(rule, on_air, [measure for measure in plain if measure.measure == name], name)
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows_of(rule: Parity, on_air: OnAir, asked: list[Measure], name: str) -> list[tuple[object, ...]]:
    """The weeks of one measure of one agreement; `asked` are the agreement's clauses on the measure."""
    scale = on_air.instance.contents.share_scale
    any_of = asked[0] if asked else Measure(measure=name, tolerance=Fraction(0), tolerance_of="sum")
    weekly = next((measure for measure in asked if measure.period == "week"), None)
    added = next((measure for measure in asked if measure.period == "cumulative"), None)
    whole = next((measure for measure in asked if measure.period == "horizon"), None)
    weekly_sums = [exchanged(on_air, rule, *way, any_of.measure, "week") for way in rule.directions]
    closed = added is not None and added.all_weeks
    added_up = [exchanged(on_air, rule, *way, any_of.measure, "cumulative", closed=closed) for way in rule.directions]
    rows: list[tuple[object, ...]] = []
    weeks = list(weekly_sums[0])
    for number, week in enumerate(weeks):
        given, received = (Fraction(side[week], scale) for side in weekly_sums)
        cum_given, cum_received = (Fraction(side[week], scale) for side in added_up)
        at_end = whole if week == weeks[-1] else None
        carry = next((measure.carry for measure in (added, whole) if measure is not None), Fraction(0))
        ratio = any_of.ratio
        amounts = (
            float(given),
            float(received),
            float(given - ratio * received - (0 if weekly is None else carried_over(weekly, number))),
            _allowed(weekly, given, received, number),
            float(cum_given),
            float(cum_received),
            float(cum_given - ratio * cum_received - carry),
            _allowed(added or at_end, cum_given, cum_received, 0),
        )
        rows.append((rule.id, *rule.parties, name, UNITS[any_of.measure], week, *amounts))
    return rows


def _allowed(measure: Measure | None, given: Fraction, received: Fraction, number: int) -> float | None:
    if measure is None or measure.tolerance is None:
        return None
    return float(band(measure, given, received, carried_over(measure, number))[1])
