"""The length of a whole period on a channel's clock. A verdict of law needs all of it, known in the instance."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from scheduler.instance import zone_clock
from scheduler.messages import Message, Percent, msg
from scheduler.rules.framework.verdicts import span_in

if TYPE_CHECKING:
    from scheduler.instance import Instance

Hours = tuple[int, int]

_WITHIN_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2} (\d{2})-(\d{2})$")


def whole_minutes(
    instance: Instance, zone: str, label: str, period: str, hours: Hours | None, dates: tuple[date | None, date | None]
) -> int:
    """Minutes of a period on a zone's clock, within some hours and on the days from the first to the last date.

    Parameters
    ----------
    label
        Name of the period, for example 2026-W50. `horizon` is all days of the horizon.
    hours
        From and to, minutes after midnight, half-open. They may pass midnight.
    """
    start = instance.file.horizon.start
    first, last = span_in(instance, label) or (start, start + timedelta(days=instance.file.horizon.days - 1))
    within = _WITHIN_A_DAY.match(label)
    parts = [(int(within[1]) * 60, int(within[2]) * 60)] if within else [(0, 1440)]
    if period == "broadcast_day":
        begins = instance.file.broadcast_day
        parts = [(begins, 1440 + begins)]
    total = 0
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for begin, end in parts:
            for offset in range(begin // 1440, -(-end // 1440)):
                legal = day + timedelta(days=offset)
                if (dates[0] and legal < dates[0]) or (dates[1] and legal > dates[1]):
                    continue
                low, high = max(begin - offset * 1440, 0), min(end - offset * 1440, 1440)
                total += sum(_between(zone, legal, max(low, a), min(high, b)) for a, b in _spans(hours))
    return total


def _spans(hours: Hours | None) -> list[Hours]:
    """Hours as spans within one day."""
    if hours is None:
        return [(0, 1440)]
    begin, end = hours[0], hours[1]
    return [(begin, end)] if begin < end else [(0, end), (begin, 1440)]


@lru_cache(maxsize=100_000)
def _between(zone: str, day: date, begin: int, end: int) -> int:
    """Real minutes between two clock times on a day. Clock changes make it longer or shorter."""
    if begin >= end:
        return 0
    clock = zone_clock(zone)
    midnight = datetime(day.year, day.month, day.day)
    at = [(midnight + timedelta(minutes=minute)).replace(tzinfo=clock).timestamp() for minute in (begin, end)]
    return round((at[1] - at[0]) / 60)


def known_words(selected: Fraction | int, of: Fraction | int, known: int, whole: int, *, law: bool) -> Message:
    """The known part of a period's airtime. For law also the least and the largest possible share of the whole period.

    Parameters
    ----------
    selected, of
        Selected minutes, and minutes of the basis, in the known airtime.
    known, whole
        Minutes on air in the instance, and minutes of the whole period.
    law
        Whether a verdict of law is needed. It needs the whole period.
    """
    share = Percent(Fraction(known * 1000 // whole, 1000))
    unknown = whole - known
    if not law or unknown <= 0:
        return msg("{share} of the airtime known", share=share)
    all_ = of + unknown
    return msg(
        "not judged: {share} known, {low} to {high} of the whole period",
        share=share,
        low=Percent(Fraction(round(Fraction(selected, all_), 3))),
        high=Percent(Fraction(round(Fraction(selected + unknown, all_), 3))),
    )
