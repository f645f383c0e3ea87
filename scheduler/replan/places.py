"""The places of airings that a replan compares: the published ones, and the candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance


@dataclass(frozen=True, eq=False)
class Places:
    """The places of some airings, published ones or candidates, as parallel arrays."""

    programme: Ints
    channel: Ints
    content: Ints
    start: Ints
    minutes: Ints
    first: Flags
    day: Ints  # broadcast day, from the line's first day
    strand: Flags  # in a regular slot
    draft: Flags  # a change of it has no weight


def places_of(airings: Airings, draft: Flags) -> Places:
    """The places of the candidates.

    Parameters
    ----------
    draft
        (n,) Whether a change of the candidate has no weight.
    """
    return Places(
        programme=airings.programme,
        channel=airings.channel,
        content=airings.content,
        start=airings.start_minute,
        minutes=airings.column("minutes"),
        first=airings.run == 1,
        day=airings.broadcast_day,
        strand=in_slots(airings.instance, airings.content, airings.channel),
        draft=draft,
    )


def in_slots(instance: Instance, content: Ints, channel: Ints) -> Flags:
    """(k,) which airings belong to series in regular slots. `content` and `channel` are their indices, (k,)."""
    return np.asarray(instance.placements.line[content, channel] >= 0, dtype=bool)


def keepers(old: Places, new: Places) -> tuple[Ints, Ints]:
    """(published, candidate) of all pairs in which the candidate keeps the published airing.

    Rerun numbers may differ.
    """
    named: dict[tuple[int, ...], int] = {}
    columns = ("content", "channel", "start", "minutes", "first")
    for at, key in enumerate(zip(*(getattr(old, name).tolist() for name in columns), strict=True)):
        named[key] = at
    keys = zip(*(getattr(new, name).tolist() for name in columns), strict=True)
    found = np.array([named.get(key, -1) for key in keys], dtype=np.int64)
    candidate = np.flatnonzero(found >= 0)
    return found[candidate], candidate
