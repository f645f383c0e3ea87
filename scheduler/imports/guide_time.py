"""Times of a guide: an offset is part of the time; one without an offset is read on a zone that is said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from scheduler.imports.local_time import after_skipped, fits_after, moments_of
from scheduler.instance import zone_clock

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scheduler.imports.findings import Findings

FIRST_YEAR, LAST_YEAR = 1900, 2200

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(?:\.\d+)?\s*(.*)")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(.*)")
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d):?(\d\d)?$", re.IGNORECASE)
_ABBREVIATIONS = {"UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3}
"""Abbreviations that stand for one offset, in hours; others stand for several or have changed."""


@dataclass(slots=True)
class GuideClock:
    """Reads the times of one guide. `zone` is the zone of times without an offset, None where it is not said.

    By the DTD of XMLTV these are UTC; in many guides they are local. They are counted, so that one warning says it.
    """

    file: str
    zone: str | None
    findings: Findings
    without_offset: list[tuple[int, int]] = field(default_factory=list)

    def moment(self, said: str, place: tuple[int, int], after: datetime | None = None) -> datetime | None:
        """The moment in UTC, None where there is none; `after` decides in an hour that comes twice."""
        local, rest = self._local(said.strip(), place)
        if local is None:
            return None
        try:
            if not rest:
                return self._unzoned(said, local, place, after)
            offset = _offset(rest)
            if offset is not None:
                return local.replace(tzinfo=timezone(offset)).astimezone(UTC)
            try:
                zone = zone_clock(rest)
            except LookupError:
                what = f"'{rest}' in '{said}' is no offset that is certain; write one such as +0500"
                self.findings.repair(self.file, place, what, "the entry is left out")
                return None
            return self._in_zone(said, local, zone, place, after)
        except OverflowError:
            self.findings.repair(self.file, place, f"'{said}' is no time of the calendar", "the entry is left out")
            return None

    def warn_of_missing_offsets(self, example: str) -> None:
        """One warning of all times without an offset, where no zone was said."""
        if self.without_offset and self.zone is None:
            count = len(self.without_offset)
            what = (
                f"{count} times say no offset and are read as UTC, as XMLTV has it; in many guides they are local: "
                f"which zone is meant? --zone {example}, or --zone UTC"
            )
            self.findings.warn(self.file, self.without_offset[0], what)

    def _local(self, said: str, place: tuple[int, int]) -> tuple[datetime | None, str]:
        """(digits, what follows them)."""
        match = _ISO.fullmatch(said) or _COMPACT.fullmatch(said)
        if match is None or (match[7] and match[7][0].isdigit()):
            what = f"'{said}' is not a time such as 20261207180000 +0500"
            self.findings.repair(self.file, place, what, "the entry is left out")
            return None, ""
        try:
            year, month, day, hour, minute = (int(part or 0) for part in match.groups()[:5])
            local = datetime(year, month, day, hour, minute)
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise ValueError(said)
        except ValueError:
            self.findings.repair(self.file, place, f"'{said}' is no time of the calendar", "the entry is left out")
            return None, ""
        if match[4] is None and not self.findings.repair(
            self.file, place, f"'{said}' says a day and no clock time", "read as 00:00"
        ):
            return None, ""
        if int(match[6] or 0):
            self.findings.repair(self.file, place, f"'{said}' is not on a whole minute", "the seconds are left out")
        return local, match[7].strip()

    def _unzoned(self, said: str, local: datetime, place: tuple[int, int], after: datetime | None) -> datetime:
        if self.zone is None:
            self.without_offset.append(place)
            return local.replace(tzinfo=UTC)
        return self._in_zone(said, local, zone_clock(self.zone), place, after)

    def _in_zone(
        self, said: str, local: datetime, zone: ZoneInfo, place: tuple[int, int], after: datetime | None
    ) -> datetime:
        found = moments_of(local, zone)
        if not found:
            moment = after_skipped(local, zone)
            what = f"'{said}' is skipped by the clocks of {zone.key} that night"
            self.findings.repair(self.file, place, what, f"read as {moment.astimezone(zone):%H:%M}")
            return moment
        moment = fits_after(found, after)
        if len(found) > 1:
            which = "first" if moment == found[0] else "second"
            what = f"'{said}' comes twice on the clocks of {zone.key} that night; taken as the {which} by the order"
            self.findings.warn(self.file, place, what)
        return moment


def _offset(text: str) -> timedelta | None:
    """The offset that a text says; None where it says none that is certain."""
    match = _OFFSET.fullmatch(text)
    if match is not None:
        ahead = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if ahead <= timedelta(hours=14) and int(match[3] or 0) < 60:
            return -ahead if match[1] == "-" else ahead
        return None
    hours = _ABBREVIATIONS.get(text.upper())
    return None if hours is None else timedelta(hours=hours)
