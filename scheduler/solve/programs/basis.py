"""Where the simplex method ended, so that a similar program can begin there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.arrays import Ints

STATUSES = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic, highspy.HighsBasisStatus.kUpper
LOWER, BASIC, UPPER = (int(one) for one in STATUSES)
"""A column or row is held at its lower limit, basic, or held at its upper limit. A basic one can be at a limit, too."""


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
    """The basis of a model that was solved."""
    found = highs.getBasis()
    return ModelBasis(_statuses(found.col_status), _statuses(found.row_status))


def row_statuses(highs: highspy.Highs) -> Ints:
    """The status of every row of a model that was solved, (r,)."""
    return _statuses(highs.getBasis().row_status)


def begin_at(highs: highspy.Highs, basis: ModelBasis) -> None:
    """Let a model begin at a basis. HiGHS repairs one that does not fit."""
    given = highspy.HighsBasis()
    given.col_status = [STATUSES[at] for at in basis.columns.tolist()]
    given.row_status = [STATUSES[at] for at in basis.rows.tolist()]
    given.valid = given.alien = True
    highs.setBasis(given)


def _statuses(given: Sequence[highspy.HighsBasisStatus]) -> Ints:
    """LOWER, BASIC or UPPER of every entry. What is at no limit and not basic counts as LOWER."""
    found = np.array([int(at) for at in given], dtype=np.int64)
    return np.where(found > UPPER, LOWER, found)
