"""From an instance to its best timetable: build, search, verify. One file per engine or step."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.airings import Airings, build_airings
from scheduler.formulation import Formulation, formulate
from scheduler.instance import agreements_of
from scheduler.rules import rules_of
from scheduler.solve.annealing.simulated_annealing import compile_moves
from scheduler.solve.costs import clause_costs, reserved
from scheduler.solve.cp_sat.exact import confirm_bound, exact
from scheduler.solve.greedy import greedy
from scheduler.solve.kernels.insertion_gains import compile_gains
from scheduler.solve.kernels.longest_paths import compile_paths
from scheduler.solve.scale import scale
from scheduler.solve.search.budget import Budget
from scheduler.solve.search.incumbent import Moment, Search, Settings, Solution
from scheduler.solve.strands.program import has_bundles
from scheduler.solve.strands.strategy import strands
from scheduler.timetable import Timetable, timetable_of
from scheduler.verify import Verification, verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.instance import Instance
    from scheduler.results import Status

GRACE, INTERRUPT_GRACE = 10.0, 3.0
"""Seconds that an engine may overrun its limit, and go on after an interrupt, before it is left behind."""

SMALL, EXACT_SHARE = 1_000, 1 / 3
"""Up to so many airings the exact engine is tried first, for this share of the time left: some hundred it proves in
seconds, of more than a thousand `scale` has the better bound."""


def auto(search: Search) -> None:
    """Exact where the instance is small, then scale, or strands where series are placed, if that is not the end."""
    if search.formulation.airing_count <= SMALL:
        exact(search, EXACT_SHARE)
    if not search.finished():
        large(search)


def large(search: Search) -> None:
    """Scale, or strands where series are placed."""
    (strands if has_bundles(search.formulation) else scale)(search)


STRATEGIES: dict[str, Callable[[Search], None]] = {"auto": auto, "exact": exact, "scale": large, "greedy": greedy}
"""What `--strategy` names."""


class EngineError(Exception):
    """An engine found a timetable that the check does not confirm: a fault of ours, not of the instance."""


@dataclass(frozen=True, eq=False)
class Answer:
    """The best timetable found, rechecked, and the search that found it; no timetable where there is none."""

    airings: Airings
    formulation: Formulation
    search: Search
    timetable: Timetable | None
    verification: Verification | None

    @property
    def status(self) -> Status:
        """optimal, feasible, hard_missed or nothing."""
        if self.verification is None:
            return "nothing"
        if self.verification.hard_missed:
            return "hard_missed"
        return "optimal" if self.search.proven else "feasible"


def prepare(
    instance: Instance, settings: Settings, listener: Callable[[Search], None] | None = None
) -> tuple[Airings, Search]:
    """The airings of an instance and a search over their formulation that has not begun.

    The first time after installing takes some seconds more, to compile what the search needs.
    """
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    compile_gains()
    compile_paths()
    if STRATEGIES[settings.strategy] in (auto, large) and not has_bundles(formulation):
        compile_moves(formulation)
    return airings, Search(formulation, settings, listener, reserve=reserved(formulation, settings))


def solve(instance: Instance, settings: Settings, listener: Callable[[Search], None] | None = None) -> Answer:
    """Find the best timetable within the limit. Raises EngineError where the check does not confirm it."""
    airings, search = prepare(instance, settings, listener)
    run(search)
    price(airings, search)
    return conclude(airings, search)


def run(search: Search, meanwhile: Callable[[], None] | None = None) -> None:
    """Let the strategy search, in a thread of its own so that an interrupt reaches this one at once.

    `meanwhile` is called every tenth of a second, here.
    """
    engine = threading.Thread(target=_guarded, args=(search,), name="engine", daemon=True)
    engine.start()
    latest = math.inf if search.settings.deterministic else search.settings.time_limit + GRACE
    while engine.is_alive():
        engine.join(timeout=0.1)
        if meanwhile is not None:
            meanwhile()
        if search.interrupted:
            latest = min(latest, search.seconds() + INTERRUPT_GRACE)
        if search.seconds() > latest:
            search.close()
            if not search.interrupted:
                search.faults.append(f"the engine did not stop at its limit, in the step {search.step}; left behind")
            return


def price(airings: Airings, search: Search) -> None:
    """Find what the clauses cost, in the time that was kept for it."""
    if search.best is None or search.interrupted or not len(airings):
        return
    agreements = [agreement.id for agreement in agreements_of(airings.instance)]
    try:
        clause_costs(search, agreements)
    except Exception as error:
        search.faults.append(f"{type(error).__name__}: {error}; what clauses cost is not known")


def conclude(airings: Airings, search: Search) -> Answer:
    """Recheck the best timetable of a search; everything that a check finds must be a miss the search knows.

    A bound below the value that the check confirms is wrong, and no bound is better than a wrong one.
    """
    if search.best is None:
        return Answer(airings, search.formulation, search, None, None)
    best = search.best
    timetable = timetable_of(airings, best.point[: len(airings)].astype(bool))
    checked = verify(timetable)
    if checked.broken:
        raise EngineError("; ".join(row.text for row in checked.broken[:5]))
    if (checked.audience, checked.penalty) != (best.audience, best.penalty):
        raise EngineError(
            f"the check counts audience {checked.audience:,} and penalty {checked.penalty:,},"
            f" the search {best.audience:,} and {best.penalty:,}"
        )
    if len(checked.hard_missed) != best.hard_rows:
        raise EngineError(f"the check finds {len(checked.hard_missed)} hard rows missed, the search {best.hard_rows}")
    if search.bound is not None and best.hard_miss == 0 and search.bound < best.value:
        search.faults.append(f"the bound {search.bound:,} is below the value {best.value:,} and was left out")
        search.forget_bounds()
    return Answer(airings, search.formulation, search, timetable, checked)


def _guarded(search: Search) -> None:
    """Run the strategy; a failing engine leaves what was found so far and its fault in words."""
    try:
        if not len(search.formulation.window):
            search.offer(search.formulation.locked)
            if search.keeps_hard_rows() and search.best is not None:
                search.offer_bound(search.best.value, "nothing to choose")
        else:
            STRATEGIES[search.settings.strategy](search)
            confirm_bound(search)
    except Exception as error:
        search.faults.append(f"{type(error).__name__}: {error}")


__all__ = [
    "STRATEGIES",
    "Answer",
    "Budget",
    "EngineError",
    "Moment",
    "Search",
    "Settings",
    "Solution",
    "conclude",
    "prepare",
    "price",
    "run",
    "solve",
]
