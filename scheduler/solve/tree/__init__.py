"""Branch and bound of our own for certificates: a tree of splits whose leaves have multipliers of their own.

`branching` is the search, `splits` chooses the sum of columns by which a node is divided.
"""

from scheduler.solve.tree.branching import Tree, branched
from scheduler.solve.tree.splits import Splits, splits_of

__all__ = ["Splits", "Tree", "branched", "splits_of"]
