"""Moments as text, in all files: UTC to the minute, such as 2026-12-07T13:00Z; and the lengths of a day and a week."""

from __future__ import annotations

from datetime import UTC, datetime

DAY = 1440
"""Minutes of a day."""

WEEK = 7
"""Days of a week."""

MOMENT_FORMAT = "%Y-%m-%dT%H:%MZ"


def utc_text(moment: datetime) -> str:
    """A moment in UTC as text."""
    return moment.strftime(MOMENT_FORMAT)


def moment_of(text: str) -> datetime:
    """The moment that a text of this form states."""
    return datetime.strptime(text, MOMENT_FORMAT).replace(tzinfo=UTC)
