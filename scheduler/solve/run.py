"""From an instance to its best timetable: prepare, run, price, conclude."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.airings import Airings, build_airings
from scheduler.engine_thread import start_engine
from scheduler.formulation import Formulation, formulate
from scheduler.instance import agreements_of
from scheduler.messages import Listed, MessageError, msg
from scheduler.objective import objective_of
from scheduler.rules import rules_of
from scheduler.solve.annealing.simulated_annealing import compile_moves
from scheduler.solve.answer import Answer
from scheduler.solve.certificates import certified
from scheduler.solve.costs import clause_costs, reserved
from scheduler.solve.cp_sat.exact import confirm_bound
from scheduler.solve.greedy import greedy_choice
from scheduler.solve.kernels.insertion_gains import compile_gains
from scheduler.solve.kernels.longest_paths import compile_paths
from scheduler.solve.programs.bundle_columns import has_bundles
from scheduler.solve.search.incumbent import Search, Settings
from scheduler.solve.strands.annealing import compile_strand_moves
from scheduler.solve.strategies import STRATEGIES, auto, large
from scheduler.strands import sampled
from scheduler.timetable import Timetable, chosen_of, timetable_of
from scheduler.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.arrays import Flags
    from scheduler.instance import Instance
    from scheduler.rules import Rule


class EngineError(MessageError):
    """An engine offered a timetable that the check does not confirm.

    This is a fault of the program, not of the instance.
    """


def prepare(
    instance: Instance,
    settings: Settings,
    listener: Callable[[Search], None] | None = None,
    *,
    rules: Sequence[Rule] | None = None,
    start: Timetable | Flags | None = None,
) -> tuple[Airings, Search]:
    """The airings of an instance, and a search over their formulation that has not started.

    The first call after an installation compiles the search's code, which takes some seconds.

    Parameters
    ----------
    listener
        Called at every improvement of the value or the bound.
    rules
        Rules that replace the instance's for this run only: `(*rules_of(instance), another)` adds one.
    start
        A timetable, or the chosen airings, (n,), from which the search starts. If it breaks a lock or a rigid row, or
        has airings that are not candidates, only the part that fits is used.
    """
    rules = rules_of(instance) if rules is None else tuple(rules)
    airings, sample_of = build_airings(instance, rules), None
    if instance.placements and len(airings) > settings.params.sample.beyond:
        sample_of, airings = airings, _sample(airings, settings)
    formulation = objective_of(instance, settings.objective).applied_to(formulate(airings, rules), airings)
    search = search_over(airings, formulation, settings, listener, rules=rules, start=start, sample_of=sample_of)
    return airings, search


def _sample(airings: Airings, settings: Settings) -> Airings:
    """The sample that is searched where the rows of all airings do not fit into memory."""
    params = settings.params.sample
    return sampled(
        replace(airings),  # a copy, so that `airings` keeps no derived arrays
        first_runs=params.first_runs,
        reruns=params.reruns,
        others=params.others,
        seed=settings.seed,
    )


def search_over(
    airings: Airings,
    formulation: Formulation,
    settings: Settings,
    listener: Callable[[Search], None] | None = None,
    *,
    rules: Sequence[Rule] | None = None,
    start: Timetable | Flags | None = None,
    sample_of: Airings | None = None,
) -> Search:
    """A search over a formulation of some airings that has not started. The other parameters are those of `prepare`.

    Parameters
    ----------
    sample_of
        All airings, if those of the formulation are a sample of them.
    """
    rules = None if rules is None else tuple(rules)
    compile_gains()
    compile_paths()
    if STRATEGIES[settings.strategy] in (auto, large):
        if has_bundles(formulation):
            compile_strand_moves()
        else:
            compile_moves(formulation)
    reserve = 0.0 if sample_of is not None else reserved(formulation, settings)  # costs would be those of the sample
    sample = None if sample_of is None else airings
    search = Search(formulation, settings, listener, reserve=reserve, rules=rules, sample_of=sample_of, sample=sample)
    if start is not None:
        chosen = chosen_of(airings, start) if isinstance(start, Timetable) else start
        if not search.try_offer(chosen):
            search.try_offer(greedy_choice(formulation, np.flatnonzero(chosen), settings.params.greedy))
    return search


def solve(
    instance: Instance,
    settings: Settings,
    listener: Callable[[Search], None] | None = None,
    *,
    rules: Sequence[Rule] | None = None,
    start: Timetable | Flags | None = None,
) -> Answer:
    """Find the best timetable within the limit. The parameters are those of `prepare`.

    Raises
    ------
    EngineError
        The check does not confirm what an engine offered.
    """
    airings, search = prepare(instance, settings, listener, rules=rules, start=start)
    run(search)
    price(airings, search)
    return certified(conclude(airings, search))


def run(search: Search, meanwhile: Callable[[], None] | None = None) -> None:
    """Run the strategy in its own thread, so that this thread can react to an interrupt at any time.

    Parameters
    ----------
    meanwhile
        Called in this thread every tenth of a second.
    """
    engine = start_engine(lambda: _guarded(search))
    latest = (
        math.inf if search.settings.deterministic else search.settings.time_limit + search.settings.params.run.grace
    )
    while engine.is_alive():
        engine.join(timeout=0.1)
        if meanwhile is not None:
            meanwhile()
        if search.interrupted:
            latest = min(latest, search.seconds() + search.settings.params.run.interrupt_grace)
        if search.seconds() > latest:
            search.close()
            if not search.interrupted:
                search.report_fault(f"the engine did not stop at its limit, in the step {search.step}; abandoned")
            return


def price(airings: Airings, search: Search) -> None:
    """Compute what the clauses cost, within the time that was kept for it."""
    if search.best is None or search.interrupted or not len(airings) or search.sample_of is not None:
        return
    agreements = [agreement.id for agreement in agreements_of(airings.instance)]
    try:
        clause_costs(search, agreements)
    except Exception as error:
        search.report_fault(f"{type(error).__name__}: {error}; what clauses cost is not known")


def solve_unpriced(
    instance: Instance,
    settings: Settings,
    *,
    rules: Sequence[Rule] | None = None,
    start: Timetable | Flags | None = None,
) -> Answer:
    """The same as `solve`, without the cost of clauses: the search gets the whole limit."""
    airings, search = prepare(instance, unpriced(settings), rules=rules, start=start)
    run(search)
    return conclude(airings, search)


def unpriced(settings: Settings) -> Settings:
    """The settings without time for the cost of clauses."""
    costs = settings.params.costs.model_copy(update={"share": 0.0})
    return replace(settings, params=settings.params.model_copy(update={"costs": costs}))


def conclude(airings: Airings, search: Search) -> Answer:
    """Recheck the best timetable of a search.

    The check and the search must agree on every figure and on every missed rule. A bound below the confirmed value is
    wrong, and then no bound is stated.

    Raises
    ------
    EngineError
        Check and search do not agree.
    """
    airings = airings if search.sample is None else search.sample
    if search.best is None:
        return Answer(airings, search.formulation, search, None, None)
    best = search.best
    timetable = timetable_of(airings, best.point[: len(airings)].astype(bool))
    checked = verify(timetable, search.rules)
    if checked.broken:
        raise EngineError(Listed(tuple(row.text for row in checked.broken[:5]), "; "))
    objective = objective_of(airings.instance, search.settings.objective)
    if not objective.is_value:
        counted = objective.counted(timetable, checked)
        if counted != best.value:
            message = msg(
                "the check counts {number} parts of {objective}, the search {other}",
                number=counted,
                objective=objective.name,
                other=best.value,
            )
            raise EngineError(message)
    elif (checked.audience, checked.penalty) != (best.audience, best.penalty):
        raise EngineError(
            msg(
                "the check counts audience {audience} and penalty {penalty}, the search {found} and {paid}",
                audience=checked.audience,
                penalty=checked.penalty,
                found=best.audience,
                paid=best.penalty,
            )
        )
    if len(checked.hard_missed) != best.hard_rows:
        raise EngineError(
            msg(
                "the check finds {number} hard rows missed, the search {other}",
                number=len(checked.hard_missed),
                other=best.hard_rows,
            )
        )
    if search.bound is not None and best.hard_miss == 0 and search.bound < best.value:
        search.report_fault(f"the bound {search.bound:,} is below the value {best.value:,} and was left out")
        search.forget_bounds()
    return Answer(airings, search.formulation, search, timetable, checked)


def _guarded(search: Search) -> None:
    """Run the strategy. If an engine fails, the result so far stays, and the error is recorded."""
    try:
        if not len(search.formulation.window):
            search.offer(search.formulation.locked)
            if search.keeps_hard_rows() and search.best is not None:
                search.offer_bound(search.best.value, "nothing to choose")
            elif search.best is not None:  # the only timetable, and the check confirms what it misses
                search.prove_least_hard_miss(search.best.hard_miss)
        else:
            STRATEGIES[search.settings.strategy](search)
            confirm_bound(search)
    except Exception as error:
        search.report_fault(f"{type(error).__name__}: {error}")
