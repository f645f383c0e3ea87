"""The steps of an explanation.

Arithmetic; the least set of misses; minimal sets of clauses that cannot hold together; a smallest set of clauses that
meets every one of them; for each of its clauses the nearest value of one number with which everything holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from scheduler.engine_thread import interruptible
from scheduler.explain.clauses import Clause, ClauseRows, clause_rows
from scheduler.explain.conflict_search import Clash, ClashSearch
from scheduler.explain.feasible import FeasibilityOracle
from scheduler.explain.hitting import smallest_hitting_sets
from scheduler.explain.params import DEFAULTS, ExplainParams
from scheduler.explain.precheck import Finding, findings
from scheduler.explain.recheck import verified
from scheduler.explain.relax import Keys, VariantOracle, key_of
from scheduler.explain.remedies import GivenUp, Remedy, remedies
from scheduler.messages import Message, msg
from scheduler.solve import Budget, EngineError, Search, Settings, conclude
from scheduler.solve.cp_sat.exact import least_miss
from scheduler.solve.programs.bundle_columns import has_bundles
from scheduler.solve.strands.least_miss import least_hard_miss
from scheduler.solve.strands.program import strand_program
from scheduler.timetable import chosen_of
from scheduler.verify import verify

if TYPE_CHECKING:
    from scheduler.arrays import Flags
    from scheduler.instance import Instance
    from scheduler.rules import Measurement
    from scheduler.solve import Answer
    from scheduler.timetable import Timetable


@dataclass(frozen=True, eq=False)
class Explanation:
    """The result about an instance's hard rules."""

    verdict: Literal["holds", "clash", "undecided"]
    findings: tuple[Finding, ...] = ()
    clauses: tuple[Clause, ...] = ()  # the clauses to which indices in the findings refer
    missed: tuple[Measurement, ...] = ()
    least: bool = False  # whether the misses are proven to be the least
    clashes: tuple[Clash, ...] = ()
    given_up: tuple[GivenUp, ...] = ()  # a set of clauses that meets every clash, with the clashes that each meets
    complete: bool = False  # without the clauses given up all other clauses can hold; then no smaller set is enough
    instead: tuple[tuple[Clause, ...], ...] = ()  # other sets of the same size with which that is so
    remedies: tuple[tuple[Remedy, ...], ...] = ()  # for each clause given up, the best one first
    params: ExplainParams = DEFAULTS
    solved: bool = False  # the first remedies of all clashes were tried together and everything holds
    answer: Answer | None = None  # the best timetable found: it keeps every hard rule, or misses the least found


@dataclass(frozen=True, slots=True)
class Start:
    """A timetable of `solve` from which an explanation begins, and what `solve` has proven about it."""

    timetable: Timetable
    impossible: bool = False  # proven twice: no timetable keeps all hard rules, and this one misses the least


@dataclass(slots=True)
class _State:
    """The state while an explanation is built."""

    instance: Instance
    settings: Settings
    budget: Budget
    params: ExplainParams
    say: Callable[[Message], None]
    rows: ClauseRows
    oracle: FeasibilityOracle
    variants: VariantOracle
    found: tuple[Finding, ...] = ()
    missed: tuple[Measurement, ...] = ()
    least: bool = False
    impossible: bool = False  # proven twice: the locks and the rigid rows cannot hold
    answer: Answer | None = None
    clashes: list[Clash] = field(default_factory=list)
    given_up: list[GivenUp] = field(default_factory=list)
    instead: list[tuple[Clause, ...]] = field(default_factory=list)
    complete: bool = False


