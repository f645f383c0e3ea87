"""The moments that a clock time stands for: one, two where an hour comes twice, none where clocks skip it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def moments_of(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """Every moment, in UTC and in order, at which a zone's clock reads a time.

    Raises OverflowError at the ends of the calendar.
    """
    found = []
    for fold in (0, 1):
        moment = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment not in found and moment.astimezone(zone).replace(tzinfo=None) == local:
            found.append(moment)
    return sorted(found)


def after_skipped(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, that is meant by a clock time which clocks skip: as if they had not yet changed."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def fits_after(moments: list[datetime], before: datetime | None) -> datetime:
    """The first of several moments that does not lie before another; the first of all where that is not known."""
    return next((moment for moment in moments if before is not None and moment >= before), moments[0])


def clock_day(minutes: int) -> tuple[timedelta, int]:
    """Whole days and minutes of a clock time that may count on past midnight."""
    return timedelta(days=minutes // 1440), minutes % 1440
