"""Times of a guide. A time without an offset is read in a given time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from scheduler.imports.findings import ENTRY_LEFT_OUT, read_as
from scheduler.imports.local_time import after_skipped, comes_twice, fits_after, moments_of, skipped
from scheduler.instance import zone_clock
from scheduler.messages import Message, msg

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scheduler.imports.findings import Findings

FIRST_YEAR, LAST_YEAR = 1900, 2200

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(?:\.\d+)?\s*(.*)")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(.*)")
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d):?(\d\d)?$", re.IGNORECASE)
_ABBREVIATIONS = {"UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3}
"""Abbreviations with one offset, in hours. Other abbreviations have several offsets or have changed."""


@dataclass(slots=True)
class GuideClock:
    """Reads the times of one guide. `zone` is the zone of times without an offset, None if it is not given.

    By the DTD of XMLTV such times are UTC, but in many guides they are local. One warning reports their number.
    """

    file: str
    zone: str | None
    findings: Findings
    without_offset: list[tuple[int, int]] = field(default_factory=list)

    def moment(self, text: str, place: tuple[int, int], after: datetime | None = None) -> datetime | None:
        """The moment in UTC, None if it cannot be read.

        If two moments are possible, it is the first one not before `after`.
        """
        local, rest = self._local(text.strip(), place)
        if local is None:
            return None
        try:
            if not rest:
                return self._unzoned(text, local, place, after)
            offset = _offset(rest)
            if offset is not None:
                return local.replace(tzinfo=timezone(offset)).astimezone(UTC)
            try:
                zone = zone_clock(rest)
            except LookupError:
                what = msg(
                    "'{offset}' in '{text}' is no certain offset; write one such as +0500", offset=rest, text=text
                )
                self.findings.repair(self.file, place, what, ENTRY_LEFT_OUT)
                return None
            return self._in_zone(text, local, zone, place, after)
        except OverflowError:
            self.findings.repair(self.file, place, _no_time(text), ENTRY_LEFT_OUT)
            return None

    def warn_of_missing_offsets(self, example: str) -> None:
        """One warning about all times without an offset, if no zone was given."""
        if self.without_offset and self.zone is None:
            count = len(self.without_offset)
            what = msg(
                "{number} times have no offset and are read as UTC, as XMLTV has it; in many guides they are local:"
                " choose the zone with --zone {example} or --zone UTC",
                number=count,
                example=example,
            )
            self.findings.warn(self.file, self.without_offset[0], what)

    def _local(self, text: str, place: tuple[int, int]) -> tuple[datetime | None, str]:
        """(local time from the digits, text after the digits)."""
        match = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
        if match is None or (match[7] and match[7][0].isdigit()):
            what = msg("'{text}' is not a time such as 20261207180000 +0500", text=text)
            self.findings.repair(self.file, place, what, ENTRY_LEFT_OUT)
            return None, ""
        try:
            year, month, day, hour, minute = (int(part or 0) for part in match.groups()[:5])
            local = datetime(year, month, day, hour, minute)
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise ValueError(text)
        except ValueError:
            self.findings.repair(self.file, place, _no_time(text), ENTRY_LEFT_OUT)
            return None, ""
        if match[4] is None and not self.findings.repair(
            self.file, place, msg("'{text}' has a day and no clock time", text=text), read_as("00:00")
        ):
            return None, ""
        if int(match[6] or 0):
            what = msg("'{cell}' is not on a whole minute", cell=text)
            self.findings.repair(self.file, place, what, msg("the seconds are left out"))
        return local, match[7].strip()

    def _unzoned(self, text: str, local: datetime, place: tuple[int, int], after: datetime | None) -> datetime:
        if self.zone is None:
            self.without_offset.append(place)
            return local.replace(tzinfo=UTC)
        return self._in_zone(text, local, zone_clock(self.zone), place, after)

    def _in_zone(
        self, text: str, local: datetime, zone: ZoneInfo, place: tuple[int, int], after: datetime | None
    ) -> datetime:
        found = moments_of(local, zone)
        if not found:
            moment = after_skipped(local, zone)
            what = skipped(f"'{text}'", zone.key, local.date())
            self.findings.repair(self.file, place, what, read_as(f"{moment.astimezone(zone):%H:%M}"))
            return moment
        moment = fits_after(found, after)
        if len(found) > 1:
            self.findings.warn(self.file, place, comes_twice(f"'{text}'", zone.key, first=moment == found[0]))
        return moment


def _no_time(text: str) -> Message:
    return msg("'{text}' is no time of the calendar", text=text)


def _offset(text: str) -> timedelta | None:
    """The offset of a text. None if the text has no unambiguous offset."""
    match = _OFFSET.fullmatch(text)
    if match is not None:
        ahead = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if ahead <= timedelta(hours=14) and int(match[3] or 0) < 60:
            return -ahead if match[1] == "-" else ahead
        return None
    hours = _ABBREVIATIONS.get(text.upper())
    return None if hours is None else timedelta(hours=hours)
