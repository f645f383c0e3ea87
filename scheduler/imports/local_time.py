"""The moments that a clock time stands for: one, two where an hour comes twice, none where clocks skip it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.messages import Message, msg

if TYPE_CHECKING:
    from datetime import date
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


def comes_twice(clock: str, zone: str, *, first: bool) -> Message:
    """That a clock time comes twice in a night, and which of the two is taken."""
    if first:
        return msg("{clock} comes twice that night in {zone}; by the order it is the first", clock=clock, zone=zone)
    return msg("{clock} comes twice that night in {zone}; by the order it is the second", clock=clock, zone=zone)


def skipped(clock: str, zone: str, day: date) -> Message:
    """That the clocks of a zone skip a clock time on a day."""
    return msg("the clocks of {zone} skip {clock} on {day}", clock=clock, zone=zone, day=str(day))
