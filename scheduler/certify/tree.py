"""The tree of a certificate: which splits lead to each leaf. Every timetable is in exactly one leaf.

A split is a sum of whole columns: at a timetable it is a whole number, so it is at most k or at least k + 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.certify.certificate import CertificateError, Leaf
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.arrays import Ints
    from scheduler.certify.certificate import Split
    from scheduler.certify.program import CertifiedProgram


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a split: the sum of the columns is at most `most`, or at least `most` + 1."""

    columns: Ints
    most: int
    below: bool


def walked(program: CertifiedProgram, tree: Sequence[Split | Leaf]) -> Iterator[tuple[Leaf, tuple[Side, ...]]]:
    """Every leaf with the sides of the splits above it, from the root on.

    Raises
    ------
    CertificateError
        A node is missing, is above itself or below two others; a split has a column twice, one that does not exist or
        one that is not whole.
    """
    seen: set[int] = set()
    waiting: list[tuple[int, tuple[Side, ...]]] = [(0, ())]
    while waiting:
        number, path = waiting.pop()
        if not 0 <= number < len(tree) or number in seen:
            raise CertificateError(msg("node {number} of the tree is missing or is reached twice", number=number))
        seen.add(number)
        node = tree[number]
        if isinstance(node, Leaf):
            yield node, path
            continue
        columns = _columns(program, node, number)
        waiting.append((node.above, (*path, Side(columns, node.most, below=False))))
        waiting.append((node.below, (*path, Side(columns, node.most, below=True))))
    if len(seen) < len(tree):
        raise CertificateError(msg("the tree has {count} nodes that no split leads to", count=len(tree) - len(seen)))


def _columns(program: CertifiedProgram, split: Split, number: int) -> Ints:
    given, count = split.column, len(program.value)
    if all(0 <= one < count for one in given) and len(set(given)) == len(given):
        columns = np.array(given, dtype=np.int64)
        if np.all(program.whole[columns]):
            return columns
    message = msg(
        "split {number} of the tree has a column twice, one that does not exist, or one that is not whole",
        number=number,
    )
    raise CertificateError(message)
