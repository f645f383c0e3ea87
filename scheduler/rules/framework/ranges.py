"""Counting up inside groups: the one step that spreading a number of entries over rows needs again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scheduler.rules.framework.rows import Ints


def ranges(count: Ints) -> Ints:
    """0 … count[0] − 1, then 0 … count[1] − 1, and so on."""
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
