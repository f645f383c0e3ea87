"""The mark of a sheet that only shows the timetable: a hash of its texts, by which an import sees edits."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN = "parity-grid"
"""Begins the cell that holds the mark."""

Placed = tuple[int, int, str]
"""(row, column, text) of a cell, both from 0."""


def mark_of(texts: Iterable[Placed]) -> str:
    """The mark of a sheet with these texts; blanks at the ends of cells and empty cells leave it as it is."""
    lines = sorted(f"{row},{column},{text.strip()}" for row, column, text in texts if text.strip())
    return f"{SHOWN}:{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:16]}"
