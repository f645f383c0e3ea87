"""The engines of a benchmark run by name: the strategies of parity, and general solvers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.peers.cp_sat import cp_sat
from scheduler.peers.highs import highs
from scheduler.peers.localmip import localmip
from scheduler.peers.scip import scip
from scheduler.solve import STRATEGIES, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.solve import Search

PEERS: dict[str, Callable[[Search], None]] = {"cp-sat": cp_sat, "highs": highs, "scip": scip, "localmip": localmip}
"""General solvers on the same rows."""

ENGINES: tuple[str, ...] = (*STRATEGIES, *PEERS)
"""All names of engines."""


def run_engine(name: str, search: Search) -> None:
    """Let an engine search. An exception becomes an error of the search."""
    if name not in PEERS:
        run(search)
        return
    try:
        PEERS[name](search)
    except ModuleNotFoundError as error:
        extra = "localmip" if name == "localmip" else "bench"
        search.report_fault(
            f"{error.name} is not installed; it comes with the extra: pip install 'parity-scheduler[{extra}]'"
        )
    except Exception as error:
        search.report_fault(f"{type(error).__name__}: {error}")
