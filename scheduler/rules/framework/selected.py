"""The contents that a selector takes on a channel: as first runs, as reruns, and as anchors or fallback.

All rules use it for their rows, so that `run` in a selector means the same in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance, Selector


@dataclass(frozen=True, slots=True)
class Selected:
    """Flags over all contents. An anchor or fallback counts by its own run, if it states one."""

    first: Flags  # taken if it airs as a first run
    rerun: Flags  # taken if it airs as a rerun
    fixed: Flags  # taken as an anchor or as fallback

    def of(self, content: Ints, run: Ints) -> Flags:
        """Which airings are taken, (k,). `content` and `run` are their contents and run numbers, (k,)."""
        return np.where(run == 1, self.first[content], self.rerun[content])


def selected(instance: Instance, channel: int, select: Selector | None) -> Selected:
    """The contents that a selector takes on a channel. No selector takes everything."""
    contents = instance.contents
    fits = contents.matches(select, instance.channels[channel].territory)
    run = None if select is None else select.run
    own = {None: fits, "first": fits & contents.first, "rerun": fits & contents.rerun}[run]
    return Selected(fits & (run != "rerun"), fits & (run != "first"), own)
