"""The numbers that would have to be relaxed for every clash, and whether these changes together are sufficient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.explain.clauses import LOCKS, path_of
from scheduler.explain.dials import clause_dials, lock_dials, window_dials
from scheduler.explain.locks import line_of
from scheduler.explain.relax import Eased, Trials, ease, key_of
from scheduler.instance import INSTANCE_FILE, document_of
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.explain.clauses import Clause, Path_
    from scheduler.explain.conflict_search import Clash
    from scheduler.explain.params import ExplainParams
    from scheduler.instance import Instance
    from scheduler.messages import Message


LOCKS_FILE = "locks.csv"


@dataclass(frozen=True, slots=True)
class Remedy:
    """One edit: the value at `path` of a file becomes `new`. If `new` is None, the clause or the lock is left out."""

    path: Path_
    old: Any
    new: Any
    words: Message
    proved: bool  # whether it is the nearest value that suffices, or only some value that does
    enough: bool  # every hard rule was shown to hold with it; else it only resolves the clash
    line: int
    column: int
    file: str = INSTANCE_FILE


def remedies(
    instance: Instance,
    clashes: Sequence[Clash],
    taken: Sequence[Clause],
    trials: Trials,
    params: ExplainParams,
    say: Callable[[Message], None],
) -> tuple[tuple[tuple[Remedy, ...], ...], bool]:
    """(the remedies of each clash, whether the first ones together were shown to solve the instance).

    Clash i is resolved in the instance with the remedies of the clashes before it, and without the clauses given up for
    the clashes after it. So the first remedies fit together.
    """
    found: list[tuple[Remedy, ...]] = []
    current, solved = instance, True
    for at, clash in enumerate(clashes):
        later = frozenset(key_of(clause) for clause in taken[at + 1 :])
        eased = _eased(current, clash, later, trials, params, say)
        said = [_remedy(instance, one) for one in eased]
        if eased:
            current = eased[0].dial.turned(current, eased[0].value)
        solved &= bool(eased) and eased[0].enough
        if not said and at < len(taken):
            said = [_left_out(instance, taken[at])]
        found.append(tuple(said))
    return tuple(found), bool(clashes) and solved


def _eased(
    instance: Instance,
    clash: Clash,
    later: frozenset[Any],
    trials: Trials,
    params: ExplainParams,
    say: Callable[[Message], None],
) -> list[Eased]:
    """All relaxations that resolve one clash, the smallest change first."""
    found: list[Eased] = []
    keys = frozenset(key_of(clause) for clause in clash.clauses)
    dials = [dial for clause in clash.clauses for dial in clause_dials(instance, clause, params)]
    words = {clause.part[0] for clause in clash.clauses if clause.rule == LOCKS}
    asked = [lock for lock in dict.fromkeys(instance.locks) if lock.words() in words]
    dials += lock_dials(tuple(dict.fromkeys([*asked, *clash.locks])))
    for dial in [*dials, *window_dials(instance, set(clash.channels), params)]:
        if trials.budget.over():
            break
        say(msg("trying other values: {subject}", subject=dial.subject))
        one = ease(dial, instance, trials, keys, later)
        if one is not None:
            found.append(one)
    return _worth_saying(found, params.about_as_near)


def _worth_saying(found: list[Eased], about_as_near: float) -> list[Eased]:
    """The smallest change first, windows last.

    Of several changes of one value only those about as small as its smallest.
    """
    nearest: dict[Path_, float] = {}
    for one in found:
        nearest[one.dial.path] = min(one.change, nearest.get(one.dial.path, one.change))
    near = [one for one in found if one.change <= about_as_near * nearest[one.dial.path]]
    windows = {id(one): one.dial.clause is None and one.dial.lock is None for one in near}
    return sorted(near, key=lambda one: (not one.enough, windows[id(one)], one.change))


def _remedy(instance: Instance, one: Eased) -> Remedy:
    if one.dial.lock is not None:
        line = line_of(instance, one.dial.lock)
        words = one.dial.words(None)
        return Remedy(one.dial.path, one.dial.old, None, words, one.proved, one.enough, line, 1, LOCKS_FILE)
    document = document_of(instance)
    line, column = document.place(one.dial.path)
    return Remedy(
        one.dial.path, one.dial.old, one.value, one.dial.words(one.value), one.proved, one.enough, line, column
    )


def _left_out(instance: Instance, clause: Clause) -> Remedy:
    """The remedy if no number resolves the clash: leave the clause out, or make it soft with a price."""
    words = msg("leave out this clause, or make it soft with a price: {clause}", clause=clause.words)
    path = path_of(instance, clause.rule)
    return Remedy(path, None, None, words, True, True, clause.line, clause.column, clause.file)
