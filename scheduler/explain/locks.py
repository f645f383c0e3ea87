"""Locks that clash with one another or with the rights, whatever the clauses are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.explain.conflict import shrink
from scheduler.explain.feasible import Questions

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.formulation import Formulation


def clashing_locks(airings: Airings, formulation: Formulation, questions: Questions) -> tuple[str, ...]:
    """The locked airings of a minimal set that cannot all stay, in words; none where it is not the locks."""
    no_rows = np.zeros(len(formulation.lower), dtype=bool)

    def holds(kept: list[int]) -> bool | None:
        locked = np.zeros(formulation.airing_count, dtype=bool)
        locked[kept] = True
        return Questions(replace(formulation, locked=locked), questions.settings, questions.budget).holds(no_rows)

    found = shrink(np.flatnonzero(formulation.locked).tolist(), holds).items
    return tuple(_words(airings, at) for at in found)


def _words(airings: Airings, at: int) -> str:
    instance = airings.instance
    title = instance.contents.items[airings.content[at]].title
    channel = instance.channels[airings.channel[at]].id
    moment = instance.timeline.moment(int(airings.start_minute[at])).strftime("%Y-%m-%dT%H:%MZ")
    return f"locks.csv: '{title}' on {channel} at {moment}"
