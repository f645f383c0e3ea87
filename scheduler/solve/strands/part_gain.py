"""Offer what a part of the program finds, and count the gain: what all methods share that solve parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.arrays import Reals
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.strands.restricted import RestrictedProgram


def part_gain(search: Search, part: RestrictedProgram, solve: Callable[[Callable[[Reals], None]], object]) -> int:
    """Solve a part and offer each choice that is found, merged into the best timetable of that moment.

    Parameters
    ----------
    solve
        Solves the part. It is given a function to call with the columns, (c,), of every choice.

    Returns
    -------
    int
        The value gained, viewer-minutes; 0 if no choice was better.
    """
    program, gained = part.program, 0
    airings = program.expand[: search.formulation.airing_count][:, part.free]
    free = np.diff(airings.tocsr().indptr) > 0

    def found(columns: Reals) -> None:
        nonlocal gained
        held = search.best
        better = search.offer_part(free, np.flatnonzero(program.chosen(columns) & free))
        if better and held is not None and search.best is not None:
            gained += search.best.value - held.value

    solve(found)
    return gained
