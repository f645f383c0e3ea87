"""The smallest sets that meet every set of a list: which clauses to give up so that every clash is resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Item = TypeVar("Item")


def smallest_hitting_sets(sets: Sequence[Sequence[Item]]) -> list[frozenset[Item]]:
    """Every smallest set that has an item in common with each of some sets. For no sets: the empty set alone.

    A set that meets all known clashes and resolves the problem is a smallest one if no smaller set meets these clashes
    (Reiter, A theory of diagnosis from first principles, 1987).

    Returns
    -------
    list of frozenset
        Those with the earlier items of the earlier sets first. Empty if one of the sets is empty.
    """
    for size in range(len(sets) + 1):
        found = _of_size(sets, frozenset(), size)
        if found:
            return list(dict.fromkeys(found))
    return []


def _of_size(sets: Sequence[Sequence[Item]], taken: frozenset[Item], more: int) -> list[frozenset[Item]]:
    """The sets that meet all, made from `taken` and at most `more` further items."""
    open_set = next((one for one in sets if taken.isdisjoint(one)), None)
    if open_set is None:
        return [taken]
    if not more:
        return []
    return [found for item in open_set for found in _of_size(sets, taken | {item}, more - 1)]
