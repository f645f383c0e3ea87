"""A minimal set of clauses that cannot hold together, by deletion: leave some out, see whether the rest can hold.

A set is minimal when it cannot hold and every set with one clause less can. Chunks are left out before single
clauses, so that few questions suffice where few clauses clash (Chinneck, Feasibility and Infeasibility in
Optimization, 2008, chapter 6: the deletion filter and its sequential groups).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shrunk:
    """What is left of a set that cannot hold; minimal if every single item was shown to be needed."""

    items: tuple[int, ...]
    minimal: bool


def shrink(items: Sequence[int], holds: Callable[[list[int]], bool | None]) -> Shrunk:
    """Leave items out of a set that cannot hold as long as the rest cannot hold; first ones first."""
    kept, needed = list(items), set[int]()
    size = max(1, len(kept) // 2)
    while kept:
        at = 0
        while at < len(kept):
            rest = kept[:at] + kept[at + size :]
            chunk = kept[at : at + size]
            answer = True if needed.intersection(chunk) else holds(rest)
            if answer is False:
                kept = rest
                continue
            if answer and len(chunk) == 1:
                needed.update(chunk)
            at += size
        if size == 1:
            break
        size //= 2
    return Shrunk(tuple(kept), needed.issuperset(kept))
