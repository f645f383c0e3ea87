"""The strategies of `--strategy`: exact, scale (strands if series are placed), greedy, and auto."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.solve.cp_sat.exact import exact
from scheduler.solve.greedy import greedy
from scheduler.solve.programs.bundle_columns import has_bundles
from scheduler.solve.scale import scale
from scheduler.solve.strands.strategy import strands, without_series
from scheduler.solve.whole_program import beside_whole_program

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.solve.search.incumbent import Search


def auto(search: Search) -> None:
    """Exact if the instance is small. If it is not solved then, scale, or strands if series are placed.

    With a few thousand airings scale runs beside HiGHS on the whole program; strands gives it to HiGHS anyway.
    """
    params, formulation = search.settings.params.auto, search.formulation
    if formulation.airing_count <= params.exact_airings:
        exact(search, params.exact_share)
    if search.finished():
        return
    if formulation.airing_count <= params.whole_airings and not has_bundles(formulation):
        scale(search, beside_whole_program)
    else:
        large(search)


def large(search: Search) -> None:
    """Scale, or strands if series are placed."""
    (strands if has_bundles(search.formulation) else scale)(search)


def first(search: Search) -> None:
    """The greedy start alone. If series are placed, only the other titles."""
    (without_series if has_bundles(search.formulation) else greedy)(search)


STRATEGIES: dict[str, Callable[[Search], None]] = {"auto": auto, "exact": exact, "scale": large, "greedy": first}
"""The strategies by name."""
