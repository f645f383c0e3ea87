"""Titles that have candidate airings, but no slot in which `placement` lets them air."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.reasons import Reason, Unplaceable
from scheduler.rules import BundleColumns
from scheduler.strands import only_in_bundles

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.formulation import Formulation


def titles_without_slot(airings: Airings, formulation: Formulation) -> tuple[Unplaceable, ...]:
    """The programmes of which every candidate airing may only air in a bundle and is in none.

    None of their day sets has an open day, or their episodes do not fit into the rights, or the run would be too short.
    Where `airings` are a sample, a title may have a slot outside of it, so the sample must not be asked.
    """
    lost = only_in_bundles(airings)
    for part in formulation.columns:
        if isinstance(part, BundleColumns):
            lost[part.bundles.airing] = False
    some, others = (np.unique(airings.programme[which]) for which in (lost, ~lost & ~airings.past))
    names = [airings.instance.programmes[number].programme for number in np.setdiff1d(some, others).tolist()]
    return tuple(Unplaceable(name, Reason("no_slot")) for name in names)
