"""The columns of the listing in a workbook, and the mark by which an import recognises its sheet."""

from __future__ import annotations

from scheduler.messages import LANGUAGES, REPORT, translations

MARK = "parity-listing"
"""Text at the start of the hidden row's first cell, by which an import recognises the sheet."""

LISTING: tuple[tuple[str, str, float], ...] = (
    ("locked", "locked", 9),
    ("channel", "channel", 18),
    ("date", "date", 11),
    ("start", "start", 7),
    ("end", "end", 7),
    ("duration_min", "minutes", 9),
    ("programme", "programme", 20),
    ("title", "title", 34),
    ("episode", "episode", 8),
    ("run", "run", 8),
    ("version_language", "language", 9),
    ("version_kind", "version", 10),
    ("original_language", "original_language", 10),
    ("origin", "origin", 12),
    ("genre", "genre", 14),
    ("agreement", "agreement", 14),
    ("direction", "direction", 12),
    ("daypart", "daypart", 10),
    ("live", "live", 7),
    ("anchor", "anchor", 8),
    ("expected_viewers", "viewers", 12),
    ("airing_id", "airing", 30),
)
"""(name in the hidden row, message key of the head, width) of every column."""


def words_of(key: str) -> frozenset[str]:
    """The words of a message key in each language in which a workbook is written."""
    return frozenset(str(translations(code).pgettext(REPORT, key)) for code in LANGUAGES)
