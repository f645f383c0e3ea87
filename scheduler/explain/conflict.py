"""A minimal set of clauses that cannot hold together, found by deletion: remove some, test whether the rest can hold.

A set is minimal if it cannot hold and every set with one clause less can. Groups of clauses are removed before single
ones, so that few tests suffice if few clauses clash (Chinneck, Feasibility and Infeasibility in Optimization, 2008,
chapter 6: the deletion filter and its sequential groups).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filtered:
    """The rest of a set that cannot hold. It is minimal if every single item was shown to be needed."""

    items: tuple[int, ...]
    minimal: bool


def deletion_filter(items: Sequence[int], holds: Callable[[list[int]], bool | None]) -> Filtered:
    """Remove items from a set that cannot hold, as long as the rest cannot hold. The first items are removed first.

    Parameters
    ----------
    items
        A set that cannot hold.
    holds
        Whether a set can hold. None if this is not decided; then the items are kept.
    """
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
    return Filtered(tuple(kept), needed.issuperset(kept))
