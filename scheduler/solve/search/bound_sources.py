"""The source of a bound: which program has evaluated it.

Our own bounds are evaluated by our own code and include its rounding errors. They hold whatever a solver reports.
HiGHS's bounds rest on its branch and bound and include its tolerances. A claim of CP-SAT alone is never a bound.
"""

from __future__ import annotations

from functools import cache
from importlib import metadata

ALL_AIRINGS = "all airings"
"""The source of a bound from the relaxation of a sample, priced over all airings."""

OURS = frozenset({"relaxation", "strengthened", "nothing to choose", ALL_AIRINGS})
"""Sources of bounds that our own code evaluates."""

GIVEN = "given"
"""The source of a bound that was known before the search, for example of a problem with fewer rules."""

FOR_ALL_AIRINGS = frozenset({ALL_AIRINGS, GIVEN})
"""Sources of bounds that hold where the search has a sample of the airings."""

TWO_PROOFS = "two proofs"
"""The source of an optimum that CP-SAT and HiGHS prove independently."""

_SOLVERS = {"highs": ("highspy", "HiGHS"), "cp-sat": ("ortools", "CP-SAT"), "scip": ("pyscipopt", "PySCIPOpt")}

_WORDS = {"strengthened": "relaxation with rounded rows", ALL_AIRINGS: "relaxation of a sample, all airings priced"}


@cache
def solver(name: str) -> str:
    """A solver with the minor version that is installed, as "HiGHS 1.16"."""
    package, shown = _SOLVERS[name]
    return f"{shown} {'.'.join(metadata.version(package).split('.')[:2])}"


def source_words(source: str) -> str:
    """A source of bounds in words, for example "ours: relaxation"."""
    if source in OURS:
        return f"ours: {_WORDS.get(source, source)}"
    if source == GIVEN:
        return "known before"
    if source == "blocks":
        return f"ours, with blocks solved by {solver('highs')}"
    if source == TWO_PROOFS:
        return f"{solver('cp-sat')} and {solver('highs')}"
    return solver(source)
