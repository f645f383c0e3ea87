"""The columns of a formulation that are bundles: regular slots of placed series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules import BundleColumns

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.formulation import Formulation
    from scheduler.strands import Bundles


def has_bundles(formulation: Formulation) -> bool:
    """Whether a formulation has placed series."""
    return any(isinstance(columns, BundleColumns) for columns in formulation.columns)


def bundle_count(formulation: Formulation) -> int:
    """The number of bundles."""
    return len(bundles_of(formulation)) if has_bundles(formulation) else 0


def free_columns(formulation: Formulation) -> int:
    """The number of columns without the airings that bundles define."""
    placed = len(bundles_of(formulation).placed) if has_bundles(formulation) else 0
    return formulation.matrix.shape[1] - placed


def free_numbers(formulation: Formulation, entries: Ints) -> Ints:
    """The numbers of some entries of a point among those without the airings that bundles define, (k,)."""
    if not has_bundles(formulation):
        return entries
    return entries - np.searchsorted(np.sort(bundles_of(formulation).placed), entries)


def first_bundle(formulation: Formulation) -> tuple[int, Bundles] | None:
    """(the entry of a point that is the first bundle, all bundles). None without placed series."""
    if not has_bundles(formulation):
        return None
    return formulation.airing_count + columns_before_bundles(formulation), bundles_of(formulation)


def bundles_of(formulation: Formulation) -> Bundles:
    """The bundles of a formulation that has placed series."""
    return next(columns.bundles for columns in formulation.columns if isinstance(columns, BundleColumns))


def columns_before_bundles(formulation: Formulation) -> int:
    """The number of the rules' auxiliary variables before those of the bundles."""
    before = 0
    for columns in formulation.columns:
        if isinstance(columns, BundleColumns):
            break
        before += len(columns.lower)
    return before
