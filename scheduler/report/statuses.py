"""The words for the status of an airing: draft, proposed, accepted and so on."""

from __future__ import annotations

from scheduler.messages import Message, msg


def status_word(status: str) -> Message:
    """A status in words. Raises KeyError for an unknown status."""
    fields = {
        "draft": msg("draft"),
        "proposed": msg("proposed"),
        "accepted": msg("accepted"),
        "countered": msg("another start is requested"),
        "refused": msg("refused"),
        "published": msg("published"),
        "frozen": msg("frozen"),
        "aired": msg("aired"),
        "withdrawn": msg("withdrawn"),
    }
    return fields[status]
