"""The moments of a clock time: usually one, two if clocks are set back over it, none if clocks skip it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scheduler.messages import Message, msg

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo


def moments_of(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """Every moment, in UTC and in order, at which a zone's clock shows a time.

    Raises OverflowError at the ends of the calendar.
    """
    found = []
    for fold in (0, 1):
        moment = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment not in found and moment.astimezone(zone).replace(tzinfo=None) == local:
            found.append(moment)
    return sorted(found)


def after_skipped(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, of a clock time that clocks skip, as if they had not yet changed."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def fits_after(moments: list[datetime], before: datetime | None) -> datetime:
    """The first moment that is not before `before`. Without `before`, the first moment."""
    return next((moment for moment in moments if before is not None and moment >= before), moments[0])


def comes_twice(clock: str, zone: str, *, first: bool) -> Message:
    """The message that a clock time occurs twice in a night, and which occurrence is used."""
    if first:
        return msg("{clock} comes twice that night in {zone}; by the order it is the first", clock=clock, zone=zone)
    return msg("{clock} comes twice that night in {zone}; by the order it is the second", clock=clock, zone=zone)


def skipped(clock: str, zone: str, day: date) -> Message:
    """The message that the clocks of a zone skip a clock time on a day."""
    return msg("the clocks of {zone} skip {clock} on {day}", clock=clock, zone=zone, day=str(day))
