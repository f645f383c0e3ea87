"""When a row is judged: once, by the horizon in which its span ends. Before that it is interim.

A miss that can no longer be changed because it has aired is inherited. It is shown, but it is not a miss of the plan.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from scheduler.instance import span_of, zone_clock
from scheduler.rules.framework.rows import NO_BOUND, RIGID, RuleRows

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.instance import Instance
    from scheduler.rules.framework.base import Rule
    from scheduler.rules.framework.subject import Subject

Verdict = Literal["past", "interim", "final"]
Rest = Literal["all", "proportional", "none"]

_DATES = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})$")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_WEEK = re.compile(r"(\d{4})-W(\d{2})$")
_MONTHS = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q(\d)|H(\d)))?$")


@lru_cache(maxsize=100_000)
def span_of_label(label: str) -> tuple[date, date] | None:
    """(first day, last day) of a calendar period by its name. None for the horizon and for other names."""
    if found := _DATES.match(label):
        return date.fromisoformat(found[1]), date.fromisoformat(found[2])
    if found := _DAY.match(label):
        day = date(*(int(part) for part in found.groups()))
        return day, day
    if found := _WEEK.match(label):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return monday, monday + timedelta(days=6)
    if found := _MONTHS.match(label):
        year, month, quarter, half = (int(part or 0) for part in found.groups())
        if month:
            return span_of("month", date(year, month, 1))
        if quarter:
            return span_of("quarter", date(year, quarter * 3, 1))
        return span_of("half_year", date(year, half * 6, 1)) if half else span_of("year", date(year, 1, 1))
    return None


def span_in(instance: Instance, label: str, subject: Subject | None = None) -> tuple[date, date] | None:
    """(first day, last day) of a row's period by its name. The instance's own periods are included.

    A moment belongs to the legal day of the row's channel. For a row of several channels it is the latest of their
    days.
    """
    if not _MOMENT.match(label):
        return instance.timeline.named.get(label) or span_of_label(label)
    at = instance.channel_index[subject.name] if subject is not None and subject.kind == "channel" else None
    zones = {channel.zone for channel in instance.channels} if at is None else {instance.channels[at].zone}
    moment = datetime.fromisoformat(label)
    day = max(moment.astimezone(zone_clock(zone)).date() for zone in zones)
    return day, day


def verdict_on(rule: Rule, instance: Instance, label: str, subject: Subject | None = None) -> Verdict:
    """Whether an earlier horizon has judged a row, this horizon judges it, or it is still open at its end.

    The last period of a rule ends with the rule. The row of a moment is of its legal day, which may be the day after
    the rule's last broadcast day.
    """
    span = span_in(instance, label, subject)
    if span is None:
        over = rule.valid_to is not None and rule.valid_to < instance.file.horizon.start
        return "past" if over else "final"
    last = span[1] if _MOMENT.match(label) else min(span[1], rule.valid_to or span[1])
    settled = rule.settled_on(last, instance.file)
    horizon = instance.file.horizon
    if settled < horizon.start:
        return "past"
    return "interim" if settled > horizon.start + timedelta(days=horizon.days - 1) else "final"


def has_passed(instance: Instance, label: str) -> bool:
    """Whether a row is of a moment before the first one at which anything can still begin."""
    if not _MOMENT.match(label):
        return False
    begins = instance.windows.start[~instance.windows.past]
    return not len(begins) or instance.timeline.minute_of(datetime.fromisoformat(label)) < int(begins.min())


def due(instance: Instance, label: str, least: int, rest: Rest, valid_to: date | None) -> int:
    """The part of a least amount that is due by the end of the horizon: its share of the period's days, rounded down.

    Unknown days, before the first day on record, are left out. `rest` states which part of an open period's amount is
    due: all of it, the share of the days passed by then, or none. A period is open no longer than its rule holds, to
    `valid_to`.
    """
    span = span_in(instance, label)
    if span is None or span[0] == span[1]:
        return least
    first, last = span
    horizon = instance.file.horizon
    ends = horizon.start + timedelta(days=horizon.days - 1)
    closed = min(last, valid_to or last) <= ends
    if not closed and rest == "none":
        return 0
    until = last if rest == "all" or closed else ends
    known = (until - max(first, instance.timeline.first_day)).days + 1
    return least * known // ((last - first).days + 1)


def open_rows(rule: Rule, airings: Airings, block: RuleRows) -> RuleRows:
    """The rows of a block that no earlier horizon has judged, without inherited misses."""
    instance = airings.instance
    if not instance.history:
        return block
    rows = list(zip(block.period.tolist(), block.subject.tolist(), strict=True))
    past = {(label, whose) for label, whose in set(rows) if verdict_on(rule, instance, label, whose) == "past"}
    keep = np.array([row not in past for row in rows], dtype=bool)
    keep |= np.broadcast_to(block.kind, len(block)) == RIGID
    lower, upper = block.lower, block.upper
    if rule.keeps_misses:
        columns = airings.past.astype(np.int64)
        if block.columns is not None:
            columns = np.concatenate([columns, block.columns.complete(airings.past)])
        activity = np.zeros(len(block), dtype=np.int64)
        np.add.at(activity, block.row, block.coefficient * columns[block.column])
        aired = np.where(upper < NO_BOUND, upper + block.coming, upper)
        inherited = -(-np.maximum(activity - aired, 0) // block.miss_step) * block.miss_step
        upper = np.where(upper < NO_BOUND, upper + inherited, upper)
        over = np.array([has_passed(instance, label) for label, _ in rows], dtype=bool)
        lower = np.where(over & (lower > -NO_BOUND), np.minimum(lower, activity), lower)
    number = np.cumsum(keep) - 1
    entry = keep[block.row]
    kind, price, coming = (
        np.broadcast_to(value, len(block))[keep] for value in (block.kind, block.price, block.coming)
    )
    return RuleRows(
        rule=block.rule,
        kind=kind.astype(np.int64),
        price=price.astype(np.int64),
        unit=block.unit,
        row=number[block.row[entry]],
        column=block.column[entry],
        coefficient=block.coefficient[entry],
        lower=lower[keep],
        upper=upper[keep],
        miss_step=block.miss_step[keep],
        need=block.need[keep],
        subject=block.subject[keep],
        period=block.period[keep],
        aspect=block.aspect[keep],
        columns=block.columns,
        coming=coming.astype(np.int64),
    )
