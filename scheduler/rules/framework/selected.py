"""What a selector takes on a channel: which contents as first runs, as reruns, and as anchors or fallback.

Every rule's rows ask here, so that `run` in a selector means the same in all of them.
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
    """Flags over all contents. An anchor or fallback counts by the run that it says itself, if it says one."""

    first: Flags  # taken where it airs as a first run
    rerun: Flags  # taken where it airs as a rerun
    fixed: Flags  # taken as an anchor or as fallback

    def of(self, content: Ints, run: Ints) -> Flags:
        """Which airings are taken, given by content and run number."""
        return np.where(run == 1, self.first[content], self.rerun[content])


def selected(instance: Instance, channel: int, select: Selector | None) -> Selected:
    """What a selector takes on a channel; none takes everything."""
    contents = instance.contents
    fits = contents.matches(select, instance.channels[channel].territory)
    run = None if select is None else select.run
    own = {None: fits, "first": fits & contents.first, "rerun": fits & contents.rerun}[run]
    return Selected(fits & (run != "rerun"), fits & (run != "first"), own)
