"""Where the simplex method ended, so that a similar program can begin there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

if TYPE_CHECKING:
    from scheduler.arrays import Ints

STATUSES = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic, highspy.HighsBasisStatus.kUpper
LOWER, BASIC, UPPER = (int(one) for one in STATUSES)
"""A column or row is at its lower limit, between its limits, or at its upper limit."""


@dataclass(frozen=True, slots=True)
class ModelBasis:
    """The status of every column and row of a HiGHS model."""

    columns: Ints
    rows: Ints


@dataclass(frozen=True, slots=True)
class ProgramBasis:
    """The status of a program's columns, (c,), of its rows, (r,), and of their misses below and above, (2, r).

    The misses of a row that must be kept are LOWER.
    """

    columns: Ints
    rows: Ints
    misses: Ints


def basis_of(highs: highspy.Highs) -> ModelBasis:
    """The basis of a model that was solved. What is at no limit and not basic counts as LOWER."""
    found = highs.getBasis()
    columns, rows = (
        np.array([int(at) for at in part], dtype=np.int64) for part in (found.col_status, found.row_status)
    )
    return ModelBasis(np.where(columns > UPPER, LOWER, columns), np.where(rows > UPPER, LOWER, rows))


def begin_at(highs: highspy.Highs, basis: ModelBasis) -> None:
    """Let a model begin at a basis. HiGHS repairs one that does not fit."""
    given = highspy.HighsBasis()
    given.col_status = [STATUSES[at] for at in basis.columns.tolist()]
    given.row_status = [STATUSES[at] for at in basis.rows.tolist()]
    given.valid = given.alien = True
    highs.setBasis(given)
