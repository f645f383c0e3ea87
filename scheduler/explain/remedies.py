"""The numbers that would have to be relaxed for every clash, and whether these changes together are sufficient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.explain.clauses import LOCKS, RIGHTS, path_of
from scheduler.explain.conflict_search import IN_SLOTS, SHARED
from scheduler.explain.locks import line_of
from scheduler.explain.relax import Relaxed, VariantOracle, key_of, least_relaxation
from scheduler.explain.relaxable_values import (
    DAY_SETS,
    values_of_clause,
    values_of_locks,
    values_of_placement,
    values_of_rights,
    values_of_sharing,
    values_of_windows,
)
from scheduler.instance import INSTANCE_FILE, document_of
from scheduler.instance.model.commitment import day_set_text
from scheduler.messages import msg
from scheduler.rules import rules_of
from scheduler.rules.sharing import SHARING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.explain.clauses import Clause, Path_
    from scheduler.explain.conflict_search import Clash
    from scheduler.explain.params import ExplainParams
    from scheduler.instance import Instance
    from scheduler.messages import Message


LOCKS_FILE, PROGRAMMES_FILE = "locks.csv", "programmes.csv"


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A clause that is given up, and the clashes that it resolves: indices."""

    clause: Clause
    clashes: tuple[int, ...]


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
    given_up: Sequence[GivenUp],
    variants: VariantOracle,
    params: ExplainParams,
    say: Callable[[Message], None],
) -> tuple[tuple[tuple[Remedy, ...], ...], bool]:
    """(the remedies for each clause given up, whether the first ones together were shown to solve the instance).

    The clashes of clause i are resolved in the instance with the remedies of the clauses before it, and without the
    clauses after it. So the first remedies fit together. Without a clause to give up, a clash of locks is resolved.
    """
    if clashes and not given_up:
        first = next((clash for clash in clashes if not clash.clauses), clashes[0])
        relaxed = _relaxed(instance, [first], frozenset(), variants, params, say)
        return (tuple(_remedy(instance, one) for one in relaxed),), bool(relaxed) and relaxed[0].enough
    found: list[tuple[Remedy, ...]] = []
    current, solved = instance, True
    for at, one in enumerate(given_up):
        later = frozenset(key_of(other.clause) for other in given_up[at + 1 :])
        relaxed = _relaxed(current, [clashes[number] for number in one.clashes], later, variants, params, say)
        if relaxed:
            current = relaxed[0].relaxable.with_value(current, relaxed[0].value)
        solved &= bool(relaxed) and relaxed[0].enough
        found.append(tuple(_remedy(instance, value) for value in relaxed) or (_left_out(instance, one.clause),))
    return tuple(found), bool(clashes) and solved


def _relaxed(
    instance: Instance,
    clashes: Sequence[Clash],
    later: frozenset[Any],
    variants: VariantOracle,
    params: ExplainParams,
    say: Callable[[Message], None],
) -> list[Relaxed]:
    """All relaxations that resolve some clashes at once, the smallest change first."""
    found: list[Relaxed] = []
    keys = frozenset(key_of(clause) for clash in clashes for clause in clash.clauses)
    common = [one for one in clashes[0].clauses if all(key_of(one) in map(key_of, clash.clauses) for clash in clashes)]
    rules = {rule.id: rule for rule in rules_of(instance)}  # of this variant of the instance
    written = [(rules[clause.rule], clause) for clause in common if clause.rule in rules]
    relaxables = [
        relaxable for rule, clause in written for relaxable in values_of_clause(instance, rule, clause, params)
    ]
    words = {clause.part[0] for clause in common if clause.rule == LOCKS}
    asked = [lock for lock in dict.fromkeys(instance.locks) if lock.words() in words]
    relaxables += values_of_locks(tuple(dict.fromkeys([*asked, *(lock for clash in clashes for lock in clash.locks)])))
    channels = {channel for clash in clashes for channel in clash.channels}
    licensed = dict.fromkeys(name for clash in clashes for name in clash.licensed)
    for clause in common:
        if clause.rule == RIGHTS:
            relaxables += values_of_rights(instance, clause, list(licensed)[: params.most_licensed], channels)
        if clause.rule == SHARING:
            relaxables += values_of_sharing(instance, clause, list(licensed)[: params.most_licensed])
    if all(SHARED in clash.because for clash in clashes):
        shared = [one.programme for one in instance.programmes if one.sharing]
        relaxables += values_of_sharing(instance, None, shared[: params.most_licensed])
    if all(IN_SLOTS in clash.because for clash in clashes):
        relaxables += values_of_placement(instance)
    for relaxable in [*relaxables, *values_of_windows(instance, channels, params)]:
        if variants.budget.over():
            break
        say(msg("trying other values: {subject}", subject=relaxable.subject))
        one = least_relaxation(relaxable, instance, variants, keys, later)
        if one is not None:
            found.append(one)
    return _worth_saying(found, params.about_as_near)


def _worth_saying(found: list[Relaxed], about_as_near: float) -> list[Relaxed]:
    """The smallest change first, windows last.

    Of several changes of one value only those about as small as its smallest.
    """
    nearest: dict[Path_, float] = {}
    for one in found:
        nearest[one.relaxable.path] = min(one.change, nearest.get(one.relaxable.path, one.change))
    near = [one for one in found if one.change <= about_as_near * nearest[one.relaxable.path]]
    windows = {id(one): one.relaxable.clause is None and one.relaxable.lock is None for one in near}
    return sorted(near, key=lambda one: (not one.enough, windows[id(one)], one.change))


def _remedy(instance: Instance, one: Relaxed) -> Remedy:
    if one.relaxable.lock is not None:
        line = line_of(instance, one.relaxable.lock)
        words = one.relaxable.words(None)
        return Remedy(one.relaxable.path, one.relaxable.old, None, words, one.proved, one.enough, line, 1, LOCKS_FILE)
    if one.relaxable.programme is not None:
        words, line = one.relaxable.words(one.value), one.relaxable.programme + 2
        return Remedy(
            one.relaxable.path, one.relaxable.old, one.value, words, one.proved, one.enough, line, 1, PROGRAMMES_FILE
        )
    document = document_of(instance)
    line, column = document.place(one.relaxable.path)
    if one.relaxable.field == DAY_SETS:
        words, new = one.relaxable.words(one.value), tuple(day_set_text(days) for days in one.value)
        old = tuple(day_set_text(days) for days in one.relaxable.old)
        return Remedy(one.relaxable.path, old, new, words, one.proved, one.enough, line, column)
    return Remedy(
        one.relaxable.path,
        one.relaxable.old,
        one.value,
        one.relaxable.words(one.value),
        one.proved,
        one.enough,
        line,
        column,
    )


def _left_out(instance: Instance, clause: Clause) -> Remedy:
    """The remedy if no number resolves the clash: leave the clause out, or make it soft with a price."""
    words = msg("leave out this clause, or make it soft with a price: {clause}", clause=clause.words)
    path = path_of(instance, clause.rule)
    return Remedy(path, None, None, words, True, True, clause.line, clause.column, clause.file)