def explain(
    instance: Instance,
    settings: Settings,
    budget: Budget,
    say: Callable[[Message], None] = lambda _: None,
    params: ExplainParams = DEFAULTS,
    start: Start | None = None,
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
    start
        A timetable found before, by default none.

    Raises
    ------
    InputError
        A lock fits no window.
    EngineError
        Two solvers contradict each other, or the check does not confirm a timetable.
    """
    rows = clause_rows(instance, readmit=False)
    oracle = FeasibilityOracle(rows.formulation, settings, budget, params)
    variants = VariantOracle(settings, budget, params)
    state = _State(instance, settings, budget, params, say, rows, oracle, variants)
    state.found = tuple(findings(rows))
    holds = _can_all_hold(state, start)
    if holds:
        return Explanation("holds", params=params, answer=state.answer)
    if holds is None and not state.found:
        return Explanation("undecided", missed=state.missed, least=state.least, params=params, answer=state.answer)
    _find_clashes(state)
    relaxed, solved = remedies(instance, state.clashes, state.given_up, state.variants, params, say)
    proven = bool(state.found) or state.least or state.impossible or any(clash.confirmed for clash in state.clashes)
    return Explanation(
        verdict="clash" if proven else "undecided",
        findings=state.found,
        clauses=rows.clauses,
        missed=state.missed,
        least=state.least,
        clashes=tuple(state.clashes),
        given_up=tuple(state.given_up),
        complete=state.complete,
        instead=tuple(state.instead),
        remedies=relaxed,
        params=params,
        solved=solved,
        answer=state.answer,
    )


def _can_all_hold(state: _State, start: Start | None) -> bool | None:
    """Look for the least misses, and for a proof that there must be some."""
    formulation, airings = state.rows.formulation, state.rows.airings
    clauses = list(range(len(state.rows.keys)))
    every = state.rows.rows_of(clauses)
    begin = None if start is None else chosen_of(airings, start.timetable)
    if begin is not None and formulation.is_admissible(formulation.point(begin)):
        state.oracle.remember(formulation.point(begin))
    state.say(msg("asking whether all hard rules can hold"))
    known = start is not None and start.impossible
    holds = False if known else None if state.found else state.oracle.holds(every)
    if holds:
        for point in reversed(state.oracle.that_keep(every)):
            if verified(state.rows, point, clauses):
                state.answer = _answer_of(state, point[: len(airings)].astype(bool))
                return True
        raise EngineError(msg("the check does not confirm the timetable that keeps every rule"))
    if start is not None and known:
        state.missed, state.least = verify(start.timetable).hard_missed, True
        state.answer = None if begin is None else _answer_of(state, begin)
        return False
    return _least_misses(state, begin, holds)


def _answer_of(state: _State, chosen: Flags) -> Answer:
    """A timetable as an answer of `solve`, to be saved."""
    search = Search(state.rows.formulation, state.settings)
    search.try_offer(chosen)
    return conclude(state.rows.airings, search)


def _least_misses(state: _State, begin: Flags | None, holds: bool | None) -> bool | None:
    """Look for the timetable that misses the least."""
    formulation = state.rows.formulation
    state.say(msg("looking for the smallest set of misses"))
    seconds = max(state.budget.left() * state.params.miss_share, 0.01)
    search = Search(formulation, replace(state.settings, time_limit=seconds, gap=0.0))
    if begin is not None:
        search.try_offer(begin)
    if len(formulation.window):
        interruptible(lambda: _least_miss(search), search.interrupt)
    else:
        search.offer(formulation.locked)
        if search.best is not None:
            search.prove_least_hard_miss(search.best.hard_miss)
    if search.impossible:
        state.impossible = True
        return False
    answer = conclude(state.rows.airings, search)
    if search.best is not None:
        state.oracle.remember(search.best.point)
    if answer.verification is not None:
        state.answer = answer
        if not answer.verification.hard_missed:
            return True
        state.missed = answer.verification.hard_missed
        state.least = search.least_hard_miss is not None
    return False if state.found or state.least or holds is False else None


def _least_miss(search: Search) -> None:
    """The least miss by CP-SAT. With placed series it begins with that of the program over bundles."""
    if has_bundles(search.formulation):
        program = strand_program(search.formulation)
        if program.column_count <= search.settings.params.strands.whole_columns:
            least_hard_miss(search, program, search.budget)
    if not search.keeps_hard_rows():
        least_miss(search)


def _find_clashes(state: _State) -> None:
    """Find clashes until every smallest set of clauses that meets them lets the others hold.

    A set that meets all clashes known, and after which nothing else clashes, is a smallest one: each clash was proven.
    A set after which something else still clashes leads to another clash.
    """
    hints = tuple(one.clauses for one in state.found)
    names = {row.rule for row in state.missed} | {state.rows.keys[at][0] for hint in hints for at in hint}
    missed = frozenset(at for at, (rule, _) in enumerate(state.rows.keys) if rule in names)
    search = ClashSearch(
        state.instance, state.rows, state.oracle, missed, hints, state.settings, state.budget, state.params
    )
    answers: dict[Keys, bool | None] = {}
    most = state.budget.left() * state.params.sets_share
    while sets := [one for one in _giving_up(state.clashes) if one not in answers]:
        left_out = sets[0]
        if any(answers.values()) and (len(answers) > state.params.most_sets or state.budget.left() < most):
            break
        answers[left_out] = state.variants.can_hold(state.instance, left_out=left_out) if left_out else False
        if answers[left_out] or len(state.clashes) == state.params.most_clashes:
            continue
        state.say(msg("looking for clash {number}", number=len(state.clashes) + 1))
        clash = search.next_clash(left_out)
        if clash is not None:
            state.clashes.append(clash)
        if not (clash.clauses if clash is not None else left_out):
            break
    _give_up(state, [one for one in _giving_up(state.clashes) if answers.get(one)], names)


def _giving_up(clashes: list[Clash]) -> list[Keys]:
    """The smallest sets of clauses that meet every clash."""
    return smallest_hitting_sets([[key_of(clause) for clause in clash.clauses] for clash in clashes])


def _give_up(state: _State, enough: list[Keys], names: set[str]) -> None:
    """Choose the clauses to give up: a set that is enough; if none is known, one with clauses that are missed."""
    clashes = state.clashes
    named = {key_of(clause): clause for clash in clashes for clause in clash.clauses}
    state.complete = bool(enough) and bool(clashes)
    sets = enough or sorted(_giving_up(clashes), key=lambda one: -sum(rule in names for rule, _ in one))
    if not sets or not clashes:
        return
    state.instead = [tuple(clause for key, clause in named.items() if key in one) for one in enough[1:]]
    open_clashes = list(range(len(clashes)))
    for key in [key for key in named if key in sets[0]]:
        mine = [at for at in open_clashes if key in {key_of(clause) for clause in clashes[at].clauses}]
        open_clashes = [at for at in open_clashes if at not in mine]
        state.given_up.append(GivenUp(named[key], tuple(mine)))
