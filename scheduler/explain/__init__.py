"""Why the hard rules of an instance cannot all hold, and the smallest changes with which they can.

Four steps: arithmetic; the least set of misses; minimal sets of clauses that cannot hold together; for each set the
nearest value of one number with which everything holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scheduler.explain.clauses import Clause, ClauseRows, clause_rows
from scheduler.explain.conflict_search import Clash, ClashSearch
from scheduler.explain.feasible import Questions
from scheduler.explain.interruptible import interruptible
from scheduler.explain.params import DEFAULTS, ExplainParams
from scheduler.explain.precheck import Finding, findings
from scheduler.explain.recheck import verified
from scheduler.explain.relax import Keys, Trials
from scheduler.explain.remedies import Remedy, remedies
from scheduler.messages import Message, msg
from scheduler.solve import Budget, EngineError, Search, Settings, conclude
from scheduler.solve.cp_sat.exact import least_miss

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.rules import Measurement


@dataclass(frozen=True, eq=False)
class Explanation:
    """The result about an instance's hard rules."""

    verdict: str  # "holds", "clash" or "undecided"
    findings: tuple[Finding, ...] = ()
    clauses: tuple[Clause, ...] = ()  # the clauses to which indices in the findings refer
    missed: tuple[Measurement, ...] = ()
    least: bool = False  # whether the misses are proven to be the least
    clashes: tuple[Clash, ...] = ()
    complete: bool = False  # without one clause of each clash all other clauses can hold
    remedies: tuple[tuple[Remedy, ...], ...] = ()  # for each clash, the best one first
    params: ExplainParams = DEFAULTS
    solved: bool = False  # the first remedies of all clashes were tried together and everything holds


@dataclass(slots=True)
class _State:
    """The state while an explanation is built."""

    instance: Instance
    settings: Settings
    budget: Budget
    params: ExplainParams
    say: Callable[[Message], None]
    rows: ClauseRows
    questions: Questions
    trials: Trials
    found: tuple[Finding, ...] = ()
    missed: tuple[Measurement, ...] = ()
    least: bool = False
    impossible: bool = False  # proven twice: the locks and the rigid rows cannot hold
    clashes: list[Clash] = field(default_factory=list)
    taken: list[Clause] = field(default_factory=list)  # the clause that was given up for each clash
    complete: bool = False


def explain(
    instance: Instance,
    settings: Settings,
    budget: Budget,
    say: Callable[[Message], None] = lambda _: None,
    params: ExplainParams = DEFAULTS,
) -> Explanation:
    """Explain why hard rules cannot hold.

    Parameters
    ----------
    settings
        Only the seed and the number of workers are used.
    budget
        The time for all steps.
    say
        Called with a message at every step.

    Raises
    ------
    InputError
        A lock fits no window.
    EngineError
        Two solvers contradict each other, or the check does not confirm a timetable.
    """
    rows = clause_rows(instance, readmit=False)
    questions, trials = Questions(rows.formulation, settings, budget, params), Trials(settings, budget, params)
    state = _State(instance, settings, budget, params, say, rows, questions, trials)
    state.found = tuple(findings(rows))
    holds = _can_all_hold(state)
    if holds:
        return Explanation("holds", params=params)
    if holds is None and not state.found:
        return Explanation("undecided", missed=state.missed, least=state.least, params=params)
    _find_clashes(state)
    eased, solved = remedies(instance, state.clashes, state.taken, state.trials, params, say)
    proven = bool(state.found) or state.least or state.impossible or any(clash.confirmed for clash in state.clashes)
    return Explanation(
        verdict="clash" if proven else "undecided",
        findings=state.found,
        clauses=rows.clauses,
        missed=state.missed,
        least=state.least,
        clashes=tuple(state.clashes),
        complete=state.complete,
        remedies=eased,
        params=params,
        solved=solved,
    )


def _can_all_hold(state: _State) -> bool | None:
    """Look for the least misses, and for a proof that there must be some."""
    formulation = state.rows.formulation
    state.say(msg("asking whether all hard rules can hold"))
    every = state.rows.rows_of(list(range(len(state.rows.keys))))
    holds = None if state.found else state.questions.holds(every)
    if holds:
        clauses = list(range(len(state.rows.keys)))
        if not any(verified(state.rows, point, clauses) for point in reversed(state.questions.that_keep(every))):
            raise EngineError("the check does not confirm the timetable that keeps every rule")
        return True
    state.say(msg("looking for the smallest set of misses"))
    seconds = max(state.budget.left() * state.params.miss_share, 0.01)
    search = Search(formulation, replace(state.settings, time_limit=seconds, gap=0.0))
    if len(formulation.window):
        interruptible(lambda: least_miss(search), search.interrupt)
    else:
        search.offer(formulation.locked)
        search.least_hard_miss = search.best.hard_miss if search.best else None
    if search.impossible:
        state.impossible = True
        return False
    answer = conclude(state.rows.airings, search)
    if search.best is not None:
        state.questions.remember(search.best.point)
    if answer.verification is not None:
        if not answer.verification.hard_missed:
            return True
        state.missed = answer.verification.hard_missed
        state.least = search.least_hard_miss is not None
    return False if state.found or state.least or holds is False else None


def _find_clashes(state: _State) -> None:
    """Find one clash after another. One clause of each is given up, until the others can hold."""
    hints = tuple(one.clauses for one in state.found)
    names = {row.rule for row in state.missed} | {state.rows.keys[at][0] for hint in hints for at in hint}
    missed = frozenset(at for at, (rule, _) in enumerate(state.rows.keys) if rule in names)
    search = ClashSearch(
        state.instance, state.rows, state.questions, missed, hints, state.settings, state.budget, state.params
    )
    left_out: Keys = frozenset()
    for number in range(1, state.params.most_clashes + 1):
        state.say(msg("looking for clash {number}", number=number))
        clash = search.next_clash(left_out)
        if clash is None or not clash.clauses:
            state.clashes += [clash] if clash else []
            return
        state.clashes.append(clash)
        keys = [(clause.rule, clause.part) for clause in clash.clauses]
        loose = [at for at, key in enumerate(keys) if state.trials.can_hold(state.instance, left_out=left_out | {key})]
        blamed = [at for at, clause in enumerate(clash.clauses) if clause.rule in names]
        at = (loose or blamed or [0])[0]
        state.taken.append(clash.clauses[at])
        left_out |= {keys[at]}
        if loose:
            state.complete = True
            return


__all__ = ["Clash", "Clause", "ExplainParams", "Explanation", "Finding", "Remedy", "explain"]
