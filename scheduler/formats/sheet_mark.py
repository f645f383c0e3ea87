"""The mark of a sheet that is not read by an import: a hash of its texts. By it an import detects edits."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN = "parity-grid"
"""Start of the cell that has the mark."""

Placed = tuple[int, int, str]
"""(row, column, text) of a cell, both from 0."""


def mark_of(texts: Iterable[Placed]) -> str:
    """The mark of a sheet with these texts. Spaces at the ends of cells and empty cells do not change it."""
    lines = sorted(f"{row},{column},{text.strip()}" for row, column, text in texts if text.strip())
    return f"{SHOWN}:{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:16]}"
