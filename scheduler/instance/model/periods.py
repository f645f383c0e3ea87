"""The periods of the calendar over which rules count, their days and their names."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

Period = Literal["hour", "6h", "day", "broadcast_day", "week", "month", "quarter", "half_year", "year", "horizon"]
"""The periods of the calendar. An instance may also name ranges of dates as periods, so a period's type is `str`."""

SPANS: tuple[str, ...] = ("week", "month", "quarter", "half_year", "year")
"""Periods of several days, by the calendar."""

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def span_of(period: str, day: date) -> tuple[date, date]:
    """The first and the last day of the calendar period that contains a day."""
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    length = _MONTHS[period]
    month = (day.month - 1) // length * length + 1
    after = month + length
    end = date(day.year + after // 13, 1 if after > 12 else after, 1)
    return date(day.year, month, 1), end - timedelta(days=1)


def span_label(period: str, first: date) -> str:
    """The name of a period of several days: 2026-W50, 2026-12, 2026-Q4, 2026-H2, 2026."""
    match period:
        case "week":
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02d}"
        case "month":
            return f"{first:%Y-%m}"
        case "quarter":
            return f"{first.year}-Q{(first.month + 2) // 3}"
        case "half_year":
            return f"{first.year}-H{1 if first.month < 7 else 2}"
    return str(first.year)
