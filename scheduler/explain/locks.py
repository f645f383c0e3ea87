"""Locks that matter: those that clash with each other or with the rights, and those that make clauses impossible."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.explain.conflict import deletion_filter
from scheduler.explain.feasible import FeasibilityOracle

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags
    from scheduler.formulation import Formulation
    from scheduler.instance import Instance
    from scheduler.instance.derived.aired import Lock


def locks_that_matter(
    airings: Airings, formulation: Formulation, oracle: FeasibilityOracle, rows: Flags
) -> tuple[Lock, ...]:
    """The locks of a minimal set with which some rows cannot hold. Empty if they cannot hold without locks.

    Only locks that name one airing are tested. Every other lock has its own row and is a clause.
    """

    def holds(kept: list[int]) -> bool | None:
        locked = airings.past.copy()
        locked[kept] = True
        return FeasibilityOracle(
            replace(formulation, locked=locked), oracle.settings, oracle.budget, oracle.params
        ).holds(rows)

    planned = np.flatnonzero(formulation.locked & ~airings.past).tolist()
    if not planned or holds([]) is not True:
        return ()
    found = deletion_filter(planned, holds).items
    locks = [lock for lock in airings.instance.locks if lock.complete and not lock.anchor]
    fitting = [set(airings.fitting(lock).tolist()) for lock in locks]
    return tuple(dict.fromkeys(lock for at in found for lock, fits in zip(locks, fitting, strict=True) if at in fits))


def line_of(instance: Instance, lock: Lock) -> int:
    """The line of locks.csv on which a lock is written first."""
    return instance.locks.index(lock) + 2
