"""Whose word a bound is.

A bound of ours is evaluated by our own code with rounding errors allowed for: it holds whatever a solver says. HiGHS's
bounds rest on its branch and bound, with its tolerances allowed for. CP-SAT's word alone is never a bound.
"""

from __future__ import annotations

from functools import cache
from importlib import metadata

OURS = frozenset({"relaxation", "strengthened", "nothing to choose"})
"""Sources of bounds that we evaluate ourselves."""

TWO_PROOFS = "two proofs"
"""The source of an optimum that CP-SAT and HiGHS prove, each on its own."""

_SOLVERS = {"highs": ("highspy", "HiGHS"), "cp-sat": ("ortools", "CP-SAT"), "scip": ("pyscipopt", "PySCIPOpt")}


@cache
def solver(name: str) -> str:
    """A solver with the minor version that is installed, as "HiGHS 1.16"."""
    package, said = _SOLVERS[name]
    return f"{said} {'.'.join(metadata.version(package).split('.')[:2])}"


def source_words(source: str) -> str:
    """A source of bounds in words, as "ours: relaxation"."""
    if source in OURS:
        return f"ours: {'relaxation with rounded rows' if source == 'strengthened' else source}"
    if source == "blocks":
        return f"ours, with blocks solved by {solver('highs')}"
    if source == TWO_PROOFS:
        return f"{solver('cp-sat')} and {solver('highs')}"
    return solver(source)
